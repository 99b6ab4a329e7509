"""Everything that reading, filling and building a programme noticed."""

from __future__ import annotations

from onepill.calendars import JURISDICTIONS
from onepill.core.errors import Finding
from onepill.model import Loaded
from onepill.sim import Results
from onepill.workbench.common.words import unknown_words
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.results.agency_log import log_findings
from onepill.workbench.results.rows_gates import gate_findings
from onepill.workbench.results.trial_evidence import evidence_findings


def all_findings(loaded: Loaded, base: Assembled) -> list[Finding]:
    """Findings of the file, of what was filled in and of the network; nothing is simulated for them."""
    built = [*base.filled.findings, *base.network.findings, *_limits_used(base), *_projected(base)]
    built += [*gate_findings(base), *evidence_findings(base), *log_findings(base.filled.programme)]
    return [*loaded.findings, *unknown_words(loaded, base.filled.rulebook), *built]


def overflow_findings(drawn: Results) -> list[Finding]:
    """What a run looked up beyond the end of a table."""
    hint = "raise capital.horizon_years"
    return [
        Finding("table.overflow", "warning", f"{count} look-ups lie beyond the table {table}", hint, table, value=count)
        for table, count in drawn.overflows.items()
    ]


def _limits_used(base: Assembled) -> list[Finding]:
    """A limit is no forecast: each one that stands in for one is named."""
    found = []
    for rule_id in sorted({use.rule_id for use in base.network.clocks if use.used_as == "limit"}):
        message = f"{rule_id} is a time limit and no forecast; it is used as if it were always met exactly"
        hint = "a sourced review-time distribution would replace it"
        found.append(Finding("clock.limit_used", "note", message, hint, rule_id))
    return found


def _projected(base: Assembled) -> list[Finding]:
    """Working days of years that are not published yet are projected: said once for each calendar in use."""
    codes = {
        base.filled.rulebook.rule(use.rule_id).calendar
        for use in base.network.clocks
        if use.found.unit == "working_days"
    }
    found = []
    for code in sorted(codes):
        last = JURISDICTIONS[code].published_through
        message = f"the calendar of {code} is published through {last}; working days after it are projected"
        hint = "days that fall later may move by a few days when the next calendar is published"
        found.append(Finding("calendar.projected", "note", message, hint, f"calendars.{code.lower()}"))
    return found
