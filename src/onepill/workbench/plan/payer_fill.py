"""Fills the gaps of a payer path from the rulebook or by assumption, each with its provenance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TypeVar

from onepill.core.distributions import Distribution, fixed
from onepill.core.errors import Finding, InputError
from onepill.model.payer_path import Access
from onepill.model.schema import Market
from onepill.model.values import Value
from onepill.rulebook import RuleValue
from onepill.sim.plan import Draw
from onepill.workbench.common import ledger as notes
from onepill.workbench.common.defaults import Default
from onepill.workbench.plan.filled import Filled
from onepill.workbench.plan.terms import filing_terms

Plain = TypeVar("Plain", int, float, str)
_AHEAD = timedelta(days=731)
"""A value already announced may begin within this time after the plan's day."""
SHAPE = "the shape between published numbers is an assumption: PERT's weight, or even within published classes"


@dataclass(frozen=True)
class PublishedNumber:
    """A number of a rule, and the row of provenance that was written for it."""

    number: float
    row: str


@dataclass(frozen=True)
class PathContext:
    """One market's path while it is filled. `peak_usd` are its mean peak sales, `launch_lag_days` the mean days from
    approval to launch, `exclusivity_years` those that run from approval where known."""

    filled: Filled
    name: str
    market: Market
    access: Access
    peak_usd: float
    launch_lag_days: int
    exclusivity_years: float | None

    @property
    def path(self) -> str:
        return f"markets.{self.name}.access"

    @property
    def jurisdiction(self) -> str:
        return self.market.jurisdiction or self.name.upper()

    @cached_property
    def terms(self) -> frozenset[str]:
        """What holds for the filing that opens the market."""
        programme, key = self.filled.programme, (self.market.filing or self.name).lower()
        filing = next((f for k, f in programme.filings.items() if k.lower() == key), None)
        if filing is None:
            from onepill.workbench.plan.terms import programme_terms

            return programme_terms(programme)
        return filing_terms(programme, filing, jurisdiction=self.jurisdiction)

    def known(self, rule_id: str) -> RuleValue | None:
        """The rule's value known on the plan's day, in force then or announced for soon after; None without one."""
        rule, as_of = self.filled.rulebook.rule(rule_id), self.filled.as_of
        for day in (as_of, as_of + _AHEAD):
            try:
                return rule.on(day, as_of, self.terms)
            except InputError:
                continue
        return None

    def as_it_stands(self, field: str, rule_id: str, missing: Plain, why: str, unit: str = "") -> Plain:
        """A rule's number or day of the year that is used unchanged, `missing` where none was known on the plan's day:
        a row of provenance under the path's `field` either way."""
        path, found = f"{self.path}.{field}", self.known(rule_id)
        if found is None:
            self.plainly_assumed(field, missing, why, unit)
            return missing
        notes.note_rule(self.filled.ledger, path, found)
        return type(missing)(found.value)

    def plainly_assumed(self, field: str, value: Plain, why: str, unit: str = "") -> Plain:
        """A number or a day of our own that has no distribution, called an assumption; returns it."""
        notes.note_assumed(self.filled.ledger, f"{self.path}.{field}", value, unit=unit, why=why)
        return value

    def note(self, code: str, message: str, hint: str, path: str) -> None:
        """A finding that explains, without a fault."""
        self.filled.findings.append(Finding(f"access.{code}", "note", message, hint, path))

    def given(self, path: str, value: Value | None) -> Draw | None:
        """A value of the file as a draw."""
        return self.filled.draw(path, value, None)

    def assumed(self, path: str, distribution: Distribution, why: str, unit: str = "share") -> Draw:
        """A number of our own, called an assumption."""
        notes.note_default(self.filled.ledger, path, Default(distribution, unit, why))
        return Draw(path, distribution)

    def from_rules(
        self, path: str, rule_ids: tuple[str, ...], formula: str, work_out: Callable[..., float], unit: str = "share"
    ) -> Draw | None:
        """A number worked out from rules, each noted beside it; None where one is not known on the plan's day."""
        found = [self.known(rule_id) for rule_id in rule_ids]
        values = [value for value in found if value is not None]
        if len(values) < len(rule_ids):
            return None
        paths = tuple(_row_of(path, rule_id) for rule_id in rule_ids)
        for row, value in zip(paths, values, strict=True):
            notes.note_rule(self.filled.ledger, row, value)
        number = work_out(*(float(value.value) for value in values))
        return self.derived(path, number, formula, paths, unit)

    def published(self, path: str, rule_id: str, key: str = "") -> PublishedNumber | None:
        """A number of a rule, or the one under `key` of its value; None where it is not known on the plan's day."""
        found = self.known(rule_id)
        if found is None:
            return None
        row = _row_of(path, rule_id)
        notes.note_rule(self.filled.ledger, row, found)
        number = found.value.get(key) if key else found.value
        return None if number is None else PublishedNumber(float(number), row)

    def spread(
        self, path: str, distribution: Distribution, formula: str, parents: tuple[str, ...], unit: str = "share"
    ) -> Draw:
        """What published numbers make of a default; a row calls the shape of a distribution an assumption."""
        if not distribution.is_fixed:
            row = f"{path}.shape"
            notes.note_assumed(self.filled.ledger, row, distribution.kind, unit="text", why=SHAPE)
            parents = (*parents, row)
        return self.derived(path, distribution, formula, parents, unit)

    def derived(
        self, path: str, found: float | Distribution, formula: str, parents: tuple[str, ...], unit: str = "share"
    ) -> Draw:
        """A number, or a distribution, worked out from others that have a row."""
        distribution = found if isinstance(found, Distribution) else fixed(found)
        shown = notes.show_distribution(distribution)
        notes.note_derived(self.filled.ledger, path, shown, unit=unit, formula=formula, derived_from=parents)
        return Draw(path, distribution)


def _row_of(path: str, rule_id: str) -> str:
    """The row of a rule beside the number that is made of it."""
    return f"{path}.{rule_id.split('.', 1)[1].replace('.', '_')}"
