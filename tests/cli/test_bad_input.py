"""Bad input is exit code 2 with findings and hints, never a traceback, and never costs what was there."""

from __future__ import annotations

from pathlib import Path

import pytest

from onepill.core.errors import InputError, MissingExtra, OnepillError, StoreBusy
from tests.cli.asking import Answer, Ask
from tests.model.programmes import TEXT, line_of, spoilt

SPOILT: dict[str, tuple[tuple[str, str], str]] = {
    "aliases": (("cost: 60 MUSD", "cost: *price"), "yaml.alias"),
    "key twice": (("onepill: 1\n", "onepill: 1\nonepill: 1\n"), "yaml.duplicate_key"),
    "unknown key": (("    cost: 60 MUSD", "    costs: 60 MUSD"), "schema.unknown_key"),
    "wrong unit": (("duration: 36 months", "duration: 36 moons"), "unit.duration"),
    "probability of 1.2": (("{value: 0.4, source: a paper}", "1.2"), "value.share"),
    "30 February": (("as_of: 2024-08-01", "as_of: 2024-02-30"), "day.unknown"),
    "cycle": (("    after: [phase_2]", "    after: [filings.us]"), "plan.cycle"),
    "jurisdiction": (("  CN:\n    after: [phase_3]", "  XX:\n    after: [phase_3]"), "jurisdiction.unknown"),
    "currency": (("cost: 60 MUSD", "cost: 60 MEUR"), "currency.no_rate"),
    "scenario": (("filings.EU.not_before", "filings.FR.not_before"), "scenario.path"),
    "as of 1900": (("as_of: 2024-08-01", "as_of: 1900-01-01"), "as_of.range"),
}
BAD_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "yaml.empty"),
    "binary": (bytes(range(256)), "file.encoding"),
    "UTF-16": ("onepill: 1\n".encode("utf-16"), "file.encoding"),
    "zeros": (b"\x00" * 100, "yaml.syntax"),
    "bad YAML": (b"onepill: 1\n  programme: x\n", "yaml.syntax"),
    "tab": (b"onepill: 1\nasset:\n\tname: x\n", "yaml.syntax"),
    "not a mapping": (b"- a\n- b\n", "yaml.shape"),
    **{name: (spoilt(change).encode(), code) for name, (change, code) in SPOILT.items()},
}


def codes(answer: Answer) -> list[str]:
    return [row["code"] for row in answer.document["findings"]]


def is_clean(answer: Answer) -> None:
    assert answer.code == 2
    assert "Traceback" not in answer.out + answer.err


@pytest.fixture
def programme(tmp_path: Path) -> str:
    """A sound file, the one that the spoilt ones are made from."""
    file = tmp_path / "sound.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("command", ["check", "passport"])
@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file(name: str, command: str, ask: Ask, tmp_path: Path) -> None:
    content, code = BAD_FILES[name]
    file = tmp_path / "pill.yaml"
    file.write_bytes(content)
    answer = ask(command, str(file), "--json")
    is_clean(answer)
    assert answer.err == ""
    assert code in codes(answer)
    for row in answer.document["findings"]:
        assert row["hint"]
        assert row["file"] == str(file)
        assert row["line"] > 0 or row["code"] == "file.encoding"
    text = ask(command, str(file))
    is_clean(text)
    shown = text.out if command == "check" and code != "file.encoding" else text.err
    assert f"error {code}: " in shown
    assert "hint: " in shown


@pytest.mark.parametrize("command", ["check", "passport", "explain"])
def test_a_file_that_is_not_there_or_is_a_folder(command: str, ask: Ask, tmp_path: Path) -> None:
    more = ["value"] if command == "explain" else []
    for path, code in ((tmp_path / "none.yaml", "file.missing"), (tmp_path, "file.unreadable")):
        answer = ask(command, str(path), *more, "--json")
        is_clean(answer)
        (row,) = answer.document["findings"]
        assert (row["code"], row["file"]) == (code, str(path))
        assert row["hint"]
        assert str(path) in ask(command, str(path), *more).err


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "json.syntax"),
        (b"{", "json.syntax"),
        (b"[1]", "json.shape"),
        (b'{"a": NaN}', "json.shape"),
        (b"[" * 100_000, "json.shape"),
        (b"\xff\xfe", "file.encoding"),
        (b"{}", "explain.no_provenance"),
        (b'{"provenance": []}', "explain.no_provenance"),
    ],
)
def test_a_bad_passport(content: bytes, code: str, ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "passport.json"
    file.write_bytes(content)
    answer = ask("explain", str(file), "value.rnpv_usd.mean", "--json")
    is_clean(answer)
    assert codes(answer) == [code]
    assert all(row["hint"] for row in answer.document["findings"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["due", "--jurisdiction", "XX", "--from", "2024-02-05", "--count", "30 wd"], "calendar.unknown"),
        (["due", "--jurisdiction", "CN", "--from", "2024-02-30", "--count", "30 wd"], "day.unknown"),
        (["due", "--jurisdiction", "CN", "--from", "5 Feb", "--count", "30 wd"], "day.format"),
        (["due", "--jurisdiction", "CN", "--from", "2024-02-05", "--count", "30"], "unit.duration"),
        (["due", "--jurisdiction", "CN", "--from", "2024-02-05", "--count", "1.5 wd"], "calendar.count"),
        (["due", "--jurisdiction", "CN", "--from", "2024-02-05", "--count", "30 wd", "--roll", "up"], "option.value"),
        (["due", "--jurisdiction", "CN", "--from", "1900-01-01", "--count", "30 wd"], "calendar.range"),
        (["rules", "show", "cn.nmpa.nothing"], "rule.unknown"),
        (["rules", "show", "cn.nmpa.clinical_trial_application.review", "--on", "2024-13-01"], "day.unknown"),
        (["policy", "show", "cn.shanghai.1984"], "rule.unknown"),
        (["policy", "list", "--jurisdiction", "ZZ"], "policy.jurisdiction"),
    ],
)
def test_a_bad_question(words: list[str], code: str, ask: Ask) -> None:
    answer = ask(*words, "--json")
    is_clean(answer)
    assert code in codes(answer)
    assert all(row["hint"] for row in answer.document["findings"])
    text = ask(*words)
    is_clean(text)
    assert text.out == ""
    assert f"error {code}: " in text.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--scenario", "none"], "scenario.unknown"),
        (["--policy", "none"], "rule.unknown"),
        (["--as-of", "2024-02-30"], "day.unknown"),
        (["--as-of", "1999-12-31"], "as_of.range"),
        (["--lang", "fr"], "lang.unknown"),
        (["--draws", "5"], "option.value"),
    ],
)
def test_a_bad_option_of_a_passport(words: list[str], code: str, ask: Ask, programme: str) -> None:
    answer = ask("passport", programme, *words, "--json")
    is_clean(answer)
    assert codes(answer)[0] == code
    assert all(row["hint"] for row in answer.document["findings"])


