"""A vehicle and its funds on one path, slowly and by other means: the prices of shares by bisection, cap tables by
tiny sales, waterfalls by cents."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from onepill.core.dates import NEVER
from onepill.deals.inputs import OUTSIDE, Fund, Round, Vehicle


@dataclass
class Path:
    """One path's inputs. `bounds` as `Years.bounds`; `tranches` by round; `exit_values` 0: no exit."""

    vehicle: Vehicle
    bounds: list[int]
    flows_usd: list[float]
    tranches: list[list[int]]
    exits: list[int]
    exit_values: list[float]
    held_until: int = NEVER
    paid: dict = field(default_factory=lambda: defaultdict(float))
    """By (item, party, year): received positive."""
    lumps: list = field(default_factory=list)
    """(party, year, day, usd) of what falls on a day."""


@dataclass
class Books:
    """One path's shares, preferences and cash."""

    classes: dict
    """By class: its share, its holders' fractions, and until when it is protected."""
    preference: dict = field(default_factory=lambda: defaultdict(float))
    cash: float = 0.0
    raised: float = 0.0


def run(path: Path) -> Path:
    vehicle = path.vehicle
    exit_at, sold_on = first_exit(path)
    needs = [y for y, usd in enumerate(path.flows_usd) if usd < 0]
    calls, books = calls_of(path, needs, sold_on), Books(stakes_of(vehicle))
    for y, (begins, ends) in enumerate(pairwise(path.bounds)):
        for call in [call for call in calls if call[0] < ends]:
            calls.remove(call)
            pay_tranche(path, books, call, y)
        flow, sold = path.flows_usd[y], sold_on is not None and sold_on < ends
        if sold:
            own = flow * max(sold_on - begins, 0) / (ends - begins)
            move(path, "flows_sold", (vehicle.party, OUTSIDE), flow - own, y)
            flow = own
        if not sold or sold_on >= begins:
            work(path, books, flow, y)
        if sold and sold_on >= begins:
            sell(path, books, exit_at, (y, sold_on))
        elif sold_on is None and books.cash > 0 and not any(later > y for later in needs):
            payouts, _ = split(vehicle, books, books.cash, warrants=False)
            pay_classes(path, books, payouts, ("returned_cash", vehicle.party), (y, None))
            for key, usd in payouts.items():
                books.preference[key] = max(books.preference[key] - usd, 0.0)
            books.cash = 0.0
    return path


def first_exit(path: Path) -> tuple[int | None, int | None]:
    last = min(path.bounds[-1], path.held_until)
    leaving = [
        (day, k)
        for k, (day, value) in enumerate(zip(path.exits, path.exit_values, strict=True))
        if value > 0 and path.bounds[0] <= day < last
    ]
    day, k = min(leaving, default=(None, None))
    return k, day


def calls_of(path: Path, needs: list[int], sold_on: int | None) -> list[tuple[int, int, int]]:
    """(day, round, tranche) of what is called."""
    until = path.bounds[needs[-1] + 1] if needs else path.bounds[0]
    until = min(until if sold_on is None else sold_on, path.held_until)
    found = []
    for r, days in enumerate(path.tranches):
        if days[0] < until:
            found += [(max(day, days[0]), r, t) for t, day in enumerate(days) if max(day, days[0]) < until]
    return sorted(found)


def stakes_of(vehicle: Vehicle) -> dict:
    found = {("stake", i): [s.share, {s.holder: 1.0}, s.protected_until_usd] for i, s in enumerate(vehicle.stakes)}
    rest = 1 - sum(s.share for s in vehicle.stakes)
    if rest > 0:
        found["stake", len(vehicle.stakes)] = [rest, {OUTSIDE: 1.0}, 0.0]
    return found


def pay_tranche(path: Path, books: Books, call: tuple[int, int, int], y: int) -> None:
    day, r, t = call
    round_ = path.vehicle.rounds[r]
    if t == 0:
        books.raised = issue(books.classes, r, path.vehicle.rounds, books.raised)
    part, amount = round_.tranches[t][0], sum(usd for _, usd in round_.investors)
    books.preference["round", r] += path.vehicle.preference_multiple * part * amount
    if day >= path.bounds[0]:
        books.cash += part * amount
        for investor, usd in round_.investors:
            move(path, "contribution", (investor, path.vehicle.party), part * usd, y, day)


