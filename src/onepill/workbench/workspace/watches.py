"""The watch operations: filters kept under a name in the workspace, each by the account that saved it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onepill.core.errors import AccessRefused, Finding, InputError

if TYPE_CHECKING:
    from onepill.store.workspace.watches import Watch
    from onepill.workbench.asking.context import Context
    from onepill.workbench.questions.programme import Nothing
    from onepill.workbench.questions.watch import SaveAsk, Watched, WatchName

Row = dict[str, Any]
SEEN_BY = ("programmes", "accounts")
FORM = 1
"""Raised when a later version of onepill keeps watches in another form."""


def save(ask: SaveAsk, *, context: Context) -> Row:
    """Keep filters under a name; a watch of that name is replaced, and shown in the answer."""
    import json

    from onepill.store.places import warehouse_folder
    from onepill.store.workspace.watches import watch_name

    name, findings, actor = watch_name(ask.name), [], context.actor
    _check_seen_by(ask, context)
    filters = ask.model_dump(exclude={"name", "warehouse", *SEEN_BY}, exclude_defaults=True)
    warehouse = None if ask.warehouse is None else str(warehouse_folder(ask.warehouse))
    document: Row = {"watch": FORM, "warehouse": warehouse, "filters": filters}
    if seen_by := {name: getattr(ask, name) for name in SEEN_BY if getattr(ask, name)}:
        document["seen_by"] = seen_by
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    owner = None if actor.is_local else actor.name
    # An administrator may replace anybody's, as this machine's user may; the owner stays.
    is_over = actor.is_local or (actor.role == "admin" and context.workspace.watches.get(name) is not None)
    before = context.workspace.watches.save(name, text, actor=actor.name, owner=None if is_over else owner)
    replaced = _readable(before, context) if before is not None else None
    if replaced:
        message = f"the watch {name} stood before and is replaced"
        hint = "`replaced` in the answer of --json is what it was"
        findings.append(Finding("watch.replaced", "note", message, hint, value=replaced["filters"]))
    kept = context.workspace.watches.get(name)
    if kept is None:  # somebody else forgot it at this moment
        raise _unknown(name, context)
    return {"watch": _shown(kept, context), "replaced": replaced, "findings": [one.as_row() for one in findings]}


def list_all(_: Nothing, *, context: Context) -> Row:
    """All watches with their filters; in a team one's own, and those that are kept for the person who asks."""
    rows, findings = [], []
    for kept in context.workspace.watches.list():
        try:
            rows.append(_row(kept))
        except InputError as error:
            if context.actor.is_local or context.actor.role == "admin":
                findings += [one.as_row() for one in error.findings]
    told = rows if context.actor.is_local else [one for row in rows if (one := _told(row, context))]
    return {"watches": told, "findings": findings}


def forget(ask: WatchName, *, context: Context) -> Row:
    """Delete a watch, one's own; the warehouse is not touched."""
    from onepill.store.workspace.watches import watch_name

    name, actor = watch_name(ask.name), context.actor
    kept = context.workspace.watches.get(name)
    if kept is None:
        raise _unknown(name, context)
    if not (actor.is_local or actor.role == "admin" or kept.owner == actor.name):
        if _readable(kept, context) is None:
            raise _unknown(name, context)
        message = f"{name} is kept for you by somebody else"
        raise AccessRefused.single("watch.owner", message, hint="who saved it forgets it, or an administrator")
    if not context.workspace.watches.delete(name, actor=actor.name):
        raise _unknown(name, context)
    return {"name": name}


def watched(name: str, context: Context) -> tuple[Row, Watched]:
    """A watch as a row and as what it stands for.

    Raises:
        InputError: `watch.name`; `watch.unknown`, also of one that is kept for others; `watch.unreadable`.
    """
    from onepill.store.workspace.watches import watch_name

    kept = context.workspace.watches.get(watch_name(name))
    told = _shown(kept, context) if kept is not None else None
    if kept is None or told is None:
        raise _unknown(watch_name(name), context)
    return told, _held(kept.name, kept.text)


