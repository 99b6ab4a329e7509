"""Rows about the pill itself: what it is, who owns it, what is known, and which chapters can be filled."""

from __future__ import annotations

from typing import Any

from onepill.model.schema import Asset, Programme

Row = dict[str, Any]
CHAPTERS: tuple[tuple[int, str, str, str], ...] = (
    (
        1,
        "thin",
        "a competitor table in the programme's folder, or a loaded registry",
        "项目文件夹中的竞品表，或已载入的登记数据",
    ),
    (2, "computed", "", ""),
    (3, "computed", "", ""),
    (4, "computed", "", ""),
    (5, "empty", "specifications, batches and stability data per market", "各市场的质量标准、批次与稳定性数据"),
    (6, "computed", "", ""),
    (7, "computed", "", ""),
    (8, "thin", "shipping lanes, storage conditions and partner profiles", "运输路线、储存条件与合作方资料"),
)
"""Aspect, state, and what would fill the rest of the chapter (English, Chinese)."""


def identity(programme: Programme) -> Row:
    """The nouns of the file, for people."""
    rights = programme.rights
    return {
        "asset": _asset(programme.asset),
        "indications": [
            {
                "id": key,
                "name": item.name,
                "area": item.area,
                "biomarker": item.biomarker,
                "line": item.line,
                "rare": item.rare,
            }
            for key, item in programme.all_indications().items()
        ],
        "rights": {
            "owner": rights.owner,
            "patents": [item.model_dump(mode="json") for item in rights.patents],
            "upstream": [item.model_dump(mode="json") for item in rights.upstream],
            "granted": [item.model_dump(mode="json") for item in rights.granted],
        },
        "readouts": [item.model_dump(mode="json") for item in programme.readouts],
    }


def _asset(asset: Asset) -> Row:
    row = asset.model_dump(mode="json")
    row["names"] = row.pop("name")
    return {"name": asset.name["en"], **row}


def title(programme: Programme) -> dict[str, str]:
    """The file's title, else the drug's name."""
    return dict(programme.title or programme.asset.name)


def chapters(programme: Programme, landscape: Row | None = None) -> list[Row]:
    """The eight aspects, and which input would fill what is not there.

    Args:
        landscape: what a warehouse knows of the competitors; it fills the first.
    """
    rows = []
    for aspect, state, needs_en, needs_zh in CHAPTERS:
        shown = "empty" if aspect == 4 and not programme.markets else state
        needs = {"en": needs_en, "zh": needs_zh}
        if shown == "empty" and aspect == 4:
            needs = {
                "en": "markets: patients, share, months on treatment and price",
                "zh": "市场：患者数、份额、用药月数与价格",
            }
        rows.append({"aspect": aspect, "state": shown, "needs": needs if needs["en"] else None})
    if landscape:
        rows[0] = {"aspect": 1, "state": "computed", "needs": None, "landscape": landscape}
    return rows
