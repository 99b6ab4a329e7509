"""Checks of a company made for the programme and of its funds: shares that pass the whole, rounds, tranches."""

from __future__ import annotations

from collections.abc import Iterator

from onepill.core.errors import Finding
from onepill.model.deal import Deal
from onepill.model.deal_vehicle import FundTerms, RoundTerm, VehicleTerms

SLACK = 1e-9


def check_vehicle(deal: Deal) -> Iterator[Finding]:
    """Findings about the vehicle and the funds of a deal."""
    if deal.vehicle is not None:
        yield from _stakes(deal.vehicle)
        for name, item in deal.vehicle.rounds.items():
            yield from _round(f"vehicle.rounds.{name}", item)
        yield from _protected(deal.vehicle)
        yield from _exits(deal.vehicle)
        if deal.vehicle.party in deal.vehicle.stakes:
            path, hint = f"vehicle.stakes.{deal.vehicle.party}", "name its holders"
            yield _error("deal.own_stake", "the vehicle holds itself", path, hint)
        if deal.vehicle.party not in {grant.to for grant in deal.grants.values()}:
            message, hint = "the vehicle is granted nothing", "add grants: to the vehicle"
            yield Finding("deal.vehicle_empty", "warning", message, hint, "vehicle.party")
    for name, fund in deal.funds.items():
        if len({fund.party, fund.partners, fund.manager}) < 3:
            hint = "name the fund, those who commit its money and its manager apart"
            yield _error("deal.fund_parties", "a fund is not its own partner or manager", f"funds.{name}", hint)
        if deal.vehicle is None:
            message, hint = "a fund invests in a vehicle, and there is none", "add vehicle:"
            yield _error("deal.fund_vehicle", message, f"funds.{name}", hint)
        yield from _carry(f"funds.{name}", fund)


def _error(code: str, message: str, path: str, hint: str, value: object = None) -> Finding:
    return Finding(code, "error", message, hint, path, value=value)


def _stakes(vehicle: VehicleTerms) -> Iterator[Finding]:
    total = sum(stake.share.number for stake in vehicle.stakes.values())
    if total > 1 + SLACK:
        message, hint = f"the stakes sum to {total:.2%}", "the first stakes, before any round, sum to 1"
        yield _error("deal.equity", message, "vehicle.stakes", hint, round(total, 6))
    if total < 1 - SLACK:
        message = f"the stakes sum to {total:.2%}; outsiders hold the rest, and their part is no party's"
        hint = "name founders or a pool for the rest"
        yield Finding("deal.equity_outside", "warning", message, hint, "vehicle.stakes", value=round(total, 6))
    optioned = sum(warrant.share.number for warrant in vehicle.warrants.values())
    if vehicle.warrants and optioned > 1 - SLACK:
        message = f"the warrants are rights to {optioned:.2%} of the vehicle"
        hint = "lower their shares: they sum to less than 100 %"
        yield _error("deal.equity", message, "vehicle.warrants", hint, round(optioned, 6))
    for name, warrant in vehicle.warrants.items():
        if warrant.share.number == 0:
            where = f"vehicle.warrants.{name}.share"
            yield _error("deal.warrant", "a warrant for nothing", where, "give it a share above 0", 0)


def _round(path: str, item: RoundTerm) -> Iterator[Finding]:
    if item.pre_money.number == 0:
        hint = "write what the vehicle is worth before the round"
        yield _error("deal.pre_money", "a round at no value leaves its holders nothing", f"{path}.pre_money", hint)
    for who, amount in item.investors.items():
        if amount.number == 0:
            message, where = f"{who} invests nothing", f"{path}.investors.{who}"
            yield _error("deal.round.amount", message, where, "give each an amount above 0", amount.text)
    total = sum(tranche.share.number for tranche in item.tranches)
    if item.tranches and abs(total - 1) > SLACK:
        message = f"the tranches sum to {total:.2%} of the round"
        yield _error("deal.tranches", message, f"{path}.tranches", "let the shares sum to 1", round(total, 6))


def _protected(vehicle: VehicleTerms) -> Iterator[Finding]:
    """What stays undiluted and what a round's investors get must fit into one vehicle."""
    raised = 0.0
    for name, item in vehicle.rounds.items():
        money = sum(amount.number for amount in item.investors.values())
        kept = sum(
            stake.share.number
            for stake in vehicle.stakes.values()
            if stake.protected_until is not None and stake.protected_until.number > raised
        )
        sold = money / (money + item.pre_money.number) if item.pre_money.number > 0 else 0.0
        units = {item.pre_money.unit, *(amount.unit for amount in item.investors.values())}
        if len(units) == 1 and kept + sold > 1 + SLACK:
            message = f"stakes that are not diluted ({kept:.1%}) and new shares ({sold:.1%}) pass 100 % in round {name}"
            hint = "raise pre_money, or end the protection earlier"
            yield _error("deal.equity", message, f"vehicle.rounds.{name}", hint, round(kept + sold, 6))
        raised += money


def _exits(vehicle: VehicleTerms) -> Iterator[Finding]:
    for name, item in vehicle.exits.items():
        if item.value is not None and item.value.number == 0:
            message, hint = "an exit is worth nothing, so that it never takes place", "give a value above 0, or none"
            yield _error("deal.exit.value", message, f"vehicle.exits.{name}.value", hint, item.value.text)


def _carry(path: str, fund: FundTerms) -> Iterator[Finding]:
    """A manager who catches up with his carry gets there, and leaves his partners something."""
    carry, catch_up = (value.number if value else None for value in (fund.carry_share, fund.catch_up_share))
    if carry == 1:
        message = "the manager carries all of the gain"
        yield _error("deal.fund.carry", message, f"{path}.carry_share", "give 0 to below 100 %", carry)
    elif carry and catch_up and catch_up <= carry:
        message = f"a catch-up of {catch_up:.2%} never reaches a carry of {carry:.2%}"
        hint = "give a catch-up above the carry, or 0 for none"
        yield _error("deal.fund.catch_up", message, f"{path}.catch_up_share", hint, catch_up)
