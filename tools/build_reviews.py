"""Build the packaged review times from tables of real reviews.

    python tools/build_reviews.py DATA_DIR [--retrieved DAY] [--out FILE]

`DATA_DIR` holds `approvals/review_cases.csv` and EMA's table of medicines as a workbook. The same files give the same
bytes. What is packaged are quantiles, counts and scores, no reviews of these tables. The further reviews that the
package itself holds, each with its source, teach the model nothing: they are scored, and their table on the method page
is written anew. Rules, sources and limits: docs/methods/review-times.md.
"""

from __future__ import annotations

import argparse
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from onepill.pathway.review_backtest import backtest, score_with
from onepill.pathway.review_cases import Case, read_cases
from onepill.pathway.review_clocks import STEP_AGENCY
from onepill.pathway.review_model import EVERYTHING, PROBS, RECEIPT_REGIMES, ReviewModel, fit_model

CASES_FILE = "approvals/review_cases.csv"
EMA_FILE = "approvals/ema_medicines_2024-08-22.xlsx"
EMA_HEADER_ROW = 9
LONGEST_DECISION_DAYS = 1000
PACKAGED = Path(__file__).parents[1] / "src/onepill/pathway/data"
OUT_FILE, FURTHER_FILE = PACKAGED / "review_times.json", PACKAGED / "further_reviews.csv"
PAGE = Path(__file__).parents[1] / "docs/methods/review-times.md"
FIRST_MARK, LAST_MARK = "<!-- further reviews: written by tools/build_reviews.py -->", "<!-- end of further reviews -->"
FIRST_VINTAGE = 2000
"""The first year at whose end the model is kept as it then stood."""
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

