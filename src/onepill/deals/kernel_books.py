"""The kernel's bookings: what a leg pays in a year, and on a day, in present values, sums, receipts and kept years."""

from __future__ import annotations

from onepill.deals import arrays as k
from onepill.deals.kernel_columns import (
    add_both,
    add_times,
    add_to_slots,
    close_receipts,
    is_any_waiting,
    note_payments,
    note_slots,
    open_receipts,
    open_values,
    sum_of,
)
from onepill.sim.jit import jit


@jit
def note_receipt(party: k.Int, day: k.Int, at: k.Int, books: k.Books) -> None:
    """Note that a party is paid on a day."""
    books.first_cash_day[party, at] = min(books.first_cash_day[party, at], day)


@jit
def keep_day(party: k.Int, year: k.Int, usd: k.Real, slot: k.Int, contract: k.Contract, scratch: k.Scratch) -> None:
    """Note a flow by year where the party's years are kept."""
    kept = contract.parties[party].kept
    if kept >= 0:
        scratch.kept[kept, year, slot] += usd


@jit
def keep_year(
    party: k.Int, year: k.Int, factor: k.Real, usd: k.Array, count: k.Int, contract: k.Contract, scratch: k.Scratch
) -> None:
    """Note `factor` times the columns' flows of a year where the party's years are kept."""
    kept = contract.parties[party].kept
    if kept >= 0:
        note_slots(scratch.kept[kept, year], usd, factor, scratch.slot, count)


@jit
def pay_year(
    index: k.Int,
    leg: k.Record,
    year: k.Int,
    count: k.Int,
    is_waiting: bool,
    contract: k.Contract,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
) -> None:
    """Pay what `scratch.due` holds in a year; `is_waiting`: it may be a first payment to somebody."""
    due, by_year = scratch.due, rates.by_year
    got_alone, taken_alone = _alone(leg, contract)
    books.leg_usd[index, year] += sum_of(due, count)
    given, got = by_year[contract.parties[leg.payer].rates, year], by_year[contract.parties[leg.payee].rates, year]
    if got_alone:
        add_both(scratch.given, scratch.got, due, given, got, count)
    else:
        add_times(scratch.given, due, given, count)
    if taken_alone and not leg.both_ways:
        add_times(scratch.taken, due, by_year[leg.tax_rates, year], count)
    if is_waiting:
        note_payments(calendar.bounds[year], leg.both_ways, scratch, count)
    if leg.both_ways and leg.withholding > 0.0:
        withheld, share = scratch.withheld, leg.withholding
        for j in range(count):
            withheld[j] = share * max(due[j], 0.0)
        books.withheld_usd[index, year] += sum_of(withheld, count)
        add_times(scratch.got, withheld, -got, count)
        add_times(scratch.taken, withheld, by_year[leg.tax_rates, year], count)
    if leg.noted:
        _note_year(leg, year, count, contract, scratch)


@jit
def _alone(leg: k.Record, contract: k.Contract) -> tuple[bool, bool]:
    """Whether what the payee has is summed by itself, being discounted at other rates than what the payer gives, and
    what the authorities have. What is paid one way alone is withheld in proportion."""
    payer, payee = contract.parties[leg.payer].rates, contract.parties[leg.payee].rates
    taxed_by_sign = leg.both_ways and leg.withholding > 0.0
    return payee != payer or taxed_by_sign, taxed_by_sign or (leg.withholding > 0.0 and leg.tax_rates != payee)


@jit
def open_leg(leg: k.Record, count: k.Int, books: k.Books, scratch: k.Scratch, at: k.Int) -> bool:
    """Nothing paid so far; whether a payment may be the first to somebody."""
    open_values(scratch, count)
    widest, out_of_turn = 0, 0
    for j in range(count if leg.noted else 0):
        stand = scratch.stand[scratch.slot[j]]
        scratch.income_at[j] = stand
        widest = max(widest, stand + 1)
        out_of_turn += stand != j
    scratch.width[0], scratch.width[1] = widest, out_of_turn
    if leg.both_ways or is_any_waiting(books.first_cash_day[leg.payee], scratch, count, at):
        open_receipts(scratch, count)
        return True
    return False


@jit
def close_leg(
    leg: k.Record,
    count: k.Int,
    is_waiting: bool,
    contract: k.Contract,
    books: k.Books,
    scratch: k.Scratch,
    at: k.Int,
) -> None:
    """Book what all years of a leg are worth to each side, and first payments."""
    got_alone, taken_alone = _alone(leg, contract)
    got = scratch.got if got_alone else scratch.given
    taken = scratch.taken if taken_alone else got
    withheld = 0.0 if leg.both_ways else leg.withholding
    add_to_slots(books.npv_usd[leg.payer], scratch.given, -1.0, scratch.slot, count, at)
    add_to_slots(books.npv_usd[leg.payee], got, 1.0 - withheld, scratch.slot, count, at)
    if leg.withholding > 0.0:
        add_to_slots(books.npv_usd[contract.tax], taken, 1.0 if leg.both_ways else withheld, scratch.slot, count, at)
    if is_waiting:
        close_receipts(books.first_cash_day[leg.payee], scratch.paid_on, scratch.slot, count, at)
        if leg.both_ways:
            close_receipts(books.first_cash_day[leg.payer], scratch.back_on, scratch.slot, count, at)


