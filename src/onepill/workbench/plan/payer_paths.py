"""Payer paths with every gap filled, ready to compile."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from math import prod

from onepill.access import (
    LOSS_OF_EXCLUSIVITY,
    Calendar,
    CompiledPath,
    MarketInput,
    PayerMove,
    PayerPath,
    PayerState,
    PriceAge,
    YearlyCut,
    medicare_calendar,
    round_calendar,
    yearly_calendar,
)
from onepill.core.distributions import fixed
from onepill.core.errors import Finding, InputError
from onepill.model.payer_path import PayerState as StateEntry
from onepill.model.payer_path import PayerTransition, shape_of
from onepill.model.payer_shapes import MoveShape, PathShape, StateShape
from onepill.sim.plan import SUCCEEDED, Draw, Link
from onepill.workbench.plan.filled import Filled
from onepill.workbench.plan.payer_assessment import under_joint_assessment
from onepill.workbench.plan.payer_contracts import TARIFFS
from onepill.workbench.plan.payer_defaults import DEFAULTS, ROUNDS, UPTAKE_YEARS, has_premium, japanese_cut
from onepill.workbench.plan.payer_fill import PathContext
from onepill.workbench.plan.payer_medicare import CALENDAR, RULES, elapsed_years, negotiated_factors, price_ages

LAST_DAY = date(2100, 12, 31)
"""Approvals until then are on the calendars' tables: plans begin by 2040 and look at most 40 years ahead."""
FIRST_PRICE_YEAR = 2026
_LONGEST_YEARS = 41
"""Beyond the longest valuation."""


def payer_paths(filled: Filled, markets: Iterable[MarketInput], *, horizon: int) -> dict[str, PayerPath]:
    """The payer path of each market that has one, by the market's id; `horizon` is the last day of the valuation."""
    given = {name.lower(): market for name, market in filled.programme.markets.items()}
    found = {}
    for market in markets:
        access = given[market.id].access
        if access is not None:
            ctx = PathContext(
                filled,
                market.id,
                given[market.id],
                access,
                peak_usd=prod(draw.distribution.mean() * draw.factor for draw in market.scale) * market.price_share,
                launch_lag_days=market.exclusivity.approval_to_launch_days,
                exclusivity_years=market.exclusivity.years,
            )
            found[market.id] = _path(ctx, market, horizon)
    return found


def _path(ctx: PathContext, market: MarketInput, horizon: int) -> PayerPath:
    shape = shape_of(ctx.access)
    moves = tuple(_move(ctx, name, move) for name, move in shape.moves.items())
    if shape.jurisdiction == "EU":
        moves = under_joint_assessment(ctx, moves)
    return PayerPath(
        market=market,
        approval=Link(f"{(ctx.market.filing or ctx.name).lower()}.approval", SUCCEEDED),
        states=tuple(_state(ctx, market, shape, name, state) for name, state in shape.states.items()),
        moves=moves,
        as_of=ctx.filled.as_of.toordinal(),
        horizon=horizon,
        calendars={name: _calendar(ctx, name) for name in dict.fromkeys(_calendars(moves))},
        entered=tuple(sorted(ctx.access.done.items(), key=lambda item: item[1])),
        duties_end=(ctx.market.jurisdiction or ctx.name.upper()) in TARIFFS,
    )


def note_losses(filled: Filled, paths: Iterable[CompiledPath]) -> None:
    """Name the states that lose money on each sale."""
    for path in paths:
        for segment in path.segments:
            market = segment.market
            duty = max((level.factor for level in market.duties), default=0.0) if market else 0.0
            if market is not None and market.cogs_share + market.selling_share + duty > 1:
                costs = market.cogs_share + market.selling_share + duty
                message = (
                    f"{segment.id} sells below its cost: goods, selling and duties are {costs:.0%} of its mean price"
                )
                hint = "such a state is left by choice: give its transition the chance 0, or other costs"
                where = f"markets.{path.path.market.id}.access"
                filled.findings.append(Finding("access.below_cost", "note", message, hint, where))


def _calendars(moves: Iterable[PayerMove]) -> Iterable[str]:
    return (m.calendar for m in moves if m.calendar not in (None, LOSS_OF_EXCLUSIVITY))


def _filled(ctx: PathContext, key: str, path: str) -> Draw | None:
    """The path's own number for `state.field` or `transition.field`, None where it has none."""
    filler = DEFAULTS[ctx.access.path].get(key)
    return filler(ctx, path) if filler else None


