"""Which of the fonts of this machine the document is set in: three voices, each with a font for Chinese behind it."""

from __future__ import annotations

from collections.abc import Sequence

from onepill.core.errors import InputError
from onepill.reports.catalogue import Lang

LATIN = {
    "serif": ("Iowan Old Style", "Palatino Linotype", "Palatino", "P052", "URW Palladio L", "Libertinus Serif"),
    "sans": ("Source Sans 3", "Noto Sans", "Segoe UI", "Helvetica Neue", "Arial", "Liberation Sans", "DejaVu Sans"),
    "mono": ("Cascadia Mono", "Consolas", "Menlo", "Liberation Mono", "DejaVu Sans Mono"),
}
HAN = {
    "serif": ("Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "Songti SC", "SimSun"),
    "sans": ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei"),
}
LAST_RESORT = "Libertinus Serif"
"""The typesetter carries it."""


def chosen_fonts(families: Sequence[str], lang: Lang) -> dict[str, list[str]]:
    """The fonts of each voice, the first before the others.

    Args:
        families: those that the typesetter finds.
        lang: for Chinese a font with Han characters must be among them.

    Raises:
        InputError: `pdf_font.missing`.
    """
    known = set(families)
    han = {voice: [name for name in names if name in known][:1] for voice, names in HAN.items()}
    any_han = han["sans"] or han["serif"]
    if lang == "zh" and not any_han:
        message = "no font with Chinese characters is installed, so a Chinese PDF cannot be set"
        hint = "install Noto CJK (Debian: fonts-noto-cjk); looked for " + ", ".join((*HAN["sans"], *HAN["serif"]))
        raise InputError.single("pdf_font.missing", message, hint=hint, path="lang", value=lang)
    found = {}
    for voice, names in LATIN.items():
        latin = [name for name in names if name in known][:1] or [LAST_RESORT]
        found[voice] = [*latin, *(han.get(voice) or any_han)]
    return found


def holds_han(families: Sequence[str]) -> bool:
    """Whether any of the fonts has Han characters."""
    return not set(families).isdisjoint((*HAN["serif"], *HAN["sans"]))
