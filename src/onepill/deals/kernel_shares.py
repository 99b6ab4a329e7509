"""Who owns a vehicle: shares that rounds dilute, and a price split among classes of shares, as machine code.

The classes are the stakes, in their order, and then the rounds. Every function works on one path's rows in place.
"""

from __future__ import annotations

from onepill.deals.equity_rows import NO_ADJUSTMENT, WEIGHTED_AVERAGE, Array, Int, Real, Shares, VehicleRows
from onepill.sim.jit import jit


@jit
def _adjust_prices(r: Int, vehicle: VehicleRows, shares: Array, raised_usd: Real) -> Real:
    """Give earlier rounds that paid more for a share their free shares; what all are then worth before round `r`.

    The new price is the pre-money value by the shares before any are given. A full ratchet brings an earlier price
    CP1 down to it; the weighted average to CP1 (A + B) / (A + C), with A the shares outstanding, B those that the new
    money would buy at CP1, and C those that it buys.
    """
    stakes, value_usd, sold_usd = vehicle.stake_share.size, vehicle.pre_money_usd[r], vehicle.round_usd[r]
    kept, free = 0.0, 0.0
    for s in range(stakes):
        kept += shares[s] if vehicle.protected_until_usd[s] > raised_usd else 0.0
    for j in range(vehicle.round_usd.size):
        c = stakes + j
        if vehicle.anti_dilution[j] == NO_ADJUSTMENT or shares[c] <= 0:
            continue
        paid_usd = vehicle.round_usd[j] / shares[c]
        if paid_usd > value_usd:
            more = paid_usd / value_usd
            if vehicle.anti_dilution[j] == WEIGHTED_AVERAGE:
                more = (1 + sold_usd / value_usd) / (1 + sold_usd / paid_usd)
            free += (more - 1) * shares[c]
            shares[c] *= more
    if free == 0:
        return value_usd
    whole = 1 + free / (1 - kept)
    for c in range(shares.size):
        if c >= stakes or vehicle.protected_until_usd[c] <= raised_usd:
            shares[c] /= whole
    return value_usd * whole


@jit
def issue_round(r: Int, vehicle: VehicleRows, shares: Array, raised_usd: Real) -> Real:
    """Sell the shares of round `r` for its whole amount; the amount raised so far, afterwards.

    Everybody is diluted by pre-money / post-money, but for a protected stake that keeps its share: free shares make
    good what it loses, at the cost of the others. Protection ends at an amount raised: the part of a round below that
    is sold first, the rest after it, at the same price (its pre-money value is the first part's post-money value).
    """
    stakes, left_usd = vehicle.stake_share.size, vehicle.round_usd[r]
    value_usd = _adjust_prices(r, vehicle, shares, raised_usd)
    while left_usd > 0:
        part_usd, kept = left_usd, 0.0
        for s in range(stakes):
            if vehicle.protected_until_usd[s] > raised_usd:
                part_usd = min(part_usd, vehicle.protected_until_usd[s] - raised_usd)
                kept += shares[s]
        value_usd += part_usd
        sold: Real = min(part_usd / value_usd, 1 - kept)
        others = (1 - kept - sold) / (1 - kept) if kept < 1 else 0.0
        for c in range(shares.size):
            if c >= stakes or vehicle.protected_until_usd[c] <= raised_usd:
                shares[c] *= others
        shares[stakes + r] += sold
        raised_usd += part_usd
        left_usd -= part_usd
    return raised_usd


@jit
def _worth_of_all(pot_usd: Real, common: Real, warrants: Real, vehicle: VehicleRows, held: Shares) -> Real:
    """Mark who converts and return what the whole equity is worth at the price of a common share.

    `common` is what each class's shares shrink to by the warrants used. Converting makes a share worth less, hence
    one class converts at a time, the one whose preference is least by share, while it gains by it.
    """
    stakes, classes = vehicle.stake_share.size, held.share.size
    preferred_usd, sharing = 0.0, warrants
    for c in range(classes):
        held.converted[c] = c < stakes or held.preference_usd[c] <= 0 or vehicle.participating
        preferred_usd += held.preference_usd[c]
        if held.converted[c]:
            sharing += common * held.share[c]
    while True:
        rest_usd = max(pot_usd - preferred_usd, 0.0)
        worth_usd = rest_usd / sharing if sharing > 0 else (pot_usd if rest_usd > 0 else 0.0)
        least, ratio = -1, worth_usd
        for c in range(stakes, classes):
            own = common * held.share[c]
            if not held.converted[c] and own > 0 and held.preference_usd[c] / own < ratio:
                least, ratio = c, held.preference_usd[c] / own
        if least < 0:
            return worth_usd
        held.converted[least] = True
        preferred_usd -= held.preference_usd[least]
        sharing += common * held.share[least]


@jit
def split_price(price_usd: Real, with_warrants: bool, vehicle: VehicleRows, held: Shares) -> Int:
    """Fill `held.payout_usd` by class with what each gets of the price; the number of warrants used.

    Warrants stand in the order of their strike by share: the longest row of them of which the last still pays is used,
    their strikes add to the pot, and their holders get `common share price x share - strike` (not in the payouts).
    What was paid on a preference no longer stands.
    """
    stakes, classes = vehicle.stake_share.size, held.share.size
    used = vehicle.warrant_share.size if with_warrants else 0
    while True:
        pot_usd, warrants = price_usd, 0.0
        for w in range(used):
            pot_usd += vehicle.strike_usd[w]
            warrants += vehicle.warrant_share[w]
        worth_usd = _worth_of_all(pot_usd, 1 - warrants, warrants, vehicle, held)
        if used == 0 or vehicle.warrant_share[used - 1] * worth_usd > vehicle.strike_usd[used - 1]:
            break
        used -= 1
    preferred_usd = 0.0
    for c in range(stakes, classes):
        if vehicle.participating or not held.converted[c]:
            preferred_usd += held.preference_usd[c]
    paid = min(pot_usd / preferred_usd, 1.0) if preferred_usd > 0 else 0.0
    for c in range(classes):
        first_usd = paid * held.preference_usd[c] if vehicle.participating or not held.converted[c] else 0.0
        shared_usd = (1 - warrants) * held.share[c] * worth_usd if held.converted[c] else 0.0
        held.payout_usd[c] = first_usd + shared_usd
        held.preference_usd[c] = max(held.preference_usd[c] - held.payout_usd[c], 0.0)
    held.worth_usd[0] = worth_usd
    return used