def _check_seen_by(ask: SaveAsk, context: Context) -> None:
    """Refuse accounts and programmes that there are not; who is no administrator keeps watches for their own.

    Raises:
        InputError: `watch.account`, `watch.programme`.
        AccessRefused: `watch.others`, `access.programme`.
    """
    from onepill.workbench.asking.access_guard import foreign, sees_whole

    actor, workspace = context.actor, context.workspace
    is_free = actor.is_local or actor.role == "admin"
    if not is_free and (others := [name for name in ask.accounts if name != actor.name]):
        message = f"{actor.name} keeps watches for their own account, not for {', '.join(others)}"
        raise AccessRefused.single("watch.others", message, hint="an administrator keeps them for others")
    if ask.accounts:
        accounts = [user.name for user in workspace.accounts.list()]
        _check_names("watch.account", ask.accounts, accounts, "make it with `onepill users add`")
    if ask.programmes:
        programmes = {one.id: one for one in workspace.documents.list("programme")}
        if not is_free:
            for name in ask.programmes:
                if name not in programmes or not sees_whole(context, programmes[name]):
                    raise foreign(name)
        _check_names("watch.programme", ask.programmes, list(programmes), "see `onepill programmes list`")


def _check_names(code: str, asked: list[str], known: list[str], otherwise: str) -> None:
    from difflib import get_close_matches

    what = code.removeprefix("watch.")
    for name in asked:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else otherwise
            message = f"there is no {what} {name}"
            raise InputError.single(code, message, hint=hint, path=f"{what}s", value=name)


def _shown(kept: Watch, context: Context) -> Row | None:
    row = _row(kept)
    return row if context.actor.is_local else _told(row, context)


def _told(row: Row, context: Context) -> Row | None:
    """A watch as an account may see it, without places of the server; None where it is kept for others.

    It is told to who saved it, to the accounts that it is kept for, to who sees all of a programme of its, and to
    administrators.
    """
    from onepill.workbench.asking.access_guard import sees_whole

    actor, documents = context.actor, context.workspace.documents
    kept = (
        {one.id: one for one in documents.list("programme") if one.id in row["programmes"]} if row["programmes"] else {}
    )
    programmes = [name for name in row["programmes"] if name in kept and sees_whole(context, kept[name])]
    is_owner = row["owner"] == actor.name
    if not is_owner and actor.role != "admin":
        accounts = [name for name in row["accounts"] if name == actor.name]
        if not programmes and not accounts:
            return None
        return {**row, "warehouse": None, "owner": None, "programmes": programmes, "accounts": accounts}
    return {**row, "warehouse": None, "programmes": programmes}


def _readable(kept: Watch, context: Context) -> Row | None:
    """A watch as it is shown; None of a damaged one, or of one that is kept for others."""
    try:
        return _shown(kept, context)
    except InputError:
        return None


def _held(name: str, text: str) -> Watched:
    import json

    from pydantic import ValidationError

    from onepill.workbench.questions.watch import SeenBy, Watched

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
        raise _unreadable(name, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except (ValueError, TypeError, RecursionError) as error:
        raise _unreadable(name, str(error)) from None


def _unreadable(name: str, why: str) -> InputError:
    """The error about a text that is no watch: one that was brought in from a damaged file."""
    hint = f"`onepill landscape watch forget {name}`, then save it again"
    return InputError.single("watch.unreadable", f"{name} holds no watch: {why}", hint=hint, path="name", value=name)


def _row(kept: Watch) -> Row:
    import json

    held = _held(kept.name, kept.text)
    filters = held.model_dump(exclude={"warehouse"}, exclude_defaults=True)
    seen_by = json.loads(kept.text).get("seen_by", {})
    row: Row = {"name": kept.name, "warehouse": held.warehouse, "filters": filters, "owner": kept.owner}
    return {**row, **{key: seen_by.get(key, []) for key in SEEN_BY}}


def _unknown(name: str, context: Context) -> InputError:
    from difflib import get_close_matches

    from onepill.workbench.questions.programme import Nothing

    names = [row["name"] for row in list_all(Nothing(), context=context)["watches"]]
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"saved are: {', '.join(names) or 'none'}"
    return InputError.single("watch.unknown", f"there is no watch {name}", hint=hint, path="name", value=name)
