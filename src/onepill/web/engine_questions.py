"""What a page of an engine asks: its address or its form, as the question of its operation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request

from onepill.web.accounts import FIELD
from onepill.web.asking import ask, ask_whole
from onepill.web.engine_deals import CHANGE, KEPT, TYPED, deal_controls, kept_deals, takes_deals
from onepill.web.engine_forms import TODAY, Control, controls, given
from onepill.web.engine_views import View
from onepill.web.packed import PACKED, unpacked
from onepill.web.speaking import Words
from onepill.workbench.operations import operation

Row = dict[str, Any]
Params = list[tuple[str, str]]
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NOT_ASKED = ("format", "part", "lang", "theme", "job", "asked", FIELD)
"""Names in an address that are no part of the question."""
LINKED = tuple(name for name in NOT_ASKED if name != "asked")
"""Names that a link to a file does not repeat."""


@dataclass(frozen=True)
class Question:
    """The fields of a question; of kept programmes and deals also which they are.

    `deals` are rows of `deals show`. In `typed` mode the terms stand in the form, which is sent by POST.
    """

    view: View
    params: Params
    fields: Row
    programme: str = ""
    deals: Sequence[Row] = field(default_factory=tuple)
    is_typed: bool = False

    @property
    def model(self) -> Any:
        return operation(self.view.operation).remote_question

    def dated(self) -> Params:
        """Days that the page filled in because the address names none: a link with them shows the same tomorrow."""
        named = {name for name, value in self.params if value}
        days = [name for name in (*TODAY, *self.view.presets) if DAY.fullmatch(str(self.fields.get(name, "")))]
        return [(name, self.fields[name]) for name in dict.fromkeys(days) if name not in named]

    @property
    def may_be_job(self) -> bool:
        return operation(self.view.operation).keeps

    @property
    def is_asked(self) -> bool:
        """Whether there is something to answer: always, but where a view waits for its form."""
        if not self.view.waits:
            return True
        if terms := takes_deals(self.model):
            is_sent = ("asked", "1") in self.params or any(name == terms for name, _ in self.params)
            return terms in self.fields and is_sent
        return any(name not in ("format", "part", "lang", "theme", "job") for name, _ in self.params)

    def job(self) -> Row:
        """The same as `jobs start` takes it: the programme and its deals by their ids."""
        left = {name: value for name, value in self.fields.items() if name not in ("text", "file", "competitors")}
        kept = [row["id"] for row in self.deals]
        return {
            "operation": self.view.operation,
            "question": left,
            "programme": self.programme or None,
            "kept_deals": kept,
        }


async def params_of(request: Request) -> Params:
    """What was asked: of the address, also as `packed`, and of a form that was sent."""
    rows: Params = []
    for name, value in request.query_params.multi_items():
        rows += unpacked(value) if name == PACKED else [(name, value)]
    if request.method == "POST":
        rows += [(name, value) for name, value in (await request.form()).multi_items() if isinstance(value, str)]
    return rows


async def question_of(request: Request, view: View, params: Params) -> Question:
    """The question of a page.

    Raises:
        InputError: a programme or deal that it names is not there, or cannot be read.
    """
    model = operation(view.operation).remote_question
    fields = given(params, model, presets=view.presets)
    programme = next((value for name, value in params if name == "programme" and value), "")
    terms, deals = takes_deals(model), list[Row]()
    is_typed = bool(terms) and any(name in (TYPED, terms) for name, _ in params)
    if terms and terms not in fields:
        deals = await kept_deals(request, params, is_many=terms == "deals")
        texts = [{"text": row["text"], "file": row["file"]} for row in deals]
        if texts:
            fields[terms] = texts if terms == "deals" else texts[0]
            programme = deals[0]["programme"]
    fields |= await _programme(request, model, programme)
    return Question(view, params, fields, programme, deals, is_typed)


def unread(view: View, params: Params) -> Question:
    """The question as it was typed, where a part of it could not be read."""
    model = operation(view.operation).remote_question
    fields = given(params, model, presets=view.presets)
    programme = next((value for name, value in params if name == "programme" and value), "")
    is_typed = any(name in (TYPED, takes_deals(model)) for name, _ in params)
    return Question(view, params, fields, programme, is_typed=is_typed)


async def _programme(request: Request, model: Any, programme: str) -> Row:
    """The text of the programme that was chosen, as the question takes it."""
    if "text" not in model.model_fields or not programme:
        return {}
    shown = await ask_whole(request, programme)
    names = [name for name in ("text", "file", "competitors") if name in model.model_fields]
    told = {**shown, "competitors": _table(shown["competitors"])}
    return {name: told[name] for name in names if told[name] is not None}


def _table(competitors: Row | None) -> Row | None:
    return {name: competitors[name] for name in ("text", "file")} if competitors else None


async def form_of(request: Request, question: Question, t: Words) -> list[Control]:
    """The form of the page, with what was asked in it."""
    model, view = question.model, question.view
    terms = takes_deals(model)
    rows = (await ask(request, "programmes list"))["programmes"] if "text" in model.model_fields else []
    choices = [(row["id"], t.text(row["title"])) for row in rows]
    about: Row = {"first": view.first, "codes": view.codes() if view.codes else {}}
    made = controls(model, question.fields, t, **about, programmes=choices, programme=question.programme)
    if not terms or question.is_typed:
        return made
    chosen = await deal_controls(request, question.params, t, is_many=terms == "deals")
    return [*chosen, *(one for one in made if one.name not in ("programme", terms))]


def kept_params(params: Params) -> Params:
    """The address without what makes it a file or a job: what a link to a file or to the typed form repeats."""
    return [(name, value) for name, value in params if name not in LINKED]


__all__ = [
    "CHANGE",
    "KEPT",
    "LINKED",
    "TYPED",
    "Question",
    "form_of",
    "kept_params",
    "params_of",
    "question_of",
    "unread",
]
