"""Where a number of any answer comes from: the question is asked again, its answer read from the number outwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from onepill import __version__
from onepill.core.errors import Finding, InputError
from onepill.workbench.asking.kept_answers import CHANGES_NOTHING
from onepill.workbench.explain.inputs import error_formula, kin_paths, policy_inputs, stated
from onepill.workbench.explain.marks import MADE_WITH, day_of, made_with, remarks_of, rules_of, sources_of
from onepill.workbench.explain.methods import methods_of
from onepill.workbench.explain.way import OF_PARTS, Place, escaped, is_text, named, plain, row_of, unit_of, way_to

if TYPE_CHECKING:
    from pydantic import BaseModel

    from onepill.workbench.asking.context import Context
    from onepill.workbench.operations import Operation
    from onepill.workbench.questions.numbers import NumberAsk

Row = dict[str, Any]
PASSPORT = "/passport"
"""Where the answer about a programme that is being edited has its passport, if it is asked for."""
LONG = 400
"""A text from so many characters on is a document, which is named and not repeated."""


def explain_number(ask: NumberAsk, *, context: Context) -> Row:
    """Where a number of any answer came from: source, rule, question, method, and the way through the answer."""
    found = _explainable(ask.operation)
    question = _question(found, ask.question)
    answer = json.loads(found.tell(question, context, compact=True).text)
    about, asked, path = found.name, question.model_dump(mode="json"), ask.path
    if found.name == "jobs show":  # the page of a job shows the answer of another question
        about, asked = answer["operation"], context.workspace.jobs.get(answer["id"]).question
        document = answer["answer"]
    elif path.startswith(f"{PASSPORT}/") and answer.get("passport"):  # the passport within is a document of its own
        about, document, path = "passport", answer["passport"], path.removeprefix(PASSPORT)
    else:
        document = answer
    way, chain = _way(document, path)
    return {
        "operation": about,
        "summary": _operations()[about].summary,
        "methods": list(methods_of(about, is_error=way[-1].key == "standard_error")),
        **_told(way, chain),
        **_asked(asked, ask.question if found.name != "jobs show" else asked),
        "engine_version": __version__,
    }


def _way(answer: Any, path: str) -> tuple[list[Place], list[Row]]:
    """The way to a number, by a pointer or by the path of its provenance; with the chain of its provenance.

    Raises:
        InputError: `explain.unknown_path`.
    """
    try:
        way = way_to(answer, path)
    except InputError:
        chain = _chain(answer, [path])
        if not chain:
            raise
        return [Place("", "", answer), Place(path, path.rpartition(".")[2], chain[0]["value"])], chain
    return way, _chain(answer, _ledger_paths(way))


def _ledger_paths(way: list[Place]) -> list[str]:
    """What the provenance of an answer may call a place: its keys, rows by their own name, below its parts' names."""
    named = ".".join(_ledger_key(place) for place in way[1:])
    roots = ("", "value.", "forecast.", "milestones.", "chapters.")
    inner = named.partition(".")[2]
    return [root + one for one in (named, inner) for root in roots if one]


def _ledger_key(place: Place) -> str:
    if not place.key.isdecimal() or not isinstance(place.value, Mapping):
        return place.key
    return str(next((place.value[key] for key in ("deal", "id", "market", "name") if key in place.value), place.key))


def _chain(answer: Any, paths: list[str]) -> list[Row]:
    """The chain of the first of these paths that an answer's provenance has; none where it has none."""
    from onepill.workbench.results.derive import explain, rows_of

    if not isinstance(answer, dict):
        return []
    rows = rows_of(answer)
    for path in paths:
        whole = rows.get(path.lower()) or rows.get(f"{path}.mean".lower())
        if whole:
            return explain(answer, whole)
    return []


