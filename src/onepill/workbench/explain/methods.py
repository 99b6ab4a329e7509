"""Which pages of `docs/methods` say how the answer of an operation is made."""

from __future__ import annotations

FOLDER = "docs/methods"
METHODS: dict[str, tuple[str, ...]] = {
    "approvals": ("workspace",),
    "assurance": ("assurance",),
    "audit": ("workspace",),
    "backtest reviews": ("review-times",),
    "brief": ("brief",),
    "check": ("programme-file",),
    "deal": ("deal-algebra", "deal-terms"),
    "deal compare": ("deal-algebra", "newco-and-funds"),
    "deal comps": ("comparable-deals",),
    "deal return-risk": ("returns",),
    "deal solve": ("negotiation", "deal-algebra"),
    "deals": ("workspace", "deal-terms"),
    "design": ("trial-designs",),
    "design enrichment": ("enrichment",),
    "design programme": ("assurance",),
    "design sequential": ("sequential-designs",),
    "due": ("working-days",),
    "import-workbook": ("workbook",),
    "jobs": ("workspace",),
    "landscape": ("landscape", "landscape-commands"),
    "landscape burden": ("landscape-research",),
    "landscape diff": ("watch",),
    "landscape industry": ("landscape-research",),
    "landscape page": ("landscape-pictures", "landscape"),
    "landscape readouts": ("landscape-research",),
    "landscape watch": ("watch",),
    "landscape whitespace": ("landscape-research",),
    "passport": ("passport", "simulation", "provenance"),
    "path": ("filing-plan", "filing-sequence", "filing-network"),
    "poc": ("lean-proof-of-concept",),
    "policy": ("policy-effects",),
    "programmes": ("workspace",),
    "programmes compare": ("passport", "simulation"),
    "programmes live": ("live-edits", "passport", "simulation"),
    "registry": ("registries", "warehouse"),
    "rules": ("rulebook",),
    "schema": ("programme-file",),
    "success": ("success", "base-rates"),
    "success transitions": ("transitions",),
    "tiers": ("workspace",),
    "value": ("market-forecast", "expected-value", "discounting", "simulation"),
    "world": ("world", "rulebook"),
}
"""By the words of an operation; the longest that it begins with counts."""


def methods_of(operation: str, *, is_error: bool = False) -> tuple[str, ...]:
    """The method pages of an operation, as they stand in the source; of a standard error that of simulation first."""
    if is_error:
        return (f"{FOLDER}/simulation.md", *(one for one in methods_of(operation) if "simulation" not in one))
    words = operation.split()
    for size in range(len(words), 0, -1):
        if found := METHODS.get(" ".join(words[:size])):
            return tuple(f"{FOLDER}/{name}.md" for name in found)
    return ()
