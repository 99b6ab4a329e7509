"""Generated programmes: stages and filings that may depend on anything before them, over generated rule sets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from onepill.core.distributions import Distribution, fixed, triangular
from onepill.pathway import FilingInput, Network, NetworkInput, StageInput, build_network
from onepill.sim import Results, compile_plan, run
from onepill.sim.plan import FAILED, FINISHED, STARTED, SUCCEEDED, Draw
from tests.pathway.generated_rules import AS_OF_DAYS, TERMS, Row, rule_sets, rulebook_of
from tests.pathway.networks import filing, plan, stage

PATHS = 48
QUICK = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), max_examples=25)
DEEP = settings(QUICK, max_examples=1_500)
CERTAIN = ((SUCCEEDED, 1.0), (FAILED, 0.0))
LIKELY = ((SUCCEEDED, 0.7), (FAILED, 0.3))
SECOND_CYCLE = ((SUCCEEDED, 0.5), ("resubmit", 0.3), (FAILED, 0.2))


@dataclass(frozen=True)
class Case:
    """A programme and the law that it meets."""

    packs: tuple[Row, ...]
    given: NetworkInput

    def network(self) -> Network:
        return build_network(self.given, rulebook_of(self.packs))

    def pack(self, jurisdiction: str) -> Row:
        return next(pack for pack in self.packs if pack["jurisdiction"] == jurisdiction)


def simulated(found: Network, case: Case, *, draws: int = PATHS, threads: int = 1) -> Results:
    compiled = compile_plan(plan(found.fragment, case.given.as_of))
    results = run(compiled, draws=draws, seed=5, trace=draws, threads=threads)
    assert results.table_overflows == 0
    return results


@st.composite
def cases(draw: st.DrawFn, *, rising: bool = False, facts: bool = True, stops: bool = True) -> Case:
    """Up to three jurisdictions, four stages and four filings.

    Without `facts` nothing has happened yet; without `stops` no event ends another stage; where `rising` no law turns
    shorter.
    """
    packs = draw(rule_sets(rising=rising))
    codes = [pack["jurisdiction"] for pack in packs]
    make = _Programme(draw, draw(AS_OF_DAYS), codes, {p["jurisdiction"]: p["calendar"] for p in packs})
    for i in range(draw(st.integers(1, 4))):
        make.add_stage(i, facts=facts and i == 0, stops=stops)
    for i in range(draw(st.integers(1, 4))):
        make.add_filing(i, facts=facts)
    given = NetworkInput(make.as_of, make.as_of, tuple(make.stages), tuple(make.filings))
    return Case(tuple(packs), given)


class _Programme:
    def __init__(self, draw: st.DrawFn, as_of: date, codes: list[str], calendars: dict[str, str]) -> None:
        self.draw, self.as_of, self.codes, self.calendars = draw, as_of, codes, calendars
        self.stages: list[StageInput] = []
        self.filings: list[FilingInput] = []

    def add_stage(self, i: int, *, facts: bool, stops: bool) -> None:
        name, draw = f"s{i}", self.draw
        regions = tuple(draw(st.lists(st.sampled_from(self.codes), max_size=2, unique=True)))
        after = self._after([(s.id, e) for s in self.stages for e in (SUCCEEDED, SUCCEEDED, FINISHED, STARTED)])
        worked = bool(regions) and draw(st.booleans())
        start_up = self._days(f"development.{name}.start_up") if draw(st.booleans()) else None
        stopped = [(s.id, FAILED) for s in self.stages[:1]] if stops and draw(st.integers(0, 3)) == 0 else []
        found = stage(
            name,
            kind=draw(st.sampled_from(["phase_1", "phase_3"])),
            indication=draw(st.sampled_from(["main", "main", "other"])),
            regions=regions,
            calendar=self.calendars[regions[0]] if worked else "",
            after=after,
            any_of=len(after) > 1 and draw(st.booleans()),
            not_before=self._not_before(),
            duration=self._days(f"development.{name}.duration"),
            duration_unit="wd" if worked else "days",
            start_up=start_up,
            start_up_unit="wd" if worked else "days",
            success=draw(st.sampled_from([CERTAIN, LIKELY])),
            held=frozenset(region for region in regions if draw(st.integers(0, 3)) == 0),
            stops_on=tuple(stopped),
            terms=self._terms(),
        )
        self.stages.append(replace(found, **self._stage_facts()) if facts else found)

    def add_filing(self, i: int, *, facts: bool) -> None:
        code, draw = self.draw(st.sampled_from(self.codes)), self.draw
        approvals = [(f"{f.id}.approval", SUCCEEDED) for f in self.filings]
        after = self._after([*((s.id, SUCCEEDED) for s in self.stages), *approvals, *approvals])
        name = f"{code.lower().replace('-', '_')}_{i}"
        found = filing(
            name,
            jurisdiction=code,
            preparation=self._days(f"filings.{name}.preparation"),
            after=after,
            any_of=len(after) > 1 and draw(st.booleans()),
            not_before=self._not_before(),
            success=draw(st.sampled_from([CERTAIN, LIKELY, SECOND_CYCLE])),
            resubmission=self._days(f"filings.{name}.resubmission"),
            review=self._days(f"filings.{name}.review") if draw(st.integers(0, 5)) == 0 else None,
            launch_lag=self._days(f"markets.{name}.launch_lag") if draw(st.booleans()) else None,
            terms=self._terms(),
        )
        self.filings.append(replace(found, **self._filing_facts()) if facts else found)

    def _after(self, events: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        return tuple(self.draw(st.lists(st.sampled_from(events), max_size=3, unique=True))) if events else ()

    def _days(self, stream: str) -> Draw:
        low = self.draw(st.integers(0, 300))
        spread: Distribution = fixed(float(low))
        if self.draw(st.booleans()):
            spread = triangular(low, low + 40, low + 200)
        return Draw(stream, spread)

    def _not_before(self) -> date | None:
        days = self.draw(st.sampled_from([None, None, -60, 200]))
        return None if days is None else self.as_of + timedelta(days)

    def _terms(self) -> frozenset[str]:
        return frozenset(term for term in TERMS if self.draw(st.booleans()))

    def _ago(self, most: int) -> date:
        return self.as_of - timedelta(self.draw(st.integers(1, most)))

    def _stage_facts(self) -> Row:
        kind, days = self.draw(st.sampled_from(["none", "none", "running", "over"])), (self._ago(200), self._ago(200))
        if kind == "none":
            return {}
        facts: Row = {"started": min(days), "start_up": None, "after": ()}
        return facts if kind == "running" else facts | {"finished": max(days), "outcome": SUCCEEDED, "success": ()}

    def _filing_facts(self) -> Row:
        kind = self.draw(st.sampled_from(["none", "none", "none", "submitted", "accepted", "approved"]))
        first, last = sorted((self._ago(250), self._ago(250)))
        facts: dict[str, Any] = {
            "none": {},
            "submitted": {"submitted": first},
            "accepted": {"submitted": first, "accepted": last},
            "approved": {"submitted": first, "approved": last},
        }
        return facts[kind]  # type: ignore[no-any-return]
