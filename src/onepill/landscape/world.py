"""Everything known of the world's programmes, ordered once so that every question reads it in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

import numpy as np
import numpy.typing as npt

from onepill.landscape.columns import (
    NO_DAY,
    Coded,
    Codes,
    EvidenceColumns,
    Flags,
    encode,
    evidence_columns,
    refuse_bad_drugs,
)
from onepill.landscape.inputs import (
    CELL_THERAPY,
    ApprovalRow,
    AsOfMethod,
    DiscontinuationRow,
    DrugRow,
    EvidenceRow,
)
from onepill.landscape.stages import COUNT_AS_APPROVAL, period_ends, rank_of


@dataclass(frozen=True, eq=False)
class Events:
    """Evidence sorted by drug, indication and the day from which it counts; each column of shape (n_events,).

    Attributes:
        programme: one number per pair of drug and indication, never falling along the rows.
        drug_starts: first row of each drug, and the number of rows at the end, shape (n_drugs + 1,).
        rank: place on the ladder. counted_from: ordinal of the first day on which a question sees the event.
        post_marketing: it is on the top of the ladder only because a phase-4 trial counts as approval.
    """

    programme: npt.NDArray[np.int64]
    drug: Codes
    drug_starts: npt.NDArray[np.int64]
    indication: Codes
    rank: npt.NDArray[np.int8]
    counted_from: npt.NDArray[np.int32]
    sponsor: Codes
    record: Codes
    academic: Flags
    investigated: Flags
    combination: Flags
    post_marketing: Flags


@dataclass(frozen=True, eq=False)
class Annotations:
    """What is known of drugs, sorted by drug and day; each column of shape (n_annotations,).

    Attributes:
        target_set: code into `sets`; -1 where no target is known.
        sets: each distinct set of target names, sorted.
    """

    drug: Codes
    known_on: npt.NDArray[np.int32]
    target_set: Codes
    sets: tuple[tuple[str, ...], ...]
    mechanism: Coded
    modality: Coded
    origin: Coded
    biosimilar: Flags
    fixed_combination: Flags
    cell_therapy: Flags


@dataclass(frozen=True, eq=False)
class Discontinuations:
    """Statements that development was given up; columns of shape (n,)."""

    drug: Codes
    known_on: npt.NDArray[np.int32]

    def given_up_on(self, day: int, n_drugs: int) -> npt.NDArray[np.int32]:
        """For each drug the ordinal of the last such statement known by the day; 0 where there is none."""
        given_up = np.zeros(n_drugs, dtype=np.int32)
        known = self.known_on <= day
        np.maximum.at(given_up, self.drug[known], self.known_on[known])
        return given_up


@dataclass(frozen=True, eq=False)
class World:
    """The input of every measure.

    Attributes:
        snapshot_day: the day of the load; None where the rows are a history with its own days.
    """

    drugs: tuple[str, ...]
    indications: tuple[str, ...]
    sponsors: tuple[str, ...]
    records: tuple[str, ...]
    events: Events
    annotations: Annotations
    discontinuations: Discontinuations
    snapshot_day: date | None = None

    def as_of_method(self, as_of: date) -> AsOfMethod:
        """`snapshot` if the load itself is of that day or earlier, else `reconstructed` from posting days."""
        if self.snapshot_day is not None and as_of >= self.snapshot_day:
            return "snapshot"
        return "reconstructed"

    def events_of(self, drug: int) -> slice:
        """The rows of one drug."""
        starts = self.events.drug_starts
        return slice(int(starts[drug]), int(starts[drug + 1]))


def build_world(
    drugs: Sequence[DrugRow],
    evidence: Sequence[EvidenceRow],
    approvals: Sequence[ApprovalRow] = (),
    *,
    discontinuations: Sequence[DiscontinuationRow] = (),
    snapshot_day: date | None = None,
) -> World:
    """The world from rows, for competitor tables and tests; a warehouse hands over columns.

    Raises:
        InputError: a row has a word that the closed lists do not hold, or no id.
    """
    rows = [*evidence, *(approval.as_evidence() for approval in approvals)]
    columns = evidence_columns(rows)
    return world_from_columns(drugs, columns, discontinuations=discontinuations, snapshot_day=snapshot_day)


def world_from_columns(
    drugs: Sequence[DrugRow],
    columns: EvidenceColumns,
    *,
    discontinuations: Sequence[DiscontinuationRow] = (),
    snapshot_day: date | None = None,
) -> World:
    """The world from columns of evidence.

    Raises:
        InputError: a stage is not on the ladder, or a drug has no id.
    """
    refuse_bad_drugs(drugs)
    given = {row.drug_id for row in drugs} | {row.drug_id for row in discontinuations}
    names = sorted(given.union(columns.drug.names))
    drug = columns.drug.sorted(names)
    indication, sponsor = columns.indication.sorted(), columns.sponsor.sorted()
    record = columns.record.sorted()
    events = _sort_events(columns, drug, indication, sponsor.codes, record.codes)
    annotations = _annotations(drugs, names)
    given_up = _discontinuations(discontinuations, names)
    vocabularies = (tuple(names), indication.names, sponsor.names, record.names)
    return World(*vocabularies, events, annotations, given_up, snapshot_day=snapshot_day)


def _discontinuations(rows: Sequence[DiscontinuationRow], drugs: Sequence[str]) -> Discontinuations:
    place = {name: code for code, name in enumerate(drugs)} if rows else {}
    return Discontinuations(
        np.asarray([place[row.drug_id] for row in rows], dtype=np.int32),
        np.asarray([row.known_on.toordinal() for row in rows], dtype=np.int32),
    )


def _sort_events(columns: EvidenceColumns, drug: Coded, indication: Coded, sponsor: Codes, record: Codes) -> Events:
    ranks = np.asarray([rank_of(name) for name in columns.stage.names] or [0], dtype=np.int8)
    marketing = np.asarray([name in COUNT_AS_APPROVAL[:1] for name in columns.stage.names] or [False])
    counted_from = counted_days(columns)
    # An unmapped indication has the code -1 and is a programme of its own, the first of its drug.
    programme = drug.codes.astype(np.int64) * (len(indication.names) + 1) + indication.codes + 1
    order = np.lexsort((record, counted_from, programme))
    return Events(
        programme=programme[order],
        drug=drug.codes[order],
        drug_starts=np.searchsorted(drug.codes[order], np.arange(len(drug.names) + 1, dtype=np.int32)),
        indication=indication.codes[order],
        rank=ranks[columns.stage.codes][order],
        counted_from=counted_from[order],
        sponsor=sponsor[order],
        record=record[order],
        academic=columns.academic[order],
        investigated=columns.investigated[order],
        combination=columns.combination[order],
        post_marketing=marketing[columns.stage.codes][order],
    )


def counted_days(columns: EvidenceColumns) -> npt.NDArray[np.int32]:
    """The first day on which each event counts: it was posted, and its own day was over.

    A stated day in the future is a plan and no event until it has come; a month or a year counts at its end.
    """
    posted = period_ends(columns.known_on, columns.known_precision)
    told = columns.day != NO_DAY
    happened = period_ends(np.where(told, columns.day, columns.known_on), columns.day_precision)
    return np.where(told, np.maximum(posted, happened), posted).astype(np.int32)


def _annotations(rows: Sequence[DrugRow], drugs: Sequence[str]) -> Annotations:
    place = {name: code for code, name in enumerate(drugs)}
    ordered = sorted(rows, key=_annotation_key)
    sets = sorted({tuple(sorted(set(row.targets))) for row in rows if row.targets})
    set_code = {targets: code for code, targets in enumerate(sets)} | {(): -1}
    columns = {name: encode(cast(str, getattr(row, name)) for row in ordered) for name in _NAMED}
    flags = {name: np.asarray([getattr(row, name) for row in ordered], dtype=np.bool_) for name in _FLAGS}
    return Annotations(
        drug=np.asarray([place[row.drug_id] for row in ordered], dtype=np.int32),
        known_on=np.asarray([row.known_on.toordinal() for row in ordered], dtype=np.int32),
        target_set=np.asarray([set_code[tuple(sorted(set(row.targets)))] for row in ordered], dtype=np.int32),
        sets=tuple(sets),
        mechanism=columns["mechanism"].sorted(),
        modality=columns["modality"].sorted(),
        origin=columns["origin"].sorted(),
        biosimilar=flags["biosimilar"],
        fixed_combination=flags["fixed_combination"],
        cell_therapy=np.asarray([row.modality == CELL_THERAPY for row in ordered], dtype=np.bool_),
    )


_NAMED = ("mechanism", "modality", "origin")
_FLAGS = ("biosimilar", "fixed_combination")


def _annotation_key(row: DrugRow) -> tuple[object, ...]:
    """Total, so that the order of the rows never decides which of two annotations of a day is used."""
    told = (row.targets, row.mechanism, row.modality, row.origin, row.biosimilar, row.fixed_combination)
    return (row.drug_id, row.known_on, *told)
