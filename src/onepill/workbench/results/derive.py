"""Writes down what every shown result was computed from, and follows such a chain back to its sources."""

from __future__ import annotations

from typing import Any

from onepill.core.errors import InputError
from onepill.core.provenance import Ledger
from onepill.workbench.common import ledger as notes
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.plan.plain_inputs import note_plain_inputs
from onepill.workbench.results.compare_explain import comparison_provenance, is_comparison
from onepill.workbench.results.deal_explain import deal_provenance, is_deal
from onepill.workbench.results.derive_policy import note_policies
from onepill.workbench.results.return_explain import is_return, return_provenance
from onepill.workbench.results.rows_plan import gate_chain
from onepill.workbench.results.rows_value import gate_path
from onepill.workbench.results.solve_explain import is_solved, solve_provenance

Row = dict[str, Any]
RNPV = "mean over the drawn futures of the discounted cash of development and of every market"
MARKET = "scale x (uptake x price level x (1 - costs) x (1 - tax)) by year, discounted, on the paths that launch"
DEVELOPMENT = "expected outlays of stages, filings and fees, discounted"
ANY = "share of the drawn futures with at least one new approval"
LAUNCH = "expected outlays over the chance of a first new launch (discounted: over its expected discount factor)"
FACT = "a day of the programme file"
LENGTHS = (".duration", ".preparation", "_lag")
"""How the file names the length of an activity, after the activity's own path."""
MILESTONE = "observed order statistics of the day over the paths on which it comes"
CHANCE = "share of the drawn futures on which all gates on the way are passed"


def derive_provenance(base: Assembled, document: Row) -> list[Row]:
    """All provenance rows of a passport: inputs, rules used, and derived values with their `from`."""
    ledger = base.filled.ledger
    note_policies(ledger, base, document["policies"])
    _note_inputs(ledger, base)
    _gates(ledger, base)
    _milestones(ledger, base, document)
    _launches(ledger, document)
    _value(ledger, base, document)
    return [entry.as_row() for entry in ledger]


def input_ledger(base: Assembled) -> Ledger:
    """The inputs and rules alone that a programme's futures rest on, written down apart from what is computed."""
    ledger = Ledger()
    for entry in base.filled.ledger:
        ledger.add(entry)
    _note_inputs(ledger, base)
    return ledger


def _note_inputs(ledger: Ledger, base: Assembled) -> None:
    note_plain_inputs(ledger, base.filled.programme)
    for use in base.network.clocks:
        write = notes.note_rule if use.review is None else notes.note_review
        write(ledger, use.path, use.found, note=f"used as {use.used_as}")
    for fee in base.network.fees:
        notes.note_rule(ledger, fee.path, fee.found, note=f"{fee.amount_usd:,.0f} USD at the file's exchange rate")


def _under(ledger: Ledger, *prefixes: str) -> tuple[str, ...]:
    return tuple(e.path for e in ledger if any(e.path.startswith(prefix) for prefix in prefixes))


def _gates(ledger: Ledger, base: Assembled) -> None:
    for gate in base.filled.gates:
        path = f"success.gates.{gate.id}.prob"
        notes.note_derived(
            ledger, path, gate.prob, unit="share", formula="as given", derived_from=(gate_path(gate.stream),)
        )


def _milestones(ledger: Ledger, base: Assembled, document: Row) -> None:
    paths = {info.id: info.path for info in base.network.activities}
    chains = {info.id: _chain(base, info.activity) for info in base.network.milestones}
    for row in document["milestones"]:
        steps = _step_inputs(ledger, [paths[b["activity"]] for b in row["binding"] if b["activity"] in paths])
        gates, formula = chains[row["id"]], MILESTONE
        if row["status"] == "actual":
            steps = gates = _fact_inputs(ledger, paths[row["activity"]], row["id"])
            formula = FACT
        for key in ("p10", "p50", "p90", "mean"):
            notes.note_derived(
                ledger, f"milestones.{row['id']}.{key}", row[key], unit="day", formula=formula, derived_from=steps
            )
        notes.note_derived(
            ledger, f"milestones.{row['id']}.prob", row["prob"], unit="share", formula=CHANCE, derived_from=gates
        )
    for row in document["success"]["markets"]:
        path = f"success.markets.{row['milestone'].removesuffix('.approval').upper()}.cumulative_prob"
        gates = chains[row["milestone"]]
        notes.note_derived(ledger, path, row["cumulative_prob"], unit="share", formula=CHANCE, derived_from=gates)


def _launches(ledger: Ledger, document: Row) -> None:
    """The chance of any new approval, from that of each."""
    shown = document.get("answer", {}).get("any_new_approval_prob")
    if shown is None:
        return
    ahead = (row["id"] for row in document["milestones"] if row["kind"] == "approval" and row["status"] != "actual")
    chances = tuple(f"milestones.{name}.prob" for name in ahead)
    path = "answer.any_new_approval_prob"
    notes.note_derived(ledger, path, shown, unit="share", formula=ANY, derived_from=chances)


def _fact_inputs(ledger: Ledger, path: str, milestone: str) -> tuple[str, ...]:
    """The day in the file that a milestone of the past rests on; a market that is supplied shows its approval too."""
    candidates = (path, f"{path}ed", f"markets.{milestone.partition('.')[0]}.launched")
    return tuple(p for p in candidates if ledger.get(p))[:1]


