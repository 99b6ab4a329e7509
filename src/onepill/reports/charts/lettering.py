"""Sets the words of a chart into its drawing.

The definition holds the words as text layers, as any Vega tool expects. Drawing them takes the converter about a
millisecond a word, since it measures each, and a passport has some four hundred; their places follow from the
definition's own scales, so they are set here. A test compares each place with the converter's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

Spec = dict[str, Any]
Place = Callable[[Mapping[str, Any]], float]

ANCHORS = {"left": "start", "right": "end", "center": "middle"}
BASELINE_SHARE = 0.3  # how far below the middle of a line Vega sets the baseline, of the letter size
WIDE_EM, CAPITAL_EM, LETTER_EM, SLIM_EM = 1.0, 0.68, 0.54, 0.3
SLIM = frozenset(" .,:;'|!()[]ijlftrI·")


def is_text(layer: Mapping[str, Any]) -> bool:
    return bool(layer["mark"]["type"] == "text")


def without_words(spec: Spec) -> Spec:
    """The definition without its text layers."""
    return {**spec, "layer": [layer for layer in spec["layer"] if not is_text(layer)]}


def set_words(svg: str, spec: Spec) -> str:
    """A drawing with the words of its definition, in the order of the layers."""
    padding, letters_px = spec["padding"], spec["config"]["text"]["fontSize"]
    words = "".join(_layer_words(layer, spec, letters_px) for layer in spec["layer"] if is_text(layer))
    group = f'<g transform="translate({padding["left"]},{padding["top"]})">{words}</g></svg>'
    return svg.removesuffix("</svg>") + group


def _layer_words(layer: Mapping[str, Any], spec: Spec, letters_px: float) -> str:
    mark, encoding = layer["mark"], layer["encoding"]
    at_x, at_y = (_place(channel, encoding[channel], spec) for channel in ("x", "y"))
    style = f'text-anchor="{ANCHORS[mark["align"]]}" font-size="{letters_px}px" fill="{mark["fill"]}"'
    if "fontWeight" in mark:
        style += f' font-weight="{mark["fontWeight"]}"'
    field, down = encoding["text"]["field"], mark["dy"] + round(BASELINE_SHARE * letters_px)
    return "".join(
        f"<text {_position(at_x(row), at_y(row), mark, down)} {style}>"
        f"{escape(cut(str(row[field]), mark.get('limit'), letters_px=letters_px))}</text>"
        for row in layer["data"]["values"]
        if row[field] != ""
    )


def _position(x: float, y: float, mark: Mapping[str, Any], down: float) -> str:
    """Where a word begins; one with an angle is turned about its place, and moved along its own line."""
    if not mark.get("angle"):
        return f'x="{_px(x + mark["dx"])}" y="{_px(y + down)}"'
    turned = f"translate({_px(x)},{_px(y)}) rotate({_px(mark['angle'])})"
    return f'transform="{turned}" x="{_px(mark["dx"])}" y="{_px(down)}"'


def _px(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _place(channel: str, encoding: Mapping[str, Any], spec: Spec) -> Place:
    """Where a channel puts a row, in pixels: a fixed place, a field of pixels, a band of rows or a linear scale."""
    if "value" in encoding:
        fixed = float(encoding["value"])
        return lambda row: fixed
    field = encoding["field"]
    if "scale" in encoding and encoding["scale"] is None:
        return lambda row: float(row[field])
    domain, pixels = scale_of(channel, spec)
    if encoding["type"] == "ordinal":
        step = spec["height"] / len(domain)
        return lambda row: (domain.index(row[field]) + 0.5) * step
    low, high = domain
    return lambda row: pixels[0] + (float(row[field]) - low) / (high - low) * (pixels[1] - pixels[0])


def scale_of(channel: str, spec: Spec) -> tuple[Sequence[float], Sequence[float]]:
    """Domain and range of the one scale that all layers share on a channel; the definition states it once."""
    for layer in spec["layer"]:
        scale = layer["encoding"].get(channel, {}).get("scale")
        if scale and "domain" in scale:
            whole = [0, spec["width"]] if channel == "x" else [spec["height"], 0]
            return scale["domain"], scale.get("range", whole)
    raise ValueError(f"no layer states the domain of {channel}")


def cut(text: str, limit_px: float | None, *, letters_px: float) -> str:
    """A text cut with an ellipsis where its estimated width passes the limit; the chart's table has it in full."""
    if limit_px is None or width_px(text, letters_px=letters_px) <= limit_px:
        return text
    kept = text
    while kept and width_px(kept + "…", letters_px=letters_px) > limit_px:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def width_px(text: str, *, letters_px: float) -> float:
    """About how wide a text is: Han characters are square, capitals and figures wider than small letters."""
    return letters_px * sum(map(_em, text))


def _em(letter: str) -> float:
    if ord(letter) >= 0x2E80:
        return WIDE_EM
    if letter in SLIM:
        return SLIM_EM
    return CAPITAL_EM if letter.isupper() else LETTER_EM
