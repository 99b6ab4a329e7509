"""Loads a downloaded file or folder: finds its format, streams its tables, accounts for every record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from onepill.core.errors import InputError
from onepill.registries.bulk import FROM, Parts, parse_bulk, size_of
from onepill.registries.catalogue import SOURCES
from onepill.registries.layouts import Layout, Separated, layout_of, refuse_head
from onepill.registries.opening import HAS_FOLDERS, MAX_BYTES, Budget, Member, container_of, damage, members
from onepill.registries.sink import Quarantined, Sink, paused_collection

if TYPE_CHECKING:
    import pyarrow


class Load:
    """One file or folder of one source, opened and recognised.

    Iterate `batches()` once, to its end; then the counts stand. `rows_read == rows_loaded + len(quarantined)` always.

    Attributes:
        source: the source's id.
        path: what is loaded.
        format: the name of its layout; several are joined by `+`.
        container: `file`, `gz`, `zip`, `tar`, `folder` or `xlsx`.
        rows_read: records read: studies, or data rows of a table.
        rows_loaded: records of them that gave rows of the tables.
        quarantined: the others, each with its reason.
        counts_by_status: records by status: ClinicalTrials.gov's words there, the source's own elsewhere.
        rows_by_table: rows given out, by table.
        first_day, last_day: span of the days that the catalogue names for the source.
        snapshot_day: day of release, where the data state it.
        skipped: files within a folder or packed file that are not of this source, or not of its recognised formats.
    """

    def __init__(
        self,
        source: str,
        path: Path,
        layouts: tuple[Layout, ...],
        *,
        max_bytes: int,
        workers: int = 1,
        results: bool = False,
        parts: Parts | None = None,
    ) -> None:
        self.source, self.path, self._layouts, self._max_bytes = source, path, layouts, max_bytes
        self.container, self._workers, self._parts = _container(path), workers, parts
        self._skipped: dict[str, None] = {}
        self._sink = Sink(source, with_results=results)
        self._begun = False
        self.format = "+".join(self._formats())

    def batches(self) -> Iterator[tuple[str, pyarrow.RecordBatch]]:
        """Table name and at most 50,000 rows, streamed; memory does not grow with the file beyond the ids seen.

        Raises:
            InputError: the file is damaged, a bomb, wrongly encoded, or holds no record that can be loaded.
            ValueError: they were asked for before.
        """
        if self._begun:
            raise ValueError("a load is read once: open it again")
        self._begun = True
        files = self._bulk_files()
        if files:
            yield from self._bulk(files)
        else:
            for rank in sorted({layout.rank for layout in self._found.values()}):
                yield from self._pass(rank)
        yield from self._sink.flush()
        self._refuse_nothing()

    @property
    def rows_read(self) -> int:
        return self._sink.rows_read

    @property
    def rows_loaded(self) -> int:
        return self._sink.rows_loaded

    @property
    def quarantined(self) -> list[Quarantined]:
        return self._sink.quarantined

    @property
    def counts_by_status(self) -> dict[str, int]:
        return dict(self._sink.counts_by_status.most_common())

    @property
    def rows_by_table(self) -> dict[str, int]:
        return dict(self._sink.rows_by_table)

    @property
    def first_day(self) -> date | None:
        return self._sink.span[0]

    @property
    def last_day(self) -> date | None:
        return self._sink.span[1]

    @property
    def snapshot_day(self) -> date | None:
        from onepill.registries.days import as_date

        return as_date(self._sink.snapshot)

    @property
    def skipped(self) -> list[str]:
        return list(self._skipped)

    def _bulk_files(self) -> int:
        """Files of a zip that is read in runs; 0 if it is read at one go."""
        if (
            (self._workers < 2 and self._parts is None)
            or self._sink.with_results
            or self.container != "zip"
            or set(self._found) != {"api_v2_json"}
        ):
            return 0
        files, size = size_of(self.path)
        Budget(self.path, self._max_bytes).spend(size, name=self.path.name)
        return files if files >= FROM else 0

    def _bulk(self, files: int) -> Iterator[tuple[str, pyarrow.RecordBatch]]:
        how = {"files": files, "workers": self._workers, "max_bytes": self._max_bytes}
        runs = parse_bulk(self.path, self._sink, parts=self._parts, **how)
        for batches, skipped in runs:
            self._skipped.update(dict.fromkeys(skipped))
            yield from batches

    def _members(self) -> Iterator[Member]:
        return members(self.path, max_bytes=self._max_bytes)

    def _formats(self) -> list[str]:
        """Recognise the files. A bulk of one form is told by its first file alone."""
        self._found: dict[str, Layout] = {}
        alone = self.container not in HAS_FOLDERS
        for member in self._members():
            if alone:
                refuse_head(member.head, member.name)
            layout = layout_of(self._layouts, member.head)
            if layout is None:
                if alone:
                    raise self._unknown(member)
                continue
            self._found[layout.name] = layout
            if self.container in ("zip", "tar") and layout.name in _BULK:
                break
        if not self._found:
            raise self._nothing_known()
        self._refuse_lone()
        return sorted(self._found)

    def _pass(self, rank: int) -> Iterator[tuple[str, pyarrow.RecordBatch]]:
        """Read the files of one rank."""
        sink = self._sink
        with damage(self.path):
            for member in self._members():
                layout = layout_of(self._layouts, member.head)
                if layout is None or layout.name not in self._found:
                    self._skipped[member.name] = None
                    continue
                if layout.rank != rank:
                    continue
                sink.place = member.name
                records = layout.parse(member, sink)
                while (batches := _next_batches(records, sink)) is not None:
                    yield from batches

    def _refuse_lone(self) -> None:
        for layout in self._found.values():
            if layout.needs and layout.needs not in self._found:
                message = f"{self.path.name} holds {layout.name} without {layout.needs}, whose records it adds to"
                hint = "load the folder or zip that holds both"
                raise InputError.single("registry.part", message, hint=hint, file=str(self.path))

    def _refuse_nothing(self) -> None:
        sink = self._sink
        if sink.rows_loaded:
            return
        if not sink.rows_read:
            message, hint = f"{self.path.name} holds no record", "fetch it again"
            raise InputError.single("registry.empty", message, hint=hint, file=str(self.path))
        first = sink.quarantined[0]
        message = f"none of {sink.rows_read:,} records of {self.path.name} can be loaded; the first: {first.message}"
        hint = f"check that this is a file of {self.source}"
        where = {"file": str(self.path), "line": first.row, "path": first.record_id, "value": first.excerpt}
        raise InputError.single("registry.nothing_loaded", message, hint=hint, **where)

    def _unknown(self, member: Member) -> InputError:
        """What a file lacks to be of this source, or of which source it is."""
        for layout in self._layouts:
            lacks = layout.lacks(member.head) if isinstance(layout, Separated) else []
            if lacks:
                message = f"{member.name}: columns are missing: {', '.join(lacks)}"
                hint = f"this is nearest to {layout.name}; see `onepill registry sources` for its fields"
                return InputError.single("registry.columns", message, hint=hint, file=str(self.path), line=1)
        return self._nothing_known(member.head)

    def _nothing_known(self, head: bytes = b"") -> InputError:
        others = [name for name, found in _all_layouts() if head and layout_of(found, head)]
        accepted = ", ".join(SOURCES[self.source].formats)
        message = f"{self.path.name} is in no format of {self.source}"
        hint = f"it looks like `{others[0]}`: load it as that" if others else f"{self.source} is read from: {accepted}"
        return InputError.single("registry.format", message, hint=hint, file=str(self.path))


def _next_batches(records: Iterator[None], sink: Sink) -> list[tuple[str, pyarrow.RecordBatch]] | None:
    """Read until a batch is full, and turn it into Arrow's; None at the end of the file.

    A full batch may come to nothing, where all of its records are set aside.
    """
    with paused_collection():
        return list(sink.flush()) if any(sink.is_full for _ in records) else None


_BULK = ("api_v2_json", "legacy_xml")
"""Layouts of one record a file, which come by the hundred thousand."""


def open_load(
    source: str,
    path: Path,
    *,
    max_bytes: int = MAX_BYTES,
    workers: int = 1,
    results: bool = False,
    parts: Parts | None = None,
) -> Load:
    """Open a downloaded file or folder of a source; its format is found by looking into it, whatever its name.

    Args:
        source: a key of `SOURCES`.
        path: a file (plain, gz, zip, tar, xlsx) or a folder.
        max_bytes: bytes that it may unpack to.
        workers: processes that share a bulk zip of one study a file; the answer is the same.
        results: read the posted results of primary outcomes too, in one process.
        parts: keeps what is read of such a zip run by run; what it has is not read again.

    Raises:
        InputError: the source is unknown or has no results, nothing is there, or it is in no format of the source.
        MissingExtra: a package that the format needs is not installed.
    """
    from onepill.registries.formats import LAYOUTS

    if source not in SOURCES:
        near = get_close_matches(source, SOURCES, n=1)
        hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(SOURCES)}"
        raise InputError.single("registry.source", f"there is no source {source!r}", hint=hint, value=source)
    if results and "outcome_result" not in SOURCES[source].tables:
        hint = "leave --results out; ctgov has them"
        raise InputError.single("registry.results", f"{source} has no posted results", hint=hint, value=source)
    return Load(source, Path(path), LAYOUTS[source], max_bytes=max_bytes, workers=workers, results=results, parts=parts)


def _all_layouts() -> list[tuple[str, tuple[Layout, ...]]]:
    from onepill.registries.formats import LAYOUTS

    return list(LAYOUTS.items())


def _container(path: Path) -> str:
    if not path.exists():
        hint = "give a file or a folder that exists"
        raise InputError.single("registry.path", f"there is nothing at {path}", hint=hint, file=str(path))
    return container_of(path)
