"""Kept deals in a question: which ones the address names, with its changes, and what the form offers to choose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from fastapi import Request

from onepill.core.errors import Finding, InputError
from onepill.web.asking import ask
from onepill.web.engine_forms import TERMS, Control
from onepill.web.speaking import Words

Row = dict[str, Any]
Params = Sequence[tuple[str, str]]
KEPT, CHANGE, TYPED = "kept", "change", "typed"
"""Names in an address: a kept deal (`ID` or `ID@VERSION`), a changed term, and that terms are typed instead."""
_NAMED = re.compile(r"([a-z][a-z0-9_]*):(.+)", re.DOTALL)


def takes_deals(model: Any) -> str:
    """The field of a question that holds terms; "" where none does."""
    return next((name for name in TERMS if name in model.model_fields), "")


async def kept_deals(request: Request, params: Params, *, is_many: bool) -> list[Row]:
    """The deals that the address names, as `deals show` tells them, changed as it says.

    Raises:
        InputError: the terms, or a change of them, cannot be read; `deals.programmes`: deals of several programmes;
            `deals.change`: which deal a change means cannot be told.
    """
    chosen = list(dict.fromkeys(value for name, value in params if name == KEPT and value))
    chosen = chosen if is_many else chosen[:1]
    by_deal = _changes(params, [name_of(one) for one in chosen])
    rows = []
    for one in chosen:
        document_id, _, version = one.partition("@")
        about: Row = {"version": int(version[:9])} if version.isdecimal() else {}
        rows.append(await ask(request, "deals show", id=document_id, changes=by_deal[name_of(one)], **about))
    errors = [Finding(**found) for row in rows for found in row["findings"] if found["severity"] == "error"]
    if errors:
        raise InputError(errors[0].message, findings=errors)
    if len({row["programme"] for row in rows}) > 1:
        hint = "choose deals of one programme"
        raise InputError.single("deals.programmes", "these are deals of several programmes", hint=hint, path=KEPT)
    return rows


def _changes(params: Params, names: Sequence[str]) -> dict[str, list[str]]:
    """The changes of each deal; of several deals a change says which: `NAME:PATH=VALUE`."""
    found: dict[str, list[str]] = {name: [] for name in names}
    lines = [line.strip() for name, value in params if name == CHANGE for line in value.splitlines() if line.strip()]
    for line in lines if names else ():
        named = _NAMED.fullmatch(line)
        if named and named[1] in found:
            found[named[1]].append(named[2])
        elif len(names) == 1:
            found[names[0]].append(line)
        else:
            hint = f"write NAME:PATH=VALUE with one of {', '.join(names)}"
            message = f"{line[:200]!r} does not say which deal it changes"
            raise InputError.single("deals.change", message, hint=hint, path=CHANGE, value=line[:200])
    return found


def name_of(chosen: str) -> str:
    """A deal's own name in its document's id."""
    return chosen.partition("@")[0].partition(".deal.")[2]


def deal_address(row: Row) -> str:
    """The page of a kept deal."""
    return f"/programmes/{quote(row['programme'], safe='')}/deals/{quote(row['deal'], safe='')}"


async def deal_controls(request: Request, params: Params, t: Words, *, is_many: bool) -> list[Control]:
    """A choice of the kept deals, and the changes to try on them."""
    rows = (await ask(request, "deals list"))["deals"]
    titles = {row["id"]: t.text(row["title"]) for row in rows}
    several = len({row["programme"] for row in rows}) > 1
    choices = [
        (row["id"], f"{titles[row['id']]} · {row['programme']}" if several else titles[row["id"]]) for row in rows
    ]
    chosen = tuple(value for name, value in params if name == KEPT and value)
    lines = "\n".join(value.replace("\r\n", "\n") for name, value in params if name == CHANGE and value)
    known = {code for code, _ in choices}
    earlier = [one.partition("@") for one in chosen if one not in known]
    choices += [("".join(parts), f"{titles.get(parts[0], parts[0])} {parts[1]}{parts[2]}") for parts in earlier]
    return [
        Control(
            KEPT,
            "kept" if is_many else "choice",
            t("field.kept"),
            t("help.kept"),
            chosen,
            tuple(choices),
            required=not is_many,
        ),
        Control(CHANGE, "lines", t("field.change"), t("help.change"), (lines,) if lines else ()),
    ]
