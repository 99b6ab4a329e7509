"""Names of a payer path's inputs for people."""

from __future__ import annotations

from onepill.model.payer_path import shape_of
from onepill.workbench.plan.assemble import Assembled

Text = dict[str, str]
FIELDS: dict[str, Text] = {
    "price_factor": {"en": "price", "zh": "价格"},
    "patient_share": {"en": "patients", "zh": "患者比例"},
    "prob": {"en": "chance in a round", "zh": "每轮概率"},
    "lag": {"en": "wait", "zh": "等待时间"},
}


def payer_label(base: Assembled, path: str) -> Text | None:
    """The market, the state (a transition is named by the state that it leads to) and the field of an input of a payer
    path; None for any other value path."""
    parts = path.split(".")
    if len(parts) != 6 or parts[2] != "access" or parts[5] not in FIELDS:
        return None
    name, market = next((n, m) for n, m in base.filled.programme.markets.items() if n.lower() == parts[1])
    if market.access is None:
        return None
    shape = shape_of(market.access)
    state = shape.moves[parts[4]].target if parts[3] == "transitions" else parts[4]
    title, field, code = shape.states[state].title, FIELDS[parts[5]], market.jurisdiction or name.upper()
    return {"en": f"{code}: {title['en']}, {field['en']}", "zh": f"{code}：{title['zh']}，{field['zh']}"}
