"""White space: what the warehouse says for targets in indications, and the pairs of them that are nearly empty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onepill.landscape import Failure, Question, Support
    from onepill.landscape.pairs import PairStand
    from onepill.landscape.whitespace import Neighbour, WhiteSpace
    from onepill.workbench.landscape.claims import Claim
    from onepill.workbench.landscape.world import LoadedWorld
    from onepill.workbench.questions.research import WhitespaceAsk

Row = dict[str, Any]
EARLY, LATE = "phase_2", "phase_3"
"""A pair is supported by a programme of its own from phase 2 on, by one in a condition beside it from phase 3 on."""
ON_MARKET = ("APPROVAL", "WITHDRAWN", "marketed", "legacy")
"""Words of the drug sources for what is or was on a market."""
GRAPHS = ("treats", "studied_for", "prevents")


def whitespace(ask: WhitespaceAsk) -> Row:
    """Where is white space: supported pairs of target and indication with few drugs, each with its evidence."""
    from onepill.landscape import white_space
    from onepill.workbench.landscape.answers import asked, head

    loaded, question, findings = asked(ask)
    supports = list(_supports(loaded, question, with_related=not ask.without_related))
    failures = list(_failures(loaded, question))
    spaces = white_space(loaded.world, question, supports, failures=failures, at_most=ask.at_most)
    return {
        **head(loaded, question, findings),
        "order": dict(ORDER),
        "at_most": ask.at_most,
        "pairs": [_pair(loaded, space) for space in spaces[: ask.limit]],
        "found": len(spaces),
        "coverage": {
            "supports": dict(sorted(Counter(one.kind for one in supports).items())),
            "failures": len(failures),
            "target_share": _known_share(loaded, question),
            "records": dict(loaded.inputs.counts),
        },
    }


def _supports(loaded: LoadedWorld, question: Question, *, with_related: bool) -> Iterator[Support]:
    """Everything that speaks for a pair; each known by the question's day."""
    from onepill.landscape.pairs import drugs_shown, pair_stands, targets_by_drug

    stands = pair_stands(loaded.world, question, min_stage=EARLY)
    yield from (_of_stand(loaded, one) for one in stands)
    if with_related:
        yield from _related(loaded, stands)
    targets, wanted = targets_by_drug(loaded.world, question), drugs_shown(loaded.world, question)
    for claim in loaded.inputs.claims:
        known = claim.indication_id and claim.known_on <= question.as_of and claim.drug_id in wanted
        if known and claim.saying != "failed_on":
            yield from (_of_claim(loaded, claim, target) for target in targets.get(claim.drug_id, ()))


def _of_stand(loaded: LoadedWorld, one: PairStand) -> Support:
    from onepill.landscape import Support

    name, condition = _drug(loaded, one.drug_id), _condition(loaded, one.indication_id)
    is_approved = one.stage == "approval"
    verb, verb_zh = _reached(one)
    said = {"en": f"{name} {verb} {condition}", "zh": f"{name} 在{condition}中{verb_zh}"}
    return Support(
        one.target,
        one.indication_id,
        "approval" if is_approved and not one.by_phase_4 else "trial",
        said,
        one.record_id,
        one.reached,
        drug_id=one.drug_id,
        in_pair=True,
        approved=is_approved,
    )


def _reached(one: PairStand) -> tuple[str, str]:
    if one.by_phase_4:
        return "is in phase 4, which counts as approved, in", "处于 4 期（按获批计）"
    if one.stage == "approval":
        return "was approved in", "已获批"
    return f"reached {one.stage} in", f"达到 {one.stage}"


def _related(loaded: LoadedWorld, stands: tuple[PairStand, ...]) -> Iterator[Support]:
    """A late programme supports its target in the conditions under the same heading."""
    from onepill.landscape import Support
    from onepill.landscape.pairs import beside
    from onepill.landscape.stages import rank_of

    conditions = loaded.inputs.conditions
    used = [(one, above[0] if above else "") for one, (_, above) in conditions.items()]
    others, heading = beside(used), dict(used)
    for one in stands:
        if rank_of(one.stage) < rank_of(LATE):
            continue
        name, here = _drug(loaded, one.drug_id), _condition(loaded, one.indication_id)
        verb, verb_zh = _reached(one)
        above = _condition(loaded, heading[one.indication_id])
        for other in others[one.indication_id]:
            said = {
                "en": f"{name} {verb} {here}, which stands beside it under {above}",
                "zh": f"{name} 在{here}中{verb_zh}，二者同属{above}",
            }
            yield Support(
                one.target, other, "related_condition", said, one.record_id, one.reached, drug_id=one.drug_id
            )  # fmt: skip


