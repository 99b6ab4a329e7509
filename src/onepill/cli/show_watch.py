"""Answers about watches as text."""

from __future__ import annotations

from typing import Any

from onepill.cli.show_landscape import data_age
from onepill.cli.show_registry import show_findings
from onepill.cli.tables import show_table

Row = dict[str, Any]
SHOWN_CHANGES = 40
LONGEST_VALUE = 60


def show_saved(answer: Row) -> None:
    watch = answer["watch"]
    print(f"watch {watch['name']}: {_filters(watch)}")
    if told := _told_to(watch):
        print(f"  a server with accounts tells it to: {told}")
    show_findings(answer["findings"])
    if answer["replaced"]:
        print(f"  before: {_filters(answer['replaced'])}")
    print(f"see what changed with `onepill landscape diff {watch['name']} --since YYYY-MM-DD`")


def show_list(answer: Row) -> None:
    show_findings(answer["findings"])
    if not answer["watches"]:
        print("no watch is saved; save one with `onepill landscape watch save NAME`")
        return
    rows = [[one["name"], _filters(one), one["warehouse"] or "your own", _told_to(one)] for one in answer["watches"]]
    show_table(rows, ["watch", "filters", "warehouse", "told to"])


def _told_to(watch: Row) -> str:
    """Who saved a watch, and the programmes and accounts that it is kept for."""
    seen_by = [*(f"who sees {name} whole" for name in watch["programmes"]), *watch["accounts"]]
    return ", ".join([*([watch["owner"]] if watch["owner"] else []), *seen_by])


def show_forgotten(answer: Row) -> None:
    print(f"the watch {answer['name']} is forgotten")


def show_diff(answer: Row) -> None:
    print(f"watch {answer['watch']['name']}: {_filters(answer['watch'])}")
    methods = f"programmes {answer['since_method']} and {answer['as_of_method']}, trial records by copies"
    print(f"after {answer['since']} and up to {answer['as_of']} ({methods}), {answer['warehouse']}")
    print(data_age(answer["data"], answer["as_of"]))
    show_findings(answer["findings"])
    print(", ".join(f"{severity} {count:,}" for severity, count in answer["counts"].items()))
    for one in answer["changes"][:SHOWN_CHANGES]:
        _change(one)
    left = answer["shown"] - min(len(answer["changes"]), SHOWN_CHANGES)
    if left:
        print(f"{left:,} more; `--json` gives each")
    copies = answer["trial_copies"]
    print(
        f"{copies['trials']:,} trials: {copies['known_at_start']:,} with a copy by {answer['since']}, "
        f"{copies['known_later']:,} from later on, {copies['not_known']:,} without one by {answer['as_of']}"
    )


def _change(one: Row) -> None:
    names = ", ".join(drug["name"] for drug in one["drugs"])
    about = f"{one['record']} ({names})" if one["kind"] == "trial" else names
    posted = f", posted {one['posted_on']}" if one["posted_on"] not in (None, one["known_on"]) else ""
    print(f"{one['severity']}: {about}: {_what(one)}; known on {one['known_on']}{posted}")
    told = one["record"] or ", ".join(one["evidence"])
    publisher = f", {one['source']['publisher']} {one['source']['address']}" if one["source"] else ""
    print(f"    {one['reason']['en']} ({one['scheme']} rule); {told}{publisher}")


def _what(one: Row) -> str:
    if one["field"] in ("new", "gone"):
        value = one["after"] if one["field"] == "new" else one["before"]
        return f"{one['field']} {one['kind']}" + (f", {value}" if value else "")
    if one["field"] == "approval":
        return f"approved, {one['after']}"
    return f"{one['field'].replace('_', ' ')} {_short(one['before'])} -> {_short(one['after'])}"


def _short(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _filters(watch: Row) -> str:
    said = [f"{name} {_listed(value)}" for name, value in watch["filters"].items()]
    return "; ".join(said).replace("_", " ") or "everything"


def _listed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
