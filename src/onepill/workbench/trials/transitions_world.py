"""A warehouse's world as histories of drug-indication pairs, with the area, modality and origin of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from onepill.evidence import ApprovalDays, Histories, PhaseEvidence, area_of_conditions, area_of_headings, histories_on
from onepill.landscape import Question, Switches
from onepill.landscape.classes import classes_on
from onepill.landscape.columns import UNKNOWN, Coded
from onepill.landscape.stages import LADDER
from onepill.workbench.landscape.world import Inputs, LoadedWorld

Flags = npt.NDArray[np.bool_]
PHASE_OF_STAGE = {
    "early_phase_1": 0,
    "phase_1": 0,
    "phase_1_2": 1,
    "phase_2": 1,
    "phase_2_3": 2,
    "phase_3": 2,
    "preapproval": 2,
}
"""A trial of two phases is evidence of the later one: its earlier part has no end of its own on record."""
APPROVAL = "approval"
UNDATED = ("repurposing_hub:", "pharma_space:")
"""Records of sources that list a drug as approved without a day; all of them name the source first."""
MESH = "mesh:"


@dataclass(frozen=True)
class Counting:
    """What counts as evidence."""

    on: date
    academic: bool = False
    combinations: bool = True
    hindsight: bool = False


@dataclass(frozen=True, eq=False)
class Pairs:
    """Histories with what each pair is; columns of shape (n_pairs,), words, empty where not known on the day.

    Attributes:
        is_open_ended: the drug is approved since a day that no source tells.
        left_out: rows of evidence by the day that do not count, by the first reason that holds.
    """

    histories: Histories
    area: npt.NDArray[np.str_]
    modality: npt.NDArray[np.str_]
    origin: npt.NDArray[np.str_]
    is_open_ended: Flags
    left_out: Mapping[str, int]

    def only(self, where: Flags) -> Pairs:
        """The pairs that are chosen, shape of `where` (n_pairs,)."""
        return Pairs(
            self.histories.only(where),
            self.area[where],
            self.modality[where],
            self.origin[where],
            self.is_open_ended[where],
            self.left_out,
        )


def pairs_on(loaded: LoadedWorld, counting: Counting) -> Pairs:
    """The pairs of all drugs, as of the day; nothing that counts later is used."""
    world, events = loaded.world, loaded.world.events
    question = Question(counting.on, switches=Switches(annotation_hindsight=counting.hindsight))
    classes = classes_on(world, question)
    on = counting.on.toordinal()
    known = events.counted_from <= on
    phase = np.asarray([PHASE_OF_STAGE.get(stage, -1) for stage in LADDER], dtype=np.int8)[events.rank]
    is_approval = events.rank == LADDER.index(APPROVAL)
    undated = _undated(world.records)[events.record] & is_approval
    reasons = {
        "phase_4": events.post_marketing,
        "without_phase": (phase < 0) & ~is_approval,
        "not_investigated": ~events.investigated,
        "biosimilar": classes.biosimilar[events.drug],
        "academic": events.academic if not counting.academic else np.zeros_like(known),
        "combination": events.combination if not counting.combinations else np.zeros_like(known),
        "trial_without_condition": (events.indication == UNKNOWN) & ~is_approval,
        "approval_without_day": undated,
    }
    left_out, kept = {}, known.copy()
    for name, is_out in reasons.items():
        left_out[name] = int((kept & is_out).sum())
        kept &= ~is_out
    trial, dated = kept & ~is_approval, kept & is_approval
    histories = histories_on(
        PhaseEvidence(events.drug[trial], events.indication[trial], phase[trial], events.counted_from[trial]),
        ApprovalDays(events.drug[dated], events.indication[dated], events.counted_from[dated]),
        on=on,
        above=_codes_above(world.indications, loaded.inputs),
    )
    is_open = _flag(events.drug[known & undated], len(world.drugs)) & ~_flag(events.drug[dated], len(world.drugs))
    areas = np.asarray([area_of(one, loaded.inputs) for one in world.indications] or [""])
    return Pairs(
        histories,
        area=areas[histories.condition] if len(histories.condition) else np.zeros(0, dtype=np.str_),
        modality=_words(world.annotations.modality, classes.modality)[histories.drug],
        origin=_words(world.annotations.origin, classes.origin)[histories.drug],
        is_open_ended=is_open[histories.drug],
        left_out=left_out,
    )


def area_of(condition_id: str, inputs: Inputs) -> str:
    """The therapeutic area of a condition: by the headings above it, else by its words; empty where neither tells."""
    name, above = inputs.conditions[condition_id]
    headings = [one.removeprefix(MESH) for one in (condition_id, *above) if one.startswith(MESH)]
    names = [name, *(inputs.conditions[one][0] for one in above if one in inputs.conditions)]
    return area_of_headings(headings) or area_of_conditions(names) or ""


def _undated(records: tuple[str, ...]) -> Flags:
    return np.asarray([record.startswith(UNDATED) for record in records] or [False], dtype=np.bool_)


def _codes_above(conditions: tuple[str, ...], inputs: Inputs) -> dict[int, frozenset[int]]:
    place = {name: code for code, name in enumerate(conditions)}
    return {
        code: frozenset(place[one] for one in inputs.conditions[name][1] if one in place)
        for name, code in place.items()
    }


def _flag(drugs: npt.NDArray[np.int32], size: int) -> Flags:
    found = np.zeros(size, dtype=np.bool_)
    found[drugs] = True
    return found


def _words(column: Coded, codes: npt.NDArray[np.int32]) -> npt.NDArray[np.str_]:
    """The word of each drug; the code -1 takes the empty word at the end."""
    return np.asarray([*column.names, ""])[codes]
