"""The answer in two sentences: what is reached and what comes next, and what it is worth."""

from __future__ import annotations

from onepill.reports.context import Context, Row
from onepill.reports.numerals import of_hundred, percent

ANSWER = "answer"
NEW_APPROVAL = f"{ANSWER}.any_new_approval_prob"
"""Where the chance of at least one new approval stands in the provenance."""


def statement(context: Context) -> list[str]:
    """The two lines of the answer; a line without data is left out."""
    first = context.join([_reached(context), _next(context)])
    return [line for line in (first, _worth(context)) if line]


def _reached(context: Context) -> str:
    """Where the drug is sold or approved already."""
    sold = _places(context, "launch")
    approved = [place for place in _places(context, "approval") if place not in sold]
    sentences = []
    if sold:
        sentences.append(context.words("statement.sold", places=context.words.enumerate(sold)))
    if approved:
        sentences.append(context.words("statement.approved", places=context.words.enumerate(approved)))
    return context.words.join(sentences)


def _places(context: Context, kind: str) -> list[str]:
    reached = [m for m in context.milestones if m.get("kind") == kind and m.get("status") == "actual"]
    return list(dict.fromkeys(context.words.place(m.get("jurisdiction")) for m in reached))


def next_approval(context: Context) -> Row | None:
    """The next approval with its days, or None when none can come."""
    row: Row | None = (context.passport.get("answer") or {}).get("next_approval")
    return row if row and row.get("p50") and row.get("prob") else None


def new_approval_prob(context: Context) -> float | None:
    """The chance of at least one new approval."""
    answer = context.passport.get("answer") or {}
    prob = answer.get("any_new_approval_prob")
    return prob if prob is not None else (answer.get("next_approval") or {}).get("prob")


def _next(context: Context) -> str:
    words, coming = context.words, next_approval(context)
    if coming is None:
        return (
            words("statement.no_more") if context.milestones and not context.open_markets else words("statement.none")
        )
    chance = context.told(percent(new_approval_prob(context) or coming["prob"]), NEW_APPROVAL)
    at = f"milestones.{coming.get('id') or coming.get('milestone')}"
    season = context.told(context.numerals.season(coming["p50"]), f"{at}.p50")
    count = len(context.open_markets)
    if count > 1 and deciding_gate(context):
        is_fresh = not (_places(context, "approval") or _places(context, "launch"))
        key, numeral = ("statement.one_trial_fresh", "numeral_all") if is_fresh else ("statement.one_trial", "numeral")
        return context.says(key, chance=chance, season=season, count=words.either(numeral, count))
    if count > 1:
        return context.says(
            "statement.first_of_many", chance=chance, season=season, count=words.either("numeral", count)
        )
    # One place is named, so that the chance is of its own approval and not of any.
    own = context.told(percent(coming["prob"]), f"{at}.prob")
    return context.says("statement.single", chance=own, season=season, place=_place_of(context, coming))


def _place_of(context: Context, coming: Row) -> str:
    ids = {m["id"]: m for m in context.milestones}
    milestone = ids.get(coming.get("milestone") or coming.get("id") or "", {})
    place = milestone.get("jurisdiction") or next((m.jurisdiction for m in context.open_markets), None)
    return context.words.place(place or "development")


def deciding_gate(context: Context) -> Row | None:
    """The one trial that stands before every open market and is the least likely gate of each, if there is one."""
    success = context.passport.get("success") or {}
    gates = {g["id"]: g for g in success.get("gates") or ()}
    chains = [list(market.chain) for market in context.open_markets]
    narrowest = {min(chain, key=lambda g: gates[g]["prob"]) for chain in _known(chains, gates)}
    if len(chains) < 2 or len(narrowest) != 1 or len(_known(chains, gates)) < len(chains):
        return None
    gate: Row = gates[narrowest.pop()]
    return gate if gate.get("kind") == "stage" and gate["prob"] < 1 else None


def _known(chains: list[list[str]], gates: dict[str, Row]) -> list[list[str]]:
    known = [[g for g in chain if g in gates and gates[g].get("prob") is not None] for chain in chains]
    return [chain for chain in known if chain]


def _worth(context: Context) -> str:
    rnpv = context.value.get("rnpv_usd") or {}
    if rnpv.get("mean") is None:
        return ""
    mean = float(rnpv["mean"])
    losing = loss_of_hundred(context)
    money = context.told(context.numerals.money(abs(mean)), "value.rnpv_usd.mean")
    if losing is None:
        return context.says("statement.worth_alone" if mean >= 0 else "statement.loses_alone", money=money)
    shown = context.told(str(losing), "value.rnpv_usd.prob_positive")
    if mean < 0:
        return context.says("statement.loses_all" if losing == 100 else "statement.loses", money=money, losing=shown)
    form = {0: "none", 1: "one"}.get(losing, "most" if losing >= 50 else "some")
    return context.says(f"statement.worth_{form}", money=money, losing=shown)


def loss_of_hundred(context: Context) -> int | None:
    """How many futures of a hundred lose money."""
    share = (context.passport.get("answer") or {}).get("loss_prob")
    if share is None and (context.value.get("rnpv_usd") or {}).get("prob_positive") is not None:
        share = 1 - context.value["rnpv_usd"]["prob_positive"]
    return None if share is None else of_hundred(share)
