"""Answers as text in a terminal; rich is imported only where it is needed."""

from __future__ import annotations

import inspect
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from onepill.cli import (
    show_accounts,
    show_assurance,
    show_comps,
    show_deals,
    show_design,
    show_landscape,
    show_learned,
    show_live,
    show_negotiation,
    show_numbers,
    show_poc,
    show_registry,
    show_research,
    show_review,
    show_watch,
    show_workspace,
    show_world,
)
from onepill.cli.show_path import show_path
from onepill.cli.show_returns import show_return_risk
from onepill.cli.show_success import show_success
from onepill.cli.show_transitions import show_transitions
from onepill.cli.show_value import show_value
from onepill.cli.show_workbook import show_import
from onepill.cli.tables import show_table
from onepill.workbench.common.documents import check_pdf, to_json, warm_up, write_passport, write_passport_pdf
from onepill.workbench.operations import Operation

Row = dict[str, Any]
Lang = Literal["en", "zh"]
PDF = ".pdf"


def passport(found: Operation, question: Any, *, lang: Lang, out: Path | None, as_json: bool) -> None:
    """Make the passport with a progress bar, write its files (a PDF where `out` ends so), print the summary."""
    started = time.time()
    is_pdf = out is not None and out.suffix.lower() == PDF
    if is_pdf:
        check_pdf(lang)
    if out is not None or not as_json:
        threading.Thread(target=warm_up, daemon=True).start()
    document = _with_progress(found, question, quiet=as_json)
    folder = out or (None if as_json else Path("out") / document["programme"])
    write = write_passport_pdf if is_pdf else write_passport
    written = write(document, lang=lang, out=folder) if folder else []
    if folder and not is_pdf:
        _write_run(folder, started, question)
    if as_json:
        sys.stdout.write(to_json(document))
        return
    _summary(document, lang=lang)
    print(f"\nOpen {written[0]}" if lang == "en" else f"\n请打开 {written[0]}")


def _write_run(folder: Path, started: float, question: Any) -> None:
    """When and how long: the only place where timestamps stand."""
    from datetime import UTC, datetime

    from onepill.store.files import write_whole

    begun = datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds")
    run = {"started": begun, "seconds": round(time.time() - started, 3), "threads": question.threads}
    write_whole(folder / "run.json", to_json(run))


def _with_progress(found: Operation, question: Any, *, quiet: bool) -> Row:
    if quiet or not sys.stderr.isatty():
        return dict(found.ask(question))
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("simulating futures (the first run compiles, some 20 s)", total=question.draws)

        def report(step: str, done: int, total: int) -> None:
            if step == "simulate":
                bar.update(task, completed=done, total=total)
            else:
                bar.update(task, description="what moves the answer")

        return dict(found.ask(question, progress=report))


STEPS = {
    "hash": "reading the file",
    "fetch": "fetching",
    "read": "rows read",
    "compare": "comparing with what stands",
    "link": "linking names",
    "write": "writing",
    "verify": "segments checked",
}
"""What long operations call their steps, and what a person reads."""


def with_steps(found: Operation, question: Any, *, quiet: bool) -> Any:
    """Ask, showing the steps of what may take long where a person looks on."""
    tells = "progress" in inspect.signature(found.function).parameters
    if quiet or not sys.stderr.isatty() or not (tells or found.prepares):
        return found.ask(question)
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, count="")

        def report(step: str, done: int, total: int) -> None:
            count = f"{done:,}" + (f" of {total:,}" if total else "") if done or total else ""
            bar.update(task, description=STEPS.get(step, step), completed=done, total=total or None, count=count)

        if found.prepares:
            found.prepares(question, progress=report)
        return found.ask(question, progress=report) if tells else found.ask(question)


def _summary(document: Row, *, lang: Lang) -> None:
    from rich.console import Console
    from rich.table import Table

    from onepill.reports import passport_summary

    console = Console(highlight=False)
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for label, value in passport_summary(document, lang):
        table.add_row(label, value)
    console.print(f"[bold]{document['title'][lang]}[/bold]  {document['as_of']}")
    console.print(table)


