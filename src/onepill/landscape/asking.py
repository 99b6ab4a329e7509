"""Names in a question that the world does not hold, which would otherwise show nothing in silence."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from onepill.core.errors import Finding
from onepill.landscape.classes import group_sets
from onepill.landscape.inputs import Question
from onepill.landscape.world import World


def check_question(world: World, question: Question) -> list[Finding]:
    """A warning for each filter's name that no drug or record of the world has, on any day."""
    return list(_unknown_names(world, question))


def _unknown_names(world: World, question: Question) -> Iterator[Finding]:
    sets, _ = group_sets(world.annotations.sets, question.switches)
    vocabularies = {
        "targets": {name for names in sets for name in names},
        "indications": set(world.indications),
        "modalities": set(world.annotations.modality.names),
        "origins": set(world.annotations.origin.names),
    }
    for field, known in vocabularies.items():
        for name in getattr(question, field):
            if name not in known:
                yield _unknown(field, name, known)


def _unknown(field: str, name: str, known: set[str]) -> Finding:
    near = get_close_matches(name, sorted(known), n=3)
    hint = f"did you mean {', '.join(near)}?" if near else "nothing with this name was loaded"
    message = f"no {field} named {name!r} in the data, so that nothing is shown for it"
    return Finding(f"landscape.{field}", "warning", message, hint=hint, path=field, value=name)
