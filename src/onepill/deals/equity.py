"""What becomes of a vehicle's money: who pays in, who is paid out, and who stands behind the funds among them.

Arrays in, arrays out: the vehicle's yearly flows on each path and the days of its tranches and exits become each
party's value, means by year and gross payments. Everything is a transfer: on every path and in every year the parties'
flows sum to the vehicle's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER
from onepill.deals import equity_rows as rows
from onepill.deals.equity_checks import vehicle_findings
from onepill.deals.inputs import OUTSIDE, Discounts, Fund, Structure, Vehicle, When
from onepill.deals.years import Years
from onepill.sim.futures import Days
from onepill.sim.plan import Money


@dataclass(frozen=True)
class EquityOutcome:
    """What a vehicle and its funds move, on a stretch of paths.

    Attributes:
        npv_usd, first_day, paid_usd, got_usd: by party, shape (paths,); the first day of money in is NEVER without any,
            the payments are gross and undiscounted. A fund itself passes all on: its value is 0, its gross payments
            are those with the vehicle.
        flows_usd: mean by (item, party), shape (years,), in the items of `equity_rows.ITEMS`.
        net_usd: of the parties asked for, shape (paths, years); a fund's are those with the vehicle.
        exit_at: int8 (paths,), the position among the vehicle's exits, -1 for none.
        further_need_usd: (paths,), what its holders paid beyond the rounds.
        mean_share: each party's shares at the exit or the end, mean over paths.
    """

    npv_usd: dict[str, Money]
    first_day: dict[str, Days]
    paid_usd: dict[str, Money]
    got_usd: dict[str, Money]
    flows_usd: dict[tuple[str, str], Money]
    net_usd: dict[str, Money]
    exit_at: npt.NDArray[np.int8]
    further_need_usd: Money
    mean_share: dict[str, float]

    @property
    def paths(self) -> int:
        return int(self.exit_at.size)


@dataclass(frozen=True)
class Equity:
    """A vehicle and its funds as the kernels read them.

    Attributes:
        usd_per_unit: by currency, what a unit is worth in each year, shape (years,); a currency that is left out has
            one rate throughout, which changes nothing in a waterfall but the unit it is told in.
    """

    vehicle: Vehicle
    funds: tuple[Fund, ...]
    years: int
    usd_per_unit: Mapping[str, Money]

    @staticmethod
    def of(structure: Structure, *, years: int, usd_per_unit: Mapping[str, Money] | None = None) -> Equity:
        """
        Raises:
            ValueError: a structure without a vehicle, or one whose terms contradict themselves (see `equity_checks`).
        """
        if structure.vehicle is None:
            raise ValueError(f"the structure {structure.id!r} has no vehicle")
        if findings := vehicle_findings(structure.vehicle, structure.funds):
            raise ValueError("; ".join(finding.message for finding in findings))
        return Equity(structure.vehicle, structure.funds, years, usd_per_unit or {})

    @cached_property
    def parties(self) -> tuple[str, ...]:
        """All who take part, the vehicle first, outsiders next."""
        v = self.vehicle
        holders = [stake.holder for stake in v.stakes] + [id_ for round_ in v.rounds for id_, _ in round_.investors]
        behind = [id_ for fund in self.funds for id_ in (fund.party, fund.partners, fund.manager)]
        return tuple(dict.fromkeys([v.party, OUTSIDE, *holders, *(w.holder for w in v.warrants), *behind]))

    @property
    def tranche_days(self) -> tuple[When, ...]:
        """When each tranche falls, in the order of the kernels' rows."""
        return tuple(when for round_ in self.vehicle.rounds for _, when in round_.tranches)

    @property
    def exit_days(self) -> tuple[When, ...]:
        return tuple(leave.when for leave in self.vehicle.exits)

    @cached_property
    def vehicle_rows(self) -> rows.VehicleRows:
        v, at = self.vehicle, {party: q for q, party in enumerate(self.parties)}
        tranches = [(r, share) for r, round_ in enumerate(v.rounds) for share, _ in round_.tranches]
        stakes = [(s.holder, s.share, s.protected_until_usd) for s in v.stakes]
        if (rest := 1 - sum(share for _, share, _ in stakes)) > 0:
            stakes.append((OUTSIDE, rest, 0.0))
        amounts = [sum(usd for _, usd in round_.investors) for round_ in v.rounds]
        held = np.zeros((len(stakes) + len(v.rounds), len(self.parties)))
        for c, (holder, _, _) in enumerate(stakes):
            held[c, at[holder]] = 1.0
        for r, (round_, amount) in enumerate(zip(v.rounds, amounts, strict=True)):
            for investor, usd in round_.investors:
                held[len(stakes) + r, at[investor]] += usd / amount
        warrants = sorted(v.warrants, key=lambda w: w.strike_usd / w.share)
        return rows.VehicleRows(
            party=at[v.party],
            outside=at[OUTSIDE],
            stake_share=_floats(share for _, share, _ in stakes),
            protected_until_usd=_floats(until for _, _, until in stakes),
            round_usd=_floats(amounts),
            pre_money_usd=_floats(round_.pre_money_usd for round_ in v.rounds),
            round_first=_ints([r for r, _ in tranches].index(r) for r in range(len(v.rounds))),
            anti_dilution=_ints(rows.ANTI_DILUTIONS.index(round_.anti_dilution) for round_ in v.rounds),
            tranche_round=_ints(r for r, _ in tranches),
            tranche_share=_floats(share for _, share in tranches),
            class_holder=held,
            warrant_share=_floats(w.share for w in warrants),
            strike_usd=_floats(w.strike_usd for w in warrants),
            warrant_holder=_ints(at[w.holder] for w in warrants),
            listing=np.array([leave.kind == "listing" for leave in v.exits], dtype=np.bool_),
            exit_cost_share=_floats(leave.cost_share for leave in v.exits),
            preference_multiple=float(v.preference_multiple),
            participating=bool(v.participating),
        )

    @cached_property
    def fund_rows(self) -> rows.FundRows:
        at, funds = {party: q for q, party in enumerate(self.parties)}, self.funds
        one = np.ones(self.years)
        told = [np.asarray(self.usd_per_unit.get(fund.currency, one), dtype=np.float64) for fund in funds]
        rates = np.ascontiguousarray(told).reshape(len(funds), self.years)
        return rows.FundRows(
            party=_ints(at[fund.party] for fund in funds),
            partners=_ints(at[fund.partners] for fund in funds),
            manager=_ints(at[fund.manager] for fund in funds),
            fee_share_per_year=_floats(fund.fee_share_per_year for fund in funds),
            fee_years=_floats(fund.fee_years for fund in funds),
            hurdle_per_year=_floats(fund.hurdle_per_year for fund in funds),
            catch_up_share=_floats(fund.catch_up_share for fund in funds),
            carry_share=_floats(fund.carry_share for fund in funds),
            usd_per_unit=rates,
            units_per_usd=1 / rates,
        )


