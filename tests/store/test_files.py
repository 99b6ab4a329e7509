"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.store import write_all_whole, write_whole


class DiskFullError(OSError):
    """Stands for ENOSPC, which a test cannot bring about."""

    def __init__(self) -> None:
        super().__init__(28, "No space left on device")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds one finished file."""
    (tmp_path / "passport.json").write_bytes(b"old")
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@given(content=st.one_of(st.binary(), st.text(st.characters(exclude_categories=["Cs"]))))
def test_what_is_written_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, content: bytes | str) -> None:
    path = tmp_path_factory.mktemp("round") / "file"
    write_whole(path, content)
    assert path.read_bytes() == (content if isinstance(content, bytes) else content.encode("utf-8"))
    assert names(path.parent) == ["file"]


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write_whole(tmp_path / "out" / "tunlametinib" / "passport.html", "妥拉美替尼\r\n")
    assert (tmp_path / "out/tunlametinib/passport.html").read_bytes() == "妥拉美替尼\r\n".encode()


def test_a_longer_old_file_leaves_no_tail(folder: Path) -> None:
    write_whole(folder / "passport.json", "x" * 100)
    write_whole(folder / "passport.json", "y")
    assert (folder / "passport.json").read_bytes() == b"y"


@pytest.mark.parametrize(("owner", "step"), [(os, "fsync"), (Path, "chmod"), (Path, "replace")])
def test_a_failure_at_any_step_keeps_the_old_file_and_removes_the_new(
    folder: Path, monkeypatch: pytest.MonkeyPatch, owner: object, step: str
) -> None:
    def run_out(*_: object) -> None:
        raise DiskFullError

    monkeypatch.setattr(owner, step, run_out)
    with pytest.raises(InputError) as caught:
        write_whole(folder / "passport.json", "new")
    (finding,) = caught.value.findings
    assert finding.code == "store.not_written"
    assert "No space left on device" in finding.message
    assert finding.file == str(folder / "passport.json")
    assert (folder / "passport.json").read_bytes() == b"old"
    assert names(folder) == ["passport.json"]


def test_stopping_the_program_removes_what_was_begun(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(folder / "passport.json", "new")
    assert (folder / "passport.json").read_bytes() == b"old"
    assert names(folder) == ["passport.json"]


def test_the_new_content_is_on_disk_before_the_old_is_given_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (events.append(kind_of(fd)), fsync(fd))[1])
    monkeypatch.setattr(Path, "replace", lambda aside, to: (events.append("rename"), replace(aside, to))[1])
    write_whole(folder / "passport.json", "new")
    assert events == ["file", "rename", "folder"]


def kind_of(descriptor: int) -> str:
    return "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"


def test_files_that_belong_together_switch_together(folder: Path) -> None:
    """The second cannot be written, so the first stays as it was too."""
    (folder / "blocked").write_bytes(b"a file where a folder is wanted")
    with pytest.raises(InputError):
        write_all_whole({folder / "passport.json": "new", folder / "blocked" / "passport.html": "new"})
    assert (folder / "passport.json").read_bytes() == b"old"
    assert names(folder) == ["blocked", "passport.json"]


def test_a_folder_in_the_place_of_the_file_is_refused(folder: Path) -> None:
    (folder / "report").mkdir()
    with pytest.raises(InputError):
        write_whole(folder / "report", "new")
    assert names(folder) == ["passport.json", "report"]


def test_a_link_is_followed(folder: Path) -> None:
    (folder / "latest").symlink_to(folder / "passport.json")
    write_whole(folder / "latest", "new")
    assert (folder / "latest").is_symlink()
    assert (folder / "passport.json").read_bytes() == b"new"


def test_the_old_files_mode_is_kept_and_a_new_file_follows_the_umask(folder: Path) -> None:
    (folder / "passport.json").chmod(0o640)
    (folder / "plain").write_bytes(b"")
    write_whole(folder / "passport.json", "new")
    write_whole(folder / "fresh", "new")
    assert stat.S_IMODE((folder / "passport.json").stat().st_mode) == 0o640
    assert (folder / "fresh").stat().st_mode == (folder / "plain").stat().st_mode


def test_a_name_as_long_as_the_system_allows_can_be_written(tmp_path: Path) -> None:
    write_whole(tmp_path / ("n" * 255), "new")
    assert names(tmp_path) == ["n" * 255]
