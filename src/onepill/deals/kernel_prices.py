"""A price split among classes of shares and warrants on a block of paths of one cap table, as machine code.

With the preferences of some classes `A` and the shares of all others `s`, a common share is worth `(price - A) / s` if
just these others share. Classes convert in the order of their preferences by share, and each conversion lowers the
worth, while it is due, to the next such line: what a share is worth is the least of all of them. (The claims on a price
are a convex function of a share's worth.)
"""

from __future__ import annotations

from onepill.deals.equity_rows import Array, Desk, Int, Real
from onepill.deals.kernel_payments import set_all
from onepill.sim.jit import jit, jit_block

_ENDLESS = 1e300


@jit_block
def _lower(least: Array, price: Array, less_usd: Real, shares: Real, count: Int) -> None:
    """What a share is worth at most if `shares` of all have the price but for a part."""
    if shares > 0:
        each = 1 / shares
        for i in range(count):
            least[i] = min(least[i], (price[i] - less_usd) * each)


@jit
def _find_worth(preference_usd: Array, share: Array, strikes_usd: Real, warrants: Real, count: Int, desk: Desk) -> Real:
    """Fill `least_usd` with what the whole equity is worth at the price of a common share; all preferences.

    Common shares shrink to what the warrants used leave of them, whose strikes add to the price.
    """
    block, vehicle, converted = desk.block, desk.vehicle, desk.converted
    stakes, sharing, preferred_usd = vehicle.stake_share.size, warrants, 0.0
    for c in range(share.size):
        converted[c] = c < stakes or preference_usd[c] <= 0 or vehicle.participating
        preferred_usd += preference_usd[c]
        sharing += (1 - warrants) * share[c] if converted[c] else 0.0
    set_all(block.least_usd, _ENDLESS, count)
    owed_usd = preferred_usd
    while True:
        _lower(block.least_usd, block.usd, owed_usd - strikes_usd, sharing, count)
        next_one, ratio = -1, _ENDLESS
        for c in range(stakes, share.size):
            own = (1 - warrants) * share[c]
            if not converted[c] and own > 0 and preference_usd[c] / own < ratio:
                next_one, ratio = c, preference_usd[c] / own
        if next_one < 0:
            return preferred_usd
        converted[next_one] = True
        owed_usd -= preference_usd[next_one]
        sharing += (1 - warrants) * share[next_one]


@jit
def split_price(preference_usd: Array, share: Array, with_warrants: bool, count: Int, desk: Desk) -> None:
    """Of prices in `usd`, fill `worth_all_usd` (of the equity at a common share's price), `common_usd` (the same for
    shares that warrants cut), `pot_usd` (the price with the strikes paid) and `used`, how many warrants are.

    Warrants stand in the order of their strike by share: the longest row of them of which the last still pays is used.
    """
    block, vehicle, real = desk.block, desk.vehicle, desk.block.real
    price, least, worth, common = block.usd, block.least_usd, block.worth_all_usd, block.common_usd
    pot, used, strikes_usd, warrants = block.pot_usd, block.used, 0.0, 0.0
    for u in range(vehicle.warrant_share.size + 1 if with_warrants else 1):
        part, strike_usd = 1.0, -1.0
        if u > 0:
            part, strike_usd = vehicle.warrant_share[u - 1], vehicle.strike_usd[u - 1]
            strikes_usd += strike_usd
            warrants += part
        preferred_usd = _find_worth(preference_usd, share, strikes_usd, warrants, count, desk)
        for i in range(count):
            each = max(least[i], 0.0)
            least[i] = each if price[i] + strikes_usd > preferred_usd else 0.0
        for i in range(count):
            each, is_used = least[i], part * least[i] > strike_usd
            worth[i] = each if is_used else worth[i]
            common[i] = (1 - warrants) * each if is_used else common[i]
        for i in range(count):
            is_used, whole = part * least[i] > strike_usd, price[i] + strikes_usd
            pot[i] = whole if is_used else pot[i]
            used[i] = u if is_used else used[i]
    # Strikes alone would be a price where there is no path.
    for i in range(count):
        common[i] *= real[i]
        pot[i] *= real[i]
        used[i] *= real[i]


@jit
def pay_out(q: Int, preference_usd: Array, share: Array, count: Int, desk: Desk) -> None:
    """Fill `usd` with what a party gets of the split price for its shares: preferences first, by their parts where
    they are not covered, and then either common shares beside them, or instead where these bring more.
    """
    block, vehicle, stakes = desk.block, desk.vehicle, desk.vehicle.stake_share.size
    usd, common, pot, plain, preferred_usd = block.usd, block.common_usd, block.pot_usd, 0.0, 0.0
    for c in range(share.size):
        preferred_usd += preference_usd[c]
        if c < stakes or preference_usd[c] <= 0:
            plain += share[c] * vehicle.class_holder[c, q]
    for i in range(count):
        usd[i] = plain * common[i]
    covers = 1 / preferred_usd if preferred_usd > 0 else 0.0
    for c in range(stakes, share.size):
        held = vehicle.class_holder[c, q]
        if held > 0 and preference_usd[c] > 0:
            first_usd, own = preference_usd[c], share[c]
            if vehicle.participating:
                for i in range(count):
                    usd[i] += held * (first_usd * min(pot[i] * covers, 1.0) + own * common[i])
            else:
                for i in range(count):
                    usd[i] += held * max(first_usd * min(pot[i] * covers, 1.0), own * common[i])