@dataclass(frozen=True)
class EquityDays:
    """What the paths bring: the vehicle's yearly flows before its holders have them, and the days.

    Attributes:
        flows_usd: (paths, years), received positive.
        tranche, exit: int32 (rows, paths), as `Equity.tranche_days` and `Equity.exit_days` list them; NEVER where one
            does not come.
        held_until: int32 (paths,), the first day on which the contract no longer holds: no tranche and no exit then.
    """

    flows_usd: Money
    tranche: Days
    exit: Days
    held_until: Days | None = None

    def chunk(self, exit_value_usd: Money) -> rows.Chunk:
        paths = self.flows_usd.shape[0]
        held = np.full(paths, NEVER, dtype=np.int32) if self.held_until is None else self.held_until
        flows = np.ascontiguousarray(self.flows_usd.T, dtype=np.float64)
        tranche, exits = (np.ascontiguousarray(d, dtype=np.int32).reshape(-1, paths) for d in (self.tranche, self.exit))
        return rows.Chunk(flows, tranche, exits, _floats(exit_value_usd), held.astype(np.int32))


def share_out(
    equity: Equity,
    days: EquityDays,
    years: Years,
    discounts: Mapping[str, Discounts],
    *,
    exit_value_usd: Iterable[float],
    keep: Iterable[str] = (),
) -> EquityOutcome:
    """Run the vehicle and its funds on every path.

    Args:
        discounts: by party; every one of `Equity.parties`.
        exit_value_usd: what each exit's buyer pays for the vehicle's flows from then on (see `equity_exits`); an exit
            that is worth nothing does not take place.
        keep: parties whose yearly flows by path are wanted.
    """
    from onepill.deals.kernel_equity import run_equity

    parties, paths = equity.parties, days.flows_usd.shape[0]
    kept = [parties.index(party) for party in dict.fromkeys(keep) if party in parties]
    desk = _desk(equity, days, _calendar(years, [discounts[party] for party in parties]), _floats(exit_value_usd), kept)
    found = _room(len(parties), paths, years.count, kept)
    run_equity(desk, found)
    means = desk.items_usd / max(paths, 1)
    moved = [(i, q) for i, q in zip(*np.nonzero(np.any(means != 0, axis=2)), strict=True)]
    by_party = {name: dict(zip(parties, getattr(found, name), strict=True)) for name in rows.PER_PATH}
    return EquityOutcome(
        **by_party,
        flows_usd={(rows.ITEMS[i], parties[q]): means[i, q] for i, q in moved},
        net_usd={parties[q]: found.net_usd[i].T for i, q in enumerate(kept)},
        exit_at=found.exit_at,
        further_need_usd=found.further_need_usd,
        mean_share=dict(zip(parties, (found.share_sum / max(paths, 1)).tolist(), strict=True)),
    )