def _check(answer: Row) -> None:
    from onepill.cli.errors import finding_text

    for row in answer["findings"]:
        print(finding_text(row))
    count = len(answer["findings"])
    print(f"{answer['file']}: {answer['errors']} errors, {count - answer['errors']} warnings and notes")


def _plain_json(answer: Any) -> None:
    sys.stdout.write(to_json(answer))


def _rules(answer: list[Row]) -> None:
    rows = []
    for rule in answer:
        last = rule["versions"][-1] if rule["versions"] else {}
        value = str(
            last.get("value", f"{len(rule.get('steps') or [])} steps" if rule["kind"] == "procedure" else "absent")
        )
        rows.append([rule["id"], value, rule["unit"] or "", last.get("from") or "", last.get("source_grade") or ""])
    show_table(rows, ["id", "value", "unit", "from", "grade"])


def _rule(answer: Row) -> None:
    if "on" in answer:
        found = answer["on"]
        print(f"{answer['id']} on {found['day']}: {found['value']} {found['unit']} ({found['source_grade']})")
        if found["start_unknown"]:
            print("  no source says since when; it is first attested later than this day")
        if found["source"]:
            print(f"  {found['source']['title']} {found['source']['url']}")
        return
    _plain_json(answer)


def _coverage(answer: list[Row]) -> None:
    rows = [
        [row["jurisdiction"], row["topic"], row["state"], str(row["checked"] or ""), _counts(row["by_source_grade"])]
        for row in answer
    ]
    show_table(rows, ["jurisdiction", "topic", "state", "checked", "values by grade"])


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counts.items() if n)


def _due(answer: Row) -> None:
    print(f"{answer['due']}{'  (projected calendar)' if answer['projected'] else ''}")
    for item in answer["skipped"]:
        print(f"  skipped {item['day']}  {item['reason']}")
    for item in answer["make_up_days"]:
        print(f"  counted {item['day']}  {item['reason']}")


def _explain(answer: Row) -> None:
    for row in answer["chain"]:
        indent = "  " * row["depth"]
        source = row["source"]
        origin = f"{row['origin']}, {row['source_grade']}"
        print(
            f"{indent}{row['path']} = {row['value']} {row['unit']}  [{origin}]{' (above)' if row['repeated'] else ''}"
        )
        if row["repeated"]:
            continue
        for text in (row["formula"], row["note"]):
            if text:
                print(f"{indent}    {text}")
        if source:
            print(f"{indent}    source: {source['title']} {source['url']} {source['date']}".rstrip())


def _compared(answer: Row) -> None:
    rows = []
    for route in answer["routes"]:
        for milestone in route["milestones"]:
            days = milestone["days_difference"]
            is_moved = route["route"] == answer["base"] or days["mean"]
            if milestone["id"].endswith((".filed", ".approval")) and is_moved:
                shown = f"{days['mean']:+.1f} ± {days['standard_error']:.1f}"
                rows.append([route["route"], milestone["id"], route["days"][milestone["id"]]["p50"] or "", shown])
    show_table(rows, ["route", "milestone", "median", f"days from {answer['base']}"])


NO_VERDICT = "too few"


def _backtest(answer: Row) -> None:
    from onepill.pathway.reviews import FEW_REVIEWS, STEP_NAMES

    print(f"Predicted against actual review times ({answer['scheme']}); the aim is 80% within p10 to p90")
    rows = [["all", *_scored(answer)]]
    rows += [[name, *_scored(row)] for group in ("by_agency", "by_review_class") for name, row in answer[group].items()]
    rows += [[STEP_NAMES[name]["en"], *_scored(row)] for name, row in answer["by_step"].items()]
    rows += [[f"apart: {STEP_NAMES[name]['en']}", *_scored(row)] for name, row in answer["apart"].items()]
    if answer["beside"]:
        rows.append([f"all, {answer['beside']['scheme']}", *_scored(answer["beside"])])
    if answer.get("further") and answer["further"]["n"]:
        rows.append(["further reviews, not learned from", *_scored(answer["further"])])
    show_table(rows, ["reviews", "n", "covered", "95% interval", "loss, days", "of the clock"])
    print("  covered: ended within p10 to p90; loss: pinball at 0.1, 0.5 and 0.9; apart: never pooled")
    print(f"  {NO_VERDICT}: fewer than {FEW_REVIEWS} reviews, no verdict")
    if answer.get("published_medians"):
        _medians(answer["published_medians"])
    for reason, count in answer["not_scored"].items():
        print(f"  not scored: {count:,}, {reason}")
    by_these = "" if answer["beside"] else " by these cases"
    for step in answer["not_validated"]:
        print(f"  not validated{by_these}: {STEP_NAMES[step]['en'] if step in STEP_NAMES else step}")


