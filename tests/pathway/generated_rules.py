"""Generated rule sets: small packs as plain data, read by the real parser, with most of what a procedure can say.

Everything that a test must know apart from the product is in the data itself, so that a slow twin can read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from onepill.core.documents import Document
from onepill.rulebook import Rulebook
from onepill.rulebook.checks import check_packs
from onepill.rulebook.packs import PackFile, compile_packs
from onepill.rulebook.schema import Pack

Row = dict[str, Any]
FIRST_LAW = date(2008, 1, 1)
"""Every rule has a value from this day on, before any day that a table covers."""
AS_OF_DAYS = st.dates(date(2021, 1, 1), date(2026, 6, 30))
PLACES = (("CN", "CN"), ("US", "US"), ("EU", "EU"), ("SA", "SA"), ("JP", "JP"), ("ASEAN", "SG"), ("CN-GBA", "CN"))
"""Jurisdictions with the calendars that they count in; two have no calendar of their own."""
TERMS = ("fast", "rare")
NEVER_HOLDS = "never"
LONGEST = {"working_days": 120, "calendar_days": 170, "weeks": 24, "months": 6}
SOURCED = {"source_grade": "official", "source": "law"}


@dataclass
class RuleSet:
    """One jurisdiction's pack while it is drawn."""

    code: str
    calendar: str
    rising: bool
    rules: dict[str, Row] = field(default_factory=dict)
    procedures: dict[str, Row] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        return self.code.lower().replace("-", "_")

    def as_pack(self) -> Row:
        return {
            "onepill_pack": 1,
            "jurisdiction": self.code,
            "calendar": self.calendar,
            "vocabulary": {term: {"en": term} for term in (*TERMS, NEVER_HOLDS)},
            "sources": {"law": {"title": "The law"}},
            "rules": self.rules,
            "procedures": self.procedures,
        }


def rulebook_of(packs: Iterable[Row]) -> Rulebook:
    """The packs through the product's own schema, checks and compiler; YAML, which is slow, is left out."""
    files = [_pack_file(pack) for pack in packs]
    assert [finding.message for finding in check_packs(files)] == []
    return Rulebook(compile_packs(files).encode())


def _pack_file(pack: Row) -> PackFile:
    stem = f"pack_{pack['jurisdiction']}"
    return PackFile(stem, Document(pack, {}, f"{stem}.yaml"), Pack.model_validate(pack))


@st.composite
def rule_sets(draw: st.DrawFn, *, rising: bool = False, at_most: int = 3) -> list[Row]:
    """Packs of up to three jurisdictions. Where `rising`, no law ever turns shorter from one day to the next."""
    places = draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=at_most, unique=True))
    return [draw(packs(code, calendar, rising=rising)) for code, calendar in places]


@st.composite
def packs(draw: st.DrawFn, code: str, calendar: str, *, rising: bool = False) -> Row:
    """One jurisdiction: a way to approval, perhaps another for `fast`, trial grants, perhaps a price listing."""
    rules = RuleSet(code, calendar, rising)
    rules.procedures[f"{rules.prefix}.review"] = _procedure(draw, rules, "approval", "filing", most=5)
    if draw(st.booleans()):
        quick = _procedure(draw, rules, "approval", "filing", most=2)
        rules.procedures[f"{rules.prefix}.quick"] = quick | {"needed_when": "fast", "route": "quick"}
    if draw(st.booleans()):
        per = draw(st.sampled_from(["product", "indication", "trial"]))
        rules.procedures[f"{rules.prefix}.trial"] = _procedure(draw, rules, "trial_authorisation", per, most=3)
    if draw(st.booleans()):
        rules.procedures[f"{rules.prefix}.ethics"] = _procedure(draw, rules, "ethics_opinion", "trial", most=2)
    if draw(st.integers(0, 3)) == 0:
        rules.procedures[f"{rules.prefix}.price"] = _procedure(draw, rules, "price_listing", "filing", most=2)
    return rules.as_pack()


def _procedure(draw: st.DrawFn, rules: RuleSet, grants: str, per: str, *, most: int) -> Row:
    steps = _Steps(draw, rules)
    steps.open()
    for _ in range(draw(st.integers(min(most, 3), most))):
        kind = draw(st.sampled_from(["step", "step", "step", "stand_in", "return", "channel", "covering"]))
        getattr(steps, f"add_{kind}")()
    steps.close(gate=grants)
    topic = {"approval": "review", "price_listing": "reimbursement", "ethics_opinion": "ethics"}
    return {
        "topic": topic.get(grants, grants),
        "name": grants,
        "per": per,
        "grants": grants,
        "needed_when": None,
        "steps": steps.rows,
    }


