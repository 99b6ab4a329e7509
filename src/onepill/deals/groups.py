"""Which plan markets are one market to a contract, and what does a leg on sales count of them?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onepill.core.dates import NEVER
from onepill.deals.inputs import MarketTerms
from onepill.sim.plan import Plan


@dataclass(frozen=True)
class Groups:
    """The markets of contracts: plan markets, or groups of them, in the order of the terms.

    Attributes:
        ids: of each; `members` are the positions of its plan markets, `terms` their terms.
    """

    ids: tuple[str, ...]
    members: tuple[tuple[int, ...], ...]
    terms: tuple[tuple[MarketTerms, ...], ...]

    @staticmethod
    def of(plan: Plan, terms: Sequence[MarketTerms]) -> Groups:
        """Group the plan's markets as their terms say.

        Raises:
            ValueError: a plan market without terms, terms without one, or members with different tax shares.
        """
        position = {market.id: m for m, market in enumerate(plan.markets)}
        if odd := position.keys() ^ {term.id for term in terms}:
            raise ValueError(f"terms and markets of the plan differ: {', '.join(sorted(odd))}")
        by_group: dict[str, list[MarketTerms]] = {}
        for term in terms:
            by_group.setdefault(term.group or term.id, []).append(term)
        for id_, members in by_group.items():
            if len({term.tax_share for term in members}) > 1:
                raise ValueError(f"the members of the market {id_!r} have different tax shares")
        rows = tuple(tuple(position[term.id] for term in members) for members in by_group.values())
        return Groups(tuple(by_group), rows, tuple(map(tuple, by_group.values())))

    def named(self, names: Sequence[str]) -> list[int]:
        """Positions of those that a grant or a leg names by their own id or by all their members'.

        Raises:
            ValueError: a name that is unknown, or a group of which not all members are named.
        """
        found, known = [], set(self.ids)
        for m, (id_, members) in enumerate(zip(self.ids, self.terms, strict=True)):
            own = {term.id for term in members}
            given, known = own & set(names), known | own
            if given and given != own and id_ not in names:
                raise ValueError(f"of the market {id_!r} only {', '.join(sorted(given))} is named")
            if given or id_ in names:
                found.append(m)
        if unknown := [name for name in names if name not in known]:
            raise ValueError(f"the plan has no market {', '.join(unknown)}")
        return found


@dataclass(frozen=True)
class SalesBase:
    """What a leg on sales counts while its window is open, summed over markets; see `Royalty` for the terms.

    Attributes:
        markets: positions in `Groups`.
        term_days: how long after its launch each market counts; NEVER: to the end.
        since, until: those days of the window that are the same on all paths; 0 and NEVER where they cut nothing.
    """

    markets: tuple[int, ...]
    term_days: int = NEVER
    ends_at_exclusivity: bool = False
    step_down: float = 1.0
    since: int = 0
    until: int = NEVER

    @property
    def needs_protected(self) -> bool:
        return self.ends_at_exclusivity or self.step_down != 1.0

    @property
    def is_market(self) -> bool:
        """Whether it is what one market sells, whose rows the kernel cuts by windows itself."""
        return len(self.markets) == 1 and self.is_plain

    @property
    def is_plain(self) -> bool:
        return self.term_days >= NEVER and not self.needs_protected

    def record(self) -> dict[str, float]:
        """The fields of a kernel's leg that say so."""
        terms = {"term_days": self.term_days, "ends_at_exclusivity": self.ends_at_exclusivity, "plain": self.is_plain}
        return terms | {"step_down": self.step_down}
