"""The passport of one pill: every chapter's numbers with their provenance, as one document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from onepill import __version__
from onepill.calendars import JURISDICTIONS as CALENDARS
from onepill.calendars import calendars_hash
from onepill.core.errors import Finding, sort_findings
from onepill.model import Loaded, load_programme
from onepill.rulebook import load_rulebook
from onepill.sim import compile_plan, run
from onepill.workbench.common.coverage import coverage_rows
from onepill.workbench.landscape.chapter import landscape_chapter, warehouse_corrections, warehouse_generation
from onepill.workbench.landscape.competitor_chapter import table_findings
from onepill.workbench.landscape.competitor_table import CompetitorTable, read_competitors
from onepill.workbench.plan.assemble import Assembled, assemble
from onepill.workbench.plan.fill import fill
from onepill.workbench.plan.filled import Filled
from onepill.workbench.results.agency_log import log_row, planned_days
from onepill.workbench.results.derive import derive_provenance
from onepill.workbench.results.findings import all_findings, overflow_findings
from onepill.workbench.results.path_risks import risk_rows
from onepill.workbench.results.rows_answer import answer, decision, risks
from onepill.workbench.results.rows_dossiers import dossier_rows
from onepill.workbench.results.rows_gates import gate_rows
from onepill.workbench.results.rows_identity import chapters, identity, title
from onepill.workbench.results.rows_plan import activity_rows, clock_rows, milestone_rows, success_section
from onepill.workbench.results.rows_policy import policy_section, scenario_row
from onepill.workbench.results.rows_value import value_section
from onepill.workbench.results.simulate import Progress, Runs, simulate

SCHEMA_VERSION = 1
Row = dict[str, Any]


@dataclass(frozen=True)
class PassportQuestion:
    """What is asked of a programme file's text; `file` is only its name in messages.

    `competitors` is the competitor table as `text` and `file`, None where there is none.
    """

    text: str
    file: str = ""
    as_of: date | None = None
    scenarios: Sequence[str] = ()
    policies: Sequence[str] = ()
    draws: int = 100_000
    seed: int = 1
    threads: int = 2
    competitors: Mapping[str, str] | None = None


def make_passport(question: PassportQuestion, *, progress: Progress | None = None, loaded: Loaded | None = None) -> Row:
    """Answer the question; `loaded` is the programme where its text was read and changed before.

    Raises:
        InputError: all findings about the file or the competitor table, an unknown scenario or policy.
    """
    rulebook = load_rulebook()
    policies = [rulebook.policy(name) for name in question.policies]
    loaded = loaded or load_programme(question.text, file=question.file, as_of=question.as_of)
    variants = [
        load_programme(question.text, file=question.file, as_of=question.as_of, scenarios=[n])
        for n in question.scenarios
    ]
    table = read_competitors(**question.competitors) if question.competitors else None
    base = assemble(fill(loaded.programme, rulebook))
    runs = simulate(base.plan, draws=question.draws, seed=question.seed, threads=question.threads, progress=progress)
    document = _document(question, loaded, base, runs, table=table, progress=progress)
    document["scenarios"] = [
        _scenario(question, name, fill(variant.programme, rulebook), runs)
        for name, variant in zip(question.scenarios, variants, strict=True)
    ]
    document["policies"] = policy_section(base, runs, policies, seed=question.seed, threads=question.threads)
    document["provenance"] = derive_provenance(base, document)
    return document


def _document(
    question: PassportQuestion,
    loaded: Loaded,
    base: Assembled,
    runs: Runs,
    *,
    table: CompetitorTable | None,
    progress: Progress | None,
) -> Row:
    programme = loaded.programme
    milestones, activities = milestone_rows(base, runs), activity_rows(base, runs)
    if progress:
        progress("sensitivity", 0, 1)
    value, success = value_section(base, runs, seed=question.seed), success_section(base, runs)
    mean = float(value["rnpv_usd"]["mean"])
    capital = programme.capital
    rate = base.filled.ledger.get("capital.discount_rate_per_year")
    return {
        "schema_version": SCHEMA_VERSION,
        "engine_version": __version__,
        "programme": programme.programme,
        "title": title(programme),
        "as_of": programme.as_of.isoformat(),
        "seed": question.seed,
        "draws": question.draws,
        "inputs_hash": inputs_hash(loaded, question),
        "rulebook_hash": base.filled.rulebook.hash,
        "calendars_hash": calendars_hash(),
        "identity": identity(programme),
        "calendars": _calendars(base),
        "capital": {
            "discount_rate_per_year": rate.value if rate else None,
            "convention": capital.convention,
            "base_rates": capital.base_rates,
            "horizon_years": capital.horizon_years,
        },
        "answer": answer(base, runs, milestones=milestones, markets=value["by_market"], value=value),
        "decision": decision(activities, mean_usd=mean, gates=success["gates"]),
        "risks": risks(base, runs, seed=question.seed, mean_usd=mean),
        "milestones": milestones,
        "activities": activities,
        "clocks": clock_rows(base),
        **_agencies(base, runs, milestones),
        "success": success,
        "value": value,
        "chapters": chapters(programme, landscape_chapter(programme, table)),
        "rules_on_file": coverage_rows(base.filled.rulebook),
        "findings": [f.as_row() for f in sort_findings(_findings(loaded, base, runs, table))],
    }


def _agencies(base: Assembled, runs: Runs, milestones: list[Row]) -> Row:
    """Core dossiers, gates, rules that bite, and the log of questions."""
    critical = {row["id"].removesuffix(".approval"): row["binding"] for row in milestones if row["kind"] == "approval"}
    markets = dict.fromkeys(filing.jurisdiction for filing in base.filled.filings)
    return {
        "dossiers": dossier_rows(base, runs),
        "gates": gate_rows(base, runs, critical),
        "plan_risks": risk_rows(base, runs, markets),
        "log": log_row(base.filled.programme, planned_days(base, runs)),
    }


def _calendars(base: Assembled) -> Row:
    """How far the calendars of the plan's own jurisdictions are published."""
    used = [info.jurisdiction for info in base.network.activities if info.jurisdiction in CALENDARS]
    used += [region for stage in base.filled.stages for region in stage.regions if region in CALENDARS]
    return {code: {"published_through": CALENDARS[code].published_through.isoformat()} for code in sorted(set(used))}


