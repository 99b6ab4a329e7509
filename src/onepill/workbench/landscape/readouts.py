"""Competitors' posted results side by side: primary outcomes of the trials of a question's programmes."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onepill.landscape import Question, Readout
    from onepill.landscape.readouts import ReadoutTable
    from onepill.workbench.landscape.world import LoadedWorld
    from onepill.workbench.questions.research import ReadoutsAsk

Row = dict[str, Any]
Drugs = dict[str, tuple[str, ...]]
_RESULTS = "SELECT * FROM outcome_result WHERE list_contains(?, source || ':' || record_id) ORDER BY record_id, ordinal"
_ANY = "SELECT EXISTS (FROM outcome_result)"


def readouts(ask: ReadoutsAsk) -> Row:
    """What did the competitors' trials find: posted primary results side by side, with the caveat of such a reading."""
    from onepill.landscape import side_by_side
    from onepill.landscape.readouts import CAVEAT
    from onepill.landscape.trials import drugs_by_trial
    from onepill.workbench.landscape.answers import asked, head

    loaded, question, findings = asked(ask)
    drugs = drugs_by_trial(loaded.world, question)
    posted, is_loaded = _posted(loaded, question, drugs)
    wanted = [row for row in posted if _is_wanted(row, ask.endpoints)]
    numbers = [_as_readout(row, drugs) for row in wanted if row["value"] is not None]
    tables = sorted(side_by_side(numbers, as_of=question.as_of), key=_most_trials)
    return {
        **head(loaded, question, findings),
        "caveat": dict(CAVEAT),
        "tables": _tables(loaded, tables, drugs, ask.limit),
        "trials": len(drugs),
        "trials_with_results": len({row["record_id"] for row in wanted}),
        "found": len(numbers),
        "not_numbers": len(wanted) - len(numbers),
        "endpoint_note": dict(NOTE),
        "results_absent": None if is_loaded else dict(ABSENT),
    }


def _posted(loaded: LoadedWorld, question: Question, drugs: Drugs) -> tuple[list[Row], bool]:
    """Numbers posted by the day of the question's trials, and whether any results are loaded at all."""
    from onepill.registries import TABLES
    from onepill.store.warehouse import open_reader
    from onepill.workbench.landscape.names import rows_of

    with open_reader(loaded.root, TABLES) as reader:
        is_loaded = reader.connection.execute(_ANY).fetchone() == (True,)
        rows = list(rows_of(reader, _RESULTS, [list(drugs)]))
    return [row for row in rows if _known_on(row) <= question.as_of], is_loaded


def _known_on(row: Row) -> date:
    """The day from which a number counts; never, where the record does not tell when it was posted."""
    from onepill.landscape.stages import period_end

    return date.max if row["posted_day"] is None else period_end(row["posted_day"], row["posted_precision"] or "day")


def _is_wanted(row: Row, words: list[str]) -> bool:
    """Whether the endpoint's own name, or that of its family, holds one of the words."""
    names = (row["measure"] or "", *endpoint_of(row["measure"] or "").values())
    return not words or any(word.casefold() in name.casefold() for word in words for name in names)


def _as_readout(row: Row, drugs: Drugs) -> Readout:
    from onepill.landscape import Readout

    trial = f"{row['source']}:{row['record_id']}"
    return Readout(
        drug_id=", ".join(drugs[trial]),
        trial_id=trial,
        endpoint=endpoint_of(row["measure"] or "")["en"],
        value=row["value"],
        unit=unit_of(row["unit"] or row["statistic"] or ""),
        population=row["population"] or "",
        source=trial,
        known_on=_known_on(row),
        low=row["low"],
        high=row["high"],
        n=row["participants"],
        kind=row["kind"],
        arm=row["arm"] or "",
        measure=row["measure"] or "",
        category=row["category"] or "",
        time_frame=row["time_frame"] or "",
        statistic=row["statistic"] or "",
        spread=row["spread"],
        dispersion=row["dispersion"] or "",
        p_value=row["p_value"] or "",
    )


def _most_trials(table: ReadoutTable) -> tuple[int, str, str]:
    return -len({row.trial_id for row in table.rows}), table.endpoint, table.unit


