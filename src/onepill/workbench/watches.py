"""The watch operations: filters kept under a name in this user's home folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, InputError

if TYPE_CHECKING:
    from onepill.workbench.context import Context
    from onepill.workbench.questions import Nothing
    from onepill.workbench.questions_watch import SaveAsk, Watched, WatchName

Row = dict[str, Any]
SEEN_BY = ("programmes", "accounts")
FORM = 1
"""Raised when a later version of onepill keeps watches in another form."""


def save(ask: SaveAsk) -> Row:
    """Keep filters under a name; a watch of that name is replaced, and shown in the answer."""
    import json

    from onepill.store.places import warehouse_folder
    from onepill.store.watches import read_watch, watch_name, write_watch

    name, findings = watch_name(ask.name), []
    before = read_watch(name) if _is_readable(name) else None
    replaced = _row(name, before) if before is not None else None
    filters = ask.model_dump(exclude={"name", "warehouse", *SEEN_BY}, exclude_defaults=True)
    warehouse = None if ask.warehouse is None else str(warehouse_folder(ask.warehouse))
    document: Row = {"watch": FORM, "warehouse": warehouse, "filters": filters}
    if seen_by := {name: getattr(ask, name) for name in SEEN_BY if getattr(ask, name)}:
        document["seen_by"] = seen_by
    text = json.dumps(document, ensure_ascii=False, indent=1)
    write_watch(name, text + "\n")
    if replaced:
        message = f"the watch {name} stood before and is replaced"
        hint = "`replaced` in the answer of --json is what it was"
        findings.append(Finding("watch.replaced", "note", message, hint, value=replaced["filters"]))
    return {"watch": _row(name, text), "replaced": replaced, "findings": [one.as_row() for one in findings]}


def list_all(_: Nothing, *, context: Context) -> Row:
    """All watches with their filters; in a team those that are kept for the person who asks."""
    from onepill.store.watches import read_watch, watch_files, watch_folder

    rows, findings = [], []
    for path in watch_files():
        try:
            rows.append(_row(path.stem, read_watch(path.stem) or ""))
        except InputError as error:
            findings += [one.as_row() for one in error.findings]
    if context.actor.is_local:
        return {"folder": str(watch_folder()), "watches": rows, "findings": findings}
    return {"folder": "", "watches": [told for row in rows if (told := _told(row, context))], "findings": []}


def forget(ask: WatchName) -> Row:
    """Delete a watch; the warehouse is not touched."""
    from onepill.store.watches import delete_watch, watch_file, watch_name

    name = watch_name(ask.name)
    if not delete_watch(name):
        raise _unknown(name)
    return {"name": name, "file": str(watch_file(name))}


def watched(name: str, context: Context) -> tuple[Row, Watched]:
    """A watch as a row and as what it stands for.

    Raises:
        InputError: `watch.name`; `watch.unknown`, also of one that is kept for others; `watch.unreadable`.
    """
    from onepill.store.watches import read_watch, watch_name

    kept = watch_name(name)
    text = read_watch(kept)
    row = _row(kept, text) if text is not None else None
    told = row if row is None or context.actor.is_local else _told(row, context)
    if text is None or told is None:
        raise _unknown(kept, context)
    return told, _held(kept, text)


def _told(row: Row, context: Context) -> Row | None:
    """A watch as an account may see it, without places of the server; None where it is kept for others.

    It is told to the accounts that it is kept for, to who sees all of a programme of its, and to administrators.
    """
    from onepill.workbench.access_guard import sees_whole

    actor, documents = context.actor, context.workspace.documents
    kept = (
        {one.id: one for one in documents.list("programme") if one.id in row["programmes"]} if row["programmes"] else {}
    )
    programmes = [name for name in row["programmes"] if name in kept and sees_whole(context, kept[name])]
    accounts = row["accounts"] if actor.role == "admin" else [name for name in row["accounts"] if name == actor.name]
    if not programmes and not accounts and actor.role != "admin":
        return None
    return {**row, "warehouse": None, "file": "", "programmes": programmes, "accounts": accounts}


def _is_readable(name: str) -> bool:
    """A damaged watch has nothing to show as replaced, and is replaced without a word of its content."""
    from onepill.store.watches import read_watch

    try:
        text = read_watch(name)
        return text is not None and bool(_held(name, text))
    except InputError:
        return False


def _held(name: str, text: str) -> Watched:
    import json

    from pydantic import ValidationError

    from onepill.store.watches import unreadable, watch_file
    from onepill.workbench.questions_watch import SeenBy, Watched

    try:
        document = json.loads(text)
        if not isinstance(document, dict) or document.keys() - {"seen_by"} != {"watch", "warehouse", "filters"}:
            raise ValueError("its keys are not watch, warehouse and filters")
        if document["watch"] != FORM:
            raise ValueError(f"its form is {document['watch']!r}, and this version reads {FORM}")
        SeenBy.model_validate(document.get("seen_by", {}))
        return Watched.model_validate({**document["filters"], "warehouse": document["warehouse"]})
    except ValidationError as error:
        first = error.errors()[0]
        raise unreadable(watch_file(name), f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except (ValueError, TypeError, RecursionError) as error:
        raise unreadable(watch_file(name), str(error)) from None


def _row(name: str, text: str) -> Row:
    import json

    from onepill.store.watches import watch_file

    held = _held(name, text)
    filters = held.model_dump(exclude={"warehouse"}, exclude_defaults=True)
    seen_by = json.loads(text).get("seen_by", {})
    row: Row = {"name": name, "warehouse": held.warehouse, "filters": filters, "file": str(watch_file(name))}
    return {**row, **{key: seen_by.get(key, []) for key in SEEN_BY}}


def _unknown(name: str, context: Context | None = None) -> InputError:
    from difflib import get_close_matches

    from onepill.store.watches import watch_files
    from onepill.workbench.questions import Nothing

    if context is None or context.actor.is_local:
        names = [path.stem for path in watch_files()]
    else:
        names = [row["name"] for row in list_all(Nothing(), context=context)["watches"]]
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"saved are: {', '.join(names) or 'none'}"
    return InputError.single("watch.unknown", f"there is no watch {name}", hint=hint, path="name", value=name)
