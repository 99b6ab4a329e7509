"""Why an agent carries its tag: one sentence in two languages, and the records it rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onepill.core.dates import NEVER, iso
from onepill.landscape.columns import UNKNOWN
from onepill.landscape.stages import LADDER
from onepill.landscape.tags import APPROVED, COMBINATION, FIRST, FOLLOWER, ME_TOO, TAGS, Tag, Tags
from onepill.landscape.world import World

NAMED = 5
"""How many leaders a sentence names before it says how many more there are."""

STAGE_NAMES = {
    "unknown": ("an unknown stage", "阶段不明"),
    "preclinical": ("preclinical work", "临床前"),
    "ind": ("the trial application", "临床试验申请"),
    "early_phase_1": ("early phase 1", "早期一期"),
    "phase_1": ("phase 1", "一期"),
    "phase_1_2": ("phase 1/2", "一/二期"),
    "phase_2": ("phase 2", "二期"),
    "phase_2_3": ("phase 2/3", "二/三期"),
    "phase_3": ("phase 3", "三期"),
    "preapproval": ("the marketing application", "上市申请"),
    "approval": ("approval", "获批"),
}


@dataclass(frozen=True)
class Reason:
    """A tag with why it is given.

    Attributes:
        class_name: targets, mechanism, modality; empty where unknown.
        first_seen, reached, class_first_approval: ISO days; the last is empty while the class has none.
        text: by language, `en` and `zh`.
        evidence: ids of the records that the sentence rests on: the agent's own, then the leaders' or the first
            approved drug's.
    """

    drug_id: str
    indication_id: str
    tag: Tag
    class_name: str
    stage: str
    first_seen: str
    reached: str
    class_first_approval: str
    opens_class: bool
    text: dict[str, str]
    evidence: tuple[str, ...]


def explain(world: World, tags: Tags, *, limit: int | None = None) -> tuple[Reason, ...]:
    """The reason of each shown agent, sorted by tag, then furthest stage first, then drug.

    Args:
        limit: at most so many; None gives all.
    """
    rows = np.flatnonzero(tags.shown)
    agents = tags.agents
    order = np.lexsort(
        (agents.indication[rows], agents.drug[rows], -agents.rank[rows].astype(np.int64), tags.tag[rows])
    )
    return tuple(explain_agent(world, tags, int(row)) for row in rows[order][:limit])


def explain_agent(world: World, tags: Tags, row: int) -> Reason:
    """The reason of one agent, by its row in `tags.agents`."""
    agents, seat = tags.agents, int(tags.seat[row])
    rivals = _decisive_rivals(tags, row)
    approval = int(tags.stand.first_approval[seat]) if seat != UNKNOWN else NEVER
    indication = int(agents.indication[row])
    return Reason(
        drug_id=world.drugs[int(agents.drug[row])],
        indication_id="" if indication == UNKNOWN else world.indications[indication],
        tag=TAGS[int(tags.tag[row])],
        class_name=class_name(world, tags, int(tags.classes.class_code[agents.drug[row]])),
        stage=LADDER[int(agents.rank[row])],
        first_seen=iso(agents.first_seen[row]),
        reached=iso(agents.reached[row]),
        class_first_approval="" if approval == NEVER else iso(approval),
        opens_class=bool(tags.opens_class[row]),
        text=_sentence(world, tags, row, rivals),
        evidence=tuple(dict.fromkeys(record for one in (row, *rivals) for record in top_records(world, tags, one))),
    )


def class_name(world: World, tags: Tags, code: int) -> str:
    """Targets, mechanism and modality of a class in one line; empty where it is unknown."""
    if code == UNKNOWN:
        return ""
    classes, table = tags.classes, world.annotations
    parts = ["+".join(classes.sets[int(classes.class_set[code])])]
    for codes, names in (
        (classes.class_mechanism, table.mechanism.names),
        (classes.class_modality, table.modality.names),
    ):
        if codes[code] != UNKNOWN:
            parts.append(names[int(codes[code])])
    return " ".join(parts)


def top_records(world: World, tags: Tags, row: int) -> tuple[str, ...]:
    """Records by which an agent reached its highest stage on the day that counts."""
    agents, span = tags.agents, world.events_of(int(tags.agents.drug[row]))
    events = world.events
    at_top = (events.rank[span] == agents.rank[row]) & (events.counted_from[span] == agents.reached[row])
    at_top &= events.investigated[span]
    if tags.within_indication:
        at_top &= events.indication[span] == agents.indication[row]
    return tuple(dict.fromkeys(world.records[int(code)] for code in events.record[span][at_top] if code != UNKNOWN))


def _decisive_rivals(tags: Tags, row: int) -> tuple[int, ...]:
    """Rows of the agents that the tag turns on: the first approved ones, or those at the highest stage."""
    seat, tag, agents = tags.seat[row], int(tags.tag[row]), tags.agents
    if seat == UNKNOWN or tag not in (FIRST, FOLLOWER, ME_TOO, APPROVED):
        return ()
    peers = tags.seat == seat
    if tag in (ME_TOO, APPROVED):
        peers &= agents.reached == tags.stand.first_approval[seat]
    peers &= agents.rank == tags.stand.rank[seat]
    peers[row] = False
    found = np.flatnonzero(peers)
    return tuple(int(one) for one in found[np.lexsort((agents.drug[found], agents.reached[found]))])


def _sentence(world: World, tags: Tags, row: int, rivals: tuple[int, ...]) -> dict[str, str]:
    stage_en, stage_zh = STAGE_NAMES[LADDER[int(tags.agents.rank[row])]]
    since = iso(tags.agents.reached[row])
    own = {"en": f"At {stage_en} since {since}. ", "zh": f"自 {since} 起处于{stage_zh}。"}
    why = _why(world, tags, row, rivals)
    return {language: own[language] + why[language] for language in ("en", "zh")}


def _why(world: World, tags: Tags, row: int, rivals: tuple[int, ...]) -> dict[str, str]:
    tag, names = int(tags.tag[row]), _names(world, tags, rivals)
    if tag == FIRST:
        return _first(tags, row, rivals, names)
    if tag == FOLLOWER:
        return _follower(tags, row, names)
    if tag == ME_TOO:
        day = iso(tags.stand.first_approval[tags.seat[row]])
        en = f"The class has had an approved drug since {day}: {names['en']}."
        return {"en": en, "zh": f"该类别自 {day} 起已有获批药物：{names['zh']}。"}
    if tag == APPROVED:
        return _approved(tags, row, names)
    if tag == COMBINATION:
        return {"en": "A fixed-dose combination, counted apart.", "zh": "固定剂量复方，单独统计。"}
    return _unknown(tags, row)


def _first(tags: Tags, row: int, rivals: tuple[int, ...], names: dict[str, str]) -> dict[str, str]:
    en, zh = "No drug of the class is approved anywhere, and none is further.", "全球同类无获批药物，也无更领先者。"
    if rivals and tags.ties == "all_lead":
        en += f" At the same stage, and so leading too: {names['en']}."
        zh += f"处于同一阶段、并列领先：{names['zh']}。"
    elif rivals:
        en += f" At the same stage, but later or on the same day: {names['en']}."
        zh += f"处于同一阶段、较晚或同日到达：{names['zh']}。"
    return {"en": en, "zh": zh}


def _follower(tags: Tags, row: int, names: dict[str, str]) -> dict[str, str]:
    if tags.agents.rank[row] == tags.stand.rank[tags.seat[row]]:
        en = f"No drug of the class is approved, but others reached this stage before: {names['en']}."
        return {"en": en, "zh": f"同类无获批药物，但有药物更早到达此阶段：{names['zh']}。"}
    stage_en, stage_zh = STAGE_NAMES[LADDER[int(tags.stand.rank[tags.seat[row]])]]
    en = f"No drug of the class is approved, but others are further, at {stage_en}: {names['en']}."
    return {"en": en, "zh": f"同类无获批药物，但有更领先者（{stage_zh}）：{names['zh']}。"}


def _approved(tags: Tags, row: int, names: dict[str, str]) -> dict[str, str]:
    if tags.seat[row] == UNKNOWN:
        return {"en": "Approved; its class is not known.", "zh": "已获批；类别不明。"}
    if tags.opens_class[row]:
        return {"en": "Approved, as the first of its class.", "zh": "已获批，为同类首个。"}
    day = iso(tags.stand.first_approval[tags.seat[row]])
    return {
        "en": f"Approved; the first of its class was approved on {day}: {names['en']}.",
        "zh": f"已获批；同类首个于 {day} 获批：{names['zh']}。",
    }


def _unknown(tags: Tags, row: int) -> dict[str, str]:
    if tags.withheld[row]:
        share, least = f"{tags.coverage:.0%}", f"{tags.minimum_coverage:.0%}"
        return {
            "en": f"It leads its class as far as is known, but only {share} of agents have a known class; "
            f"below {least} nobody is called first-in-class.",
            "zh": f"就已知信息它领先同类，但仅 {share} 的在研药物类别已知；低于 {least} 时不判定首创。",
        }
    if tags.classes.class_code[tags.agents.drug[row]] != UNKNOWN:
        return {"en": "Its indication is not mapped.", "zh": "其适应症尚未映射。"}
    return {
        "en": "Its target, mechanism or modality was not known on this day.",
        "zh": "其靶点、机制或药物类型在该日尚不明确。",
    }


def _names(world: World, tags: Tags, rows: tuple[int, ...]) -> dict[str, str]:
    """The first few drugs by name, and how many more."""
    listed = [world.drugs[int(tags.agents.drug[row])] for row in rows[:NAMED]]
    more = len(rows) - len(listed)
    en, zh = ", ".join(listed), "、".join(listed)
    return {"en": f"{en} and {more} more", "zh": f"{zh}等 {len(rows)} 个"} if more else {"en": en, "zh": zh}
