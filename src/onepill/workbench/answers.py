"""The operations' functions: one question in, one plain document out. Heavy parts are imported when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onepill.core.errors import InputError, OnepillError, sort_findings

if TYPE_CHECKING:
    from onepill.workbench.questions.programme import (
        BacktestAsk,
        CheckAsk,
        CoverageAsk,
        DealText,
        DueAsk,
        ExplainAsk,
        Nothing,
        PassportAsk,
        PathAsk,
        PathCompareAsk,
        PolicyAsk,
        PolicyEffectAsk,
        PolicyListAsk,
        PolicyMatchAsk,
        RuleAsk,
        SchemaAsk,
        TableText,
    )

Row = dict[str, Any]


def passport(ask: PassportAsk, *, progress: Any = None) -> Row:
    """One drug's passport: days, chances, value and sources."""
    from onepill.workbench.results.passport import PassportQuestion, make_passport

    return make_passport(PassportQuestion(**ask.model_dump()), progress=progress)


def check(ask: CheckAsk) -> Row:
    """Every finding about a programme file, its competitor table and its deals at once."""
    from onepill.model import load_programme

    loaded = None
    try:
        loaded = load_programme(ask.text, file=ask.file, as_of=ask.as_of)
        found = list(_whole_check(ask, loaded))
    except InputError as error:
        found = list(error.findings)
    if ask.competitors:
        found += _table_check(ask.competitors, loaded)
    found += [finding for deal in ask.deals for finding in _deal_check(deal, loaded)]
    rows = [finding.as_row() for finding in sort_findings(found)]
    return {"file": ask.file, "errors": sum(row["severity"] == "error" for row in rows), "findings": rows}


def _table_check(table: TableText, loaded: Any) -> list[Any]:
    """What is wrong with the competitor table; what its rows say to the programme's day, where that can be read."""
    from onepill.workbench.landscape.competitor_chapter import table_findings
    from onepill.workbench.landscape.competitor_table import read_competitors

    try:
        read = read_competitors(table.text, table.file)
    except InputError as error:
        return list(error.findings)
    return table_findings(read, loaded.programme.as_of) if loaded else []


def _whole_check(ask: CheckAsk, loaded: Any) -> list[Any]:
    """What reading, each scenario, filling and building the network notice; nothing is simulated."""
    from onepill.model import load_programme
    from onepill.rulebook import load_rulebook
    from onepill.workbench.plan.assemble import assemble
    from onepill.workbench.plan.fill import fill
    from onepill.workbench.results.findings import all_findings

    for name in loaded.programme.scenarios:
        load_programme(ask.text, file=ask.file, as_of=ask.as_of, scenarios=[name])
    return all_findings(loaded, assemble(fill(loaded.programme, load_rulebook())))


def _deal_check(deal: DealText, loaded: Any) -> list[Any]:
    """What is wrong with a terms file beside its programme; nothing where that cannot be read."""
    from onepill.model.deal_load import load_deal

    if loaded is None:
        return []
    try:
        return list(load_deal(deal.text, loaded.programme, file=deal.file).findings)
    except InputError as error:
        return list(error.findings)


def schema(ask: SchemaAsk) -> Row:
    """The JSON Schema of the programme file, or of a deal's terms file."""
    from onepill.model import programme_json_schema
    from onepill.model.deal import deal_json_schema

    return programme_json_schema() if ask.of == "programme" else deal_json_schema()


def rules_list(_: Nothing) -> list[Row]:
    """Every rule and procedure on file with all its versions."""
    from onepill.rulebook import load_rulebook, rules_list

    return rules_list(load_rulebook())


def rules_show(ask: RuleAsk) -> Row:
    """One rule: all its versions, and its value on a day."""
    from onepill.rulebook import load_rulebook, rules_list

    book = load_rulebook()
    row = next((row for row in rules_list(book) if row["id"] == ask.id), None)
    if row is None:
        book.rule(ask.id)
        raise OnepillError(f"{ask.id} is on file but not listed")
    if ask.on is None or row["kind"] != "rule":
        return row
    found = book.rule(ask.id).on(ask.on, ask.known_on, frozenset(ask.conditions))
    source = found.version.source
    value = {
        "day": ask.on.isoformat(),
        "value": found.value,
        "unit": found.unit,
        "variant": found.variant or None,
        "start_unknown": found.start_unknown,
        "source_grade": found.version.source_grade,
        "source": source.as_row() if source else None,
    }
    return {**row, "on": value}


def rules_coverage(_: CoverageAsk) -> list[Row]:
    """By jurisdiction and topic: complete, partial or absent, last checked, source grades."""
    from onepill.rulebook import load_rulebook
    from onepill.workbench.common.coverage import coverage_rows

    return coverage_rows(load_rulebook())


