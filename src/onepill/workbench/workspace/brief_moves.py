"""How far a programme moved between two days: by time, by law and by saved inputs, on the same draws."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from onepill.core.errors import InputError
from onepill.workbench.asking.live_cache import Recent
from onepill.workbench.landscape.chapter import warehouse_corrections, warehouse_generation

if TYPE_CHECKING:
    from onepill.sim import Results
    from onepill.store.workspace import Kept, Version
    from onepill.workbench.asking.context import Context
    from onepill.workbench.questions.world import BriefAsk

Row = dict[str, Any]
MOST = 0.5
STEPS = ("time", "law", "inputs")


def moved_programme(kept: Kept, ask: BriefAsk, on: date, context: Context) -> Row:
    """The programme as saved by `ask.since`, as of that day, against as saved by `on`, as of `on`.

    A programme that was first saved later is compared in its first version. The move has three steps, in this order:
    time (the earlier inputs on the later day, under the rules known by the earlier one), law (the rules that became
    known in between), inputs (what was saved since). All use the same streams of draws, so that each difference is
    paired path by path.
    """
    from onepill.workbench.workspace.programme_outlook import head_of

    versions = context.workspace.documents.history(kept.id)
    before, after = _as_saved(versions, ask.since), _as_saved(versions, on) or versions[0]
    row: Row = {
        "programme": kept.id,
        "title": head_of(after.text)["title"],
        "version_before": before.version if before else None,
        "version_after": after.version,
    }
    earlier = before or versions[0]
    known = (earlier.text_hash, after.text_hash, ask.since, on, ask.draws, ask.seed)
    key = (kept.id, *known, warehouse_generation(), repr(warehouse_corrections()))
    try:
        return {**row, **MOVES.get(key, lambda: _moved(earlier, after, ask, on)), "problem": None}
    except InputError as error:
        missing = ("rnpv_usd", "moves", *STEPS, "slipped")
        return {**row, **dict.fromkeys(missing), "problem": str(error)}


MOVES: Recent[Row] = Recent(512)
"""What was found between days: a brief is read by many, and its programmes move seldom."""


def _moved(earlier: Version, after: Version, ask: BriefAsk, on: date) -> Row:
    """The three steps, and all together; what did not change between two of them is not simulated again."""
    from onepill.rulebook import load_rulebook
    from onepill.sim import estimate
    from onepill.workbench.results.simulate import OWNER, estimate_row, whole

    has_news = load_rulebook().has_news(after=ask.since, until=on)
    old_law = ask.since if has_news else None
    first, waited = _futures(earlier, ask, ask.since, old_law), _futures(earlier, ask, on, old_law)
    middle = _futures(earlier, ask, on, None) if has_news else waited
    last = middle if earlier.text == after.text else _futures(after, ask, on, None)
    passed = moves(first, waited)
    return {
        "rnpv_usd": whole(estimate_row(estimate(last.npv_usd[OWNER]))),
        "moves": moves(first, last),
        "time": passed,
        "law": moves(waited, middle),
        "inputs": moves(middle, last),
        "slipped": slipped(passed, (on - ask.since).days),
    }


def _as_saved(versions: list[Version], day: date) -> Version | None:
    """The newest version saved by the end of a day (UTC)."""
    saved = [version for version in versions if version.saved_at[:10] <= day.isoformat()]
    return max(saved, key=lambda version: version.version, default=None)


def _futures(version: Version, ask: BriefAsk, as_of: date, known_by: date | None) -> Results:
    from onepill.workbench.asking.live_cache import futures_of, loaded_text, plan_of
    from onepill.workbench.workspace.programmes_answers import file_name

    loaded = loaded_text(version.text, file=file_name(version.document_id), as_of=as_of)
    return futures_of(plan_of(loaded, known_by=known_by), draws=ask.draws, seed=ask.seed, threads=ask.threads)


def slipped(passed: Row, days: int) -> int:
    """How many milestones come later by most of the days that have passed; weekends and holidays take their part."""
    return sum(one["days"]["mean"] > MOST * days for one in passed["milestones"])


def moves(before: Results, after: Results) -> Row:
    """Paired differences after minus before: value, and of each shared milestone its day and its chance.

    The error of a chance is the standard deviation of its paired differences (-1, 0 or 1) over the root of the count.
    """
    from onepill.workbench.results.policy_effects import difference

    paired = difference(before, after)
    rows = []
    for name, saved in paired["days_saved"].items():
        days = {"mean": 0.0 - saved["mean"], "standard_error": saved["standard_error"]}
        prob, chance = _chances(before, after, name)
        rows.append({"id": name, "days": days, "prob": prob, "prob_after": chance})
    return {"rnpv_usd": paired["rnpv_gain_usd"], "milestones": rows}


def _chances(before: Results, after: Results, name: str) -> tuple[Row, float]:
    from onepill.core.dates import NEVER

    new = (after.days_of(name) < NEVER).astype(float)
    paired = new - (before.days_of(name) < NEVER)
    error = float(paired.std(ddof=1)) / len(paired) ** 0.5
    return {"mean": float(paired.mean()), "standard_error": error}, float(new.mean())