def work(path: Path, books: Books, flow: float, y: int) -> None:
    if flow > 0:
        to_holders(path, books, "distribution", flow, y)
        return
    books.cash += flow
    if books.cash < 0:
        to_holders(path, books, "further_need", books.cash, y)
        books.cash = 0.0


def sell(path: Path, books: Books, k: int, when: tuple[int, int]) -> None:
    vehicle, leave = path.vehicle, path.vehicle.exits[k]
    if leave.kind == "listing":
        books.preference.clear()
    price = path.exit_values[k] * (1 - leave.cost_share) + books.cash
    move(path, "returned_cash", (vehicle.party, OUTSIDE), books.cash, *when)
    payouts, gains = split(vehicle, books, price, warrants=True)
    pay_classes(path, books, payouts, ("exit_price", OUTSIDE), when)
    for i, gross in gains.items():
        warrant = vehicle.warrants[i]
        move(path, "exit_price", (OUTSIDE, warrant.holder), gross, *when)
        move(path, "warrant_strike", (warrant.holder, OUTSIDE), warrant.strike_usd, *when)
    books.cash = 0.0


def adjust(counts: dict, classes: dict, rounds: tuple[Round, ...], r: int, raised: float) -> float:
    """Earlier rounds' free shares by their conversion prices, one share for each that is outstanding (they sum to 1).

    The value of all shares then, at the new price.
    """
    amounts = [sum(usd for _, usd in each.investors) for each in rounds]
    outstanding, price = sum(counts.values()), rounds[r].pre_money_usd
    kept = {key: counts[key] / outstanding for key, c in classes.items() if c[2] > raised}
    for key in [key for key in counts if key[0] == "round" and counts[key] > 0]:
        old = amounts[key[1]] / counts[key]
        new = {
            "none": old,
            "full_ratchet": min(old, price),
            "weighted_average": min(old, old * (outstanding + amounts[r] / old) / (outstanding + amounts[r] / price)),
        }[rounds[key[1]].anti_dilution]
        counts[key] = amounts[key[1]] / new
    plain = sum(n for key, n in counts.items() if key not in kept)
    whole = plain / (1 - sum(kept.values())) if plain > 0 else outstanding
    for key, share in kept.items():
        counts[key] = share * whole
    return price * whole


def issue(classes: dict, r: int, rounds: tuple[Round, ...], raised: float) -> float:
    """Sell between one threshold of protection and the next, by share counts: a protected stake gets free shares."""
    round_ = rounds[r]
    amount = sum(usd for _, usd in round_.investors)
    stops = sorted({raised + amount, *(c[2] for c in classes.values() if raised < c[2] < raised + amount)})
    counts = {key: c[0] for key, c in classes.items()}
    value, before = adjust(counts, classes, rounds, r, raised), raised
    counts["round", r] = 0.0
    for stop in stops:
        sold, total = stop - before, sum(counts.values())
        kept = {key: counts[key] / total for key, c in classes.items() if c[2] > before}
        new_share = min(sold / (value + sold), 1 - sum(kept.values()))
        # n free and n new shares, so that the new ones are `new_share` of all and the protected keep theirs.
        plain = sum(n for key, n in counts.items() if key not in kept)
        rest_share = 1 - sum(kept.values()) - new_share
        if rest_share <= 1e-15:
            after_total = total
            counts = dict.fromkeys(counts, 0.0)
        else:
            after_total = plain / rest_share
        counts["round", r] += new_share * after_total
        for key, share in kept.items():
            counts[key] = share * after_total
        value, before = value + sold, stop
    total = sum(counts.values())
    classes["round", r] = [0.0, {id_: usd / amount for id_, usd in round_.investors}, 0.0]
    for key, n in counts.items():
        classes[key][0] = n / total
    return raised + amount