def _told(way: list[Place], chain: list[Row]) -> Row:
    """What is said of a number: itself, and what stands around it."""
    row, leaf, answer = row_of(way), way[-1], way[0].value
    around = way[-2].value if len(way) > 1 else None
    sources, rules = sources_of(way, row), rules_of(way, row, day_of(answer))
    within = leaf if isinstance(leaf.value, Mapping) else way[row]
    kin = [] if chain else _chain(answer, kin_paths(way, [_ledger_key(place) for place in way[1:]]))
    return {
        "path": leaf.path,
        "name": _name(way),
        "value": _value(leaf.value),
        "unit": unit_of(way) or (chain[0]["unit"] or None if chain else None),
        "standard_error": around.get("standard_error") if leaf.key == "mean" and isinstance(around, Mapping) else None,
        "basis": _basis(chain, [*sources, *rules], kin),
        "error_formula": error_formula(way),
        "way": [{"path": place.path, "key": place.key, "named": named(place.value)} for place in way[1:-1]],
        "row": [
            {"key": key, "path": f"{within.path}/{escaped(key)}", "value": value}
            for key, value in plain(within.value)
            if within.path or key not in MADE_WITH
        ],
        "sources": sources,
        "rules": rules,
        "remarks": remarks_of(way, row),
        "made_with": made_with(answer),
        "assumptions": list(answer.get("assumptions") or []) if isinstance(answer, Mapping) else [],
        "chain": chain,
        "kin": kin,
        "inputs": policy_inputs(way),
    }


def _basis(chain: list[Row], marks: list[Row], kin: list[Row]) -> str:
    if chain:
        return "chain"
    named = {one["of"] for one in marks}
    return "row" if "row" in named else "kin" if kin else "around" if "around" in named else "computed"


def _name(way: list[Place]) -> str:
    """The key that says what a number is: that of an amount, not `mean` or a row's number."""
    leaf, above = way[-1], way[-2] if len(way) > 2 else None
    is_part = leaf.key in OF_PARTS and above is not None and not above.key.isdecimal()
    return above.key if above is not None and is_part else leaf.key


def _value(value: Any) -> Any:
    """A plain value itself; of a list how many rows it has, of an object nothing."""
    if isinstance(value, list):
        return len(value)
    return None if isinstance(value, Mapping) and not is_text(value) else value


def _asked(asked: Row, given: Row) -> Row:
    """The question as it was asked with every default filled in, and which are; documents by their names and hashes."""
    from onepill.workbench.operations import LOCAL_FIELDS

    fields, documents = list[Row](), list[Row]()
    for key, value in asked.items():
        if key in LOCAL_FIELDS or key in CHANGES_NOTHING or key == "file":
            continue
        texts = list(_texts(value, asked))
        documents += [{"field": key, **one} for one in texts]
        if not texts:
            fields.append({"key": key, "path": key, "value": value, "stated": stated(key, given)})
    return {"question": fields, "documents": documents}


def _texts(value: Any, asked: Row) -> Iterator[Row]:
    """Documents in a field: a long text, a text with the name of its file, or several."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str) and ("\n" in one or len(one) >= LONG):
            yield _document(one, str(asked.get("file") or ""))
        elif isinstance(one, Mapping) and isinstance(one.get("text", one.get("content")), str):
            yield _document(one.get("text") or one.get("content") or "", str(one.get("file") or ""))


def _document(text: str, file: str) -> Row:
    name = file.replace("\\", "/").rpartition("/")[2]
    return {"file": name, "characters": len(text), "sha256": hashlib.sha256(text.encode("utf-8")).hexdigest()}


def _operations() -> dict[str, Operation]:
    from onepill.workbench.operations import OPERATIONS

    return {found.name: found for found in OPERATIONS}


def _explainable(name: str) -> Operation:
    """An operation whose answers are explained: one that reads, for every face.

    Raises:
        InputError: `explain.operation`.
    """
    from onepill.workbench.operations import ALL_FACES

    known = _operations()
    found = known.get(name)
    is_read = found is not None and found.effect == "read" and set(ALL_FACES) <= set(found.faces)
    if found is None or not is_read or name.startswith("explain"):
        near = get_close_matches(name, [one for one in known if not one.startswith("explain")], n=1)
        hint = f"did you mean {near[0]}?" if near else "name an operation that reads, such as world"
        message = f"there is no operation {name!r} whose numbers are explained"
        raise InputError.single("explain.operation", message, hint=hint, path="operation", value=name)
    return found


def _question(found: Operation, fields: Row) -> BaseModel:
    from pydantic import ValidationError

    try:
        return found.remote_question.model_validate(fields)
    except ValidationError as error:
        raise InputError("the question is wrong", findings=[_finding(item) for item in error.errors()]) from None


def _finding(item: Any) -> Finding:
    path = ".".join(str(part) for part in ("question", *item["loc"]))
    hint = "see the operation's own question"
    return Finding("explain.question", "error", f"{path}: {item['msg']}", hint, path)
