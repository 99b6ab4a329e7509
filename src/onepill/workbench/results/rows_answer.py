"""Rows of the first page: the answer, the next decision, the biggest risks."""

from __future__ import annotations

from typing import Any

import numpy as np

from onepill.core.dates import NEVER
from onepill.sim import run
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.results.rows_plan import fact_rows
from onepill.workbench.results.rows_value import SENSITIVITY_DRAWS, new_approvals, with_chance
from onepill.workbench.results.simulate import OWNER, Runs

Row = dict[str, Any]


def answer(base: Assembled, runs: Runs, *, milestones: list[Row], markets: list[Row], value: Row) -> Row:
    """What, where, when, how likely and worth, in the parts that a sentence is made of."""
    new = set(new_approvals(base))
    open_approvals = [m for m in milestones if m["id"] in new and m["prob"] > 0]
    first = min(open_approvals, key=lambda m: m["p50"], default=None)
    sold = [m for m in markets if m["id"] != "development"]
    best = max(sold, key=lambda m: m["rnpv_usd"]["mean"], default=None)
    npv = runs.drawn.npv_usd[OWNER]
    return {
        "best_market": best["market"] if best else None,
        "next_approval": {key: first[key] for key in ("id", "jurisdiction", "p10", "p50", "p90", "prob")}
        if first
        else None,
        "any_new_approval_prob": _any_new_approval(base, runs),
        "rnpv": value["rnpv_usd"],
        "loss_prob": float(np.mean(npv < 0)),
        "facts": fact_rows(base),
    }


def _any_new_approval(base: Assembled, runs: Runs) -> float | None:
    rows = [runs.drawn.days_of(name) < NEVER for name in new_approvals(base)]
    return float(np.mean(np.any(rows, axis=0))) if rows else None


def risks(base: Assembled, runs: Runs, *, seed: int, mean_usd: float) -> list[Row]:
    """For each gate that is still open: how likely it fails, and what is lost then, largest expected loss first."""
    draws = min(SENSITIVITY_DRAWS, runs.drawn.draws)
    rows: list[Row] = []
    start = float(run(runs.compiled, draws=draws, seed=seed).npv_usd[OWNER].mean())
    for gate in base.filled.gates:
        if gate.included or gate.prob >= 1:
            continue
        failed = with_chance(base, runs.compiled, gate.stream, 0.0)
        loss = start - float(run(failed, draws=draws, seed=seed).npv_usd[OWNER].mean())
        label = {"en": f"{gate.label['en']} fails", "zh": f"{gate.label['zh']}未成功"}
        note = {
            "en": f"against the mean of {mean_usd / 1e6:,.1f} MUSD",
            "zh": f"相对于均值 {mean_usd / 1e6:,.1f} 百万美元",
        }
        rows.append(
            {"label": label, "prob": 1 - gate.prob, "rnpv_loss_usd": round(loss), "note": note, "gate": gate.id}
        )
    return sorted(rows, key=lambda row: -row["prob"] * row["rnpv_loss_usd"])[:5]


def _next_steps(ahead: list[Row]) -> list[Row]:
    """The four next pieces of work, each kind of step in a jurisdiction once."""
    first: dict[tuple[str, str | None], Row] = {}
    for row in sorted(ahead, key=lambda a: a["start"]["p50"]):
        first.setdefault((row["label"]["en"], row["jurisdiction"]), row)
    return list(first.values())[:4]


def decision(activities: list[Row], *, mean_usd: float, gates: list[Row]) -> Row | None:
    """The next piece of work that has not begun, and the days that follow from it."""
    ahead = [
        a for a in activities if a["status"] == "simulated" and a["kind"] in ("stage", "step") and a["start"]["p50"]
    ]
    work = [a for a in ahead if a["kind"] == "stage" or a["id"].endswith(".preparation")]
    if not work:
        return None
    first = min(work, key=lambda a: a["start"]["p50"])
    chance = next((gate["prob"] for gate in gates if gate["activity"] == first["id"]), None)
    verdict = ("adds value", "增加价值") if mean_usd > 0 else ("loses value", "减损价值")
    why_en = f"the whole plan {verdict[0]} on average ({mean_usd / 1e6:+,.1f} MUSD)"
    why_zh = f"整体计划平均{verdict[1]}（{mean_usd / 1e6:+,.1f} 百万美元）"
    if chance is not None:
        why_en, why_zh = f"{why_en}; this step succeeds with {chance:.0%}", f"{why_zh}；本步成功概率 {chance:.0%}"
    steps = _next_steps(ahead)
    return {
        "activity": first["id"],
        "label": {"en": f"Start {first['label']['en']}?", "zh": f"是否启动{first['label']['zh']}？"},
        "why": {"en": why_en, "zh": why_zh},
        "steps": [{"day": a["start"]["p50"], "label": a["label"], "jurisdiction": a["jurisdiction"]} for a in steps],
    }