class _Steps:
    """The steps of one procedure while they are drawn; `open_ends` are what later steps may wait for."""

    def __init__(self, draw: st.DrawFn, rules: RuleSet) -> None:
        self.draw, self.rules = draw, rules
        self.rows: list[Row] = []
        self.targets: list[str] = []

    def open(self) -> None:
        """The submission, perhaps after a meeting that only some programmes hold."""
        if self.draw(st.booleans()):
            when = self.draw(st.sampled_from([None, "rare"]))
            self._add("meeting", by="applicant", optional=True, when=when, clock=self.clock())
            self._add("submission", by="applicant", kind="event", after=["meeting"])
        else:
            self._add("submission", by="applicant", kind="event")
        self.targets = ["submission"]

    def add_step(self) -> None:
        name = self._name()
        when = self.draw(st.sampled_from([None, None, None, "fast", {"not": "rare"}, {"all": ["fast", "rare"]}]))
        row = {"after": self.after(), "when": when, "optional": when is not None} | self._length()
        if row.get("clock") and self.draw(st.integers(0, 2)) == 0:
            row["anchor"] = self.draw(st.sampled_from([r["id"] for r in self.rows]))
        self._add(name, **row)
        self.targets.append(name)

    def add_stand_in(self) -> None:
        """A step with a stand-in for `fast` or `rare`; later steps may name either."""
        name, after, clock = self._name(), self.after(), self.clock()
        self._add(name, after=after, clock=clock)
        other = self.draw(st.sampled_from([clock, self.clock(), None]))
        when = self.draw(st.sampled_from(TERMS))
        self._add(f"{name}_alt", after=after, clock=other, instead_of=name, when=when)
        self.targets.append(self.draw(st.sampled_from([name, f"{name}_alt"])))

    def add_return(self) -> None:
        """A review that may be returned, which takes a second one from the same day or after the first."""
        name = self._name()
        self._add(name, after=self.after(), clock=self.clock(), outcomes=self._outcomes())
        anchor = self.draw(st.sampled_from([None, name]))
        self._add(f"{name}_again", after=[f"{name}:returned"], clock=self.clock(), anchor=anchor)
        ends = self.draw(st.sampled_from([[f"{name}:succeeded", f"{name}_again"], [f"{name}_again", name]]))
        self._add(f"{name}_over", kind="event", after=[{"any": ends}])
        self.targets.append(f"{name}_over")

    def add_channel(self) -> None:
        """A review with a quicker channel for `fast`, from which an application may be returned."""
        name, after, clock = self._name(), self.after(), self.clock()
        channel = f"{name}_channel"
        own = self.draw(st.sampled_from([clock, self.clock()]))
        self._add(name, after=after, clock=clock)
        self._add(channel, after=after, clock=own, instead_of=name, when="fast", outcomes=self._outcomes())
        self._add(f"{name}_back", after=[f"{channel}:returned"], clock=self.clock(), anchor=channel, when="fast")
        self._add(f"{name}_over", after=[name], clock=self.draw(st.sampled_from([None, clock])))
        ends = [{"any": [f"{channel}:succeeded", f"{name}_back"]}]
        self._add(f"{name}_done", after=ends, instead_of=f"{name}_over", when="fast")
        self.targets.append(f"{name}_over")

    def add_covering(self) -> None:
        """Two steps, of which the second has a forecast that covers both."""
        first, second = self._name(), f"{self._name()}_seen"
        self._add(first, after=self.after(), clock=self.clock())
        row: Row = {"after": [first], "clock": self.clock(), "forecast": self._forecast(), "covers": [first, second]}
        self._add(second, **row)
        self.targets.append(second)

    def close(self, *, gate: str) -> None:
        """The step that decides waits for all that is still open."""
        waited = {text.partition(":")[0] for row in self.rows for text in _texts(row["after"])}
        stand_ins = {row["id"] for row in self.rows if row["instead_of"]}
        ends = [row["id"] for row in self.rows if row["id"] not in waited | stand_ins]
        self._add("decision", after=ends, gate=gate, **self._length())

    def after(self) -> list[Any]:
        later = self.targets[1:]
        if len(later) > 1 and self.draw(st.booleans()):
            few = self.draw(st.lists(st.sampled_from(later), min_size=2, max_size=4, unique=True))
            return [{"any": few[:2]}, *([{"any": few[2:]}] if len(few) == 4 else few[2:])]
        return self.draw(st.lists(st.sampled_from(self.targets), min_size=1, max_size=3, unique=True))

    def clock(self) -> str:
        """A rule of its own or, now and then, one that another step has."""
        known = [key for key, rule in self.rules.rules.items() if rule["topic"] != "performance"]
        if known and self.draw(st.integers(0, 4)) == 0:
            return self.draw(st.sampled_from(known))
        return self._add_rule(self.draw(rules(rising=self.rules.rising)))

    def _length(self) -> Row:
        kind = self.draw(st.sampled_from(["clock", "clock", "clock", "duration", "forecast", "nothing"]))
        if kind == "duration":
            return {"duration": self.draw(st.sampled_from(["20 wd", "45 days", "2 months", "0 wd"]))}
        if kind == "forecast":
            return {"clock": self.clock(), "forecast": self._forecast(), "covers": []}
        return {"clock": self.clock()} if kind == "clock" else {}

    def _forecast(self) -> str:
        return self._add_rule(self.draw(forecasts()))

    def _add_rule(self, rule: Row) -> str:
        key = f"{self.rules.prefix}.rule_{len(self.rules.rules)}"
        self.rules.rules[key] = rule
        return key

    def _outcomes(self) -> list[Row]:
        share = {"topic": "performance", "unit": "share", "versions": [_version(FIRST_LAW, 0.4)]}
        return [{"id": "succeeded"}, {"id": "returned", "prob_rule": self._add_rule(share)}]

    def _name(self) -> str:
        return f"s{len(self.rows)}"

    def _add(self, name: str, **row: Any) -> None:
        plain = {"by": "agency", "kind": "activity", "after": [], "when": None, "instead_of": None, "outcomes": []}
        self.rows.append({"id": name, **plain, **row})


