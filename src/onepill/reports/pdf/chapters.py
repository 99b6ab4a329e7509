"""The chapters of the document: each view of the page as parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.context import View
from onepill.reports.pdf import parts
from onepill.reports.pdf.parts import Part, cell, estimate, figure


def chapter(view: View, t: Catalogue, fonts: Sequence[str]) -> Part:
    """A chapter with its title and question, and what it shows in the order of the page."""
    content = list(_content(view, t, fonts))
    if view["needs"]:
        content.append(parts.words(view["needs"]))
    title = {"id": view["id"], "number": str(view["number"]), "title": view["title"], "question": view["question"]}
    return {**title, "state": view["state_name"], "parts": content}


def _content(view: View, t: Catalogue, fonts: Sequence[str]) -> Iterator[Part]:
    if view["lede"]:
        yield parts.words(view["lede"], voice="lede")
    yield from CONTENTS.get(view["id"], _nothing)(view, t, fonts)


def _nothing(view: View, t: Catalogue, fonts: Sequence[str]) -> Iterator[Part]:
    yield from ()


def _research(view: View, t: Catalogue, fonts: Sequence[str]) -> Iterator[Part]:
    if not view["asset"]:
        return
    yield parts.heading(t("asset.title"))
    yield parts.facts(view["asset"])
    yield from (parts.chart(drawn, fonts) for drawn in view["charts"])
    if view["competitors"]:
        rivals = view["competitors"]
        yield parts.heading(rivals["title"])
        yield parts.table(rivals["columns"], [_rival(row) for row in rivals["rows"]], widths=("3", "3", "2", "3", "4"))


def _rival(row: Mapping[str, Any]) -> list[Part]:
    marks = [mark for step in row["steps"] for mark in step["marks"]]
    since = cell("\n".join(step["since"] for step in row["steps"]), marks)
    return [
        cell(row["name"], small=row["targets"], strong=True),
        cell(row["company"]),
        cell(row["stage"]),
        since,
        cell(row["use"]),
    ]


def _clinical(view: View, t: Catalogue, fonts: Sequence[str]) -> Iterator[Part]:
    if view.get("chart"):
        yield parts.chart(view["chart"], fonts)
    if view["gates"]:
        columns = [t(f"column.{name}") for name in ("gate", "chance", "own_interval", "n")]
        rows = [
            [
                cell(g["name"], g["marks"], g["note"]),
                _graded(g["prob"], g["grade"]),
                figure(g["interval"]),
                figure(g["n"]),
            ]
            for g in view["gates"]
        ]
        yield parts.heading(t("clinical.gates"))
        yield parts.table(columns, rows, widths=("5", "1", "1", "1"))
        if view.get("gates_note"):
            yield parts.words(view["gates_note"])
    if view["readouts"]:
        names = ("n", "cut_off", "response", "pfs", "os", "grade_3")
        columns = [t(f"column.{name}") for name in ("trial", "line", "comparator", *names)]
        rows = [
            [
                cell(r["trial"], r["marks"]),
                cell(r["line"]),
                cell(r["comparator"]),
                *(figure(r[n] or "–") for n in names),
            ]
            for r in view["readouts"]
        ]
        yield parts.heading(t("clinical.readouts"))
        yield parts.table(columns, rows, widths=("4", "3", "3", *["auto"] * len(names)))


def _graded(text: str, grade: str) -> Part:
    return cell(text, grade=grade if grade in ("assumption", "unverified") else "", right=True)


def _review(view: View, t: Catalogue, fonts: Sequence[str]) -> Iterator[Part]:
    if view.get("chart"):
        yield parts.chart(view["chart"], fonts)
    if view["groups"]:
        columns = [t("column.milestone"), t("column.state"), t("column.chance"), "p10", "p50", "p90", t("review.binds")]
        yield parts.heading(t("review.milestones"))
        rows = [row for group in view["groups"] for row in _group(group, t)]
        yield parts.table(columns, rows, widths=("4", "auto", "auto", "auto", "auto", "auto", "4"))
    if view.get("clocks"):
        columns = [t(f"column.{name}") for name in ("clock", "nature", "length", "version", "used_as", "grade")]
        rows = [
            [
                cell(k["name"], k["marks"], k["behind"], colour=k["css"]),
                cell(k["nature"]),
                _graded(k["value"], k["grade"]),
                cell(k["version"]),
                cell(k["used_as"]),
                cell(k["grade_name"], grade=k["grade"]),
            ]
            for k in view["clocks"]
        ]
        yield parts.heading(t("review.clocks"))
        yield parts.words(t("review.clocks_note"), voice="units")
        yield parts.table(columns, rows, widths=("5", "auto", "auto", "2", "2", "auto"))
    yield from _gates(view, t)
    yield from _risks_and_log(view, t)


def _group(group: Mapping[str, Any], t: Catalogue) -> Iterator[list[Part]]:
    yield [cell(group["name"], colour=group["css"], strong=True)]
    for m in group["rows"]:
        binds = t("list.comma").join(f"{b['name']} {b['share']}" for b in m["binds"])
        yield [
            cell(m["name"], m["marks"]),
            cell(("◆ " if m["actual"] else "") + m["state"]),
            *(figure(m[name]) for name in ("chance", "p10", "p50", "p90")),
            cell("", small=" ".join(part for part in (binds, m["never"]) if part)),
        ]


def _gates(view: View, t: Catalogue) -> Iterator[Part]:
    if not view.get("gates") and not view.get("dossiers"):
        return
    yield parts.heading(t("review.gates"))
    yield parts.words(t("review.gates_note"), voice="units")
    yield from (parts.words(line, voice="plain") for line in view["dossiers"])
    if view["gates"]:
        names = ("gate", "gate_market", "gate_before", "state", "gate_begins", "gate_ends", "gate_binds")
        rows = [
            [
                cell(g["name"], g["marks"], colour=g["css"]),
                cell(g["market"]),
                cell(g["before"]),
                cell(g["state"], small=g["why"]),
                *(figure(g[name]) for name in ("begins", "ends", "binds")),
            ]
            for g in view["gates"]
        ]
        yield parts.table([t(f"column.{n}") for n in names], rows, widths=("4", "2", "2", "3", "auto", "auto", "auto"))


def _risks_and_log(view: View, t: Catalogue) -> Iterator[Part]:
    if view.get("risks"):
        says = ("risk_rule", "risk_says", "risk_announced", "risk_from", "risk_when")
        rows = [
            [
                cell(r["name"], r["marks"], colour=r["css"]),
                cell(r["message"], small=r["hint"]),
                figure(r["announced"]),
                figure(r["from"]),
                cell(r["when"]),
            ]
            for r in view["risks"]
        ]
        yield parts.heading(t("review.risks"))
        yield parts.table([t(f"column.{n}") for n in says], rows, widths=("3", "5", "auto", "auto", "3"))
    if view.get("log"):
        names = ("log_asked", "log_question", "log_answer", "log_commitments")
        yield parts.heading(t("review.log"))
        yield parts.words(view["log"]["lede"], voice="units")
        rows = [_question(row) for row in view["log"]["rows"]]
        yield parts.table([t(f"column.{n}") for n in names], rows, widths=("2", "4", "4", "3"))


def _question(row: Mapping[str, Any]) -> list[Part]:
    kept = "\n".join(" ".join((i["text"], i["state"], i["day"], i["touches"])).strip() for i in row["commitments"])
    return [
        cell(f"{row['place']} {row['asked']}", row["marks"], row["meeting"], colour=row["css"]),
        cell(row["question"]),
        cell(f"{row['answered']} {row['answer']}".strip()),
        cell(kept),
    ]


def _application(view: View, t: Catalogue, fonts: Sequence[str]) -> Iterator[Part]:
    if not view["markets"]:
        return
    names = ("column.where", "market.launch", "market.span", "column.chance", "market.peak", "market.worth")
    rows = [
        [
            cell(m["name"], m["marks"], colour=m["css"]),
            *(figure(m[name]) for name in ("launch", "span", "chance")),
            figure(m["peak"] or "–"),
            estimate(m["worth"]),
        ]
        for m in view["markets"]
    ]
    yield parts.heading(t("market.title"))
    yield parts.table([t(name) for name in names], rows, widths=("3", "auto", "auto", "auto", "1", "1"))
    for payer in view["payers"]:
        years = [str(year) for year in payer["years"]]
        columns = [t(f"payer.{name}") for name in ("state", "price", "patients", "entered")]
        rows = [
            [
                cell(s["name"]),
                *(figure(s[name]) for name in ("price", "patients", "entered")),
                *map(figure, s["chances"]),
            ]
            for s in payer["rows"]
        ]
        rows.append([cell(t("payer.mean_price")), figure(""), figure(""), figure(""), *map(figure, payer["prices"])])
        yield parts.heading(payer["title"])
        yield parts.table([*columns, *years], rows, widths=("3", *["auto"] * (3 + len(years))))
        yield parts.words(t("payer.note"))


def _investment(view: View, t: Catalogue, fonts: Sequence[str]) -> Iterator[Part]:
    if not view["statistics"]:
        return
    if view.get("distribution"):
        yield parts.chart(view["distribution"], fonts)
    rows = [
        [cell(s["name"], small=s["note"], strong=s["lead"]), figure(s["value"], error=s["error"])]
        for s in view["statistics"]
    ]
    yield parts.heading(t("stat.title"))
    yield parts.table(["", ""], rows, widths=("4", "2"))
    if view.get("check"):
        yield parts.words(view["check"]["text"])
    yield from (parts.chart(view[name], fonts) for name in ("tornado", "cash") if view.get(name))


def _data(view: View, t: Catalogue, fonts: Sequence[str]) -> Iterator[Part]:
    if not view["heat"]:
        return
    if view["heat"]["rows"]:
        yield parts.heading(t("data.title"))
        yield parts.words(t("data.subtitle", total=view["heat"]["total"]), voice="units")
        yield parts.heat(view["heat"])
    if view.get("rules"):
        yield parts.heading(t("data.rules_title"))
        yield parts.words(t("data.rules_subtitle"), voice="units")
        yield parts.heat(view["rules"])
    if view.get("calendars"):
        shown = t("list.semicolon").join(f"{row['name']} {row['through']}" for row in view["calendars"])
        yield parts.words(f"{t('data.calendars')} {shown}{t('list.comma')}{t('data.projected')}")


CONTENTS: dict[str, Callable[[View, Catalogue, Sequence[str]], Iterator[Part]]] = {
    "research": _research,
    "clinical": _clinical,
    "review": _review,
    "application": _application,
    "investment": _investment,
    "data": _data,
}
