"""Which of a trial's listed interventions is investigated: told by arms and labels, never by the list alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

Role = Literal["investigated", "comparator", "background", "placebo", "other"]
DRUG_TYPES = frozenset({"DRUG", "BIOLOGICAL", "COMBINATION_PRODUCT", "GENETIC"})
_PLACEBO = re.compile(r"\b(?:placebos?|sham|dummy|安慰剂)\b|安慰剂|模拟剂", re.IGNORECASE)
_WITH_ANOTHER = re.compile(r"\+|/|&|,|\b(?:and|or|vs\.?|versus|plus|with)\b|联合", re.IGNORECASE)
_PLACEBO_FIRST = re.compile(
    r"^\W*(?:matching |matched |oral |inactive )?(?:placebos?|sham|dummy)\b(?! ?controlled)", re.I
)
_TEST, _ACTIVE, _EMPTY = "EXPERIMENTAL", "ACTIVE_COMPARATOR", ("PLACEBO_COMPARATOR", "SHAM_COMPARATOR")


class Listed(NamedTuple):
    """An intervention as a record lists it; `arms` are labels of the arms that receive it."""

    name: str
    kind: str | None
    arms: tuple[str, ...] = ()


@lru_cache(maxsize=65536)
def is_placebo(name: str) -> bool:
    """Whether a name is that of a placebo or sham alone, and not of a drug with one (`X or placebo`)."""
    if not _PLACEBO.search(name):
        return False
    return bool(_PLACEBO_FIRST.match(name)) or "模拟剂" in name or not _WITH_ANOTHER.search(name)


def roles_of(
    listed: Sequence[Listed], arm_types: Mapping[str, str | None], study_type: str | None
) -> list[tuple[Role, str]]:
    """The role of each listed intervention, and the rule that gave it.

    Args:
        listed: a trial's interventions.
        arm_types: type of each arm by its label; empty where the record has no arms.
        study_type: INTERVENTIONAL, OBSERVATIONAL, EXPANDED_ACCESS or unknown.
    """
    if not listed:
        return []
    if study_type == "OBSERVATIONAL":
        return [("placebo", "name") if is_placebo(one.name) else ("other", "observational") for one in listed]
    types = {label.strip().lower(): kind for label, kind in arm_types.items()}
    arms = [frozenset(label.strip().lower() for label in one.arms) & types.keys() for one in listed]
    if not any(arms):
        return _without_arms(listed, study_type)
    return _Arms(types, arms, listed).roles()


def _without_arms(listed: Sequence[Listed], study_type: str | None) -> list[tuple[Role, str]]:
    """A record without arms tells only a sole drug: of several, none can be told from a comparator."""
    drugs = [one.name for one in listed if one.kind in DRUG_TYPES and not is_placebo(one.name)]
    out: list[tuple[Role, str]] = []
    for one in listed:
        if is_placebo(one.name):
            out.append(("placebo", "name"))
        elif study_type == "EXPANDED_ACCESS" and one.kind in DRUG_TYPES:
            out.append(("investigated", "expanded_access"))
        elif drugs == [one.name]:
            out.append(("investigated", "sole_drug"))
        else:
            out.append(("other", "no_arms"))
    return out


class _Arms:
    """The arms of one trial by type, and who receives what."""

    def __init__(
        self, types: Mapping[str, str | None], arms: Sequence[frozenset[str]], listed: Sequence[Listed]
    ) -> None:
        self._arms, self._listed = arms, listed
        self._test = frozenset(label for label, kind in types.items() if kind == _TEST)
        self._active = frozenset(label for label, kind in types.items() if kind == _ACTIVE)
        self._empty = frozenset(label for label, kind in types.items() if kind in _EMPTY)
        self._rest = frozenset(label for label, kind in types.items() if kind in ("OTHER", None))
        # Without an experimental arm the active ones are what is studied; without those, the untyped ones.
        self._studied = self._test or self._active or self._rest
        self._control = self._empty | (self._active if self._test else frozenset())

    def roles(self) -> list[tuple[Role, str]]:
        real = [not is_placebo(one.name) for one in self._listed]
        only_studied = any(
            ok and arms & self._studied and not arms & self._control for ok, arms in zip(real, self._arms, strict=True)
        )
        return [
            self._role(arms, only_studied) if ok else ("placebo", "name")
            for ok, arms in zip(real, self._arms, strict=True)
        ]

    def _role(self, arms: frozenset[str], someone_only_studied: bool) -> tuple[Role, str]:
        if not arms:
            return "other", "no_arm_of_its_own"
        if arms & self._studied:
            if arms & self._control and someone_only_studied:
                return "background", "in_test_and_control_arms"
            if not self._test and self._in_all_while_others_differ(arms):
                return "background", "in_all_arms"
            return "investigated", "test_arm" if self._test else "no_experimental_arm"
        if arms & self._active:
            return "comparator", "control_arms_only"
        if arms & self._empty:
            return "placebo", "placebo_arms_only"
        return "other", "untyped_arm"

    def _in_all_while_others_differ(self, arms: frozenset[str]) -> bool:
        """Among arms of equal standing, what all receive is background if something else tells them apart."""
        whole = self._studied
        if not whole <= arms:
            return False
        real = [a for a, one in zip(self._arms, self._listed, strict=True) if not is_placebo(one.name)]
        return any(other & whole and not whole <= other for other in real)
