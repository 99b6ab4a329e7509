"""The landscape operations: a warehouse's world, asked as of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onepill.landscape import Measure, Question, Reason
    from onepill.landscape.crowding import Coverage
    from onepill.workbench.landscape.links import Tell
    from onepill.workbench.landscape.tagged import Tagged
    from onepill.workbench.landscape.world import LoadedWorld
    from onepill.workbench.questions.landscape import (
        CompareAsk,
        CrowdingAsk,
        EntrantsAsk,
        FirstsAsk,
        LandscapeAsk,
        MatrixAsk,
        WorldAsk,
    )
    from onepill.workbench.questions.registry import WarehouseAsk

    Given = tuple[LoadedWorld, Question, list[Finding]]

Row = dict[str, Any]
ENTRANT_YEARS = 10
"""How many years back the entrants go where no first year is given."""
CELLS = 1000


# `of` is a world that was opened before: a page asks several questions of one.


def landscape(ask: LandscapeAsk, *, of: Given | None = None) -> Row:
    """Who else is there, and who is first: every programme with its class, stage, tag and reason as of a day."""
    from onepill.landscape import explain, tag_counts
    from onepill.workbench.landscape.tagged import tagged

    loaded, question, findings = of or asked(ask)
    found = tagged(loaded.world, question, minimum_coverage=ask.minimum_coverage)
    return {
        **head(loaded, question, findings),
        "programmes": [
            _programme(loaded, found, reason) for reason in explain(loaded.world, found.tags, limit=ask.limit)
        ],
        "shown": int(found.tags.shown.sum()),
        "tag_counts": dict(tag_counts(found.tags)),
        "tags_withheld": int((found.tags.withheld & found.tags.shown).sum()),
        "coverage": _coverage(loaded, found.coverage, found.tags.coverage),
    }


def firsts(ask: FirstsAsk, *, of: Given | None = None) -> Row:
    """Which drugs are first-in-class, fast-followers and me-toos as of a day."""
    from onepill.landscape import explain, tag_mix
    from onepill.landscape.firsts import kind_of_count, members_by_tag
    from onepill.workbench.landscape.tagged import tagged

    loaded, question, findings = of or asked(ask)
    found = tagged(loaded.world, question, minimum_coverage=ask.minimum_coverage)
    stands: dict[str, Row] = {}
    for one in explain(loaded.world, found.tags):  # the furthest of a drug comes first
        stands.setdefault(one.drug_id, {"class": one.class_name, "stage": one.stage, "reached": one.reached})
    return {
        **head(loaded, question, findings),
        "kind": kind_of_count(question),
        **{tag: _group(loaded, drugs, stands) for tag, drugs in members_by_tag(loaded.world, found.tags).items()},
        "shares": measures(tag_mix(found.tags)),
        "coverage": _coverage(loaded, found.coverage, found.tags.coverage),
    }


def crowding(ask: CrowdingAsk, *, of: Given | None = None) -> Row:
    """How crowded it is: programmes, sponsors, concentration, entries and late entrants, each with its limits."""
    from onepill import landscape as engine
    from onepill.workbench.landscape.weights import stage_weights

    (loaded, question, findings), weights = of or asked(ask), stage_weights()
    found = engine.crowding(
        loaded.world, question, unit=ask.unit, window_years=ask.window_years, weights=weights, seed=ask.seed
    )
    findings = [*findings, *undated(loaded)]
    return {
        **head(loaded, question, findings),
        "unit": found.unit,
        "measures": measures(found.measures),
        "stage_weights": {"by_stage": dict(weights.weight_by_stage), "source": weights.source},
        "coverage": _coverage(loaded, found.coverage),
    }


def matrix(ask: MatrixAsk, *, of: Given | None = None) -> Row:
    """How many programmes stand at which stage, by two axes such as target and indication."""
    from onepill import landscape as engine

    loaded, question, findings = of or asked(ask)
    found = engine.matrix(loaded.world, question, rows=ask.rows, columns=ask.columns, limit=ask.limit or CELLS)
    cells = [
        {**vars(cell), "row_name": _named(loaded, cell.row), "column_name": _named(loaded, cell.column)}
        for cell in found.cells
    ]
    return {**head(loaded, question, findings), **vars(found), "cells": cells}


def entrants(ask: EntrantsAsk, *, of: Given | None = None) -> Row:
    """How many drugs entered each year, by country of origin."""
    from onepill import landscape as engine

    loaded, question, findings = of or asked(ask)
    first_year = ask.first_year or question.as_of.year - ENTRANT_YEARS + 1
    if first_year > question.as_of.year:
        message = f"the first year {first_year} is after the day {question.as_of}"
        hint = f"write --first-year {question.as_of.year} or earlier"
        raise InputError.single("landscape.first_year", message, hint=hint, path="first_year", value=first_year)
    found = engine.entrants(loaded.world, question, first_year=first_year)
    findings = [*findings, *undated(loaded)]
    return {**head(loaded, question, findings), **vars(found)}


def compare(ask: CompareAsk, *, of: Given | None = None) -> Row:
    """One country of origin against the rest of the world: ratios with limits, and the crowding of each side."""
    from dataclasses import replace

    from onepill import landscape as engine
    from onepill.workbench.landscape.question import origin_code

    loaded, question, findings = of or asked(ask)
    origin = origin_code(ask.origin)
    findings = [*findings, *engine.check_question(loaded.world, replace(question, origins=(origin,)))]
    found = engine.compare_origin(loaded.world, question, origin, seed=ask.seed)
    return {
        **head(loaded, question, findings),
        "origin": found.origin,
        "versus": ask.versus,
        "ratios": measures(found.ratios),
        "sides": {name: measures(side.measures) for name, side in found.sides.items()},
        "unknown_origin": found.unknown_origin,
        "coverage": _coverage(loaded, found.coverage),
    }


def prepare(ask: WarehouseAsk, *, progress: Tell) -> None:
    """Link what a load left to the first question, and make the world."""
    from onepill.store.places import warehouse_folder
    from onepill.workbench.landscape.world import prepare_world

    prepare_world(warehouse_folder(ask.warehouse), tell=progress)


def asked(ask: WorldAsk) -> tuple[LoadedWorld, Question, list[Finding]]:
    """The warehouse's world, the question in its terms, and what is to be said about the question's words.

    Raises:
        InputError: the warehouse is empty, or a condition is not known.
    """
    from onepill.store.places import warehouse_folder
    from onepill.workbench.landscape.question import question_of
    from onepill.workbench.landscape.world import loaded_world

    loaded = loaded_world(warehouse_folder(ask.warehouse))
    question, findings = question_of(ask, loaded)
    return loaded, question, findings


def head(loaded: LoadedWorld, question: Question, findings: list[Finding]) -> Row:
    from onepill.workbench.landscape.head import answer_head

    return answer_head(loaded, question, findings, assumptions=ASSUMPTIONS)


def undated(loaded: LoadedWorld) -> list[Finding]:
    """Lists of approved drugs tell no day: what is known from them alone seems to enter on the day of the list."""
    number = loaded.inputs.counts.get("listed_as_approved", 0)
    if not number:
        return []
    message = f"{number:,} entries of drug lists are approvals without a day and count from the day of their list"
    hint = "entries of that year are not all new drugs; load dated approvals, or leave the list out"
    return [Finding("landscape.undated", "note", message, hint, value=number)]


def _programme(loaded: LoadedWorld, found: Tagged, reason: Reason) -> Row:
    from onepill.workbench.landscape.tagged import origin_of, sponsors_of, stage_in_indication

    return {
        "drug": reason.drug_id,
        "name": _drug(loaded, reason.drug_id),
        "class": reason.class_name,
        "stage": reason.stage,
        "stage_in_indication": stage_in_indication(found, reason.drug_id),
        "first_seen": reason.first_seen,
        "reached": reason.reached,
        "sponsors": [loaded.inputs.sponsor_names.get(one, one) for one in sponsors_of(found, reason.drug_id)],
        "origin": origin_of(found, reason.drug_id),
        "tag": reason.tag,
        "tag_reason": reason.text,
        "evidence": list(reason.evidence),
    }


def _group(loaded: LoadedWorld, drugs: tuple[str, ...], stands: Mapping[str, Row]) -> Row:
    return {"count": len(drugs), "members": [{"drug": one, "name": _drug(loaded, one), **stands[one]} for one in drugs]}


def _drug(loaded: LoadedWorld, drug_id: str) -> str:
    return loaded.inputs.drug_names.get(drug_id, drug_id)


def _named(loaded: LoadedWorld, value: str) -> str:
    """The name of a condition; other axes are names already."""
    known = loaded.inputs.conditions.get(value)
    return known[0] if known else value


def measures(found: Mapping[Any, Measure]) -> Row:
    """Measures as rows, each with its meaning where it has a name of its own."""
    from onepill.landscape.tables import CROWDING, TAG_NAMES

    meanings = {name: dict(column.meaning) for name, column in CROWDING.items()}
    meanings |= {name: dict(said) for name, said in TAG_NAMES.items() if name not in meanings}
    return {name: {**vars(measure), "meaning": meanings.get(name)} for name, measure in found.items()}


def _coverage(loaded: LoadedWorld, coverage: Coverage, world_share: float | None = None) -> Row:
    return {
        **vars(coverage),
        "world_class_share": world_share,
        "texts": {kind: dict(of) for kind, of in loaded.inputs.links.items()},
        "records": dict(loaded.inputs.counts),
    }


ASSUMPTIONS = (
    {
        "en": "A drug's origin is the country of the industry sponsor of its earliest trial on record, where that is "
        "known and the drug was not approved before; a licensee that sponsored that trial is mistaken for the "
        "originator.",
        "zh": "药物来源地取其最早登记试验的企业申办方所在国（已知且此前未获批时）；"
        "若该申办方为被许可方，则会被误认为原研方。",
    },
    {
        "en": "Which drug a name means is told from all names that are loaded, also for a past day.",
        "zh": "名称所指药物依据全部已加载的名称判定，对过去日期亦然。",
    },
    {
        "en": "What the Drug Repurposing Hub lists without another modality is taken for a small molecule.",
        "zh": "Drug Repurposing Hub 所列且未注明其他类型的药物按小分子处理。",
    },
    {
        "en": "Where no source lists a drug's targets, or only what it binds, the words of its mechanism or of a trial "
        "record tell them, some as a family (dopamine receptor), which makes a coarser class than a gene does.",
        "zh": "若无来源列出药物靶点或仅列出其所结合的蛋白，则取其作用机制或试验登记中的表述，"
        "其中部分为靶点家族（如多巴胺受体），所成类别较单一基因为粗。",
    },
    {
        "en": "A Chinese list entry without days counts from the end of the year in its registration number.",
        "zh": "无日期的中国登记列表条目自其登记号所含年份的年末起计。",
    },
)
"""What is taken for granted where no source tells it."""