def _tables(loaded: LoadedWorld, tables: list[ReadoutTable], drugs: Drugs, limit: int) -> list[Row]:
    left, found = limit, []
    for table in tables:
        if left <= 0:
            break
        rows = table.rows[:left]
        left -= len(rows)
        found.append(
            {
                "endpoint": endpoint_of(table.rows[0].measure),
                "unit": table.unit,
                "trials": len({row.trial_id for row in table.rows}),
                "differences": list(table.differences),
                "rows": [_row(loaded, row, drugs) for row in rows],
            }
        )
    return found


def _row(loaded: LoadedWorld, row: Readout, drugs: Drugs) -> Row:
    names: Mapping[str, str] = loaded.inputs.drug_names
    same = ("kind", "arm", "measure", "category", "time_frame", "statistic", "value", "low", "high", "spread")
    return {
        "trial": row.trial_id,
        "drugs": [{"drug": one, "name": names.get(one, one)} for one in drugs[row.trial_id]],
        **{name: getattr(row, name) for name in (*same, "dispersion", "p_value", "population")},
        "participants": row.n,
        "posted": row.known_on.isoformat(),
    }


def endpoint_of(measure: str) -> dict[str, str]:
    """The family of an endpoint by the words of its name; its own name where it is of none."""
    for pattern, en, zh in ENDPOINTS:
        if re.search(pattern, measure, re.IGNORECASE):
            return {"en": en, "zh": zh}
    name = " ".join(measure.split())
    return {"en": name, "zh": name}


def unit_of(unit: str) -> str:
    """A unit in one spelling: people are participants, whatever a trial calls them."""
    plain = re.sub(r"\b(subjects?|patients?|participants?)\b", "participants", " ".join(unit.casefold().split()))
    return re.sub(
        r"^(?:%|percent|percentage|proportion \(%\)) (?:of )?participants.*$", "percentage of participants", plain
    )


ENDPOINTS = (
    (r"progression[- ]free survival|\bPFS\b", "progression-free survival", "无进展生存期"),
    (r"(?:disease|event|relapse|recurrence|metastasis)[- ]free survival|\b(?:DFS|EFS|RFS)\b",
     "disease- or event-free survival", "无病或无事件生存期"),
    (r"overall survival|(?-i:\bOS\b)", "overall survival", "总生存期"),
    (r"(?:objective|overall|tumou?r) response|\bORR\b", "objective response", "客观缓解"),
    (r"patholog\w+ complete response|\bpCR\b", "pathological complete response", "病理完全缓解"),
    (r"duration of response|\bDOR\b", "duration of response", "缓解持续时间"),
    (r"complete (?:response|remission)", "complete response", "完全缓解"),
    (r"dose[- ]limiting toxicit|\bDLT", "dose-limiting toxicity", "剂量限制性毒性"),
    (r"adverse event|\bTEAE", "adverse events", "不良事件"),
    (r"hba1c|glycated ha?emoglobin|h[ae]moglobin a1c|glycosylated", "HbA1c", "糖化血红蛋白"),
    (r"\bLDL", "LDL cholesterol", "低密度脂蛋白胆固醇"),
    (r"body weight|weight loss", "body weight", "体重"),
    (r"\bACR ?20\b", "ACR20 response", "ACR20 应答"),
    (r"\bPASI", "PASI response", "PASI 应答"),
    (r"\bFEV(?![a-z])", "FEV1", "第一秒用力呼气容积"),
    (r"\bASDAS", "ASDAS", "ASDAS"),
    (r"blood pressure", "blood pressure", "血压"),
)  # fmt: skip
"""Families of endpoints by the words of their names, the first that fits: the project's own reading."""
NOTE = {
    "en": "Endpoints are put together by the words of their names (own reading); definitions behind one name differ. "
    "Results are those posted in the register, of primary outcomes alone.",
    "zh": "终点按名称用词归类（自行判读）；同名终点的定义可能不同。结果仅限登记库公示的主要结局。",
}
ABSENT = {
    "en": "No posted results are loaded. Load the API's JSON with `onepill registry load ctgov PATH --results`.",
    "zh": "未加载已公示的结果。请用 `onepill registry load ctgov PATH --results` 加载 API 的 JSON。",
}
