"""A market's patients and share with every gap filled: draws, the pool at launch, the order of entry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

import numpy as np

from onepill.access import DELAY_POINTS, FlowStep, OrderOfEntry, Pool, Rival, first_share
from onepill.core.errors import InputError
from onepill.model.patient_flow import Competition, Entrant, PatientFlow
from onepill.model.schema import Market
from onepill.model.values import Value
from onepill.sim.plan import Draw
from onepill.workbench.common import ledger as notes
from onepill.workbench.common.defaults import FIXED_SWING
from onepill.workbench.plan.filled import Filled

EXPONENT_RULE = "world.market_share.entry_exponent"
PER_100_000 = 1e-5
SHARES = (
    "diagnosed_share",
    "line_share",
    "biomarker_test_share",
    "biomarker_positive_share",
    "eligible_share",
    "treated_share",
)
"""The shares of a patient flow, in the order in which they act."""


@dataclass(frozen=True)
class MarketPatients:
    """Patients of a market: `steps` and `draws` go together, months and price excluded; `pool` is None without one.

    `flow_share` is the product of the flow's own shares at their means, None where the file gives the patients.
    """

    steps: tuple[FlowStep, ...]
    draws: tuple[Draw, ...]
    pool: Pool | None = None
    has_yearly_patients: bool = True
    flow_share: float | None = None


def market_patients(filled: Filled, path: str, market: Market) -> MarketPatients:
    """Patients a year, or of the pool where nobody falls ill anew, before the drug's share."""
    if market.patients is None:
        given = {"patients_per_year": market.patients_per_year, "eligible_share": market.eligible_share}
        return _joined(filled, path, {key: value for key, value in given.items() if value is not None})
    return _flow(filled, path, market.patients)


def _joined(filled: Filled, path: str, given: dict[str, Value], *, first: float = 1.0) -> MarketPatients:
    """Values in order as steps and draws; the first draw is multiplied by `first`."""
    draws: list[Draw] = []
    steps: list[FlowStep] = []
    for key, value in given.items():
        draw = filled.draw(f"{path}.{key}", value, None)
        assert draw is not None  # a value that is given is drawn
        draw = replace(draw, factor=first) if not draws and first != 1.0 else draw
        draws.append(draw)
        kind = "share" if value.unit == "share" else "people" if key == "population" else "count"
        steps.append(FlowStep(key.rpartition(".")[2], f"{path}.{key}", mean_of(draw), kind))
    return MarketPatients(tuple(steps), tuple(draws))


def mean_of(draw: Draw) -> float:
    """The mean of a draw, its factor included (no draw of a market is capped)."""
    return draw.distribution.mean() * draw.factor


def _flow(filled: Filled, path: str, flow: PatientFlow) -> MarketPatients:
    inner = f"{path}.patients"
    shares = {key: share for key in SHARES if (share := getattr(flow, key)) is not None}
    yearly, waiting = _yearly(flow), _waiting(flow)
    begin = yearly or waiting
    first = PER_100_000 if "population" in begin else 1.0
    found = _joined(filled, inner, {**begin, **shares}, first=first)
    pool = _pool(filled, inner, flow, found, yearly=yearly, waiting=waiting)
    left = prod(step.value for step in found.steps[len(begin) :])
    notes.note_derived(
        filled.ledger,
        f"{path}.patients_per_year",
        round(prod(step.value for step in found.steps), 3),
        unit="count",
        formula="product of the steps at their means" + ("" if yearly else ", of the pool at launch"),
        derived_from=tuple(step.path for step in found.steps),
    )
    return replace(found, pool=pool, has_yearly_patients=bool(yearly), flow_share=left)


def _yearly(flow: PatientFlow) -> dict[str, Value]:
    """New patients a year: a count, or people and those of 100,000."""
    if flow.incidence is not None:
        return {"incidence": flow.incidence}
    if flow.incidence_per_100_000 is None or flow.population is None:
        return {}
    return {"population": flow.population, "incidence_per_100_000": flow.incidence_per_100_000}


def _waiting(flow: PatientFlow) -> dict[str, Value]:
    """Patients alive at launch, in the same two ways."""
    pool = flow.prevalence
    if pool is None:
        return {}
    if pool.patients is not None:
        return {"prevalence.patients": pool.patients}
    assert pool.per_100_000 is not None  # the checks of the file hold this
    assert flow.population is not None
    return {"population": flow.population, "prevalence.per_100_000": pool.per_100_000}


def _pool(
    filled: Filled,
    path: str,
    flow: PatientFlow,
    found: MarketPatients,
    *,
    yearly: dict[str, Value],
    waiting: dict[str, Value],
) -> Pool | None:
    """The pool as years of new patients at their mean, so that one scale serves both; the whole scale without any."""
    if flow.prevalence is None:
        return None
    years = filled.tabled(filled.plain(f"{path}.prevalence.treated_over_years", flow.prevalence.treated_over_years))
    if not yearly:
        return Pool(1.0, years)
    count = _joined(filled, path, waiting, first=PER_100_000 if "population" in waiting else 1.0)
    own = [key not in yearly for key in waiting]
    patients = prod(
        filled.tabled(draw) * draw.factor if is_own else step.value
        for draw, step, is_own in zip(count.draws, count.steps, own, strict=True)
    )
    new = prod(step.value for step in found.steps[: len(yearly)])
    if new <= 0:
        message, hint = f"{path} has a pool and an incidence of 0", "leave incidence out where nobody falls ill anew"
        raise InputError.single("patients.incidence", message, hint=hint, path=f"{path}.prevalence", value=new)
    parents = tuple(dict.fromkeys(f"{path}.{key}" for key in (*waiting, *yearly)))
    notes.note_derived(
        filled.ledger,
        f"{path}.prevalence.ratio_years",
        patients / new,
        unit="years",
        formula="patients waiting at launch over new patients a year, at their means",
        derived_from=parents,
    )
    return Pool(patients / new, years)


