"""Drawings for paper: their variables as the light colours, so that a drawing stands alone in a file or a document."""

from __future__ import annotations

import re
from functools import cache

from onepill.reports.charts.frame import Chart
from onepill.reports.page import style

VARIABLE = re.compile(r"var\((--[\w-]+)\)")
MIXED = re.compile(r"color-mix\(in srgb, (#[0-9a-f]{6}) ([\d.]+)%, (#[0-9a-f]{6})\)")
SCALE = 2
PRINT_PAPER = "#ffffff"


def on_paper(drawn: str, *, ground: str | None = None) -> str:
    """A text with its colour variables, and mixtures of two of them, as plain colours; `ground` is the paper's."""
    colours = light_colours()
    if ground is not None:
        colours = {**colours, "--paper": ground}
    return MIXED.sub(_mixed, VARIABLE.sub(lambda found: colours.get(found[1], "currentColor"), drawn))


def standalone_svg(chart: Chart) -> str:
    """The wide drawing as a file of its own: in the light colours, on paper."""
    drawn = with_namespace(on_paper(chart.wide_svg))
    ground = f'<rect width="100%" height="100%" fill="{light_colours()["--paper"]}"/>'
    return drawn.replace(">", f">{ground}", 1)


def with_namespace(svg: str) -> str:
    """A drawing that a page may hold, as one that is a file."""
    if "xmlns=" in svg.partition(">")[0]:
        return svg
    return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def as_png(svg: str) -> bytes:
    """A drawing as a picture, two dots a pixel."""
    import vl_convert

    drawn: bytes = vl_convert.svg_to_png(svg, scale=SCALE)
    return drawn


@cache
def light_colours() -> dict[str, str]:
    """The light colours: the first block of the tokens; what names another variable is resolved."""
    block = style("tokens.css").partition(":root {")[2].partition("\n}")[0]
    found: dict[str, str] = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", block))
    return {name: found.get(value[4:-1], value) if value.startswith("var(") else value for name, value in found.items()}


def _mixed(found: re.Match[str]) -> str:
    """The mixture of two colours in sRGB, as CSS mixes them: so much of the first, the rest of the second."""
    share = float(found[2]) / 100
    parts = [(int(found[1][i : i + 2], 16), int(found[3][i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(first * share + second * (1 - share)):02x}" for first, second in parts)
