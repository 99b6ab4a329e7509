"""Rows as columns: every name once, in a vocabulary, and whole numbers in arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from onepill.core.errors import Finding, InputError
from onepill.landscape.checks import check_drugs, check_evidence
from onepill.landscape.inputs import PRECISIONS, DrugRow, EvidenceRow

Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
UNKNOWN = -1
"""The code of what is missing."""

NO_DAY = 0
"""The ordinal of a day that the record does not tell; day 1 is in year 1."""


@dataclass(frozen=True, eq=False)
class Coded:
    """A column of names: `names[codes[i]]`, or missing where the code is -1. Shape of codes (n,)."""

    codes: Codes
    names: tuple[str, ...]

    def sorted(self, vocabulary: Sequence[str] | None = None) -> Coded:
        """The same column over a sorted vocabulary (or over a given one that holds all its names).

        Sorted names make codes, and with them every answer, independent of the order of records.
        """
        names = tuple(sorted(set(self.names))) if vocabulary is None else tuple(vocabulary)
        place = {name: code for code, name in enumerate(names)}
        moved = np.asarray([*(place[name] for name in self.names), UNKNOWN], dtype=np.int32)
        return Coded(moved[self.codes], names)


@dataclass(frozen=True, eq=False)
class EvidenceColumns:
    """Evidence by column, each of shape (n,); see `inputs.EvidenceRow` for the meanings.

    Attributes:
        day: ordinals, `NO_DAY` where missing. day_precision, known_precision: index into `inputs.PRECISIONS`.
        stage: names of `stages.STAGES`.
    """

    drug: Coded
    indication: Coded
    stage: Coded
    sponsor: Coded
    record: Coded
    day: npt.NDArray[np.int32]
    day_precision: npt.NDArray[np.int8]
    known_on: npt.NDArray[np.int32]
    known_precision: npt.NDArray[np.int8]
    academic: Flags
    investigated: Flags
    combination: Flags


def encode(names: Iterable[str]) -> Coded:
    """Codes in order of first appearance; the empty name is missing."""
    place: dict[str, int] = {}
    codes = [UNKNOWN if not name else place.setdefault(name, len(place)) for name in names]
    return Coded(np.asarray(codes, dtype=np.int32), tuple(place))


def evidence_columns(rows: Sequence[EvidenceRow]) -> EvidenceColumns:
    """Columns of the rows, after every row is checked.

    Raises:
        InputError: with a finding for each wrong value.
    """
    _refuse(check_evidence(rows))
    return EvidenceColumns(
        drug=encode(row.drug_id for row in rows),
        indication=encode(row.indication_id for row in rows),
        stage=encode(row.stage for row in rows),
        sponsor=encode(row.sponsor_id for row in rows),
        record=encode(row.record_id for row in rows),
        day=_ordinals(row.day for row in rows),
        day_precision=_precisions(row.day_precision for row in rows),
        known_on=_ordinals(row.known_on for row in rows),
        known_precision=_precisions(row.known_precision for row in rows),
        academic=_flags(row.sponsor_class == "academic" for row in rows),
        investigated=_flags(row.role == "investigated" for row in rows),
        combination=_flags(row.combination for row in rows),
    )


def joined_columns(parts: Sequence[EvidenceColumns]) -> EvidenceColumns:
    """The rows of several columns of evidence, one after the other; at least one part."""
    found: dict[str, Any] = {}
    for one in fields(EvidenceColumns):
        columns = [getattr(part, one.name) for part in parts]
        is_named = isinstance(columns[0], Coded)
        found[one.name] = _joined_names(columns) if is_named else np.concatenate(columns)
    return EvidenceColumns(**found)


def _joined_names(parts: Sequence[Coded]) -> Coded:
    names = tuple(dict.fromkeys(name for part in parts for name in part.names))
    return Coded(np.concatenate([part.sorted(names).codes for part in parts]), names)


def refuse_bad_drugs(rows: Sequence[DrugRow]) -> None:
    """Refuse drugs that cannot be used; warnings pass."""
    _refuse([finding for finding in check_drugs(rows) if finding.severity == "error"])


def _refuse(findings: Sequence[Finding]) -> None:
    if findings:
        raise InputError(f"{len(findings)} wrong values in the landscape's rows", findings=findings)


def _ordinals(days: Iterable[date | None]) -> npt.NDArray[np.int32]:
    return np.asarray([NO_DAY if day is None else day.toordinal() for day in days], dtype=np.int32)


def _precisions(words: Iterable[str]) -> npt.NDArray[np.int8]:
    return np.asarray([PRECISIONS.index(word) for word in words], dtype=np.int8)


def _flags(values: Iterable[bool]) -> Flags:
    return np.asarray(list(values), dtype=np.bool_)