def market_share(
    filled: Filled, path: str, market: Market
) -> tuple[FlowStep | None, tuple[Draw, ...], OrderOfEntry | None]:
    """The drug's share at the peak: (the step of the order of entry, draws, order of entry).

    With `peak_share` that is its draw; with a class share it is that share times the one of the order of entry, which
    the draw bears as its factor.
    """
    entry = order_of_entry(filled, f"{path}.competition", market.competition) if market.competition else None
    key, value, factor = "peak_share", market.peak_share, 1.0
    if value is None:
        assert market.competition is not None  # the schema holds this
        assert entry is not None
        key, value, factor = "competition.class_share", market.competition.class_share, first_share(entry)
    draw = filled.draw(f"{path}.{key}", value, None)
    assert draw is not None
    if factor == 1.0 and key == "peak_share":
        return None, (draw,), entry
    step = FlowStep("order_of_entry", f"{path}.competition.order_share", factor, "share")
    _note_order(filled, path, factor, mean_of(draw) * factor)
    return step, (replace(draw, factor=factor),), entry


def _note_order(filled: Filled, path: str, factor: float, share: float) -> None:
    inner = f"{path}.competition"
    notes.note_derived(
        filled.ledger,
        f"{inner}.order_share",
        factor,
        unit="share",
        formula="order^-b / sum of i^-b over the drugs of the class on the plan's day",
        derived_from=(f"{inner}.order", f"{inner}.in_class", f"{inner}.entry_exponent"),
    )
    notes.note_derived(
        filled.ledger,
        f"{path}.peak_share",
        share,
        unit="share",
        formula="class share times the share of the order of entry, at the mean, before rivals to come",
        derived_from=(f"{inner}.class_share", f"{inner}.order_share"),
    )


def order_of_entry(filled: Filled, path: str, given: Competition) -> OrderOfEntry:
    """The class on the plan's day, the exponent (the file's, else the rulebook's), and the rivals to come."""
    return OrderOfEntry(
        as_of=filled.as_of,
        order=given.own_order,
        others=given.others,
        exponent=_exponent(filled, f"{path}.entry_exponent", given),
        rivals=_rivals(filled, path, given),
    )


def _rivals(filled: Filled, path: str, given: Competition) -> tuple[Rival, ...]:
    """The rivals to come, each with an id that stays where others are added: its name, else its place."""
    market, found, taken = path.split(".")[1], list[Rival](), set[str]()
    for index, entrant in enumerate(given.entrants):
        rival = _rival(filled, f"{path}.entrants.{index}", entrant)
        for copy in range(1, entrant.count + 1):
            base = f"{market}.rivals.{_key(entrant.name) or index + 1}" + (f".{copy}" if copy > 1 else "")
            id_ = next(name for name in (base, *(f"{base}.{k}" for k in range(2, 99))) if name not in taken)
            taken.add(id_)
            found.append(replace(rival, id=id_, path=f"{path}.entrants.{index}"))
    return tuple(found)


def _key(name: dict[str, str] | None) -> str:
    told = next(iter((name or {}).values()), "")
    return "_".join(told.lower().replace(".", " ").split())


def _exponent(filled: Filled, path: str, given: Competition) -> float:
    """The exponent; its mean where rivals are to come, whose shares of a path are those of one exponent."""
    drawn = filled.draw(path, given.entry_exponent, None)
    if drawn is not None:
        return filled.at_mean(drawn) if given.entrants else filled.tabled(drawn)
    found = filled.rulebook.rule(EXPONENT_RULE).on(filled.as_of, filled.as_of)
    notes.note_rule(filled.ledger, path, found, note="the n-th entrant has n^-b of the first one's share")
    return float(found.value)


def _rival(filled: Filled, path: str, given: Entrant) -> Rival:
    """A rival with its day, or with equally likely days that stand for its delay, counted from the plan's day."""
    chance = filled.draw(f"{path}.prob", given.prob, None)
    prob = chance.distribution.mean() if chance else 1.0
    if given.day is not None:
        return Rival((given.day.toordinal(),), prob)
    delay = filled.draw(f"{path}.delay", given.delay, None)
    assert delay is not None  # the checks of the file hold this
    first, law = filled.as_of.toordinal(), delay.distribution
    if law.is_fixed:
        days = round(law.mean())
        moved = tuple(first + int(days * (1 + side * FIXED_SWING) + 0.5) for side in (-1, 1))
        return Rival((first + days,), prob, loadings=delay.loadings, moved=moved)
    ahead = law.quantile((np.arange(DELAY_POINTS) + 0.5) / DELAY_POINTS)
    return Rival(tuple(first + round(float(days)) for days in ahead), prob, loadings=delay.loadings)
