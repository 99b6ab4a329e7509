"""Classes of drugs: what is known on a day of targets, mechanism and modality, and who shares them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.landscape.columns import UNKNOWN, Codes, Flags
from onepill.landscape.inputs import Question, Switches
from onepill.landscape.world import Annotations, World


@dataclass(frozen=True, eq=False)
class DrugClasses:
    """What is known of each drug on a day; columns of shape (n_drugs,), -1 where unknown.

    Attributes:
        class_code: drugs of one class share it; -1 where the target, or a part that the class needs, is unknown.
        class_set, class_mechanism, class_modality: of each class, shape (n_classes,); -1 where it is not a part.
        target_set: code into `sets`, the distinct target sets after grouping.
    """

    class_code: Codes
    target_set: Codes
    mechanism: Codes
    modality: Codes
    origin: Codes
    biosimilar: Flags
    fixed_combination: Flags
    cell_therapy: Flags
    sets: tuple[tuple[str, ...], ...]
    class_set: Codes
    class_mechanism: Codes
    class_modality: Codes

    def hits(self, targets: Sequence[str]) -> Flags:
        """Which drugs act on at least one of the targets (or of the groups)."""
        wanted = set(targets)
        meets = np.asarray([not wanted.isdisjoint(names) for names in self.sets] + [False], dtype=np.bool_)
        return meets[self.target_set]


def classes_on(world: World, question: Question) -> DrugClasses:
    """Annotations as known on the question's day (or as known today, by its switch), folded into classes."""
    table, switches = world.annotations, question.switches
    row = _annotation_of_each_drug(table, len(world.drugs), question)
    sets, regrouped = group_sets(table.sets, switches)
    target_set = _pick(regrouped[table.target_set], row)
    mechanism, modality = _pick(table.mechanism.codes, row), _pick(table.modality.codes, row)
    class_code, distinct = _fold_classes(_class_parts(target_set, mechanism, modality, switches))
    return DrugClasses(
        class_code=class_code,
        target_set=target_set,
        mechanism=mechanism,
        modality=modality,
        origin=_pick(table.origin.codes, row),
        biosimilar=_pick_flag(table.biosimilar, row),
        fixed_combination=_pick_flag(table.fixed_combination, row),
        cell_therapy=_pick_flag(table.cell_therapy, row),
        sets=sets,
        class_set=_part(distinct, 0),
        class_mechanism=_part(distinct, 1),
        class_modality=_part(distinct, 2),
    )


def group_sets(sets: tuple[tuple[str, ...], ...], switches: Switches) -> tuple[tuple[tuple[str, ...], ...], Codes]:
    """Distinct target sets after grouping, and for each old code (and -1) the new one."""
    groups = switches.target_groups
    grouped = [tuple(sorted({groups.get(name, name) for name in names})) for names in sets]
    distinct = tuple(sorted(set(grouped)))
    place = {names: code for code, names in enumerate(distinct)}
    return distinct, np.asarray([*(place[names] for names in grouped), UNKNOWN], dtype=np.int32)


def _annotation_of_each_drug(table: Annotations, n_drugs: int, question: Question) -> npt.NDArray[np.int64]:
    """The newest annotation of each drug that was known by the day; -1 where none was."""
    row = np.full(n_drugs, UNKNOWN, dtype=np.int64)
    known = table.known_on <= question.as_of.toordinal()
    if question.switches.annotation_hindsight:
        known = np.ones_like(known)
    seen = np.flatnonzero(known)
    # Rows are sorted by drug and day, so the last row of each run of one drug is its newest.
    last = np.flatnonzero(np.diff(table.drug[seen], append=-1))
    row[table.drug[seen[last]]] = seen[last]
    return row


def _class_parts(target_set: Codes, mechanism: Codes, modality: Codes, switches: Switches) -> list[Codes]:
    """What of each drug makes its class, each of shape (n_drugs,); -1 where unknown."""
    parts = {"target": 1, "target_mechanism": 2, "target_mechanism_modality": 3}[switches.class_by]
    return [target_set, mechanism, modality][:parts]


def _fold_classes(parts: list[Codes]) -> tuple[Codes, list[Codes]]:
    """The class of each drug, and the parts of each class; one number a combination sorts faster than rows do."""
    known = np.all([part != UNKNOWN for part in parts], axis=0)
    sizes = [int(part.max(initial=0)) + 1 for part in parts]
    key = np.ravel_multi_index([part[known] for part in parts], sizes)
    distinct, codes = np.unique(key, return_inverse=True)
    class_code = np.full(len(known), UNKNOWN, dtype=np.int32)
    class_code[known] = codes
    return class_code, [part.astype(np.int32) for part in np.unravel_index(distinct, sizes)]


def _part(distinct: list[Codes], place: int) -> Codes:
    return distinct[place] if place < len(distinct) else np.full(len(distinct[0]), UNKNOWN, dtype=np.int32)


def _pick(column: Codes, row: npt.NDArray[np.int64]) -> Codes:
    """The column's value for each drug; missing where the drug has no annotation."""
    return np.append(column, np.int32(UNKNOWN))[row]


def _pick_flag(column: Flags, row: npt.NDArray[np.int64]) -> Flags:
    return np.append(column, False)[row]
