"""The passport as a PDF says what the page says, in both languages, and is the same for the same document."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from onepill.core.errors import InputError, MissingExtra
from onepill.reports.catalogue import LANGUAGES, Lang, catalogue
from onepill.reports.context import open_context
from onepill.reports.page import page_view
from onepill.reports.paper import on_paper
from onepill.reports.pdf import document as setting
from onepill.reports.pdf import render_passport_pdf
from onepill.reports.pdf.fonts import chosen_fonts, holds_han

pytest.importorskip("typst", reason="typst is not installed")
pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
LATIN_ONLY = ["Libertinus Serif", "DejaVu Sans", "DejaVu Sans Mono"]


@pytest.fixture(scope="module")
def passport() -> dict[str, Any]:
    text = (Path(__file__).parent / "sample_passport.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _set(passport: dict[str, Any], lang: Lang) -> bytes:
    if lang == "zh" and not holds_han(setting.font_families()):
        pytest.skip("no font with Chinese characters is installed")
    return render_passport_pdf(passport, lang=lang)


def _letters(text: str) -> str:
    """Without spaces, line ends and the places where a long path may break."""
    return re.sub(r"[\s\u200b\u2009\u00ad]", "", text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_says_what_the_page_says(passport: dict[str, Any], lang: Lang) -> None:
    reader = pypdf.PdfReader(io.BytesIO(_set(passport, lang)))
    pages = [page.extract_text() for page in reader.pages]
    whole = _letters("".join(pages))
    context = open_context(passport, lang)
    view = page_view(context)
    for line in view["answer"]["statement"]:
        assert _letters(line) in _letters(pages[0])
    for chapter in view["chapters"]:
        assert _letters(chapter["title"]) in whole
    for row in view["answer"]["where"]["rows"]:
        assert _letters(row["name"]) in whole
        assert row["worth"] is None or _letters(row["worth"].mean) in whole
    for source in view["sources"]:
        assert _letters(source.title)[:40] in whole
        assert source.date in whole
        assert _letters(context.words(f"grade.{source.grade}")) in whole
    for number, page in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in page
        assert _letters(context.words("page.footer_print", programme=view["programme"], day=view["as_of"])) in _letters(
            page
        )
    assert "{" not in whole  # a message whose names were not filled


def test_every_source_has_a_place_that_its_marks_lead_to(passport: dict[str, Any]) -> None:
    reader = pypdf.PdfReader(io.BytesIO(_set(passport, "en")))
    told = setting.document_of(passport, lang="en", families=setting.font_families())
    marked = {str(n) for n in _marks(told)}
    assert marked <= {str(source["number"]) for source in told["sources"]}
    links = [
        note.get_object()
        for page in reader.pages
        for note in page.get("/Annots") or ()
        if note.get_object().get("/Subtype") == "/Link"
    ]
    assert len([one for one in links if "/Dest" in one or one.get("/A", {}).get("/S") == "/GoTo"]) >= len(marked)
    assert reader.outline


def _marks(node: Any) -> list[int]:
    if isinstance(node, dict):
        own = [n for name in ("marks", "what_marks") for n in node.get(name, ())]
        return own + [n for value in node.values() for n in _marks(value)]
    return [n for value in node for n in _marks(value)] if isinstance(node, list) else []


def test_the_same_document_gives_the_same_bytes_and_no_clock(passport: dict[str, Any]) -> None:
    made = _set(passport, "en")
    assert made == _set(passport, "en")
    stamp = pypdf.PdfReader(io.BytesIO(made)).metadata.creation_date
    assert stamp.astimezone(UTC).date() == datetime.fromisoformat(passport["as_of"]).date()


def test_what_reads_as_markup_is_text(passport: dict[str, Any]) -> None:
    wicked = '#panic("x") $1/0$ [*b*] <script> \\ #read("/etc/passwd")'
    changed = {**passport, "title": {"en": wicked, "zh": wicked}}
    identity = json.loads(json.dumps(passport["identity"]))
    for names in (identity["asset"].get("name"), identity["asset"].get("names")):
        if isinstance(names, dict):
            names.update(en=wicked, zh=wicked)
    changed["identity"] = identity
    findings = [{"code": "x.y", "severity": "note", "message": wicked, "hint": "", "path": "", "file": "", "line": 0}]
    text = "".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(_set({**changed, "findings": findings}, "en"))).pages
    )
    assert _letters(wicked) in _letters(text)


def test_chinese_without_a_font_for_it_is_refused_before_anything_is_set(passport: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        chosen_fonts(LATIN_ONLY, "zh")
    (finding,) = caught.value.findings
    assert finding.code == "pdf_font.missing"
    assert "fonts-noto-cjk" in finding.hint
    assert chosen_fonts(LATIN_ONLY, "en") == {
        "serif": ["Libertinus Serif"],
        "sans": ["DejaVu Sans"],
        "mono": ["DejaVu Sans Mono"],
    }
    assert setting.document_of(passport, lang="en", families=LATIN_ONLY)["answer"]["other_name"] == ""


def test_without_the_typesetter_the_extra_is_named(passport: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    setting.font_families.cache_clear()
    with pytest.raises(MissingExtra, match=r"onepill\[pdf\]"):
        render_passport_pdf(passport, lang="en")
    setting.font_families.cache_clear()


def test_mixtures_of_colours_are_those_of_css() -> None:
    # color-mix(in srgb, black 42%, white): each part is 0.42 * 0 + 0.58 * 255 = 147.9.
    assert on_paper("color-mix(in srgb, #000000 42%, #ffffff)") == "#949494"
    assert on_paper("var(--paper)", ground="#ffffff") == "#ffffff"
    assert "var(" not in on_paper("color-mix(in srgb, var(--chart-5) 42%, var(--paper))")


def test_a_document_in_each_language_has_the_same_parts(passport: dict[str, Any]) -> None:
    families = [*LATIN_ONLY, "Noto Sans CJK SC", "Noto Serif CJK SC"]
    told = [setting.document_of(passport, lang=lang, families=families) for lang in LANGUAGES]
    kinds = [[[part["kind"] for part in chapter["parts"]] for chapter in one["chapters"]] for one in told]
    assert kinds[0] == kinds[1]
    assert [len(one["sources"]) for one in told] == [len(told[0]["sources"])] * 2
    assert told[1]["words"]["sources"] == catalogue("zh")("sources.title")