def _scored(row: Row) -> list[str]:
    from onepill.pathway.reviews import FEW_REVIEWS

    if not row["n"]:
        return ["0", "", "", "", ""]
    interval = f"{row['coverage_low']:.1%} to {row['coverage_high']:.1%}" if row["n"] >= FEW_REVIEWS else NO_VERDICT
    losses = (f"{row[key]:.1f}" for key in ("pinball", "pinball_naive"))
    return [f"{row['n']:,}", f"{row['coverage_p10_p90']:.1%}", interval, *losses]


def _medians(rows: list[Row]) -> None:
    print("Published medians beside the model's, days:")
    shown = [
        [r["agency"], r["review_class"], str(r["published_days"]), f"{r['model_days']:.0f}", r["rule"]] for r in rows
    ]
    show_table(shown, ["agency", "class", "published", "model", "source (onepill rules show)"])


def _policies(answer: list[Row]) -> None:
    rows = [[r["id"], r["from"], r["until"] or "", str(r["measures"]), str(r["with_effect"])] for r in answer]
    show_table(rows, ["policy", "from", "until", "measures", "with a number"])


def _policy(answer: Row) -> None:
    print(f"{answer['title']} ({answer['number']}), {answer['from']} to {answer['until'] or 'open'}")
    rows = [
        [str(m["aspect"]), m["name"]["en"], str(m["effect"] or m["not_quantified_reason"])] for m in answer["measures"]
    ]
    show_table(rows, ["aspect", "measure", "effect"])
    print(answer["not_captured"].get("en", ""))


def _matches(answer: Row) -> None:
    for group in ("applies", "nearly", "excluded"):
        print(f"{group}: {len(answer[group])}")
        for row in answer[group]:
            missing = ", ".join(f"{term['en']} ({term['answered_by']})" for term in row["failing"])
            print(f"  {row['id']}{': ' + missing if missing else ''}")


def _effects(answer: Row) -> None:
    counted = [row for row in answer["measures"] if row["alone"] != "not_quantified"]
    for name, effect in [*((row["id"], row["alone"]) for row in counted), ("together", answer["together"])]:
        print(name)
        print(f"  {_effect(effect)}")
    applying = sum(row["applies"] for row in answer["measures"])
    print(f"{applying} of {len(answer['measures'])} measures apply; {len(counted)} of them are in numbers.")
    print("± is simulation error alone; in brackets what it may be as baseline, uptake and eligibility move.")


def _effect(row: Row) -> str:
    """Days of the milestone that moves most, money and patients, with their limits."""
    moved = {name: days for name, days in row["days_saved"].items() if days["mean"]}
    name = max(moved, key=lambda name: abs(moved[name]["mean"]), default="")
    parts = [f"{_limited(moved[name], 1, 0)} days earlier: {name}"] if name else ["no day moves"]
    parts.append(f"{_limited(row['rnpv_gain_usd'], 1e6, 2)} MUSD of rNPV")
    if row["patients_gain"]["mean"]:
        parts.append(f"{_limited(row['patients_gain'], 1, 0)} patients")
    if row["subsidy_usd"] and row["subsidy_usd"]["mean"]:
        parts.append(f"{_limited(row['subsidy_usd'], 1e6, 2)} MUSD of subsidy")
    return "; ".join(parts)


