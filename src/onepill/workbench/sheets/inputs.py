"""The inputs of a workbook: every number that the deterministic plan uses, in the file's unit, with its source."""

from __future__ import annotations

import re
from collections.abc import Collection
from math import prod

from onepill.access import MOVED, STAYED
from onepill.core.dates import NEVER
from onepill.model import Loaded
from onepill.reports.workbook.model import DrawPaths, InputRow
from onepill.sim.plan import FAILED, SUCCEEDED, Activity, Plan, without_parts, without_rivals
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.results.deterministic import elapsed_days
from onepill.workbench.sheets.market_inputs import locked_beginnings, market_rows, order_shares
from onepill.workbench.sheets.rows import Rows, Unit, plain_unit

GateFactors = dict[str, tuple[tuple[str, bool], ...]]
"""By outcome, the shares that multiply to its chance: (path, whether the complement is meant)."""
_ROUND = re.compile(r"(\.transitions\.[^.]+)\.round_[0-9]+$")
_RANKS = ("as_of", "capital", "development", "dossiers", "filings", "gates", "markets", "rights")


def input_rows(
    loaded: Loaded, base: Assembled, certain: Plan, *, tables: Collection[str] = ()
) -> tuple[tuple[InputRow, ...], DrawPaths]:
    """All inputs of the plan at its means, capital first, and which of them each of its draws is made of.

    Paths are those of the file where it has a field. `tables` are the programme's markets that lie in tables.
    """
    rows = Rows(loaded, base, locked=locked_beginnings(base, tables), tables=tables)
    _capital(rows)
    for activity, drawn in zip(certain.activities, without_parts(without_rivals(base.plan)).activities, strict=True):
        _activity(rows, activity, drawn)
    rows.shared |= order_shares(base, tables)
    for market in certain.markets:
        for draw in market.scale:
            rows.draw(draw, "number", unit=plain_unit(draw.stream))
        if market.launch_cost:
            rows.draw(market.launch_cost, "amount", unit="USD")
    market_rows(rows)
    _royalties(rows)
    order = {name: rank for rank, name in enumerate(_RANKS)}
    found = sorted(rows.rows.values(), key=lambda row: order.get(row.path.partition(".")[0], len(order)))
    return tuple(found), rows.draws


def gate_factors(activity: Activity) -> GateFactors:
    """Which inputs make the chances of a gate: a share of success, and one of the first cycle where it is split."""
    gate = activity.gate
    if gate is None:
        return {}
    names = [name for name, _ in gate.outcomes]
    path = f"{gate.stream}_prob"
    if set(names) == {FAILED, SUCCEEDED} and gate.stream.rpartition(".")[2] in ("success", "approval"):
        return {FAILED: ((path, True),), SUCCEEDED: ((path, False),)}
    if set(names) == {MOVED, STAYED}:
        # Every round of a payer's transition, and every way to it, has the one chance that the file knows.
        path = _ROUND.sub(r"\1", gate.stream) + ".prob"
        return {MOVED: ((path, False),), STAYED: ((path, True),)}
    if set(names) == {FAILED, "resubmit", SUCCEEDED}:
        first = f"{gate.stream.rpartition('.')[0]}.first_cycle_prob"
        return {
            FAILED: ((path, True),),
            "resubmit": ((path, False), (first, True)),
            SUCCEEDED: ((path, False), (first, False)),
        }
    return {name: ((f"{activity.id}.{name}.prob", False),) for name in names}


def _capital(rows: Rows) -> None:
    programme = rows.loaded.programme
    rows.day("as_of", programme.as_of.toordinal())
    path = "capital.discount_rate_per_year"
    value, entry = programme.capital.discount_rate_per_year, rows.provenance(path)
    rate = value.number if value else float(entry.value) if entry and isinstance(entry.value, int | float) else 0.0
    rows.add(path, rate, Unit("share", "share"))
    for code, exchange in programme.capital.exchange_rates.items():
        path = f"capital.exchange_rates.{code}"
        rows.add(f"{path}.per_usd", exchange.per_usd, Unit(f"{code} per USD", "number"), known=path.lower())


def _activity(rows: Rows, activity: Activity, drawn: Activity) -> None:
    path = next((info.path for info in rows.base.network.activities if info.id == activity.id), activity.id)
    for event, day in (("started", activity.started), ("finished", activity.finished)):
        if day is not None:
            rows.day(f"{activity.id}.{event}", day, known=path if ".done." in path else f"{path}.done.{event}")
    if activity.not_before not in (None, rows.base.plan.as_of) and activity.not_before is not None:
        rows.day(f"{activity.id}.not_before", activity.not_before, known=f"{path}.not_before")
    if activity.duration is not None and activity.finished is None:
        elapsed = elapsed_days(drawn, rows.base.plan)
        is_running = elapsed > 0 and drawn.duration is not None and not drawn.duration.distribution.is_fixed
        unit, note = "wd" if activity.calendar else "days", "elapsed" if is_running else ""
        rows.draw(activity.duration, "duration", unit=unit, note=note, elapsed_days=elapsed)
    _gate(rows, activity)
    for number, cap in enumerate(activity.span_caps):
        rows.add(f"{activity.id}.cap.{number}", float(cap.days), Unit("days", "duration"), locked="policy")
    is_sunk = activity.finished is not None and activity.finished < rows.base.plan.as_of
    for number, cost in enumerate(() if is_sunk else activity.costs):
        rows.draw(cost.amount, "amount", unit="USD")
        if cost.start_from > 0:
            rows.day(f"{activity.id}.cost.{number}.from", cost.start_from)
        if cost.start_until < NEVER:
            rows.day(f"{activity.id}.cost.{number}.until", cost.start_until)


def _gate(rows: Rows, activity: Activity) -> None:
    gate = activity.gate
    if gate is None or activity.outcome is not None:
        return
    probs, factors = dict(gate.outcomes), gate_factors(activity)
    shares = _gate_shares(probs, factors)
    for path, share in shares.items():
        rows.add(path, share, Unit("share", "share"))
    made = {name: prod(1 - shares[p] if other else shares[p] for p, other in items) for name, items in factors.items()}
    if any(abs(made[name] - prob) > 1e-12 for name, prob in probs.items()):
        raise ValueError(f"the chances of {activity.id} are not made of {', '.join(shares)}")


def _gate_shares(probs: dict[str, float], factors: GateFactors) -> dict[str, float]:
    """The shares behind a gate's outcomes, by path."""
    if set(probs) == {FAILED, "resubmit", SUCCEEDED} and len(factors[SUCCEEDED]) == 2:
        passed = probs["resubmit"] + probs[SUCCEEDED]
        (first, _), (second, _) = factors[SUCCEEDED]
        return {first: passed, second: probs[SUCCEEDED] / passed if passed else 0.0}
    return {path: probs[name] for name, items in factors.items() for path, is_other in items if not is_other}


def _royalties(rows: Rows) -> None:
    for contract in rows.base.plan.contracts:
        for number, royalty in enumerate(contract.royalties):
            for tier, (above, rate) in enumerate(royalty.tiers):
                path = f"rights.{contract.id}.royalty.{tier}" if number == 0 else f"{contract.id}.{number}.{tier}"
                rows.add(f"{path}.rate", rate, Unit("share", "share"))
                rows.add(f"{path}.above_usd", above, Unit("USD", "number"), locked="" if tier else "form")