@jit
def _note_year(leg: k.Record, year: k.Int, count: k.Int, contract: k.Contract, scratch: k.Scratch) -> None:
    """Note a year's payments in all sides' kept years and taxed income; what is withheld is no income."""
    due, payee = scratch.due, contract.parties[leg.payee].income
    withheld = 0.0 if leg.both_ways else leg.withholding
    keep_year(leg.payer, year, -1.0, due, count, contract, scratch)
    keep_year(leg.payee, year, 1.0 - withheld, due, count, contract, scratch)
    if withheld > 0.0:
        keep_year(contract.tax, year, withheld, due, count, contract, scratch)
    if leg.taxed:
        _note_income(contract.parties[leg.payer].income, year, -1.0, leg.both_ways, due, count, scratch)
        _note_income(payee, year, 1.0 - withheld, True, due, count, scratch)
    if leg.both_ways and leg.withholding > 0.0:
        keep_year(leg.payee, year, -1.0, scratch.withheld, count, contract, scratch)
        keep_year(contract.tax, year, 1.0, scratch.withheld, count, contract, scratch)
        if leg.taxed:
            _note_income(payee, year, -1.0, False, scratch.withheld, count, scratch)


@jit
def _note_income(
    row: k.Int, year: k.Int, factor: k.Real, may_earn: bool, usd: k.Array, count: k.Int, scratch: k.Scratch
) -> None:
    """Note `factor` times a year's payments as taxed income, where the row is not -1; some may be above nothing."""
    if row >= 0:
        if scratch.width[1] == 0:
            add_times(scratch.income[row, year], usd, factor, count)
        else:
            note_slots(scratch.income[row, year], usd, factor, scratch.income_at, count)
        scratch.noted[row, year] = max(scratch.noted[row, year], scratch.width[0])
        scratch.earned[row, year] = max(scratch.earned[row, year], scratch.width[0] if may_earn else 0)


@jit
def note_ahead(
    leg: k.Record, left: k.Real, withheld: k.Real, count: k.Int, contract: k.Contract, scratch: k.Scratch
) -> None:
    """Note a payment in `scratch.year` of each slot in all sides' kept years and taxed income."""
    payer, payee = contract.parties[leg.payer], contract.parties[leg.payee]
    tax, year, stand = contract.parties[contract.tax], scratch.year, scratch.stand
    for row, usd in ((payer.kept, -leg.amount), (payee.kept, left), (tax.kept, withheld)):
        if row >= 0:
            kept = scratch.kept[row]
            for i in range(count):
                kept[year[i], i] += usd
    for row, usd in ((payer.income, -leg.amount), (payee.income, left)):
        if row >= 0 and leg.taxed:
            income, noted, earned = scratch.income[row], scratch.noted[row], scratch.earned[row]
            for i in range(count):
                income[year[i], stand[i]] += usd
            for y in range(noted.size):
                noted[y] = count if scratch.paid_in[y] else noted[y]
                earned[y] = count if scratch.paid_in[y] and usd > 0.0 else earned[y]


@jit
def _note_day(row: k.Int, year: k.Int, usd: k.Real, stand: k.Int, scratch: k.Scratch) -> None:
    """Note a payment as taxed income."""
    scratch.income[row, year, stand] += usd
    scratch.noted[row, year] = max(scratch.noted[row, year], stand + 1)
    scratch.earned[row, year] = max(scratch.earned[row, year], stand + 1 if usd > 0.0 else 0)


@jit
def note_paid(leg: k.Record, year: k.Int, usd: k.Real, slot: k.Int, contract: k.Contract, scratch: k.Scratch) -> None:
    """Note a payment in all sides' kept years and taxed income; what is withheld is no income."""
    withheld = leg.withholding * max(usd, 0.0)
    keep_day(leg.payer, year, -usd, slot, contract, scratch)
    keep_day(leg.payee, year, usd - withheld, slot, contract, scratch)
    keep_day(contract.tax, year, withheld, slot, contract, scratch)
    if leg.taxed:
        payer, payee = contract.parties[leg.payer].income, contract.parties[leg.payee].income
        if payer >= 0:
            _note_day(payer, year, -usd, scratch.stand[slot], scratch)
        if payee >= 0:
            _note_day(payee, year, usd - withheld, scratch.stand[slot], scratch)


@jit
def pay_day(
    index: k.Int,
    leg: k.Record,
    usd: k.Real,
    day: k.Int,
    slot: k.Int,
    at: k.Int,
    contract: k.Contract,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
) -> None:
    """Pay an amount on a day, unless it is sunk or after the last year."""
    ahead, p = day - calendar.bounds[0], at + slot
    if ahead < 0 or day >= calendar.bounds[-1] or usd == 0.0:
        return
    withheld, year = leg.withholding * max(usd, 0.0), calendar.year_of_day[ahead]
    books.npv_usd[leg.payer, p] -= usd * rates.by_day[contract.parties[leg.payer].rates, ahead]
    books.npv_usd[leg.payee, p] += (usd - withheld) * rates.by_day[contract.parties[leg.payee].rates, ahead]
    books.leg_usd[index, year] += usd
    if withheld > 0.0:
        books.npv_usd[contract.tax, p] += withheld * rates.by_day[leg.tax_rates, ahead]
        books.withheld_usd[index, year] += withheld
    note_receipt(leg.payee if usd > 0.0 else leg.payer, day, p, books)
    if leg.noted:
        note_paid(leg, year, usd, slot, contract, scratch)