def _state(ctx: PathContext, market: MarketInput, shape: PathShape, name: str, place: StateShape) -> PayerState:
    entry, path = ctx.access.states.get(name, StateEntry()), f"{ctx.path}.states.{name}"
    price = ctx.given(f"{path}.price_factor", entry.price_factor) or _filled(
        ctx, f"{name}.price_factor", f"{path}.price_factor"
    )
    patients = ctx.given(f"{path}.patient_share", entry.patient_share)
    patients = patients or _filled(ctx, f"{name}.patient_share", f"{path}.patient_share") or _retained(ctx, shape, name)
    start = ctx.given(f"{path}.start_share", entry.start_share)
    uptake = entry.uptake
    return PayerState(
        id=name,
        price=price,
        patients=patients,
        initial=place.initial,
        follows=place.follows,
        sells=place.sells,
        years_to_peak=uptake.years_to_peak if uptake else _years_to_peak(ctx, market, name, path),
        shape=uptake.shape if uptake else market.shape,
        start_share=ctx.filled.tabled(start) if start else None,
        price_ages=_price_ages(ctx, name, entry, path),
        yearly_cut=_yearly_cut(ctx, name, entry, path),
        factors=negotiated_factors(ctx) if _is_negotiated(ctx, name, entry) else (),
    )


def _is_negotiated(ctx: PathContext, name: str, entry: StateEntry) -> bool:
    """Whether Medicare's negotiation makes the price of a state, and not the file."""
    return ctx.access.path == "us_medicare" and name == "negotiated" and entry.price_factor is None


def _years_to_peak(ctx: PathContext, market: MarketInput, name: str, path: str) -> float:
    if (ctx.access.path, name) not in UPTAKE_YEARS:
        return market.years_to_peak
    years, why = UPTAKE_YEARS[ctx.access.path, name]
    ctx.assumed(f"{path}.uptake.years_to_peak", fixed(years), why, "years")
    return years


def _retained(ctx: PathContext, shape: PathShape, name: str) -> Draw | None:
    """What stays after a loss of exclusivity, as the market says."""
    if not any(m.target == name and m.calendar == LOSS_OF_EXCLUSIVITY for m in shape.moves.values()):
        return None
    path = f"markets.{ctx.name}.loss_of_exclusivity.retained_share"
    return ctx.filled.plain(path, ctx.market.loss_of_exclusivity.retained_share)


def _price_ages(ctx: PathContext, name: str, entry: StateEntry, path: str) -> tuple[PriceAge, ...]:
    """The price by the time since entry: renewals of the national list, lower ceilings of Medicare's price."""
    given = entry.renewal
    if given is not None:
        cut = ctx.given(f"{path}.renewal.cut_share", given.cut_share)
        return renewal_ages(
            ctx.filled.tabled(cut) if cut else 0.0,
            every_years=given.every_years,
            halved_after_years=given.halved_after_years,
            until_years=given.until_years,
        )
    if _is_negotiated(ctx, name, entry):
        return price_ages(ctx)
    drawn = _filled(ctx, f"{name}.renewal_cut", f"{path}.renewal.cut_share")
    if drawn is None:
        return ()
    where, missing = f"states.{name}.renewal", "no rule of renewals was known on the plan's day"
    halved = "cuts are halved after four years in the list (note of rule cn.nrdl.agreement_years), on every day"
    return renewal_ages(
        drawn.distribution.mean(),
        every_years=ctx.as_it_stands(f"{where}.every_years", "cn.nrdl.agreement_years", 2, missing, "years"),
        halved_after_years=ctx.plainly_assumed(f"{where}.halved_after_years", 4.0, halved, "years"),
        until_years=ctx.as_it_stands(f"{where}.until_years", "cn.nrdl.regular_list_after", 8.0, missing, "years"),
    )


def renewal_ages(
    cut_share: float, *, every_years: int, halved_after_years: float | None, until_years: float | None
) -> tuple[PriceAge, ...]:
    """The price after each renewal, relative to the first one.

    Cuts are halved at renewals from `halved_after_years` on, and there is none from `until_years` on.
    """
    found, factor = [], 1.0
    for years in range(every_years, _LONGEST_YEARS, every_years):
        if until_years is not None and years >= until_years:
            break
        is_halved = halved_after_years is not None and years >= halved_after_years
        factor *= 1 - cut_share * (0.5 if is_halved else 1.0)
        found.append(PriceAge(float(years), factor))
    return tuple(found)


