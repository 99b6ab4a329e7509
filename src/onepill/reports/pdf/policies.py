"""The chapters on policy: one pill through all measures, each measure, and the scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.context import View
from onepill.reports.pdf import parts
from onepill.reports.pdf.parts import Part, cell, estimate, figure


def policy_chapters(page: View, t: Catalogue) -> Iterator[Part]:
    """What the page shows behind its eight chapters; nothing where no policy and no scenario was asked for."""
    for view in page["one_pill"]:
        named = parts.words(f"{view['name']} ({view['id']})", marks=view["marks"])
        yield _chapter("one-pill", view["title"], "", [named, *_one_pill(view, t)])
    for view in page["policies"]:
        named = parts.words(f"{view['name']} ({view['id']})", marks=view["source_marks"])
        # Two documents of policy would have the same line in the contents.
        title = t("policy.title") if len(page["policies"]) == 1 else view["name"]
        yield _chapter("policy", title, t("policy.question"), [named, *_policy(view, t)])
    if page["scenarios"]:
        yield _chapter("scenarios", t("scenario.title"), t("scenario.question"), [_scenarios(page["scenarios"], t)])


def _chapter(name: str, title: str, question: str, content: list[Part]) -> Part:
    return {"id": name, "number": "", "title": title, "question": question, "state": "", "parts": content}


def _one_pill(view: View, t: Catalogue) -> Iterator[Part]:
    yield parts.words(view["counts"], voice="lede")
    rows = [[cell(f["label"], small=f["sub"]), estimate(f["estimate"], f["limits"])] for f in view["figures"]]
    yield parts.table(["", ""], rows, widths=("4", "2"))
    if view["timeline"]:
        columns = [t(f"one_pill.{name}") for name in ("milestone", "without", "with")]
        moved = [[cell(r["name"]), figure(r["without_day"]), figure(r["with_day"])] for r in view["timeline"]["rows"]]
        yield parts.heading(t("one_pill.timeline"))
        yield parts.table(columns, moved, widths=("4", "1", "1"))
    yield parts.heading(t("one_pill.aspects"))
    names = ("days", "patients", "value", "subsidy")
    columns = [t("one_pill.aspect"), *(t(f"one_pill.{name}") for name in names)]
    yield parts.table(columns, [_aspect(a, t) for a in view["aspects"]], widths=("4", "1", "1", "1", "1"))
    yield parts.words(t("one_pill.reading"))
    if view["not_captured"]:
        yield parts.words(f"{t('one_pill.not_captured')} {view['not_captured']}")


def _aspect(row: Mapping[str, Any], t: Catalogue) -> list[Part]:
    name = cell(f"{row['number']} {row['name']}", small=row["counts"])
    if not row["cells"]:
        return [name, *[figure("–")] * 4]
    found = [estimate(c["estimate"], c["limits"]) for c in row["cells"]]
    return [name, *found, *[figure("")] * (4 - len(found))]


def _policy(view: View, t: Catalogue) -> Iterator[Part]:
    yield parts.words(view["lede"], voice="lede")
    if view["measures"]:
        names = ("measure", "state", "why", "days", "alone", "left_out")
        rows = [_measure(m) for m in view["measures"]]
        if view["together"]:
            rows.append(_together(view["together"], t))
        yield parts.table([t(f"policy.{n}") for n in names], rows, widths=("3", "auto", "4", "1", "1", "1"))
    if view["silent"]:
        columns = [t(f"policy.{name}") for name in ("measure", "state", "why")]
        rows = [
            [cell(m["name"], small=m["aspect_name"]), cell(m["state_name"]), cell(m["why"], m["marks"])]
            for m in view["silent"]
        ]
        yield parts.heading(t("policy.silent", count=len(view["silent"])))
        yield parts.table(columns, rows, widths=("4", "auto", "4"))


def _measure(row: Mapping[str, Any]) -> list[Part]:
    days = row["days"]
    return [
        cell(row["name"], small=row["aspect_name"]),
        cell(row["state_name"]),
        cell(row["why"], row["marks"]),
        estimate(days["estimate"], _beside(days)) if days else figure(""),
        estimate(row["alone"], row["limits"]),
        estimate(row["left_out"]),
    ]


def _together(row: Mapping[str, Any], t: Catalogue) -> list[Part]:
    days = row["days"]
    return [
        cell(t("policy.together"), strong=True),
        cell(""),
        cell(t("policy.together_note")),
        estimate(days["estimate"], _beside(days)) if days else figure(""),
        estimate(row["gain"], row["limits"]),
        figure(""),
    ]


def _beside(days: Mapping[str, Any]) -> str:
    return " ".join(part for part in (days["limits"], days["milestone"]) if part)


def _scenarios(rows: list[View], t: Catalogue) -> Part:
    shown = [
        [
            cell(row["name"], small=row["summary"]),
            cell("\n".join(_moved(m, t) for m in row["moved"]) or t("scenario.nothing")),
            estimate(row["gain"]),
        ]
        for row in rows
    ]
    return parts.table([t(f"scenario.{name}") for name in ("name", "moves", "gain")], shown, widths=("3", "4", "1"))


def _moved(row: Mapping[str, Any], t: Catalogue) -> str:
    days = f"{row['days']} ± {row['error']}" if row["days"] and row["error"] else row["days"]
    chance = t("scenario.points", points=row["chance"]) if row["chance"] else ""
    return f"{row['name']}: " + t("list.comma").join(part for part in (days, chance) if part)
