"""What a process has just answered, kept while nothing that the answer depends on has moved; bounded in bytes.

Access comes first: a question is permitted before its answer is looked for, and an answer serves only those who stand
to the workspace as the one who asked: the same role, the same grants.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from sys import getsizeof
from typing import TYPE_CHECKING, Any, TypeVar

from onepill.workbench.asking.access_rules import RULES
from onepill.workbench.asking.kept_answers import CHANGES_NOTHING

if TYPE_CHECKING:
    from pydantic import BaseModel

    from onepill.workbench.asking.context import Context
    from onepill.workbench.operations import Operation

Made = TypeVar("Made")
MOST_BYTES = 48 * 2**20
"""Of answers in the memory of a process: a passport has some 0.4 MB."""
MOST_QUESTIONS = 20_000
"""A question takes some 200 bytes beside its answer, which several share."""
OF_THE_WORKSPACE = frozenset(
    {
        "approvals list",
        "brief",
        "deals history",
        "deals list",
        "deals show",
        "programmes compare",
        "programmes history",
        "programmes list",
        "programmes live",
        "programmes show",
        "tiers list",
    }
)
"""Questions to the workspace whose answers move only with its audit trail, the warehouse and the watches: not those
whose answers move with the clock or with work in the background, such as jobs and tokens."""


OWN = frozenset({"brief"})
"""Those of them that may tell each person something else, whatever the role."""
TELLS_OUTLOOKS = frozenset({"programmes list"})
"""Those of them that show what passports that were made say, which the trail does not tell."""


@dataclass(frozen=True)
class Told:
    """The JSON text of an answer, and the hash that tells it from every other."""

    text: str
    digest: str

    @classmethod
    def of(cls, text: str) -> Told:
        return cls(text, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


class Shelf:
    """Texts by their question, each as of a state of what it depends on: a later one takes the place of an earlier.

    Equal texts stand once; the least asked for leaves first.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, most_questions: int = MOST_QUESTIONS) -> None:
        self._most_bytes, self._most_questions = most_bytes, most_questions
        self._asked: OrderedDict[Hashable, tuple[Hashable, str]] = OrderedDict()
        self._told: dict[str, tuple[Told, int]] = {}
        """By its hash a text, and how many questions it answers."""
        self._bytes, self._lock = 0, threading.Lock()

    def get(self, key: Hashable, state: Hashable = None) -> Told | None:
        """The text under this key as of this state; None where there is none, or none any more."""
        with self._lock:
            as_of, digest = self._asked.get(key, (None, ""))
            if not digest or as_of != state:
                return None
            self._asked.move_to_end(key)
            return self._told[digest][0]

    def put(self, key: Hashable, told: Told, state: Hashable = None) -> None:
        """Keep a text; one that is larger than an eighth of all is not kept."""
        with self._lock:
            self._drop(key)
            if getsizeof(told.text) > self._most_bytes // 8:
                return
            same, count = self._told.get(told.digest, (told, 0))
            self._told[told.digest] = same, count + 1
            self._bytes += 0 if count else getsizeof(told.text)
            self._asked[key] = state, told.digest
            while self._bytes > self._most_bytes or len(self._asked) > self._most_questions:
                self._drop(next(iter(self._asked)))

    def _drop(self, key: Hashable) -> None:
        _, digest = self._asked.pop(key, (None, ""))
        if not digest:
            return
        told, count = self._told[digest]
        if count > 1:
            self._told[digest] = told, count - 1
        else:
            del self._told[digest]
            self._bytes -= getsizeof(told.text)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._asked.clear()
            self._told.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._asked)

    @property
    def bytes_kept(self) -> int:
        return self._bytes


class Turns:
    """Lets one thread at a time do the work of a key, so that those who ask meanwhile find it done."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, tuple[threading.Lock, int]] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._locks)

    def take(self, key: Hashable, work: Callable[[], Made]) -> Made:
        """What `work` returns, once it is this thread's turn."""
        with self._lock:
            lock, waiting = self._locks.get(key, (threading.Lock(), 0))
            self._locks[key] = lock, waiting + 1
        try:
            with lock:
                return work()
        finally:
            with self._lock:
                lock, waiting = self._locks[key]
                if waiting == 1:
                    del self._locks[key]
                else:
                    self._locks[key] = lock, waiting - 1


ANSWERS = Shelf()
TURNS = Turns()


def remembered(found: Operation) -> bool:
    """Whether an answer moves only with what `answer_key` names."""
    return found.effect == "read" and (found.needs == "" or found.name in OF_THE_WORKSPACE)


def answer_key(found: Operation, question: BaseModel, context: Context) -> str:
    """SHA-256 of a question, and of how the person who asks stands to the workspace.

    Raises:
        OnepillError: the workspace cannot be opened.
    """
    asked = question.model_dump(exclude=set(CHANGES_NOTHING))
    parts: dict[str, Any] = {"operation": found.name, "question": asked}
    if found.needs == "workspace":
        workspace = context.workspace
        parts["asked_by"] = _standing(found, question, context)
        parts["workspace"] = [str(workspace.home), str(workspace.engine.url)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def answer_state(found: Operation, question: BaseModel, context: Context) -> tuple[Hashable, ...]:
    """What moves as soon as an answer may: what stands outside, the documents it is about, the outlooks it shows."""
    if found.needs != "workspace":
        return (outside_mark(),)
    mark, about = context.mark, _about(found, question, context)
    moves = mark.of(about) if about else mark.of_documents
    return outside_mark(), moves, mark.outlooks if found.name in TELLS_OUTLOOKS else 0


def _about(found: Operation, question: BaseModel, context: Context) -> str:
    """The programme that a question is about; "" where it is about all."""
    rule = RULES[found.name]
    named = getattr(question, rule.field, None)
    if rule.subject not in {"programme", "document", "listed"} or not isinstance(named, str):
        return ""
    placed = context.placed(named) if rule.subject == "document" else None
    return (placed.programme_id if placed else None) or named


def standing_of(context: Context) -> Hashable:
    """All that the rules of access look at in a person, whatever is asked: alike for those who are told the same."""
    actor = context.actor
    return "local" if actor.is_local else (actor.role, actor.scopes, tuple(sorted(context.grants().items())))


def _standing(found: Operation, question: BaseModel, context: Context) -> Any:
    """What the rules of access look at: the role, and what was granted; tiers move with their programme."""
    actor = context.actor
    if actor.is_local:
        return "local"
    grants, about = context.grants(), _about(found, question, context)
    granted = [grants.get(about)] if about else sorted(grants.items())
    return [actor.role, granted, actor.name if found.name in OWN else ""]


def outside_mark() -> str:
    """What answers read beside the package and the workspace: the warehouse and its corrections."""
    from onepill.store.places import warehouse_folder
    from onepill.workbench.landscape.chapter import warehouse_corrections, warehouse_generation

    return repr((str(warehouse_folder()), warehouse_generation(), warehouse_corrections()))


def told_before(
    found: Operation, question: BaseModel, context: Context, make: Callable[[], str], *, form: str = ""
) -> Told:
    """The answer that was just told to the same question in the same form, else a new one.

    The caller has permitted the question.
    """
    if not remembered(found):
        return Told.of(make())
    key, state = (answer_key(found, question, context), form), answer_state(found, question, context)
    kept = ANSWERS.get(key, state)
    if kept is not None:
        return kept

    def made() -> Told:
        # Somebody else may have asked the same meanwhile.
        if (same := ANSWERS.get(key, state)) is not None:
            return same
        told = Told.of(make())
        ANSWERS.put(key, told, state)
        return told

    return TURNS.take((key, state), made)
