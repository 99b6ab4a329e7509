"""Invented documents of `onepill landscape page`, of any size. No figure in them is of a real drug."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

Document = dict[str, Any]
STAGES = ("phase_1", "phase_1_2", "phase_2", "phase_3", "approval")
STAGE_NAMES = {
    "phase_1": {"en": "phase 1", "zh": "一期"},
    "phase_1_2": {"en": "phase 1/2", "zh": "一/二期"},
    "phase_2": {"en": "phase 2", "zh": "二期"},
    "phase_3": {"en": "phase 3", "zh": "三期"},
    "approval": {"en": "approval", "zh": "获批"},
}
AS_OF = "2024-08-22"


def measure(value: float | None, *, interval: str = "bootstrap", n: int = 40) -> Document:
    is_told = value is not None and interval != "count"
    low, high = (value * 0.9, value * 1.1) if value is not None and is_told else (value, value)
    said = {"unit": "programmes", "meaning": {"en": "an invented measure", "zh": "虚构指标"}}
    return {"value": value, "low": low, "high": high, "n": n, "interval": interval, **said}


def heat_map(rows: int = 20, columns: int = 14, *, others: bool = True) -> Document:
    """A heat map in which about half of the cells are filled; the fullest rows and columns stand first."""
    row_ids = [f"T{i:02d}" for i in range(rows)] + (["others"] if others else [])
    column_ids = [f"D{j:02d}" for j in range(columns)] + (["others"] if others else [])
    cells = []
    for i, row in enumerate(row_ids):
        for j, column in enumerate(column_ids):
            count = 900 if "others" in (row, column) else max(0, 60 - 7 * i - 9 * j + (i * j) % 5)
            if count and (i + j) % 7 != 3:
                cells.append({"row": row, "column": column, "programmes": count, "by_stage": {"phase_1": count}})
    return {
        "rows": _axis(row_ids, "row", cells, "Invented target {}"),
        "columns": _axis(column_ids, "column", cells, "Invented long condition, of the {}"),
        "cells": cells,
        "other_rows": 373 if others else 0,
        "other_columns": 477 if others else 0,
        "filled": len(cells),
        "programmes": 7965,
        "unplaced": 6075,
    }


def _axis(ids: list[str], axis: str, cells: list[Document], name: str) -> list[Document]:
    return [
        {
            "id": one,
            "name": "" if one == "others" else name.format(one),
            "programmes": sum(cell["programmes"] for cell in cells if cell[axis] == one),
        }
        for one in ids
    ]


def way(number: int, *days: tuple[str, str], origin: str = "CN", listed: bool = False, own: bool = False) -> Document:
    """An agent's way: pairs of stage and day."""
    passed = [
        {
            "stage": stage,
            "stage_name": STAGE_NAMES[stage],
            "day": day,
            "is_listed": listed,
            "records": [f"ctgov:NCT{number:08d}"] * 3,
        }
        for stage, day in days
    ]
    name = f"inventinib-{number} <b>"
    return {"drug": f"drug-{number}", "name": name, "origin": origin, "is_own": own, "milestones": passed}


def timeline() -> Document:
    ways = [
        way(1, ("approval", "1984-12-21"), origin=""),
        way(
            2,
            ("phase_1", "2006-01-01"),
            ("phase_2", "2009-05-04"),
            ("phase_3", "2012-01-01"),
            ("approval", "2016-07-07"),
        ),
        way(3, ("phase_2", "2015-01-01"), ("phase_3", "2015-02-01")),
        way(4, ("approval", "2020-03-24"), listed=True),
        way(5, ("phase_1_2", "2017-12-31"), own=True),
        way(6, ("phase_1", AS_OF), origin="US"),
    ]
    return {"as_of": AS_OF, "ways": ways, "agents": 61, "within_conditions": False}


def trend(years: int = 10) -> Document:
    days = [f"{year}-12-31" for year in range(2025 - years, 2024)] + [AS_OF]
    rows = [
        {
            "day": day,
            "measures": {
                "programmes": measure(100.0 + 10 * i, interval="count"),
                "entry_rate_per_year": measure(12.0 + i, interval="poisson"),
                "effective_number": measure(None if i == 0 else 14.5 + i),
                "share_on_at_least_10": measure(0.4 + 0.02 * i),
                "late_entrant_share": measure(0.6, interval="wilson"),
            },
            "target_share": 0.13 if day < "2020" else 0.41,
        }
        for i, day in enumerate(days)
    ]
    return {"days": rows, "lists": [{"day": "2020-03-24", "source": "repurposing_hub"}]}


