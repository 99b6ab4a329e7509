"""The words of a question in the terms of a world: everyday names to gene symbols, conditions with what is below."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from onepill.core.errors import Finding, InputError
from onepill.landscape import Question, Switches, check_question
from onepill.landscape.inputs import PD_1_PD_L1
from onepill.model.types import ALIASES
from onepill.registries.entities.targets import symbols_of
from onepill.workbench.landscape.world import LoadedWorld
from onepill.workbench.questions.landscape import FilteredAsk, WorldAsk


def question_of(ask: WorldAsk, loaded: LoadedWorld) -> tuple[Question, list[Finding]]:
    """The question, and a warning for each word that no programme of the world carries.

    Raises:
        InputError: `landscape.indication`, a condition that the warehouse does not know.
    """
    day = ask.on or loaded.inputs.snapshot_day
    if not isinstance(ask, FilteredAsk):
        return Question(as_of=day, switches=_switches(ask)), []
    question = Question(
        as_of=day,
        switches=_switches(ask),
        targets=_targets(ask),
        modalities=tuple(ask.modalities),
        origins=tuple(origin_code(one) for one in ask.origins),
    )
    # Conditions are looked up by themselves: one above those of the records is no unknown word.
    findings = check_question(loaded.world, question)
    return replace(question, indications=_indications(ask.indications, loaded)), findings


def origin_code(text: str) -> str:
    """A country's code as origins have it: capitals, and GB for UK."""
    return ALIASES.get(text.upper(), text.upper())


def _switches(ask: WorldAsk) -> Switches:
    return Switches(
        academic=not ask.without_academic,
        cell_therapies=not ask.without_cell_therapies,
        combination_arms=not ask.without_combinations,
        biosimilars=ask.with_biosimilars,
        annotation_hindsight=ask.hindsight,
        target_groups=_groups(ask),
    )


def _groups(ask: WorldAsk) -> dict[str, str]:
    """Target to the group that it counts under.

    Raises:
        InputError: `landscape.group`: no name, fewer than two targets, or a target that stands in another group.
    """
    groups = dict(PD_1_PD_L1) if ask.pd1_as_one else {}
    for text in ask.groups:
        name, _, members = text.partition("=")
        symbols = {symbol for one in members.split(",") if one.strip() for symbol in symbols_of(one.strip())}
        if not name.strip() or len(symbols) < 2:
            raise _bad_group(f"{text!r} is no group of at least two targets", text)
        twice = sorted(symbols & groups.keys())
        if twice:
            raise _bad_group(f"{twice[0]} stands in the group {groups[twice[0]]} and in {name.strip()}", text)
        groups |= dict.fromkeys(symbols, name.strip())
    return groups


def _bad_group(message: str, text: str) -> InputError:
    hint = "write --group NAME=TARGET,TARGET, such as RAS=KRAS,NRAS,HRAS; a target stands in one group"
    return InputError.single("landscape.group", message, hint=hint, path="groups", value=text)


def _targets(ask: FilteredAsk) -> tuple[str, ...]:
    """Targets asked for, and the groups that hold them; the name of a group stands for itself."""
    groups = _groups(ask)
    symbols = (one for name in ask.targets for one in ((name,) if name in groups.values() else symbols_of(name)))
    return tuple(dict.fromkeys(groups.get(one, one) for one in symbols))


def _indications(wanted: list[str], loaded: LoadedWorld) -> tuple[str, ...]:
    """Ids of the conditions and of all conditions of the evidence below them."""
    tops = {one for text in wanted for one in _condition(text, loaded)}
    below = {one for one, (_, above) in loaded.inputs.conditions.items() if not tops.isdisjoint(above)}
    return tuple(sorted(tops | below))


def _condition(text: str, loaded: LoadedWorld) -> tuple[str, ...]:
    """A condition by id, by its heading, or as the warehouse's tables read the text."""
    conditions = loaded.inputs.conditions
    folded = text.casefold().strip()
    direct = tuple(one for one, (name, _) in conditions.items() if folded in (one.casefold(), name.casefold()))
    if direct:
        return direct
    linked = _linked(text, loaded)
    if linked:
        return linked
    near = get_close_matches(text, [name for name, _ in conditions.values()], n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else "load the conditions: `onepill registry load mesh PATH`"
    raise InputError.single("landscape.indication", f"no condition {text!r} is known", hint=hint, value=text)


def _linked(text: str, loaded: LoadedWorld) -> tuple[str, ...]:
    from onepill.registries import TABLES
    from onepill.store.warehouse import open_reader
    from onepill.workbench.landscape.corrections import kept_corrections
    from onepill.workbench.landscape.names import condition_book

    with open_reader(loaded.root, TABLES) as reader:
        links = condition_book(reader, kept_corrections(loaded.root).corrections).link(text)
    return tuple(link.entity_id for link in links if link.status == "accepted")
