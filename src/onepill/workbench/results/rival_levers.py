"""Rivals to come as inputs: their chances and days, which sensitivity runs move and shares of the variance count."""

from __future__ import annotations

from collections.abc import Iterable

from onepill.access import AWAY, CAME, Rival
from onepill.sim import CompiledPlan
from onepill.sim.plan import Draw
from onepill.workbench.plan.assemble import Assembled

Text = dict[str, str]


def rivals_of(base: Assembled) -> dict[str, Rival]:
    """Every rival of the programme's markets by its id; those of payer states are the market's."""
    markets = (given.competition for given in base.markets if given.competition is not None)
    return {rival.id: rival for entry in markets for rival in entry.rivals}


def rival_chances(base: Assembled) -> dict[str, tuple[float, tuple[str, ...]]]:
    """The chance of each entrant that the file gives one, by its value path, and the streams of its rivals."""
    found: dict[str, tuple[float, tuple[str, ...]]] = {}
    for rival in rivals_of(base).values():
        path = f"{rival.path}.prob"
        if base.filled.ledger.get(path) is not None:
            found[path] = (rival.prob, (*found.get(path, (0.0, ()))[1], f"{rival.id}.prob"))
    return found


def rival_delays(base: Assembled) -> dict[str, tuple[Draw, tuple[str, ...]]]:
    """The delay of each entrant that has one, by its value path, and the streams of its rivals."""
    drawn = {activity.id: activity.duration for activity in base.plan.activities}
    found: dict[str, tuple[Draw, tuple[str, ...]]] = {}
    for rival in rivals_of(base).values():
        if (draw := drawn[rival.id]) is not None:
            path = f"{rival.path}.delay"
            found[path] = (draw, (*found.get(path, (draw, ()))[1], draw.stream))
    return found


def rival_streams(base: Assembled) -> dict[str, str]:
    """The value path of each stream that decides whether, or when, a rival comes."""
    parts = (rival_chances(base), rival_delays(base))
    return {stream: path for part in parts for path, (_, streams) in part.items() for stream in streams}


def drawn_streams(base: Assembled) -> set[str]:
    """Every stream of rivals, those of chances that the file does not give among them."""
    return {f"{id_}.{name}" for id_ in rivals_of(base) for name in ("prob", "delay")}


def with_rivals_chance(compiled: CompiledPlan, streams: Iterable[str], prob: float) -> CompiledPlan:
    """The plan with another chance that these rivals come."""
    for stream in streams:
        compiled = compiled.with_gate(stream, ((CAME, prob), (AWAY, 1 - prob)))
    return compiled


def rival_label(base: Assembled, path: str) -> Text | None:
    """The market, the rival and the field of an entrant's input; None for any other value path."""
    parts = path.split(".")
    if len(parts) != 6 or parts[2:4] != ["competition", "entrants"] or parts[5] not in FIELDS:
        return None
    name, market = next((n, m) for n, m in base.filled.programme.markets.items() if n.lower() == parts[1])
    if market.competition is None:
        return None
    entrant, field, code = market.competition.entrants[int(parts[4])], FIELDS[parts[5]], market.jurisdiction or name
    place = str(int(parts[4]) + 1)
    named = {lang: (entrant.name or {}).get(lang, place) for lang in ("en", "zh")}
    return {
        "en": f"{code}: rival {named['en']}, {field['en']}",
        "zh": f"{code}：竞品{named['zh']}，{field['zh']}",
    }


FIELDS: dict[str, Text] = {
    "prob": {"en": "chance to come", "zh": "上市概率"},
    "delay": {"en": "time until it comes", "zh": "上市前时间"},
}