def _of_claim(loaded: LoadedWorld, claim: Claim, target: str) -> Support:
    from onepill.landscape import Support

    name, condition = _drug(loaded, claim.drug_id), _condition(loaded, claim.indication_id)
    verb, verb_zh = SAYINGS[claim.saying]
    stage, stage_zh = (f" ({claim.stage})", f"（{claim.stage}）") if claim.stage else ("", "")
    said = {"en": f"{name} {verb} {condition}{stage}", "zh": f"{name} {verb_zh}{condition}{stage_zh}"}
    return Support(
        target,
        claim.indication_id,
        "knowledge_graph" if claim.saying in GRAPHS else "drug_list",
        said,
        claim.record_id,
        claim.known_on,
        drug_id=claim.drug_id,
        in_pair=True,
        approved=claim.stage in ON_MARKET,
    )


def _failures(loaded: LoadedWorld, question: Question) -> Iterator[Failure]:
    """Of the targets that the source names, and of all that the drug is known to act on."""
    from onepill.landscape import Failure
    from onepill.landscape.pairs import targets_by_drug

    known, groups = targets_by_drug(loaded.world, question), question.switches.target_groups
    for one in loaded.inputs.claims:
        if one.saying != "failed_on" or one.known_on > question.as_of:
            continue
        named = [groups.get(target, target) for target in one.targets]
        for target in dict.fromkeys([*named, *known.get(one.drug_id, ())]):
            yield Failure(
                target, one.indication_id, one.drug_id, one.year, one.mode, one.scope, one.record_id, one.known_on
            )  # fmt: skip


def _known_share(loaded: LoadedWorld, question: Question) -> float:
    from dataclasses import replace

    from onepill.landscape.crowding import count, coverage_of

    counted = count(loaded.world, replace(question, targets=(), indications=()), unit="agent_indication")
    return coverage_of(counted.everywhere, counted.classes).class_share


def _pair(loaded: LoadedWorld, space: WhiteSpace) -> Row:
    return {
        "target": space.target,
        "indication": space.indication_id,
        "indication_name": _condition(loaded, space.indication_id),
        "kinds": list(space.kinds),
        "supports": [_support(loaded, one) for one in space.supports],
        "drugs": space.drugs,
        "programmes": [_neighbour(loaded, one) for one in space.programmes],
        "listed": [_listed(loaded, space, one) for one in space.listed],
        "elsewhere": [_neighbour(loaded, one) for one in space.elsewhere],
        "target_programmes": space.target_programmes,
        "indication_programmes": space.indication_programmes,
        "approved_here": space.approved_here,
        "failed_here": space.failed_here,
        "failures": [_failure(loaded, space, one) for one in space.failures],
    }


def _support(loaded: LoadedWorld, one: Support) -> Row:
    return {
        "kind": one.kind,
        "drug": one.drug_id,
        "name": _drug(loaded, one.drug_id),
        "statement": one.statement,
        "source": one.source,
        "known_on": one.known_on.isoformat(),
    }


def _neighbour(loaded: LoadedWorld, one: Neighbour) -> Row:
    return {
        "drug": one.drug_id,
        "name": _drug(loaded, one.drug_id),
        "indication": one.indication_id,
        "indication_name": _condition(loaded, one.indication_id) if one.indication_id else "",
        "stage": one.stage,
    }


def _listed(loaded: LoadedWorld, space: WhiteSpace, drug_id: str) -> Row:
    """A drug that only the supports tell of; its stage is in their words."""
    return {
        "drug": drug_id,
        "name": _drug(loaded, drug_id),
        "indication": space.indication_id,
        "indication_name": _condition(loaded, space.indication_id),
        "stage": "",
    }


def _failure(loaded: LoadedWorld, space: WhiteSpace, one: Failure) -> Row:
    return {
        "drug": one.drug_id,
        "name": _drug(loaded, one.drug_id),
        "here": one.indication_id == space.indication_id,
        "year": one.year,
        "mode": one.mode,
        "scope": one.scope,
        "source": one.source,
        "known_on": one.known_on.isoformat(),
    }


def _drug(loaded: LoadedWorld, drug_id: str) -> str:
    return loaded.inputs.drug_names.get(drug_id, drug_id)


def _condition(loaded: LoadedWorld, condition_id: str) -> str:
    known = loaded.inputs.conditions.get(condition_id)
    return known[0] if known else condition_id


SAYINGS = {
    "listed": ("is listed for", "列表所示适应症为"),
    "treats": ("is said to treat", "据称治疗"),
    "studied_for": ("is said to be studied for", "据称研究用于"),
    "prevents": ("is said to prevent", "据称预防"),
}
ORDER = {
    "en": "In order: nothing failed in the pair, nothing is approved in it, more kinds of support, fewer drugs in it, "
    "the target further elsewhere, fewer programmes in the indication. There is no score.",
    "zh": "排序依次为：该组合中无失败、无获批药物、支持种类更多、在研药物更少、靶点在他处进展更远、该适应症项目更少。"
    "不作打分。",
}