def _findings(loaded: Loaded, base: Assembled, runs: Runs, competitors: CompetitorTable | None) -> list[Finding]:
    found = all_findings(loaded, base)
    found += table_findings(competitors, loaded.programme.as_of) if competitors else []
    return found + overflow_findings(runs.drawn)


def inputs_hash(loaded: Loaded, question: PassportQuestion) -> str:
    """SHA-256 of everything that was asked: with the warehouse's generation where one is loaded, the hash of a person's
    corrections of its links where there are any, and that of a competitor table.

    The number of threads is no part of it, since it changes nothing.
    """
    asked = {
        "data": loaded.data,
        "scenarios": list(question.scenarios),
        "policies": list(question.policies),
        "draws": question.draws,
        "seed": question.seed,
        "engine": __version__,
    }
    if generation := warehouse_generation():
        asked["warehouse_generation"] = generation
        asked |= warehouse_corrections()
    if question.competitors:
        asked["competitors"] = hashlib.sha256(question.competitors["text"].encode()).hexdigest()
    text = json.dumps(asked, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _scenario(question: PassportQuestion, name: str, changed: Filled, runs: Runs) -> Row:
    plan, scenario = assemble(changed).plan, changed.programme.scenarios[name]
    result = run(compile_plan(plan), draws=question.draws, seed=question.seed, threads=question.threads)
    row = scenario_row(name, dict(scenario.summary) if scenario.summary else None, runs.drawn, result)
    row["changes"] = [change.model_dump(mode="json") for change in scenario.changes]
    return row
