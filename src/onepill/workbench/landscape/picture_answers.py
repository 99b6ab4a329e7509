"""The page of the landscape's pictures: one world, asked by the landscape's own operations, as one document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onepill import __version__

if TYPE_CHECKING:
    from datetime import date

    from onepill.workbench.landscape.answers import Given
    from onepill.workbench.questions.landscape import EntrantsAsk
    from onepill.workbench.questions.pictures import LandscapePageAsk
    from onepill.workbench.questions.research import BurdenAsk

Row = dict[str, Any]
SCHEMA_VERSION = 1
PROGRAMMES, CHAPTER_WAYS = 40, 12
"""How many programmes the page names in full, and how many agents the passport's chapter draws."""
ALL_CELLS = 1_000_000
EARLIEST_YEAR = 1900
NO_BURDEN = {"landscape.burden": "not_loaded", "burden.hindsight": "published_later"}
"""Errors of the burden that a page says in words, since its other pictures stand without it."""
FILTERS = ("targets", "indications", "modalities", "origins")
SWITCHES = ("hindsight", "without_academic", "without_cell_therapies", "without_combinations", "with_biosimilars")


def page(ask: LandscapePageAsk) -> Row:
    """The landscape as a page of pictures with their tables: matrix, competitors, trend, entrants, burden."""
    from onepill.workbench.landscape import answers
    from onepill.workbench.landscape.picture_loads import source_rows
    from onepill.workbench.landscape.picture_parts import heat_map, timeline, trend
    from onepill.workbench.questions import landscape as asks
    from onepill.workbench.questions.research import BurdenAsk

    given = answers.asked(ask)
    loaded, question, _ = given
    filters = ask.model_dump(include=set(asks.FilteredAsk.model_fields))
    seeded, tagged = {**filters, "seed": ask.seed}, {**filters, "minimum_coverage": ask.minimum_coverage}
    found = answers.landscape(asks.LandscapeAsk(**tagged, limit=PROGRAMMES), of=given)
    cells = answers.matrix(asks.MatrixAsk(**filters, limit=ALL_CELLS), of=given)
    crowded = answers.crowding(asks.CrowdingAsk(**seeded), of=given)
    first_year = _first_year(question.as_of, ask.years)
    compared, beside = _compare(ask, given), _burden(BurdenAsk(**filters, area=ask.area), given)
    sources = source_rows(loaded, question.as_of)
    return {
        **found,
        "schema_version": SCHEMA_VERSION,
        "engine_version": __version__,
        "findings": _each_once([*crowded["findings"], *compared["findings"], *beside.pop("findings")]),
        "filters": _filters(ask),
        "tag_shares": answers.firsts(asks.FirstsAsk(**tagged), of=given)["shares"],
        "measures": crowded["measures"],
        "heat_map": heat_map(cells),
        "timeline": timeline(loaded, question) if any(getattr(ask, name) for name in FILTERS) else None,
        "trend": trend(loaded, question, years=ask.years, seed=ask.seed, sources=sources),
        "entrants": entrants(asks.EntrantsAsk(**filters, first_year=first_year), given, sources),
        "compare": {name: compared[name] for name in ("origin", "ratios", "unknown_origin")},
        **beside,
        "sources": sources,
    }


def _first_year(as_of: date, years: int) -> int:
    """The first of so many calendar years up to the day's.

    Raises:
        InputError: `landscape.years`, they begin before 1900.
    """
    from onepill.core.errors import InputError

    first = as_of.year - years + 1
    if first < EARLIEST_YEAR:
        message = f"{years} years up to {as_of} begin in {first}"
        hint = f"write a later day or fewer years, so that they begin in {EARLIEST_YEAR} or later"
        raise InputError.single("landscape.years", message, hint=hint, path="years", value=years)
    return first


def entrants(ask: EntrantsAsk, given: Given, sources: list[Row]) -> Row:
    """Agents by origin and year, with the day on which the last year ends, and the lists that came meanwhile."""
    from datetime import date

    from onepill.workbench.landscape.answers import entrants as ask_entrants
    from onepill.workbench.landscape.picture_parts import list_days

    found = ask_entrants(ask, of=given)
    first = date(found["years"][0], 1, 1)
    lists = list_days(sources, first, given[1].as_of)
    return {name: found[name] for name in ("as_of", "origins", "years", "counts")} | {"lists": lists}


def _compare(ask: LandscapePageAsk, given: Given) -> Row:
    """The origin against the rest of the whole world, as `landscape compare` has it: no filter narrows it."""
    from onepill.landscape import Question
    from onepill.workbench.landscape.answers import compare
    from onepill.workbench.questions.landscape import CompareAsk, WorldAsk

    loaded, question, _ = given
    whole = Question(as_of=question.as_of, switches=question.switches)
    world = ask.model_dump(include=set(WorldAsk.model_fields))
    found = compare(CompareAsk(**world, origin=ask.compare_origin, seed=ask.seed), of=(loaded, whole, []))
    # Nobody asked for that origin: that it is not there is worth a note, no warning.
    return {**found, "findings": [{**one, "severity": "note"} for one in found["findings"]]}


def _burden(ask: BurdenAsk, given: Given) -> Row:
    """Research beside burden, or why there is none.

    Raises:
        InputError: the place is not known, or the burden cannot be read.
    """
    from onepill.core.errors import InputError
    from onepill.workbench.landscape.burden import burden

    try:
        found = burden(ask, of=given)
    except InputError as error:
        (code,) = (finding.code for finding in error.findings)
        if code not in NO_BURDEN:
            raise
        return {"burden": None, "burden_absent": NO_BURDEN[code], "findings": []}
    shown = {name: found[name] for name in ("causes", "year", "area")}
    shares = {name: found["coverage"][name] for name in ("trials", "mapped_share")}
    picture = {**shown, **shares, "known_on": found["burden"]["known_on"]}
    return {"burden": picture, "burden_absent": None, "findings": found["findings"]}


def _each_once(findings: list[Row]) -> list[Row]:
    """Several questions of one world tell the same of its words."""
    return [row for place, row in enumerate(findings) if row not in findings[:place]]


def _filters(ask: LandscapePageAsk) -> Row:
    """What narrows the page, and the switches that are set; empty lists and switches that are off are left out."""
    names = (*FILTERS, *SWITCHES, "pd1_as_one", "groups")
    return {name: getattr(ask, name) for name in names if getattr(ask, name)}


def chapter_pictures(given: Given, *, own: set[str]) -> Row:
    """What the passport's first chapter draws: who came how far when, and entrants by origin over ten years.

    Args:
        given: the world with the question of the programme's targets on its day.
        own: the programme's own names in small letters, told apart in the picture.
    """
    from onepill.workbench.landscape.picture_loads import source_rows
    from onepill.workbench.landscape.picture_parts import timeline
    from onepill.workbench.questions.landscape import EntrantsAsk

    loaded, question, _ = given
    ways = timeline(loaded, question, limit=CHAPTER_WAYS, own=own)
    return {"timeline": ways, "entrants": entrants(EntrantsAsk(), given, source_rows(loaded, question.as_of))}
