"""The trail of who did what, and whether it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding

if TYPE_CHECKING:
    from onepill.workbench.asking.context import Context
    from onepill.workbench.questions.accounts import AuditAsk, VerifyAsk

Row = dict[str, Any]


def verify(ask: VerifyAsk, *, context: Context) -> Row:
    """Whether a row of the trail, a kept text, a signature, an account or access was changed, taken out or put in."""
    workspace = context.workspace
    told = workspace.audit.checked(head=ask.head)
    findings = [_finding(problem) for problem in told.problems]
    return {
        "rows": told.rows,
        "head": told.head,
        "errors": len(findings),
        "findings": [finding.as_row() for finding in findings],
    }


def _finding(problem: Row) -> Finding:
    where = f"row {problem['seq']}: " if problem["seq"] else ""
    hint = "what was done before is in the backups: compare, and find out who reached the database"
    return Finding(
        "audit.broken", "error", f"{where}{problem['problem']}", hint, value=problem.get("about") or problem["seq"]
    )


def list_all(ask: AuditAsk, *, context: Context) -> Row:
    """Rows of the trail in their order."""
    return {"rows": context.workspace.audit.rows(after=ask.after, limit=ask.limit)}