def due(ask: DueAsk) -> Row:
    """The day on which a count ends, and the days that were skipped."""
    from onepill.calendars import due as due_day
    from onepill.core.units import parse_duration

    span = parse_duration(ask.count)
    if span.value != int(span.value):
        raise InputError.single(
            "calendar.count", f"{ask.count!r} is not a whole count", hint="write 30 wd", value=ask.count
        )
    unit = "cd" if span.unit == "days" else span.unit
    found = due_day(ask.jurisdiction, ask.start, int(span.value), unit, inclusive=ask.inclusive, roll=ask.roll)
    return {
        "jurisdiction": ask.jurisdiction,
        "from": ask.start.isoformat(),
        "count": ask.count,
        "inclusive": ask.inclusive,
        "due": found.due.isoformat(),
        "skipped": [{"day": item.day.isoformat(), "reason": item.reason} for item in found.skipped],
        "projected": found.projected,
        "make_up_days": [{"day": item.day.isoformat(), "reason": item.reason} for item in found.make_up_days],
    }


def explain(ask: ExplainAsk) -> Row:
    """Where a number came from, down to its sources."""
    from onepill.workbench.results.derive import explain as follow

    return {"path": ask.path, "chain": follow(ask.passport, ask.path)}


def policy_list(ask: PolicyListAsk) -> list[Row]:
    """Support policies on file, of a jurisdiction or in force on a day."""
    from onepill.rulebook import load_rulebook
    from onepill.workbench.results.policies import policy_rows

    return policy_rows(load_rulebook(), jurisdiction=ask.jurisdiction, day=ask.on)


def policy_show(ask: PolicyAsk) -> Row:
    """One policy with its measures, conditions, effects and sources."""
    from onepill.rulebook import load_rulebook
    from onepill.workbench.results.policies import policy_row

    return policy_row(load_rulebook().policy(ask.id))


def policy_match(ask: PolicyMatchAsk) -> Row:
    """Which measures apply to this pill, which nearly, and the condition that fails."""
    from onepill.model import load_programme
    from onepill.rulebook import load_rulebook
    from onepill.workbench.results.policies import match_rows

    return match_rows(load_programme(ask.text, file=ask.file, as_of=ask.as_of), load_rulebook())


def policy_effect(ask: PolicyEffectAsk) -> Row:
    """Days and value of each measure, alone and together, on the same futures."""
    from onepill.model import load_programme
    from onepill.rulebook import load_rulebook
    from onepill.workbench.results.policies import effect_rows

    loaded = load_programme(ask.text, file=ask.file, as_of=ask.as_of)
    return effect_rows(loaded, load_rulebook(), ask.policies, draws=ask.draws, seed=ask.seed, threads=ask.threads)


def path(ask: PathAsk) -> Row:
    """The filing plan: a route and its days for each market, what it waits for, and what else there would be."""
    from onepill.model import load_programme
    from onepill.rulebook import load_rulebook
    from onepill.workbench.filing.filing_plan import make_filing_plan

    loaded = load_programme(ask.text, file=ask.file, as_of=ask.on)
    return make_filing_plan(
        loaded,
        load_rulebook(),
        markets=ask.markets,
        optimise=ask.optimise,
        budget_usd=_dollars(ask.budget),
        team=ask.team,
        draws=ask.draws,
        seed=ask.seed,
        threads=ask.threads,
    )


def _dollars(text: str | None) -> float | None:
    from onepill.core.units import parse_amount

    if text is None:
        return None
    money = parse_amount(text)
    if money.currency != "USD" or money.value < 0:
        hint = "write 10 MUSD"
        raise InputError.single("path.budget", f"the budget is in US dollars, not {text!r}", hint=hint, value=text)
    return money.value


def path_compare(ask: PathCompareAsk) -> Row:
    """Routes against each other on the same futures: days and value, with standard errors."""
    from onepill.model import load_programme
    from onepill.rulebook import load_rulebook
    from onepill.workbench.filing.route_compare import compare_routes

    loaded = load_programme(ask.text, file=ask.file, as_of=ask.on)
    return compare_routes(loaded, load_rulebook(), ask.routes, draws=ask.draws, seed=ask.seed, threads=ask.threads)


def backtest_reviews(ask: BacktestAsk) -> Row:
    """Predicted against actual review times: coverage of the p10 to p90 band, pinball loss, the law's clock beside."""
    from onepill.pathway.reviews import packaged_backtest, packaged_further, published_medians, read_cases, score

    if ask.cases is None:
        medians = [row.as_row() for row in published_medians()]
        return {**packaged_backtest(), "published_medians": medians, "further": packaged_further()}
    return score(read_cases(ask.cases.text, ask.cases.file)).as_row()
