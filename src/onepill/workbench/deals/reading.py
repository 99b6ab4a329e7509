"""Reads a deal's words in the terms of a plan: dollars, days and links, plan markets, work that costs something."""

from __future__ import annotations

from dataclasses import dataclass

from onepill.core.errors import InputError
from onepill.deals import inputs as engine
from onepill.model import deal_terms as terms
from onepill.model.deal import Deal, GrantTerms
from onepill.model.deal_places import event_key, paid_for
from onepill.model.deal_when import When
from onepill.model.deal_windows import Counted, window_of
from onepill.model.schema import Programme
from onepill.model.values import Value
from onepill.sim.checks import outcome_names
from onepill.sim.plan import Link, Plan
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.plan.fill import event_of


@dataclass(frozen=True)
class Reading:
    """A deal beside the plan that it is read for."""

    deal: Deal
    base: Assembled

    @property
    def plan(self) -> Plan:
        return self.base.plan

    @property
    def programme(self) -> Programme:
        return self.base.filled.programme

    def usd(self, value: Value) -> float:
        """US dollars at the rate of the amount's own day, else the deal's, else the programme's."""
        if value.unit == "USD":
            return value.number
        books = (self.deal.exchange_rates, self.programme.capital.exchange_rates)
        rates = [book[value.unit] for book in books if value.unit in book]
        dated = [rate for rate in rates if not value.date or rate.date.isoformat() == value.date]
        return value.number / dated[0].per_usd

    def when(self, when: When, path: str) -> engine.When:
        if when.is_signing:
            return engine.When(lag_days=when.lag_days)
        day = when.day.toordinal() if when.day else None
        link = self._link(when.event, path) if when.event else None
        return engine.When(day, link, when.option, when.lag_days)

    def _link(self, event: str, path: str) -> Link:
        name = event_key(event).partition(":")[0]
        if name.startswith("markets."):
            group = name.removeprefix("markets.")
            link = next((m.launch for m in self.plan.markets if m.id == group or m.id.startswith(f"{group}.")), None)
        else:
            activity, outcome = event_of(event_key(event))
            link = Link(activity, outcome)
        found = next((a for a in self.plan.activities if link and a.id == link.activity), None)
        if link is None or found is None or link.event not in (*outcome_names(found), "started", "finished"):
            hint = "the work is left out in this scenario, or cannot end so; name another event"
            raise InputError.single(
                "deal.event_plan", f"the plan has no event {event!r}", path=path, hint=hint, value=event
            )
        return link

    def window(
        self, item: GrantTerms | terms.OnSales | terms.FundingTerm | terms.CostShareTerm, path: str
    ) -> engine.Window:
        """When an item holds; a term on sales or costs only while they are granted to the one who has them."""
        opens, closes = item.since, item.until
        if isinstance(item, Counted):
            opens, closes = window_of(self.deal, self.programme, item)
        until = self.when(closes, f"{path}.until") if closes is not None else None
        return engine.Window(self.when(opens, f"{path}.since"), until)

    def activities(self, items: list[str], markets: list[str]) -> tuple[str, ...]:
        """The plan's activities that cost something, of the stages, dossiers and filings named."""
        heads = [item.removeprefix("filings.") for item in paid_for(self.programme, items, markets)]
        costly = (activity.id for activity in self.plan.activities if activity.costs)
        return tuple(name for name in costly if any(name == head or name.startswith(f"{head}.") for head in heads))

    def usd_or_zero(self, value: Value | None) -> float:
        return 0.0 if value is None else self.usd(value)


def share_of(value: Value | None, default: float = 0.0) -> float:
    """A share, or the default where the file leaves it out."""
    return default if value is None else value.number
