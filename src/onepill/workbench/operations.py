"""The list of what can be asked. Commands, and later pages, routes and agent tools, are made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from onepill.workbench import answers
from onepill.workbench.questions import DueAsk, ExplainAsk, Nothing, PassportAsk, ProgrammeText, RuleAsk

Face = Literal["cli", "web", "mcp"]
Effect = Literal["read", "write", "admin"]
ALL_FACES: tuple[Face, ...] = ("cli", "web", "mcp")


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked: `name` is also the words of its command (`rules show`)."""

    name: str
    question: type[BaseModel]
    function: Callable[..., Any]
    effect: Effect = "read"
    faces: tuple[Face, ...] = ALL_FACES

    @property
    def summary(self) -> str:
        return (self.function.__doc__ or "").partition("\n")[0]

    def ask(self, question: BaseModel, **options: Any) -> Any:
        """The answer, a plain document (dicts, lists, text, numbers)."""
        return self.function(question, **options)


OPERATIONS: tuple[Operation, ...] = (
    Operation("passport", PassportAsk, answers.passport),
    Operation("check", ProgrammeText, answers.check),
    Operation("schema", Nothing, answers.schema),
    Operation("rules list", Nothing, answers.rules_list),
    Operation("rules show", RuleAsk, answers.rules_show),
    Operation("rules coverage", Nothing, answers.rules_coverage),
    Operation("due", DueAsk, answers.due),
    Operation("explain", ExplainAsk, answers.explain),
)


def operation(name: str) -> Operation:
    """The operation of that name.

    Raises:
        KeyError: there is none.
    """
    return {found.name: found for found in OPERATIONS}[name]