def _texts(after: list[Any]) -> Iterable[str]:
    for entry in after:
        yield from entry["any"] if isinstance(entry, dict) else [entry]


def _version(first: date, value: Any, announced: date | None = None) -> Row:
    said = {"announced": announced.isoformat()} if announced else {}
    return {"from": first.isoformat(), "value": value, **said, **SOURCED}


@st.composite
def rules(draw: st.DrawFn, *, rising: bool) -> Row:
    """A clock with up to three versions, of its own and for `fast`, some of them announced long before."""
    unit = draw(st.sampled_from(["working_days", "working_days", "calendar_days", "weeks", "months"]))
    kinds = {"fast": {"when": "fast", "versions": _versions(draw, unit, rising=rising)}} if draw(st.booleans()) else {}
    return {
        "topic": draw(st.sampled_from(["review", "validation"])),
        "unit": unit,
        "nature": "limit",
        "counts_start_day": draw(st.booleans()),
        "roll": draw(st.sampled_from(["none", "none", "next", "previous"])),
        "versions": _versions(draw, unit, rising=rising),
        "variants": kinds,
    }


def _versions(draw: st.DrawFn, unit: str, *, rising: bool) -> list[Row]:
    days = draw(st.lists(st.dates(date(2020, 1, 1), date(2029, 1, 1)), max_size=2, unique=True))
    values = draw(st.lists(st.integers(0, LONGEST[unit]), min_size=len(days) + 1, max_size=len(days) + 1))
    values = sorted(values) if rising else values
    ahead = draw(st.sampled_from([None, timedelta(0), timedelta(400)]))
    firsts = [FIRST_LAW, *sorted(days)]
    return [
        _version(first, value, None if ahead is None else first - ahead)
        for first, value in zip(firsts, values, strict=True)
    ]


@st.composite
def forecasts(draw: st.DrawFn) -> Row:
    """Times that an agency was seen to take; published before the plan's day or after it."""
    low, mid, high = (draw(st.integers(0, 60)) for _ in range(3))
    value = draw(
        st.sampled_from(
            [
                {"p10": 10 + low, "p50": 11 + low + mid, "p90": 12 + low + mid + high},
                {"low": low, "high": low + mid},
                {"low": low, "mode": low + mid, "high": low + mid + high},
                low + mid,
            ]
        )
    )
    published = draw(st.sampled_from([date(2015, 1, 1), date(2015, 1, 1), date(2028, 1, 1)]))
    unit = draw(st.sampled_from(["working_days", "calendar_days"]))
    return {"topic": "performance", "unit": unit, "nature": "typical", "versions": [_version(published, value)]}