def _desk(equity: Equity, days: EquityDays, calendar: rows.Years, exit_value_usd: Money, kept: list[int]) -> rows.Desk:
    vehicle, funds, parties, years = equity.vehicle_rows, equity.fund_rows, len(equity.parties), equity.years
    classes, rounds, tranches = vehicle.class_holder.shape[0], vehicle.round_usd.size, vehicle.tranche_round.size
    curves, told = len(calendar.by_year), list(dict.fromkeys([*kept, *funds.party.tolist()]))
    row = np.full(parties, -1, dtype=np.int64)
    row[told] = np.arange(len(told))
    to_buyer = np.zeros(parties)
    to_buyer[vehicle.outside] = 1.0
    return rows.Desk(
        vehicle=vehicle,
        funds=funds,
        chunk=days.chunk(exit_value_usd),
        years=calendar,
        tables=rows.table_room(classes, parties, rounds, tranches),
        batch=rows.batch_room(years, rounds=rounds, tranches=tranches, exits=len(equity.vehicle.exits)),
        block=rows.block_room(years, parties=parties, rounds=rounds, curves=curves, told=len(told)),
        row=row,
        told=_ints(told),
        converted=np.zeros(classes, dtype=np.bool_),
        no_preference=np.zeros(classes),
        to_buyer=to_buyer,
        items_usd=np.zeros((len(rows.ITEMS), parties, years)),
    )


def _room(parties: int, paths: int, years: int, kept: list[int]) -> rows.Found:
    npv, paid, got = np.zeros((3, parties, paths))
    first, exits = np.zeros((parties, paths), dtype=np.int32), np.zeros(paths, dtype=np.int8)
    net = np.zeros((len(kept), years, paths))
    return rows.Found(npv, first, paid, got, exits, np.zeros(paths), np.zeros(parties), _ints(kept), net)


def _calendar(years: Years, discounts: list[Discounts]) -> rows.Years:
    bounds = years.bounds.astype(np.int64)
    length = np.diff(bounds) / years.length_days
    days = int(bounds[-1] - bounds[0])
    curves = {(own.by_year.tobytes(), own.by_day.tobytes()): own for own in discounts}
    curve = _ints(list(curves).index((own.by_year.tobytes(), own.by_day.tobytes())) for own in discounts)
    by_year = np.array([own.by_year[: years.count] for own in curves.values()], dtype=np.float64)
    by_day = np.array([own.by_day[:days] for own in curves.values()], dtype=np.float64)
    year_of_day = np.searchsorted(bounds, np.arange(bounds[0], bounds[-1]), side="right") - 1
    return rows.Years(bounds, length, year_of_day.astype(np.int16), by_year, by_day, curve)


def _floats(values: Iterable[float]) -> Money:
    return np.array(list(values), dtype=np.float64)


def _ints(values: Iterable[int]) -> npt.NDArray[np.int64]:
    return np.array(list(values), dtype=np.int64)
