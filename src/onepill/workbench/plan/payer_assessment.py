"""The joint clinical assessment of the European Union: which drug does it reach, and what does it do to waits?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from onepill.access import PayerMove
from onepill.core.distributions import fixed
from onepill.sim.plan import Draw
from onepill.workbench.plan.payer_fill import PathContext

LAW = "eu.hta.joint_clinical_assessment"
FIELD = "joint_assessment_wait_factor"
WAITS = ("reimbursement", "launch_germany", "launch_others")
"""Transitions that wait for a country's decision after authorisation."""


def under_joint_assessment(ctx: PathContext, moves: Iterable[PayerMove]) -> tuple[PayerMove, ...]:
    """The transitions of a European path, the published waits times the file's factor where the law reaches the drug.

    No effect of the law on time or price was found: without a factor in the file there is none, which is an assumption.
    """
    known, law = tuple(moves), ctx.known(LAW)
    if law is None or not ({"oncology", "advanced_therapy"} & ctx.terms and "new_active_substance" in ctx.terms):
        return known
    since = law.version.used_from
    message = f"applications from {since} on are jointly assessed ({law.value}); what that changes is not known"
    hint = f"give {FIELD}, or a transition's lag and chance, where you know them; waits are times 1 without it"
    ctx.note("joint_assessment", message, hint, ctx.path)
    given = ctx.given(f"{ctx.path}.{FIELD}", ctx.access.joint_assessment_wait_factor)
    if given is None:
        ctx.plainly_assumed(FIELD, 1.0, "no effect: none on the time to reimbursement was found", "factor")
        return known
    factor = ctx.filled.at_mean(given)
    return tuple(_scaled(ctx, move, factor) if _is_published(ctx, move) else move for move in known)


def _is_published(ctx: PathContext, move: PayerMove) -> bool:
    """Whether a wait is the path's own, and not the file's."""
    stated = ctx.access.transitions.get(move.id)
    return move.id in WAITS and move.lag is not None and (stated is None or stated.lag is None)


def _scaled(ctx: PathContext, move: PayerMove, factor: float) -> PayerMove:
    assert move.lag is not None  # only waits with a lag are scaled
    path, law = move.lag.stream, move.lag.distribution
    changed = law.scaled(factor) if factor > 0 else fixed(0.0)
    parents = (path, f"{ctx.path}.{FIELD}")
    ctx.derived(f"{path}.assessed", changed, "days x factor of the joint assessment", parents, "days")
    return replace(move, lag=Draw(path, changed, move.lag.loadings))
