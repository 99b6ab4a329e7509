"""The words of registers for status, phase and type, brought to those of ClinicalTrials.gov."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_SIGNS = re.compile(r"[^A-Z0-9]+")
_SAME_STATUS = {
    "UNKNOWN_STATUS": "UNKNOWN",
    "NOT_RECRUITING": "ACTIVE_NOT_RECRUITING",
    "AUTHORISED": "ONGOING",
    "已完成": "COMPLETED",
    "主动暂停": "SUSPENDED",
    "主动终止": "TERMINATED",
    "进行中 招募中": "RECRUITING",
    "进行中 尚未招募": "NOT_YET_RECRUITING",
    "进行中 招募完成": "ACTIVE_NOT_RECRUITING",
}
PHASES = ("EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4", "NA")
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "0": "0"}
_PHASE_WORD = re.compile(r"(EARLY )?(?:PHASE|期)?[ -]*(IV|III|II|I|[0-4])(?:[AB])?(?![A-Z0-9])")


@lru_cache(maxsize=4096)
def enum(text: str | None) -> str | None:
    """`Active, not recruiting` as `ACTIVE_NOT_RECRUITING`; None for an empty text or `null`."""
    word = _SIGNS.sub("_", (text or "").upper()).strip("_")
    return None if word in ("", "NULL") else word


@lru_cache(maxsize=4096)
def status_of(text: str | None) -> str | None:
    """A status in ClinicalTrials.gov's words; the register's own, as an enum, where there is no such word."""
    spaced = " ".join((text or "").split())
    if not spaced:
        return None
    word = enum(spaced) or spaced
    return _SAME_STATUS.get(spaced) or _SAME_STATUS.get(word, word)


@lru_cache(maxsize=4096)
def phases_of(text: str | None) -> tuple[str, ...]:
    """The phases that a text names: `Phase 1/Phase 2`, `I/IIa期`, `II期`; empty where it names none."""
    upper = " ".join((text or "").upper().replace("_", " ").split())
    if upper in ("NA", "N/A", "NOT APPLICABLE"):
        return ("NA",)
    if upper in ("", "NULL", "0") or not re.search(r"PHASE|期|^[ABIV0-4/ -]+$", upper):
        return ()
    found = {_phase(m[1], m[2]) for m in _PHASE_WORD.finditer(upper.replace("PHASE", "PHASE "))}
    return tuple(phase for phase in PHASES if phase in found)


def _phase(early: str | None, digit: str) -> str:
    number = _ROMAN.get(digit, digit)
    return "EARLY_PHASE1" if early or number == "0" else f"PHASE{number}"


_LABELS: dict[tuple[str, ...], str] = {
    ("PHASE1", "PHASE2"): "PHASE1_PHASE2",
    ("PHASE2", "PHASE3"): "PHASE2_PHASE3",
    **{(phase,): phase for phase in PHASES},
}


def phase_label(phases: Iterable[str]) -> str | None:
    """One label for a trial's phases; several that do not join to a usual pair take the highest; None without one."""
    known = tuple(phase for phase in PHASES if phase in set(phases))
    return _LABELS.get(known) or (known[-1] if known else None)


def study_type_of(text: str | None) -> str | None:
    """INTERVENTIONAL, OBSERVATIONAL or EXPANDED_ACCESS; None where the text is none of them."""
    word = enum(text) or ""
    if word.startswith("EXPANDED_ACCESS"):
        return "EXPANDED_ACCESS"
    if word.startswith("OBSERVATION"):
        return "OBSERVATIONAL"
    return "INTERVENTIONAL" if word.startswith("INTERVENTION") else None
