"""The tables of a landscape page: programmes, measures with their limits, what the page shows and rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onepill.reports.catalogue import Catalogue, capital
from onepill.reports.charts.trend import SHARES
from onepill.reports.context import View
from onepill.reports.numerals import number, percent

Page = Mapping[str, Any]
MOST_RECORDS = 3
MOST_SPONSORS = 3
FILTERS = ("targets", "indications", "modalities", "origins")
KNOWN_SHARES = ("target", "class", "indication", "origin")


def page_name(page: Page, words: Catalogue) -> str:
    """What the page is of: its filters in a row, or the whole world."""
    found = [str(one) for name in FILTERS for one in page["filters"].get(name, ())]
    return " · ".join(found) or words("scape.world")


def programme_rows(page: Page, words: Catalogue) -> list[View]:
    """The document's programmes as printed; the reason of each tag stands below its drug."""
    return [
        {
            "name": row["name"],
            "reason": words.text(row["tag_reason"]),
            "class": row["class"].replace("_", " ").replace("+", " + ") or "?",
            "stage": words(f"stage.{row['stage']}"),
            "since": row["reached"],
            "first_seen": row["first_seen"],
            "origin": row["origin"] or "?",
            "sponsors": _some(row["sponsors"], MOST_SPONSORS, words),
            "tag": words(f"tag.{row['tag']}"),
            "records": _some(row["evidence"], MOST_RECORDS, words),
        }
        for row in page["programmes"]
    ]


def _some(names: list[str], most: int, words: Catalogue) -> str:
    more = [words("scape.more", count=number(len(names) - most))] if len(names) > most else []
    return words("list.comma").join([*names[:most], *more])


def tag_line(page: Page, words: Catalogue) -> str:
    """Agents by tag, and how many first-in-class tags are withheld."""
    said = [
        words("scape.tag_said", tag=words(f"tag.{tag}"), count=number(count))
        for tag, count in page["tag_counts"].items()
        if count
    ]
    withheld = page["tags_withheld"]
    line = words("scape.tags", said=words("list.semicolon").join(said)) if said else ""
    return words.join([line, words("scape.withheld", count=number(withheld)) if withheld else ""])


def measure_rows(measures: Mapping[str, Any], words: Catalogue, *, family: str = "") -> list[View]:
    """Measures with value, limits, what stands behind them and how the limits were made.

    Args:
        family: of the messages that name them; else the document's own meaning does.
    """
    return [
        {
            "name": words(f"{family}.{name}") if family else capital(words.text(one["meaning"]) or name),
            "value": value_text(one["value"], name) or words("scape.undefined"),
            "limits": _limits(one, name),
            "n": number(one["n"]),
            "method": words(f"interval.{one['interval']}"),
        }
        for name, one in measures.items()
    ]


def _limits(measure: Mapping[str, Any], name: str) -> str:
    if measure["low"] is None or measure["interval"] == "count":
        return ""
    return f"{value_text(measure['low'], name)} – {value_text(measure['high'], name)}"


def value_text(value: float | None, name: str) -> str:
    """A measure as printed: shares in percent, counts whole, all else with three significant digits or so."""
    if value is None:
        return ""
    if name in SHARES or name.startswith(("top_", "share_on_")):
        return percent(round(value, 9), 1)  # a sum of shares may miss 1 by the rounding of doubles
    if float(value).is_integer():
        return number(value)
    decimals = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 4
    return number(value, decimals)


def basis_rows(page: Page, words: Catalogue) -> list[tuple[str, str]]:
    """Day, how it is told, what is shown, and how much of it is known, as label and text."""
    coverage, filters = page["coverage"], page["filters"]
    shares = {name: percent(coverage[f"{name}_share"], 0) for name in KNOWN_SHARES}
    known = words("scape.coverage_said", **{name if name != "class" else "class_": s for name, s in shares.items()})
    shown = [_filter(name, filters[name], words) for name in FILTERS if filters.get(name)]
    switches = [_switch(name, filters[name], words) for name in filters if name not in FILTERS]
    rows = [
        (words("scape.on"), page["as_of"]),
        (words("scape.method"), words(f"as_of_method.{page['as_of_method']}")),
        (words("scape.annotations"), words(f"annotations.{page['annotations']}")),
        (words("scape.filters"), words("list.semicolon").join(shown) or words("scape.world")),
        (words("scape.switches"), words("list.semicolon").join(switches)),
        (words("scape.coverage"), known if coverage["programmes"] else ""),
        (words("scape.world_share"), _world_share(coverage, words)),
        (words("scape.generation"), number(page["generation"])),
    ]
    return [(name, text) for name, text in rows if text]


def _filter(name: str, asked: list[str], words: Catalogue) -> str:
    return words("scape.filter", name=words(f"filter.{name}"), asked=words.enumerate(asked))


def _switch(name: str, asked: Any, words: Catalogue) -> str:
    """A switch that is on; one that takes names with these."""
    said = words(f"switch.{name}")
    return words("scape.filter", name=said, asked=words.enumerate(asked)) if isinstance(asked, list) else said


def _world_share(coverage: Mapping[str, Any], words: Catalogue) -> str:
    share = coverage["world_class_share"]
    return words("scape.world_share_said", share=percent(share, 0)) if share is not None else ""