_LETTERS = {
    "title": "FDA, released complete response letters, collected by GMPKit",
    "url": "https://github.com/GMPKit/fda-complete-response-letters",
}
_ANNEX_10 = {
    "title": "EMA, annual reports 2015 to 2018, annex 10, collected by MediSeeUU",
    "url": "https://github.com/MediSeeUU/MediSeeUU",
}
SOURCES = {
    "fda.approval": {
        "title": "FDA CDER, compilation of new molecular entity and new biologic approvals 1985-2024, copy of BasirS",
        "url": "https://github.com/BasirS/fda-oncology-approval-analysis",
    },
    "fda.first_letter": _LETTERS,
    "fda.resubmission": _LETTERS,
    "ema.opinion": _ANNEX_10,
    "ema.extension": _ANNEX_10,
    "ema.decision": {
        "title": "EMA, table of medicines, copy of yumi-h-1",
        "url": "https://github.com/yumi-h-1/Automated-EMA-NICE-Data-Scraping",
        "date": "2024-08-22",
    },
    "hc.decision": {
        "title": "Paediatric oncology access in Canada 1997-2023, data set of N. Gibb",
        "url": "https://github.com/nick-gibb/pediatric-drug-access",
    },
    "pmda.decision": {
        "title": "Company releases on Nouriast, Xospata and Hemlibra; this one on Xospata",
        "url": "https://www.astellas.com/jp/en/news/14271",
    },
    "nmpa.decision": {
        "title": "A secondary page on Opdivo, Keytruda and Tuoyi in China",
        "url": "https://e-com-net.com/article/1208847442225762304.htm",
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--retrieved", default="2026-11-21", help="day on which the files were taken over")
    parser.add_argument("--out", type=Path, default=OUT_FILE)
    arguments = parser.parse_args()
    text = render(arguments.data_dir, retrieved=arguments.retrieved)
    arguments.out.write_text(text, encoding="utf-8")
    if arguments.out == OUT_FILE:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(with_further(page, json.loads(text)["further"]), encoding="utf-8")


def render(data_dir: Path, *, retrieved: str) -> str:
    """The text of the packaged file, a list of numbers on one line."""
    text = json.dumps(build(data_dir, retrieved=retrieved), indent=1, ensure_ascii=False)
    return re.sub(r"\[[\d\s.,]+\]", lambda found: re.sub(r"\s+", "", found.group()), text) + "\n"


def with_further(page: str, further: Mapping[str, Any]) -> str:
    """The method page with the table of further reviews between its two marks."""
    head, rest = page.split(FIRST_MARK)
    return f"{head}{FIRST_MARK}\n{_further_table(further)}\n{LAST_MARK}{rest.split(LAST_MARK)[1]}"


def _further_table(further: Mapping[str, Any]) -> str:
    if not further["n"]:
        return "The package holds none yet."
    rows = {"all": further, **further["by_agency"], **further["by_step"]}
    lines = ["| | n | coverage | pinball | naive |", "|---|---|---|---|---|"]
    for name, row in rows.items():
        low, high = (f"{100 * row[key]:.1f}" for key in ("coverage_low", "coverage_high"))
        band = f"{100 * row['coverage_p10_p90']:.1f} ({low} to {high})"
        lines.append(f"| {name} | {row['n']:,} | {band} | {row['pinball']:.1f} | {row['pinball_naive']:.1f} |")
    sites = ", ".join(f"{site} {row['n']}" for site, row in further["by_source"].items() if row["n"])
    left = "; ".join(f"{count} {reason}" for reason, count in further["not_scored"].items())
    lines += ["", f"By the site of the source, with its reviews: {sites}."]
    return "\n".join(lines + ([f"Not scored: {left}."] if left else []))


def build(data_dir: Path, *, retrieved: str) -> dict[str, Any]:
    """Fit the reviews and EMA's decision step, each table by itself, at each year's end, and cross-validate both."""
    reviews, decisions = read_reviews(data_dir), read_ema_decisions(data_dir)
    return {
        "format": 2,
        "unit": "calendar days divided by the clock's days",
        "probs": list(PROBS),
        "regimes": {step: [first.isoformat() for first in days] for step, days in RECEIPT_REGIMES.items()},
        "sources": {step: {**SOURCES[step], "retrieved": retrieved} for step in STEP_AGENCY},
        "vintages": {"reviews": vintages(reviews), "decisions": vintages(decisions)},
        "cross_validation": cross_validate(reviews, decisions),
        "further": score_further(read_further(), learned=reviews + decisions, model=fit_both(reviews, decisions)),
    }


def fit_both(reviews: Sequence[Case], decisions: Sequence[Case]) -> ReviewModel:
    """The shipped model: each table fitted by itself, as no step stands in both."""
    models = [fit_model(reviews), fit_model(decisions)]
    cells = {name: cell for model in models for name, cell in model.cells.items() if name != EVERYTHING}
    return ReviewModel(cells, max(model.through for model in models))


def cross_validate(reviews: list[Case], decisions: list[Case]) -> dict[str, Any]:
    """The reviews' figures; those of EMA's decision step come from a run of their own and stand apart."""
    row, apart = backtest(reviews).as_row(), backtest(decisions).as_row()
    row["apart"], row["beside"]["apart"] = apart["apart"], apart["beside"]["apart"]
    row["not_validated"] = [step for step in row["not_validated"] if step not in row["apart"]]
    return row


def vintages(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """The model of a table as it stood at the end of each year, and of the whole table, which comes last."""
    decided = [case for case in cases if case.is_decision and not case.set_aside]
    years = range(FIRST_VINTAGE, max(case.ended for case in decided).year)
    ends = [*(date(year, 12, 31) for year in years), date.max]
    return [_vintage([case for case in decided if case.ended <= end]) for end in ends]


def _vintage(known: Sequence[Case]) -> dict[str, Any]:
    model, counts = fit_model(known), Counter(case.step for case in known)
    return {
        "through": model.through.isoformat(),
        "reviews_by_step": {step: counts[step] for step in STEP_AGENCY if counts[step]},
        "cells": _cells(model),
    }


def score_further(further: Sequence[Case], *, learned: Sequence[Case], model: ReviewModel) -> dict[str, Any]:
    """The model on reviews that it has not learned from, whole and by the site of their source."""
    known = {(case.agency, case.step, case.started, case.ended) for case in learned}
    unseen = [case for case in further if (case.agency, case.step, case.started, case.ended) not in known]
    sites = sorted({urlsplit(case.source_url).netloc for case in unseen})
    return {
        **score_with(model, unseen).headline.as_row(),
        "already_learned": len(further) - len(unseen),
        "by_source": {site: _of_site(model, unseen, site) for site in sites},
    }


def _of_site(model: ReviewModel, cases: Sequence[Case], site: str) -> dict[str, Any]:
    row = score_with(model, [case for case in cases if urlsplit(case.source_url).netloc == site]).headline.as_row()
    return {key: row[key] for key in ("n", "coverage_p10_p90", "pinball", "pinball_naive")}


def _cells(model: ReviewModel) -> dict[str, Any]:
    names = sorted(name for name in model.cells if name != EVERYTHING)
    return {name: {"n": model.cells[name].n, "ratios": list(model.cells[name].ratios)} for name in names}


def read_reviews(data_dir: Path) -> list[Case]:
    return read_cases((data_dir / CASES_FILE).read_text(encoding="utf-8"), CASES_FILE)


def read_further() -> list[Case]:
    """Further reviews that the package holds; none where there is no file, or one with its first line alone."""
    text = FURTHER_FILE.read_text(encoding="utf-8") if FURTHER_FILE.exists() else ""
    return read_cases(text, FURTHER_FILE.name) if text.strip().count("\n") else []


def read_ema_decisions(data_dir: Path) -> list[Case]:
    """Human medicines with the day of the opinion and of the authorisation.

    Left out: 14 rows whose authorisation stands before the opinion, which belongs to a later procedure, and 8 above
    `LONGEST_DECISION_DAYS`, four of them by about ten years, as a mistyped year would give.
    """
    cases = []
    for row in _sheet_rows(data_dir / EMA_FILE):
        opinion, decided = _day(row.get("Opinion adopted date")), _day(row.get("Marketing authorisation date"))
        if row.get("Category") != "Human" or opinion is None or decided is None:
            continue
        if not 0 <= (decided - opinion).days <= LONGEST_DECISION_DAYS:
            continue
        case_id = f"EMA-EC-{row['EMA product number']}"
        cases.append(Case(case_id, "EMA", "other", "ema.decision", opinion, decided, "approved"))
    return cases


def _sheet_rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of the first sheet by the names of the header row."""
    with zipfile.ZipFile(path) as book:
        # The workbook is the builder's own, and holds no entities.
        texts = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314
    shared = ["".join(part.text or "" for part in item.iter(f"{_MAIN}t")) for item in texts.findall(f"{_MAIN}si")]
    names: dict[str, str] = {}
    for row in sheet.iter(f"{_MAIN}row"):
        values = dict(_cell_text(cell, shared) for cell in row.findall(f"{_MAIN}c"))
        if int(row.get("r", "0")) == EMA_HEADER_ROW:
            names = values
        elif names:
            yield {names[column]: value for column, value in values.items() if column in names}


def _cell_text(cell: ElementTree.Element, shared: list[str]) -> tuple[str, str]:
    found = re.match("[A-Z]+", cell.get("r", ""))
    value = cell.findtext(f"{_MAIN}v") or ""
    return found.group() if found else "", shared[int(value)] if cell.get("t") == "s" and value else value


def _day(text: str | None) -> date | None:
    return datetime.strptime(text, "%d/%m/%Y").date() if text else None


if __name__ == "__main__":
    main()
