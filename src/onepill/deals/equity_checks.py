"""What contradicts itself in a vehicle's and its funds' terms?"""

from __future__ import annotations

from collections.abc import Iterator

from onepill.core.errors import Finding
from onepill.deals.inputs import Fund, Round, Vehicle

_ROUNDING = 1e-9
MOST_EXITS = 6


def vehicle_findings(vehicle: Vehicle, funds: tuple[Fund, ...] = ()) -> list[Finding]:
    """All contradictions, each at its path below `vehicle` or `funds`."""
    found = [*_stakes(vehicle), *_rounds(vehicle), *_exits(vehicle), *_warrants(vehicle)]
    return [*found, *(each for i, fund in enumerate(funds) for each in _fund(fund, f"funds[{i}]"))]


def _stakes(vehicle: Vehicle) -> Iterator[Finding]:
    for i, stake in enumerate(vehicle.stakes):
        yield from _share(stake.share, f"vehicle.stakes[{i}].share", "a stake")
    total = sum(stake.share for stake in vehicle.stakes)
    if total > 1 + _ROUNDING:
        message = f"the stakes come to {total:.4%} of the shares"
        yield _error("deal.equity.above_whole", message, "vehicle.stakes", total, "stakes sum to at most 100 %")
    yield from _protection(vehicle)


def _protection(vehicle: Vehicle) -> Iterator[Finding]:
    """Protected stakes and what a round sells must fit into the whole, in each part of it up to the next end."""
    raised = 0.0
    for i, round_ in enumerate(vehicle.rounds):
        value, end = round_.pre_money_usd, raised + _amount(round_)
        while raised < end:
            protected = [stake for stake in vehicle.stakes if stake.protected_until_usd > raised]
            part = min([end, *(stake.protected_until_usd for stake in protected)]) - raised
            left, value = 1 - sum(stake.share for stake in protected), value + part
            if protected and value > 0 and part / value > left + _ROUNDING:
                message = (
                    f"the round {round_.id!r} sells {part / value:.2%} of the shares; {left:.2%} are not protected"
                )
                hint = "raise the pre-money value, or let the protection end at a smaller amount raised"
                where = f"vehicle.rounds[{i}].pre_money_usd"
                yield _error("deal.equity.above_whole", message, where, part / value, hint)
                return
            raised += part


def _rounds(vehicle: Vehicle) -> Iterator[Finding]:
    for i, round_ in enumerate(vehicle.rounds):
        at = f"vehicle.rounds[{i}]"
        if round_.pre_money_usd <= 0:
            message = f"the round {round_.id!r} values the vehicle at {round_.pre_money_usd:,.0f} before it"
            yield _error(
                "deal.round.value", message, f"{at}.pre_money_usd", round_.pre_money_usd, "give a value above 0"
            )
        if not round_.investors or any(usd <= 0 for _, usd in round_.investors):
            message = f"the round {round_.id!r} has an investor without an amount, or none"
            yield _error("deal.round.amount", message, f"{at}.investors", None, "give each an amount above 0")
        shares = [share for share, _ in round_.tranches]
        if any(share <= 0 for share in shares) or abs(sum(shares) - 1) > _ROUNDING:
            message = f"the tranches of the round {round_.id!r} come to {sum(shares):.4%} of its amount"
            yield _error("deal.round.tranches", message, f"{at}.tranches", sum(shares), "tranches sum to 100 %")
    if vehicle.preference_multiple < 0:
        message = f"the liquidation preference is {vehicle.preference_multiple} times the money"
        where = "vehicle.preference_multiple"
        yield _error("deal.preference", message, where, vehicle.preference_multiple, "give 0 for none, or 1 and above")


def _exits(vehicle: Vehicle) -> Iterator[Finding]:
    if len(vehicle.exits) > MOST_EXITS:
        message = f"the vehicle has {len(vehicle.exits)} exits, priced in every set of them"
        yield _error("deal.exit.many", message, "vehicle.exits", len(vehicle.exits), f"give {MOST_EXITS} at most")
    for i, leave in enumerate(vehicle.exits):
        at = f"vehicle.exits[{i}]"
        yield from _share(leave.discount_share, f"{at}.discount_share", "the discount of an exit")
        yield from _share(leave.cost_share, f"{at}.cost_share", "the cost of an exit")
        if leave.value_usd is not None and leave.value_usd <= 0:
            message = "an exit is worth nothing, so that it never takes place"
            yield _error(
                "deal.exit.value", message, f"{at}.value_usd", leave.value_usd, "give a value above 0, or none"
            )


def _warrants(vehicle: Vehicle) -> Iterator[Finding]:
    for i, warrant in enumerate(vehicle.warrants):
        if not 0 < warrant.share < 1 or warrant.strike_usd < 0:
            message = f"a warrant for {warrant.share:.4%} of the equity at {warrant.strike_usd:,.0f} US dollars"
            hint = "a warrant's share lies between 0 and 100 %, its strike is not negative"
            yield _error("deal.warrant", message, f"vehicle.warrants[{i}]", warrant.share, hint)
    total = sum(warrant.share for warrant in vehicle.warrants)
    if vehicle.warrants and total >= 1:
        message = f"the warrants come to {total:.4%} of the equity"
        yield _error("deal.equity.above_whole", message, "vehicle.warrants", total, "warrants sum to less than 100 %")


def _fund(fund: Fund, at: str) -> Iterator[Finding]:
    yield from _share(fund.fee_share_per_year, f"{at}.fee_share_per_year", "a yearly fee")
    yield from _share(fund.catch_up_share, f"{at}.catch_up_share", "the catch-up")
    if not 0 <= fund.carry_share < 1:
        message = f"the manager's carry is {fund.carry_share:.4%} of the gain"
        yield _error("deal.fund.carry", message, f"{at}.carry_share", fund.carry_share, "give 0 to below 100 %")
    elif 0 < fund.catch_up_share <= fund.carry_share:
        message = f"a catch-up of {fund.catch_up_share:.2%} never reaches a carry of {fund.carry_share:.2%}"
        hint = "give a catch-up above the carry, or 0 for none"
        yield _error("deal.fund.catch_up", message, f"{at}.catch_up_share", fund.catch_up_share, hint)
    if fund.hurdle_per_year < 0 or fund.fee_years < 0:
        message = f"a hurdle of {fund.hurdle_per_year:.2%} a year, a fee for {fund.fee_years} years"
        yield _error("deal.fund.negative", message, at, fund.hurdle_per_year, "neither may be below 0")


def _amount(round_: Round) -> float:
    return sum(usd for _, usd in round_.investors)


def _share(value: float, path: str, what: str) -> Iterator[Finding]:
    if not 0 <= value <= 1:
        yield _error("deal.share", f"{what} is {value:.4%}", path, value, "a share lies between 0 and 100 %")


def _error(code: str, message: str, path: str, value: object, hint: str) -> Finding:
    return Finding(code, "error", message, hint, path=path, value=value)
