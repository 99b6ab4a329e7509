"""The switches of the odds: every factor and every cut of the table, with the address that turns it over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from onepill.web.speaking import Speaking

Row = dict[str, Any]
WITH, WITHOUT = "with_factors", "without_factors"


def factor_switches(answer: Mapping[str, Any], asked: Speaking) -> list[Row]:
    """One row a factor or cut: whether it counts, the stages it is about, and where it is the other way round.

    A cut that is left out is no longer in the answer; it stands here because the address names it.
    """
    found: dict[str, Row] = {}
    for code, name, is_on, stage in _told(answer, asked):
        row = found.setdefault(code, {"code": code, "name": name, "on": False, "stages": []})
        row["on"] = row["on"] or is_on
        row["stages"] += [stage] if stage and stage not in row["stages"] else []
    for row in found.values():
        row["href"] = _turned(asked, row["code"], is_on=row["on"])
    return list(found.values())


def _told(answer: Mapping[str, Any], asked: Speaking) -> Iterator[tuple[str, str, bool, str]]:
    words = asked.words
    for stage in answer["stages"]:
        label = words.text(stage["label"])
        for cut in (cut for gate in stage["gates"] for cut in gate["cuts"] if cut["cut"] != "all"):
            yield cut["cut"], words.either("cut", cut["cut"]), True, label
        for one in stage["adjustments"]:
            yield one["factor"], words.text(one["name"]), one["on"], label
    for code in _named(asked, WITHOUT):
        yield code, words.either("cut", code), False, ""


def _named(asked: Speaking, field: str) -> list[str]:
    """What the address says of a field: several values, each with several lines."""
    values = [value for name, value in asked.query if name == field]
    return [part.strip() for value in values for part in value.replace(",", "\n").splitlines() if part.strip()]


def _turned(asked: Speaking, code: str, *, is_on: bool) -> str:
    """The address with one factor turned over; what was said of it before is taken back."""
    chosen = {field: [one for one in _named(asked, field) if one != code] for field in (WITH, WITHOUT)}
    chosen[WITHOUT if is_on else WITH].append(code)
    return asked.link(drop=("format",), **{field: "\n".join(codes) for field, codes in chosen.items()}, asked="1")