def _yearly_cut(ctx: PathContext, name: str, entry: StateEntry, path: str) -> YearlyCut | None:
    where = f"{path}.revision.cut_share"
    if entry.revision is not None:
        drawn = ctx.given(where, entry.revision.cut_share)
        month, day = _month_day(entry.revision.day)
        return YearlyCut(month, day, ctx.filled.tabled(drawn) if drawn else 0.0, entry.revision.every_years)
    if ctx.access.path == "jp_nhi" and name in ("listed", "repriced"):
        drawn = None if has_premium(ctx) else japanese_cut(ctx, where)
    else:
        drawn = _filled(ctx, f"{name}.yearly_cut", where)
    if drawn is None or drawn.distribution.mean() == 0:
        return None
    if ctx.access.path == "jp_nhi":
        month, day = _rule_day(ctx, f"states.{name}.revision.day", "jp.nhi.revision_day", "04-01")
    else:
        why = "prices fall at the turn of the year: no day was read"
        month, day = _month_day(ctx.plainly_assumed(f"states.{name}.revision.day", "01-01", why))
    return YearlyCut(month, day, drawn.distribution.mean())


def _move(ctx: PathContext, name: str, place: MoveShape) -> PayerMove:
    given, path = ctx.access.transitions.get(name, PayerTransition()), f"{ctx.path}.transitions.{name}"
    prob = ctx.given(f"{path}.prob", given.prob) or _filled(ctx, f"{name}.prob", f"{path}.prob")
    lag = None
    if place.calendar is None:
        lag = ctx.given(f"{path}.lag", given.lag) or _filled(ctx, f"{name}.lag", f"{path}.lag")
    rounds = given.rounds if given.rounds is not None else _rounds(ctx, name, path)
    chance = 1.0 if prob is None else prob.distribution.mean()
    return PayerMove(
        id=name,
        sources=place.sources,
        target=place.target,
        calendar=place.calendar,
        lag=lag,
        rounds=max(rounds, 1),
        prob=chance if rounds else 0.0,
        stream=path,
        is_over=not rounds,
        has_prob=prob is not None,
    )


def _rounds(ctx: PathContext, name: str, path: str) -> int:
    """The rounds left for a transition of a named path: those that passed since an approval of the past are gone."""
    if f"{name}.prob" not in DEFAULTS[ctx.access.path] or name not in ROUNDS:
        return 1
    rounds, why = ROUNDS[name]
    key = (ctx.market.filing or ctx.name).lower()
    approved = next((f.approved for f in ctx.filled.filings if f.id == key), None)
    if ctx.access.path == "cn_national" and approved is not None:
        first = (
            approved.year
            + 1
            + ((approved.month, approved.day) > _rule_day(ctx, "calendars.nrdl.cut_off", "cn.nrdl.cut_off", "06-30"))
        )
        rounds = max(rounds - max(ctx.filled.as_of.year - first + 1, 0), 0)
    if rounds == 0:
        ctx.note(
            "too_old", f"{name}: approved on {approved}, too long ago to apply", "give rounds to try all the same", path
        )
    ctx.assumed(f"{path}.rounds", fixed(float(rounds)), why, "count")
    return rounds


def _calendar(ctx: PathContext, name: str) -> Calendar:
    """The tables of a calendar by name, from the earliest approval on."""
    approved = [f.approved for f in ctx.filled.filings if f.approved]
    first = min([ctx.filled.as_of, *approved]) - timedelta(days=1)
    span = {"first": first, "last": LAST_DAY, "as_of": ctx.filled.as_of}
    if name == "nrdl":
        cut_off = _rule_day(ctx, "calendars.nrdl.cut_off", "cn.nrdl.cut_off", "06-30")
        in_force = _rule_day(ctx, "calendars.nrdl.in_force", "cn.nrdl.in_force", "01-01")
        return round_calendar(cut_off=cut_off, in_force=in_force, **span)
    if name == "medicare_negotiation":
        selection = _rule_day(ctx, f"{CALENDAR}.selection_day", f"{RULES}.selection_day", "02-01")
        why = "the first negotiated prices of the law (42 USC 1320f(b))"
        first_price = ctx.plainly_assumed(f"{CALENDAR}.first_price_year", FIRST_PRICE_YEAR, why)
        years = elapsed_years(ctx)
        return medicare_calendar(elapsed_years=years, selection=selection, first_price_year=first_price, **span)
    if name == "price_revision":
        return yearly_calendar(
            on=_rule_day(ctx, "calendars.price_revision.day", "jp.nhi.revision_day", "04-01"), **span
        )
    raise InputError.single("access.calendar", f"no calendar {name!r}", path=ctx.path)


def _rule_day(ctx: PathContext, field: str, rule_id: str, missing: str) -> tuple[int, int]:
    return _month_day(ctx.as_it_stands(field, rule_id, missing, "no rule of this day was known on the plan's day"))


def _month_day(text: str) -> tuple[int, int]:
    month, _, day = text.partition("-")
    return int(month), int(day)