def _limited(value: Row, scale: float, places: int) -> str:
    mean, low, high = (value[key] / scale for key in ("mean", "low", "high"))
    limits = f" ({low:,.{places}f} to {high:,.{places}f})" if (low, high) != (mean, mean) else ""
    return f"{mean:,.{places}f} ± {value['standard_error'] / scale:,.{places}f}{limits}"


SHOW: dict[str, Callable[[Any], None]] = {
    "check": _check,
    "import-workbook": show_import,
    "schema": _plain_json,
    "rules list": _rules,
    "rules show": _rule,
    "rules coverage": _coverage,
    "path": show_path,
    "path compare": _compared,
    "backtest reviews": _backtest,
    "policy list": _policies,
    "policy show": _policy,
    "policy match": _matches,
    "policy effect": _effects,
    "deal return-risk": show_return_risk,
    "registry sources": show_registry.show_sources,
    "registry load": show_registry.show_load,
    "registry sync": show_registry.show_sync,
    "registry status": show_registry.show_status,
    "registry verify": show_registry.show_verified,
    "registry forget": show_registry.show_forgotten,
    "registry review": show_review.show_review,
    "landscape": show_landscape.show_landscape,
    "landscape firsts": show_landscape.show_firsts,
    "landscape crowding": show_landscape.show_crowding,
    "landscape matrix": show_landscape.show_matrix,
    "landscape entrants": show_landscape.show_entrants,
    "landscape compare": show_landscape.show_compare,
    "landscape burden": show_research.show_burden,
    "landscape whitespace": show_research.show_whitespace,
    "landscape industry": show_research.show_industry,
    "landscape readouts": show_research.show_readouts,
    "landscape watch save": show_watch.show_saved,
    "landscape watch list": show_watch.show_list,
    "landscape watch forget": show_watch.show_forgotten,
    "landscape diff": show_watch.show_diff,
    "deal value": show_deals.show_value,
    "deal compare": show_deals.show_compare,
    "deal solve": show_negotiation.solved,
    "design fixed": show_design.show_fixed,
    "design sequential": show_design.show_sequential,
    "design single_arm": show_design.show_single_arm,
    "design regional": show_design.show_regional,
    "design enrichment": show_assurance.show_enrichment,
    "design programme": show_assurance.show_programme,
    "assurance": show_assurance.show_assurance,
    "assurance interim": show_assurance.show_interim,
    "assurance responses": show_assurance.show_responses,
    "value": show_value,
    "poc plan": show_poc.show_plan,
    "poc simulate": show_poc.show_simulation,
    "success": show_success,
    "success transitions": show_transitions,
    "success train": show_learned.show_train,
    "success evaluate": show_learned.show_evaluate,
    "success score": show_learned.show_score,
    "programmes list": show_workspace.show_programmes,
    "programmes show": show_workspace.show_programme,
    "programmes add": show_workspace.show_saved,
    "programmes save": show_workspace.show_saved,
    "programmes history": show_workspace.show_history,
    "programmes restore": show_workspace.show_saved,
    "programmes compare": show_workspace.show_comparison,
    "programmes live": show_live.show_live,
    "competitors save": show_workspace.show_saved,
    "scenarios save": show_workspace.show_saved,
    "deals list": show_workspace.show_deals,
    "deals show": show_workspace.show_deal,
    "deals add": show_workspace.show_saved,
    "deals save": show_workspace.show_saved,
    "deals history": show_workspace.show_history,
    "deals restore": show_workspace.show_saved,
    "jobs start": show_workspace.show_job,
    "jobs show": show_workspace.show_job,
    "jobs list": show_workspace.show_jobs,
    "jobs cancel": show_workspace.show_job,
    "jobs resume": show_workspace.show_job,
    "backup": show_workspace.show_backup,
    "restore": show_workspace.show_restored,
    "deal comps": show_comps.show_comps,
    "world": show_world.show_world,
    "brief": show_world.show_brief,
    **show_accounts.SHOW,
    "due": _due,
    "explain": _explain,
    "explain number": show_numbers.explained_number,
}
