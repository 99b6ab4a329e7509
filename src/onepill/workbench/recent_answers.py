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

from onepill.workbench.kept_answers import CHANGES_NOTHING

if TYPE_CHECKING:
    from pydantic import BaseModel

    from onepill.workbench.context import Context
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
    """Texts by the hash of what they depend on; equal texts stand once, the least asked for leaves first."""

    def __init__(self, most_bytes: int = MOST_BYTES, most_questions: int = MOST_QUESTIONS) -> None:
        self._most_bytes, self._most_questions = most_bytes, most_questions
        self._digests: OrderedDict[Hashable, str] = OrderedDict()
        self._told: OrderedDict[str, Told] = OrderedDict()
        self._bytes, self._lock = 0, threading.Lock()

    def get(self, key: Hashable) -> Told | None:
        """The text under this key; None where there is none, or none any more."""
        with self._lock:
            digest = self._digests.get(key)
            if digest is None or digest not in self._told:
                return None
            self._digests.move_to_end(key)
            self._told.move_to_end(digest)
            return self._told[digest]

    def put(self, key: Hashable, told: Told) -> None:
        """Keep a text; one that is larger than an eighth of all is not kept."""
        if getsizeof(told.text) > self._most_bytes // 8:
            return
        with self._lock:
            if told.digest not in self._told:
                self._told[told.digest] = told
                self._bytes += getsizeof(told.text)
            self._digests[key] = told.digest
            while self._bytes > self._most_bytes:
                _, gone = self._told.popitem(last=False)
                self._bytes -= getsizeof(gone.text)
            while len(self._digests) > self._most_questions:
                self._digests.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._digests.clear()
            self._told.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._digests)

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
    """SHA-256 of all that an answer depends on beside the package's own files, which a process has read for good.

    Raises:
        OnepillError: the workspace cannot be opened.
    """
    parts: dict[str, Any] = {
        "operation": found.name,
        "question": question.model_dump(exclude=set(CHANGES_NOTHING)),
        "outside": outside_mark(),
    }
    if found.needs == "workspace":
        workspace = context.workspace
        parts["asked_by"] = _standing(found, context)
        parts["workspace"] = [str(workspace.home), str(workspace.engine.url)]
        parts["head"] = workspace.audit.head()
        parts["kept"] = workspace.runs.count() if found.name in TELLS_OUTLOOKS else 0
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _standing(found: Operation, context: Context) -> Any:
    """What the rules of access look at: the role, and what was granted; tiers move with the trail."""
    actor = context.actor
    if actor.is_local:
        return "local"
    name = actor.name if found.name in OWN else ""
    return [actor.role, sorted(context.workspace.accounts.grants(actor.name).items()), name]


def outside_mark() -> str:
    """What answers read beside the package and the workspace: the warehouse and its corrections."""
    from onepill.store.places import warehouse_folder
    from onepill.workbench.landscape_chapter import warehouse_corrections, warehouse_generation

    return repr((str(warehouse_folder()), warehouse_generation(), warehouse_corrections()))


def told_before(
    found: Operation, question: BaseModel, context: Context, make: Callable[[], str], *, form: str = ""
) -> Told:
    """The answer that was just told to the same question in the same form, else a new one.

    The caller has permitted the question.
    """
    if not remembered(found):
        return Told.of(make())
    key = (answer_key(found, question, context), form)
    kept = ANSWERS.get(key)
    if kept is not None:
        return kept

    def made() -> Told:
        # Somebody else may have asked the same meanwhile.
        if (same := ANSWERS.get(key)) is not None:
            return same
        told = Told.of(make())
        ANSWERS.put(key, told)
        return told

    return TURNS.take(key, made)