def entrants() -> Document:
    years = list(range(2015, 2025))
    counts = {
        "CN": [0, 1, 2, 3, 5, 8, 13, 21, 34, 55],
        "US": [30, 28, 26, 24, 22, 20, 18, 16, 14, 12],
        "JP": [3] * 10,
        "DE": [2, 0, 1, 0, 2, 0, 1, 0, 2, 0],
        "GB": [1, 0, 0, 1, 0, 0, 1, 0, 0, 1],
        "KR": [0] * 9 + [1],
        "?": [74, 68, 98, 103, 54, 1403, 40, 61, 35, 24],
    }
    lists = [{"day": "2020-03-24", "source": "repurposing_hub"}]
    return {"as_of": AS_OF, "origins": list(counts), "years": years, "counts": list(counts.values()), "lists": lists}


CAUSES = (
    ("Cancers", 1782, 231e6),
    ("Cardiovascular diseases", 418, 362e6),
    ("HIV/AIDS and tuberculosis", 443, 101e6),
    ("Mental and substance use disorders", 290, 121e6),
    ("Digestive diseases", 106, 84e6),
    ("Neurological disorders", 125, 109e6),
    ("Neonatal disorders", 5, 191e6),
    ("Nutritional deficiencies", 0, 59e6),
    ("Maternal disorders", 0, 62e6),
    ("Skin diseases", 0, 66e6),
)
"""Invented numbers of the size that such tables have."""


def cause_row(name: str, trials: int, dalys: float | None, *, pairs: int, burden: float) -> Document:
    """A row of the answer, its limits by the normal approximation: they serve the drawing alone."""
    is_measured = dalys is not None
    ratio = math.log(trials / pairs / (dalys / burden)) if dalys and trials else None
    error = 1.96 / math.sqrt(trials) if trials else 0.0
    return {
        "id": name.lower(),
        "cause": {"en": name, "zh": f"虚构 {name}".replace(" ", "")},
        "trials": trials,
        "dalys": dalys,
        "trial_share": trials / max(pairs, 1) if is_measured else None,
        "daly_share": dalys / burden if dalys is not None else None,
        "trials_per_million_dalys": trials / dalys * 1e6 if dalys else None,
        "log_ratio": ratio,
        "low": ratio - error if ratio is not None else None,
        "high": ratio + error if ratio is not None else 0.5 if dalys else None,
        "n": pairs,
        "unmeasured": None if is_measured else {"en": "its DALYs are blank", "zh": "其 DALY 为空白"},
    }


def burden(causes: tuple[tuple[str, int, float | None], ...] = CAUSES) -> Document:
    """Causes with one more that cannot be measured."""
    pairs, total = sum(trials for _, trials, _ in causes), sum(dalys or 0.0 for _, _, dalys in causes)
    rows = [cause_row(*cause, pairs=pairs, burden=total) for cause in causes]
    rows.append(cause_row("Self-harm", 0, None, pairs=pairs, burden=total))
    return {
        "causes": rows,
        "year": 2016,
        "area": "World",
        "known_on": "2019-01-01",
        "trials": 4732,
        "mapped_share": 0.88,
    }


def loads() -> list[Document]:
    file = {"sha256": "5a" * 32, "rows_loaded": 6798, "rows_quarantined": 2, "loaded_day": "2026-11-22"}
    common = {"publisher": "An invented publisher", "licence": "invented", "address": "https://example.org/x"}
    kinds = (("atc", ["drugs"]), ("burden", ["burden"]), ("ctgov", ["trials"]), ("fda_nme", ["approvals"]))
    kinds += (("fda_crl", []), ("mesh", ["conditions"]), ("repurposing_hub", ["drugs"]))
    return [
        {
            "source": name,
            "title": {"en": f"Invented {name}", "zh": f"虚构{name}"},
            **common,
            "roles": roles,
            "records": 6798,
            "first_day": "1990-01-01" if name == "ctgov" else None,
            "last_day": "2023-02-03" if name == "ctgov" else None,
            "shown_day": "2024-08-22" if name == "mesh" else "2023-02-03",
            "age_days": 0 if name == "mesh" else 566,
            "files": [{"file": f"{name}.zip", **file, "snapshot_day": None if name == "atc" else "2023-02-03"}],
        }
        for name, roles in kinds
    ]


