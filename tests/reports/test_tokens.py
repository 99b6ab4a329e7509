"""The design tokens: contrast and colour distance measured, not believed."""

from __future__ import annotations

import re
from importlib import resources

import pytest

CSS = resources.files("onepill.reports").joinpath("styles", "tokens.css").read_text(encoding="utf-8")
BASE = resources.files("onepill.reports").joinpath("styles", "base.css").read_text(encoding="utf-8")
GRADES = ("official", "secondary", "derived", "unverified", "assumption")
MARKETS = tuple(f"--chart-{i}" for i in range(1, 6))


def block(start: str) -> dict[str, str]:
    """The variables of the first block after `start`."""
    brace = CSS.index("{", CSS.index(start))
    body = CSS[brace + 1 : CSS.index("}", brace)]
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", body))


LIGHT = block(":root {")
DARK = LIGHT | block('  :root[data-theme="dark"]')
THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def linear(colour: str) -> list[float]:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    light, dark = sorted(
        (sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(x), strict=True)) for x in (one, other)),
        reverse=True,
    )
    return (light + 0.05) / (dark + 0.05)


def test_wcag_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21, abs=1e-9)


def test_the_two_dark_blocks_are_equal() -> None:
    assert block('  :root:not([data-theme="light"])') == block('  :root[data-theme="dark"]')


@THEMES
@pytest.mark.parametrize("ink", ["--ink", "--ink-2", "--ink-3", "--accent", "--up", "--down", "--chart-label"])
@pytest.mark.parametrize("ground", ["--paper", "--surface", "--sunken"])
def test_text_has_contrast_4_5(theme: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(theme[ink], theme[ground]) >= 4.5


@THEMES
@pytest.mark.parametrize("grade", GRADES)
def test_grade_chips_are_legible(theme: dict[str, str], grade: str) -> None:
    assert contrast(theme[f"--grade-{grade}"], theme[f"--grade-{grade}-soft"]) >= 4.5
    assert contrast(theme[f"--grade-{grade}-edge"], theme["--paper"]) >= 3


@THEMES
@pytest.mark.parametrize("colour", [*MARKETS, "--chart-main", "--chart-axis"])
def test_chart_marks_have_contrast_3(theme: dict[str, str], colour: str) -> None:
    assert contrast(theme[colour], theme["--paper"]) >= 3


def test_every_variable_that_a_style_or_a_chart_uses_is_defined() -> None:
    package = resources.files("onepill.reports")
    styles = "".join(f.read_text(encoding="utf-8") for f in package.joinpath("styles").iterdir())
    charts = "".join(
        f.read_text(encoding="utf-8") for f in package.joinpath("charts").iterdir() if f.name.endswith(".py")
    )
    templates = "".join(f.read_text(encoding="utf-8") for f in package.joinpath("templates").iterdir())
    used = set(re.findall(r"var\((--[\w-]+)", styles + charts + templates))
    defined = set(re.findall(r"(--[\w-]+):", styles))
    computed = {"--grade-", "--chart-", "--heat-"}  # stems that code completes with a grade, a market or a step
    assert used - defined - computed == set()


def test_styles_close_what_they_open() -> None:
    for file in resources.files("onepill.reports").joinpath("styles").iterdir():
        text = file.read_text(encoding="utf-8")
        assert (file.name, text.count("{")) == (file.name, text.count("}"))
