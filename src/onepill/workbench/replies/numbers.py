"""What a question about a number is answered."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from onepill.workbench.replies.parts import Iso, Reply, SourceRow
from onepill.workbench.replies.programme import ExplainedRow


class NamedValue(Reply):
    """A value of the answer, or of the question: its own name, where it stands, itself."""

    key: str
    path: str
    value: Any


class AskedValue(NamedValue):
    """A field of the question: as it was asked, or as onepill takes it where it is left out."""

    stated: Literal["asked", "default"]


class NumberInput(Reply):
    """What an effect of measures was computed from: a measure's own fact, in force `from`; the rule or time that holds
    without it; and the change that it makes, `key` in the words of the rulebook.
    """

    role: Literal["measure", "baseline", "change"]
    key: str
    path: str
    name: Any
    value: Any
    unit: str | None
    from_: Iso | None = Field(alias="from")
    source: SourceRow | None
    source_grade: str | None


class AskedDocument(Reply):
    """A text that came with the question: the name of its file, and what tells it from every other."""

    field: str
    file: str
    characters: int
    sha256: str


class NumberSource(Reply):
    """A source that the answer names; `path` is what it stands at, "" where that is the whole answer.

    `of` says how near that is to the number: its own row, or something that the row is a part of.
    """

    of: Literal["row", "around"]
    path: str
    key: str
    title: str
    url: str
    date: str
    retrieved: str
    grade: str | None


class NumberRule(Reply):
    """A rule or procedure that the answer names, with its version: the one that the answer took where it says which,
    else the one in force on the answer's day; `procedure` is that whose step it clocks.
    """

    of: Literal["row", "around"]
    path: str
    rule: str
    procedure: str | None
    value: Any
    unit: str | None
    from_: Iso | None = Field(alias="from")
    until: Iso | None
    ref: str | None
    source_grade: str | None
    source: SourceRow | None


class Step(Reply):
    """What the number stands in, from the answer inwards; `named` is what it is called there, where it has a name."""

    path: str
    key: str
    named: Any


class ExplainedNumber(Reply):
    """A number of an answer, and all that is known of where it comes from.

    `basis` says how far it is traced: `chain` to inputs with their sources (`chain`, depth first), `row` to what its
    own row names, `kin` to the chain of the number whose row it stands in or that it is a part of (`kin`), `around` to
    what is named of a thing that it is a part of, `computed` no further than the question. `error_formula` is that of
    the standard error: the spread over the draws by the root of their number, of paired differences where two runs
    share their futures.
    `unit` is null for a count or a pure number. `value` of a list is how many rows it has, of an object null, with its
    plain values in `row`. `made_with` are days, seeds, draws and loads that the whole answer rests on.
    """

    operation: str
    summary: str
    methods: list[str]
    path: str
    name: str
    value: Any
    unit: str | None
    standard_error: float | None
    basis: Literal["chain", "row", "kin", "around", "computed"]
    error_formula: Literal["mean_of_draws", "paired_difference"] | None
    question: list[AskedValue]
    documents: list[AskedDocument]
    way: list[Step]
    row: list[NamedValue]
    sources: list[NumberSource]
    rules: list[NumberRule]
    remarks: list[NamedValue]
    made_with: list[NamedValue]
    assumptions: list[Any]
    chain: list[ExplainedRow]
    kin: list[ExplainedRow]
    inputs: list[NumberInput]
    engine_version: str