def _step_inputs(ledger: Ledger, paths: list[str]) -> tuple[str, ...]:
    """What sets the length of each activity: its own entry, or its duration."""
    found = [
        candidate
        for path in paths
        for candidate in (path, *(f"{path}{end}" for end in LENGTHS))
        if ledger.get(candidate)
    ]
    return tuple(dict.fromkeys(found))


def _chain(base: Assembled, activity: str) -> tuple[str, ...]:
    return tuple(f"success.gates.{gate}.prob" for gate in gate_chain(base, activity))


def _value(ledger: Ledger, base: Assembled, document: Row) -> None:
    value, discount = document["value"], ("capital.discount_rate_per_year",)
    parts = []
    for row in value["by_market"]:
        path = f"value.by_market.{row['id']}.rnpv_usd.mean"
        parts.append(path)
        if row["id"] == "development":
            outlays = _under(ledger, "development.", "dossiers.", "filings.", "rights.upstream.")
            inputs = tuple(p for p in outlays if any(part in p for part in (".cost", "_cost", ".fee", ".royalty")))
            formula = DEVELOPMENT
        else:
            opened_by = _opened_by(base, row["id"])
            launch = tuple(p for p in (f"milestones.{opened_by}.{key}" for key in ("p50", "prob")) if ledger.get(p))
            inputs, formula = _under(ledger, f"markets.{row['id']}.") + launch, MARKET
        notes.note_derived(
            ledger, path, row["rnpv_usd"]["mean"], unit="USD", formula=formula, derived_from=inputs + discount
        )
    _cost_per_launch(ledger, value)
    for key in ("mean", "p5", "p50", "p95", "sd", "prob_positive"):
        unit = "share" if key == "prob_positive" else "USD"
        shown = value["rnpv_usd"][key]
        notes.note_derived(ledger, f"value.rnpv_usd.{key}", shown, unit=unit, formula=RNPV, derived_from=tuple(parts))
    expected = value["rnpv_expected_usd"]["mean"]
    formula = "the same, weighted by the chance of success instead of drawing it"
    notes.note_derived(
        ledger, "value.rnpv_expected_usd.mean", expected, unit="USD", formula=formula, derived_from=tuple(parts)
    )


def _opened_by(base: Assembled, name: str) -> str:
    """The activity that launches a market."""
    market = next(m for key, m in base.filled.programme.markets.items() if key.lower() == name)
    return f"{(market.filing or name).lower()}.launch"


def _cost_per_launch(ledger: Ledger, value: Row) -> None:
    for key, shown in (value["cost_per_launch_usd"] or {}).items():
        path, parts = f"value.cost_per_launch_usd.{key}", ("value.by_market.development.rnpv_usd.mean",)
        notes.note_derived(ledger, path, shown, unit="USD", formula=LAUNCH, derived_from=parts)


def explain(document: Row, path: str) -> list[Row]:
    """The provenance of a value and of everything that it was derived from, depth first, each with its `depth`.

    `document` is a passport, or the answer of `deal value`, `deal compare`, `deal return-risk` or `deal solve`.

    Raises:
        InputError: `explain.no_provenance` if the passport has none, `explain.unknown_path` with near paths.
    """
    told = _told(document)
    if not _is_ledger(told):
        raise InputError.single("explain.no_provenance", "the document has no provenance", hint="give a passport.json")
    rows = {row["path"]: row for row in told}
    return _followed(_nearest(path, rows), rows)


def rows_of(document: Row) -> dict[str, str]:
    """The paths of an answer's provenance by the same in small letters; none where it has no provenance."""
    told = _told(document)
    return {row["path"].lower(): row["path"] for row in told} if _is_ledger(told) else {}


def _is_ledger(told: Any) -> bool:
    return bool(told) and isinstance(told, list) and all(_is_row(row) for row in told)


def _told(document: Row) -> Any:
    if is_deal(document):
        return deal_provenance(document)
    if is_comparison(document):
        return comparison_provenance(document)
    if is_solved(document):
        return solve_provenance(document)
    return return_provenance(document) if is_return(document) else document.get("provenance")


def _is_row(row: Any) -> bool:
    """Whether a row of the passport says what is read of it here; a reader may have written it."""
    if not isinstance(row, dict) or not isinstance(row.get("path"), str) or not isinstance(row.get("from"), list):
        return False
    return all(isinstance(parent, str) for parent in row["from"])


def _nearest(path: str, rows: dict[str, Row]) -> str:
    by_lower = {key.lower(): key for key in rows}
    wanted = path.lower()
    for candidate in (wanted, f"{wanted}.mean", f"{wanted}.p50", f"{wanted}.prob"):
        if candidate in by_lower:
            return by_lower[candidate]
    parts = wanted.split(".")
    for size in range(len(parts) - 1, 0, -1):
        near = sorted(key for low, key in by_lower.items() if low.startswith(".".join(parts[:size])))
        if near:
            break
    else:
        near = sorted(rows)
    hint = f"near it: {', '.join(near[:8])}"
    raise InputError.single(
        "explain.unknown_path", f"{path!r} has no provenance in this document", hint=hint, value=path
    )


def _followed(path: str, rows: dict[str, Row]) -> list[Row]:
    """The row of a path and those behind it, depth first; one that came before is told, and not followed again."""
    trail, seen, ahead = list[Row](), set[str](), [(path, 0)]
    while ahead:
        name, depth = ahead.pop()
        row = rows.get(name)
        if row is None:
            continue
        trail.append({"depth": depth, "repeated": name in seen, **row})
        if name not in seen:
            seen.add(name)
            ahead += [(parent, depth + 1) for parent in reversed(row["from"])]
    return trail