def programme(number: int) -> Document:
    return {
        "drug": f"drug-{number}",
        "name": f"inventinib-{number}",
        "class": "T01+T02 inhibitor small_molecule",
        "stage": STAGES[number % 5],
        "stage_in_indication": "",
        "first_seen": "2015-01-01",
        "reached": "2019-03-01",
        "sponsors": [f"Sponsor {i}" for i in range(number % 6)],
        "origin": "CN" if number % 2 else "",
        "tag": ("first_in_class", "fast_follower", "me_too", "unknown", "approved")[number % 5],
        "tag_reason": {"en": "At phase 3 since 2019-03-01, for <reasons>.", "zh": "自2019-03-01起处于三期。"},
        "evidence": [f"ctgov:NCT{number:08d}", "fda_nme:NDA000001"],
    }


def page() -> Document:
    """A page with every picture in it."""
    measures = {
        **trend()["days"][-1]["measures"],
        "sponsors": measure(1105.0, interval="count"),
        "top_5_share": measure(0.143),
        "hhi": measure(0.0088),
        "entry_trend_ratio": measure(None, interval="binomial"),
    }
    return {
        "schema_version": 1,
        "engine_version": "0.1.0",
        "warehouse": "/invented",
        "generation": 11,
        "as_of": AS_OF,
        "as_of_method": "reconstructed",
        "annotations": "as_known",
        "assumptions": [{"en": "Invented assumption.", "zh": "虚构假设。"}],
        "findings": [
            {
                "code": code,
                "severity": "note",
                "message": "m",
                "hint": "",
                "path": "",
                "file": "",
                "line": 0,
                "value": 2848,
            }
            for code in ("landscape.undated", "landscape.targets", "landscape.unheard_of")
        ],
        "filters": {
            "targets": ["MEK"],
            "indications": ["melanoma"],
            "without_academic": True,
            "groups": ["HER=EGFR,ERBB2"],
        },
        "programmes": [programme(number) for number in range(12)],
        "shown": 61,
        "tag_counts": {"first_in_class": 0, "me_too": 19, "unknown": 384},
        "tags_withheld": 26,
        "tag_shares": {"me_too": measure(0.3, interval="wilson")},
        "coverage": {
            "programmes": 7965,
            "target_share": 0.41,
            "class_share": 0.36,
            "indication_share": 0.6,
            "origin_share": 0.02,
            "world_class_share": 0.32,
            "texts": {"drug": {"accepted": 5}},
            "records": {"trials": 4},
        },
        "measures": measures,
        "heat_map": heat_map(),
        "timeline": timeline(),
        "trend": trend(),
        "entrants": entrants(),
        "compare": {
            "origin": "CN",
            "ratios": {"agents": measure(0.0), "tagged": measure(None)},
            "unknown_origin": 3780,
        },
        "burden": burden(),
        "burden_absent": None,
        "sources": loads(),
    }


def empty_page() -> Document:
    """A page of filters that nothing passes."""
    nothing = {name: measure(0.0, interval="count") for name in ("programmes", "sponsors")}
    nothing["entry_rate_per_year"] = measure(0.0, interval="poisson", n=0)
    rows = [
        {
            "day": day,
            "measures": {
                **nothing,
                **{name: measure(None) for name in ("effective_number", "share_on_at_least_10", "late_entrant_share")},
            },
            "target_share": 0.0,
        }
        for day in ("2023-12-31", AS_OF)
    ]
    coverage = {**page()["coverage"], "programmes": 0, "world_class_share": None}
    hollow = {"rows": [], "columns": [], "cells": [], "other_rows": 0, "other_columns": 0}
    return {
        **page(),
        "programmes": [],
        "shown": 0,
        "tag_counts": {},
        "tags_withheld": 0,
        "findings": [],
        "measures": nothing,
        "coverage": coverage,
        "heat_map": {**hollow, "filled": 0, "programmes": 0, "unplaced": 0},
        "timeline": {"as_of": AS_OF, "ways": [], "agents": 0, "within_conditions": False},
        "trend": {"days": rows, "lists": []},
        "entrants": {"as_of": AS_OF, "origins": [], "years": [2023, 2024], "counts": [], "lists": []},
        "burden": None,
        "burden_absent": "not_loaded",
        "sources": [],
    }


def ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()
