"""Answers about the world's programmes as text."""

from __future__ import annotations

from typing import Any

from onepill.cli.show_registry import show_findings
from onepill.cli.tables import show_table

Row = dict[str, Any]
SHOWN_PROGRAMMES = 40
SHOWN_MEMBERS = 12
SHOWN_CELLS = 30


def show_landscape(answer: Row) -> None:
    show_head(answer)
    rows = [
        [one["name"], one["class"] or "?", one["stage"], one["first_seen"], one["origin"] or "?", one["tag"]]
        for one in answer["programmes"][:SHOWN_PROGRAMMES]
    ]
    show_table(rows, ["drug", "class", "stage", "first seen", "origin", "tag"])
    if answer["shown"] > len(rows):
        print(f"{len(rows):,} of {answer['shown']:,}; `--json` gives each with sponsors, reason and evidence")
    print("tags: " + ", ".join(f"{tag} {count:,}" for tag, count in answer["tag_counts"].items()))
    if answer["tags_withheld"]:
        print(f"  {answer['tags_withheld']:,} first-in-class tags are withheld: too few classes are known")
    _coverage(answer)


def show_firsts(answer: Row) -> None:
    show_head(answer)
    print(answer["kind"]["en"])
    for tag in ("first_in_class", "fast_follower", "me_too", "unknown"):
        group, share = answer[tag], answer["shares"][tag]
        print(f"{tag}: {group['count']:,} ({measure_text(share)} of agents not yet approved)")
        names = [member["name"] for member in group["members"][:SHOWN_MEMBERS]]
        more = group["count"] - len(names)
        print("  " + ", ".join(names) + (f" and {more:,} more" if more else "")) if names else None
    _coverage(answer)


def show_crowding(answer: Row) -> None:
    show_head(answer)
    _measures(answer["measures"])
    weights = ", ".join(f"{name} {one:.3f}" for name, one in answer["stage_weights"]["by_stage"].items())
    print(f"stage weights: {weights}; {answer['stage_weights']['source']}")
    _coverage(answer)


def show_matrix(answer: Row) -> None:
    show_head(answer)
    rows = [
        [cell["row_name"], cell["column_name"], f"{cell['programmes']:,}", _stages(cell["by_stage"])]
        for cell in answer["cells"][:SHOWN_CELLS]
    ]
    show_table(rows, [answer["rows"], answer["columns"], "programmes", "by stage"])
    print(
        f"{answer['filled']:,} cells hold any of {answer['programmes']:,} programmes; {answer['unplaced']:,} unplaced"
    )


def show_entrants(answer: Row) -> None:
    show_head(answer)
    by_year = zip(*answer["counts"], strict=True) if answer["counts"] else ()
    rows = [[str(year), *map(str, counts)] for year, counts in zip(answer["years"], by_year, strict=False)]
    show_table(rows, ["year", *answer["origins"]])


def show_compare(answer: Row) -> None:
    show_head(answer)
    print(f"{answer['origin']} over {answer['versus']}; {answer['unknown_origin']:,} agents are of unknown origin")
    _measures(answer["ratios"])
    for side, measures in answer["sides"].items():
        print(f"crowding, {side}:")
        _measures(measures)
    _coverage(answer)


def show_head(answer: Row) -> None:
    """The day, how the past was told, the warehouse, and what is to be said about the question."""
    known = "" if answer["annotations"] == "as_known" else ", drugs as known today"
    print(f"as of {answer['as_of']} ({answer['as_of_method']}{known}), {answer['warehouse']}")
    print(data_age(answer["data"], answer["as_of"]))
    show_findings(answer["findings"])


def data_age(data: Row, on: str) -> str:
    """How old the data are on the day asked, and which sources are older than the newest."""
    days = data["age_days"]
    told = f"{days:,} days old on {on}" if days >= 0 else f"{-days:,} days newer than {on}"
    older = [f"{one['source']} {one['day']}" for one in data["sources"] if one["day"] != data["day"]]
    return f"data of {data['day']}, {told}" + (f"; older: {', '.join(older)}" if older else "")


def _measures(measures: Row) -> None:
    rows = [
        [name, measure_text(one), one["unit"], f"{one['n']:,}", (one["meaning"] or {}).get("en", "")]
        for name, one in measures.items()
    ]
    show_table(rows, ["measure", "value [95 %]", "unit", "n", "meaning"])


def measure_text(one: Row) -> str:
    """A measure's value with its limits, or that it is not defined."""
    if one["value"] is None:
        return "not defined"
    if one["interval"] == "count":
        return f"{one['value']:,.0f}"
    return f"{one['value']:.3g} [{one['low']:.3g}, {one['high']:.3g}]"


def _stages(by_stage: dict[str, int]) -> str:
    return ", ".join(f"{stage} {count}" for stage, count in reversed(by_stage.items()))


def _coverage(answer: Row) -> None:
    found = answer["coverage"]
    shares = ", ".join(f"{name} {found[f'{name}_share']:.0%}" for name in ("target", "class", "indication", "origin"))
    print(f"known of {found['programmes']:,} programmes: {shares}")