def split(vehicle: Vehicle, books: Books, price: float, *, warrants: bool) -> tuple[dict, dict]:
    """Payouts by class and gross gains by warrant: the largest set of the cheapest warrants that all pay."""
    order = sorted(
        range(len(vehicle.warrants)), key=lambda i: vehicle.warrants[i].strike_usd / vehicle.warrants[i].share
    )
    for used in range(len(order) if warrants else 0, -1, -1):
        chosen = [vehicle.warrants[i] for i in order[:used]]
        pot = price + sum(w.strike_usd for w in chosen)
        part = sum(w.share for w in chosen)
        payouts, worth = waterfall(books, pot, part, participating=vehicle.participating)
        gains = {i: vehicle.warrants[i].share * worth for i in order[:used]}
        if all(gain > vehicle.warrants[i].strike_usd for i, gain in gains.items()):
            return payouts, gains
    raise AssertionError


def waterfall(books: Books, pot: float, part: float, *, participating: bool) -> tuple[dict, float]:
    """What each class gets at the share price at which all claims come to the pot, found by bisection."""
    classes, preference = books.classes, books.preference
    owed = sum(preference[key] for key in classes)
    if owed > 0 and pot <= owed:
        return {key: pot * preference[key] / owed for key in classes}, 0.0

    def claims(worth: float) -> dict:
        found = {}
        for key, (share, _, _) in classes.items():
            common = (1 - part) * share * worth
            found[key] = preference[key] + common if participating else max(preference[key], common)
        return found

    low, high = 0.0, 1.0
    while sum(claims(high).values()) + part * high < pot:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if sum(claims(middle).values()) + part * middle < pot:
            low = middle
        else:
            high = middle
    return claims(high), high


def shares(classes: dict) -> dict:
    found: dict = defaultdict(float)
    for share, holders, _ in classes.values():
        for holder, fraction in holders.items():
            found[holder] += share * fraction
    return found


def to_holders(path: Path, books: Books, item: str, usd: float, y: int) -> None:
    for holder, share in shares(books.classes).items():
        move(path, item, (path.vehicle.party, holder), usd * share, y)


def pay_classes(path: Path, books: Books, payouts: dict, why: tuple[str, str], when: tuple[int, int | None]) -> None:
    item, payer = why
    for key, usd in payouts.items():
        for holder, fraction in books.classes[key][1].items():
            move(path, item, (payer, holder), usd * fraction, *when)


def move(path: Path, item: str, who: tuple[str, str], usd: float, y: int, day: int | None = None) -> None:  # noqa: PLR0917 - a ledger's line
    for party, signed in zip(who, (-usd, usd), strict=True):
        path.paid[item, party, y] += signed
        if day is not None:
            path.lumps.append((party, y, day, signed))


def run_fund(fund: Fund, paid: list[float], got: list[float], length: list[float], at_work: int) -> dict[str, list]:
    """A fund's years in its own currency: partners' and manager's yearly flows, and what is carried."""
    active = [y for y in range(len(paid)) if paid[y] > 0 or got[y] > 0]
    partners, manager, carry = ([0.0] * len(paid) for _ in range(3))
    if not active:
        return {"partners": partners, "manager": manager, "carry": carry}
    first, end = active[0], max(active[-1], at_work)
    claim = 0.0
    for y in range(first, end + 1):
        years_left = max(0.0, min(1.0, fund.fee_years - (y - first)))
        fee = fund.fee_share_per_year * sum(paid[: y + 1]) * years_left * length[y] if y <= at_work else 0.0
        claim = claim * (1 + fund.hurdle_per_year) + paid[y] + fee
        partners[y] -= paid[y] + fee
        manager[y] += fee
        back = min(got[y], claim)
        claim -= back
        partners[y] += back
        # Small pieces, each by the tier that holds when it falls.
        rest, piece = got[y] - back, (got[y] - back) / 20_000
        for _ in range(20_000 if rest > 0 else 0):
            gain = sum(partners) + sum(carry)
            behind = sum(carry) < fund.carry_share * gain and fund.catch_up_share > 0
            share = fund.catch_up_share if behind else fund.carry_share
            carry[y] += share * piece
            partners[y] += (1 - share) * piece
    hurdle = sum(-usd * (1 + fund.hurdle_per_year) ** (end - y) for y, usd in enumerate(partners))
    excess = max(sum(carry) - fund.carry_share * max(sum(partners) + sum(carry), 0.0), min(sum(carry), hurdle), 0.0)
    carry[end] -= excess
    partners[end] += excess
    return {"partners": partners, "manager": [m + c for m, c in zip(manager, carry, strict=True)], "carry": carry}
