"""What the buyers at a vehicle's exits pay where its licence may come back: on the paths on which it does, too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from onepill.deals.bases import Bases
from onepill.deals.clauses import SecondLife
from onepill.deals.equity_exits import ExitSums, exit_values, to_be_priced
from onepill.deals.return_values import Licence, end_days, ended_case, licence_ends
from onepill.deals.returns import Hazard
from onepill.sim.plan import Money
from onepill.workbench.deals.ready import Ready, Stretches, buyers_of


@dataclass(frozen=True)
class Ending:
    """How a licence ends and what comes then: all that exits' prices depend on besides the deal itself.

    Attributes:
        life: None: the programme does not go on.
        fees: whether what the terms ask for on the day of the end is paid.
    """

    hazard: Hazard
    life: SecondLife | None
    fees: bool = True


def exit_prices(
    stretches: Stretches, ready: Ready, licences: dict[bool, Licence], endings: Iterable[Ending]
) -> dict[Ending, Money]:
    """By ending, the value of each exit over all paths. Nothing where no exit is priced from the paths.

    Args:
        licences: the licence with (True) and without (False) what is paid on the day of its end.
    """
    if ready.equity is None or not to_be_priced(ready.equity.vehicle):
        return {}
    asked, buyers, sums = set(endings), buyers_of(ready, stretches.opened.base), dict[Ending, ExitSums]()

    def priced(bases: Bases) -> dict[Ending, ExitSums]:
        own = licence_ends(licences[True], bases.timeline.futures)
        ends = {hazard: end_days(licences[True], bases, own, hazard) for hazard in {ending.hazard for ending in asked}}
        found = dict[Ending, ExitSums]()
        for ending in asked:
            case = ended_case(licences[ending.fees], bases, ends[ending.hazard], ending.life)
            found[ending] = replace(ready, case=case).exits(bases, buyers)
        return found

    for found in replace(stretches, progress=None).over(priced):
        sums = {ending: sums[ending] + part if ending in sums else part for ending, part in found.items()}
    return {ending: exit_values(ready.equity.vehicle, total) for ending, total in sums.items()}
