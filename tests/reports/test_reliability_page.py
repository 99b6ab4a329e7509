"""The page of a learned model's reliability: every bin is drawn, in both languages."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from onepill.evidence.learned import PUBLISHED, measure
from onepill.evidence.learned.measures import gain
from onepill.reports import render_reliability
from onepill.reports.catalogue import Lang, catalogue
from onepill.reports.charts.reliability import reliability_chart

LANGS: tuple[Lang, ...] = ("en", "zh")


def answer(*, seen: int = 0) -> dict[str, Any]:
    draw = np.random.default_rng(5)
    probs = draw.uniform(0.2, 0.8, 200)
    labels, base = (draw.random(200) < probs).astype(float), np.full(200, 0.5)
    more = {"base": asdict(measure(labels, base)), "gain": asdict(gain(labels, probs, base)), "verdict": "better"}
    return {
        **asdict(measure(labels, probs)),
        **more,
        "learned_from": seen,
        "published": [asdict(row) for row in PUBLISHED],
    }


@pytest.mark.parametrize("lang", LANGS)
def test_every_bin_is_drawn_and_stands_in_the_table(lang: Lang) -> None:
    found = answer()
    chart = reliability_chart(found, catalogue(lang))
    assert len(chart.twin.rows) == len(found["bins"]) == 10
    for drawing in (chart.wide_svg, chart.narrow_svg):
        assert drawing.count("mark-symbol") == 1
        points = drawing[drawing.index("mark-symbol") :].split("</g>")[0]
        assert points.count("<path") == 10
    assert [row[0] for row in chart.twin.rows] == ["20"] * 10


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_says_what_the_model_is_worth(lang: Lang) -> None:
    found = answer()
    page = render_reliability(found, lang=lang)
    assert f"{found['roc_auc']['value']:.3f}" in page
    assert f"{found['base']['log_loss']['value']:.3f}" in page
    assert "<script" not in page
    assert catalogue(lang)("reliability.seen", n="7") not in page
    assert catalogue(lang)("reliability.seen", n="7") in render_reliability(answer(seen=7), lang=lang)
