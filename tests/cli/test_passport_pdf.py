"""`onepill passport FILE --out X.pdf` writes that file, or nothing where this machine cannot set it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from onepill.reports.pdf import document
from tests.cli.asking import Ask

FEW = ("--draws", "200")


def test_the_ending_chooses_the_pdf(ask: Ask, minimal: str, tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    pytest.importorskip("typst", reason="typst is not installed")
    out = tmp_path / "made" / "pill.PDF"
    answer = ask("passport", minimal, *FEW, "--out", str(out))
    assert (answer.code, f"Open {out}" in answer.out) == (0, True)
    assert [one.name for one in out.parent.iterdir()] == ["pill.PDF"]
    assert len(pypdf.PdfReader(out).pages) > 3


@pytest.mark.parametrize(("lang", "code", "said"), [("en", 3, "onepill[pdf]"), ("zh", 2, "fonts-noto-cjk")])
def test_what_cannot_be_set_is_refused_before_anything_is_computed(
    ask: Ask, minimal: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, lang: str, code: int, said: str
) -> None:
    if lang == "en":
        monkeypatch.setitem(sys.modules, "typst", None)
        document.font_families.cache_clear()
    else:
        monkeypatch.setattr(document, "font_families", lambda: ["DejaVu Sans"])
    # So many futures would take minutes.
    out = tmp_path / "pill.pdf"
    answer = ask("passport", minimal, "--draws", "20000000", "--lang", lang, "--out", str(out))
    assert (answer.code, said in answer.err, out.exists()) == (code, True, False)
    monkeypatch.undo()
    document.font_families.cache_clear()