def test_errors_are_for_standard_error_and_name_file_and_line(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "pill.yaml"
    text = spoilt(("    cost: 60 MUSD", "    costs: 60 MUSD"), ("as_of: 2024-08-01", "as_of: tomorrow"))
    file.write_text(text, encoding="utf-8")
    answer = ask("passport", str(file))
    assert answer.out == ""
    for part, code in (("as_of", "day.format"), ("costs:", "schema.unknown_key")):
        assert f"{file}:{line_of(part, text)}: error {code}: " in answer.err


@pytest.fixture
def made(ask: Ask, programme: str, tmp_path: Path) -> Path:
    """A folder that holds a passport."""
    folder = tmp_path / "out"
    assert ask("passport", programme, "--draws", "200", "--out", str(folder)).code == 0
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below, hidden ones and leftovers included."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_bad_file_leaves_the_passport_as_it_was(ask: Ask, programme: str, made: Path) -> None:
    before = contents(made)
    assert set(before) == {"passport.html", "passport.json", "run.json"}
    Path(programme).write_text(spoilt(("    cost: 60 MUSD", "    costs: 60 MUSD")), encoding="utf-8")
    assert ask("passport", programme, "--draws", "200", "--out", str(made)).code == 2
    assert contents(made) == before


@pytest.mark.parametrize("error", [RuntimeError("broken"), KeyboardInterrupt(), MemoryError(), OSError(28, "No space")])
def test_a_failing_page_leaves_the_passport_as_it_was(
    error: BaseException, ask: Ask, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(made)

    def fail(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr("onepill.reports.render_passport", fail)
    answer = ask("passport", str(made.parent / "sound.yaml"), "--draws", "300", "--out", str(made))
    assert answer.code == (130 if isinstance(error, KeyboardInterrupt) else 1)
    assert "Traceback" not in answer.out + answer.err
    assert contents(made) == before


def test_a_place_that_cannot_be_written_to_leaves_the_passport_as_it_was(
    ask: Ask, programme: str, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(made)

    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_space)
    answer = ask("passport", programme, "--draws", "300", "--out", str(made))
    is_clean(answer)
    assert "store.not_written" in answer.err
    assert "No space left on device" in answer.err
    assert contents(made) == before


def test_a_file_where_the_folder_should_be_is_told(ask: Ask, programme: str) -> None:
    answer = ask("passport", programme, "--draws", "200", "--out", programme)
    is_clean(answer)
    assert "store.not_written" in answer.err
    assert Path(programme).read_text(encoding="utf-8") == TEXT


class TestExitCodes:
    """One code for each kind of end."""

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (OnepillError("ours"), 1),
            (InputError("theirs"), 2),
            (MissingExtra("install onepill[web]"), 3),
            (StoreBusy("busy"), 4),
            (KeyboardInterrupt(), 130),
            (ZeroDivisionError("ours"), 1),
        ],
    )
    def test_of_an_error(self, error: BaseException, code: int, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr("onepill.calendars.due", fail)
        words = ("due", "--jurisdiction", "CN", "--from", "2024-02-05", "--count", "30 wd")
        answer = ask(*words)
        assert (answer.code, answer.out) == (code, "")
        assert "Traceback" not in answer.err
        if not isinstance(error, KeyboardInterrupt):
            assert str(error) in answer.err
            assert str(error) in ask(*words, "--json").document["error"]

    def test_our_own_fault_shows_its_trace_only_when_asked(self, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object, **__: object) -> None:
            raise ZeroDivisionError("ours")

        monkeypatch.setattr("onepill.calendars.due", fail)
        words = ("due", "--jurisdiction", "CN", "--from", "2024-02-05", "--count", "30 wd")
        assert "ONEPILL_DEBUG" in ask(*words).err
        monkeypatch.setenv("ONEPILL_DEBUG", "1")
        with pytest.raises(ZeroDivisionError):
            ask(*words)
