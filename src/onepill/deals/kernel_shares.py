"""Who owns a vehicle: shares that rounds dilute, as machine code.

The classes are the stakes, in their order, and then the rounds. Every function works on one row of shares in place.
"""

from __future__ import annotations

from onepill.deals.equity_rows import NO_ADJUSTMENT, WEIGHTED_AVERAGE, Array, Int, Real, VehicleRows
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
