"""Who may do what: the one table that every face obeys. Nothing here opens a store; `access_guard` applies it.

A person has a role, and access to programmes one by one. What may be done depends on the role on that programme (the
lower of the account's and the grant's), on the effect of the operation, and on how the programme stands to the person.
What may be seen depends on the tier of the document and of each field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["viewer", "analyst", "approver", "admin"]
Effect = Literal["read", "write", "approve", "admin"]
Reach = Literal["none", "own", "public", "foreign"]
"""How a programme stands to a person: none is meant, granted, open to all accounts, or somebody else's."""
Tier = Literal["public", "internal", "confidential", "strictly"]
Subject = Literal["none", "listed", "new", "programme", "document", "programmes", "text", "job", "self"]
"""What an operation is about: no programme; all that there are, of which each sees their own; one that is not there
yet; the one that a field names; that of a document which a field names, a programme or one of its deals; those that a
field lists, or where it lists none all that are seen whole; the one that a text names; a job's; the account itself."""

ROLES: tuple[Role, ...] = ("viewer", "analyst", "approver", "admin")
EFFECTS: tuple[Effect, ...] = ("read", "write", "approve", "admin")
REACHES: tuple[Reach, ...] = ("none", "own", "public", "foreign")
TIERS: tuple[Tier, ...] = ("public", "internal", "confidential", "strictly")

_READS: frozenset[Effect] = frozenset({"read"})
_WRITES: frozenset[Effect] = frozenset({"read", "write"})
_APPROVES: frozenset[Effect] = frozenset({"read", "write", "approve"})
_ALL: frozenset[Effect] = frozenset(EFFECTS)
_NOTHING: frozenset[Effect] = frozenset()

ALLOWED: dict[Reach, dict[Role, frozenset[Effect]]] = {
    "none": {"viewer": _READS, "analyst": _WRITES, "approver": _APPROVES, "admin": _ALL},
    "own": {"viewer": _READS, "analyst": _WRITES, "approver": _APPROVES, "admin": _ALL},
    "public": {"viewer": _READS, "analyst": _READS, "approver": _READS, "admin": _ALL},
    "foreign": {"viewer": _NOTHING, "analyst": _NOTHING, "approver": _NOTHING, "admin": _ALL},
}
"""Effects by reach and role. Every programme is an administrator's own, who could grant it anyway; the trail tells."""

CLEARANCE: dict[Role, Tier] = {
    "viewer": "internal",
    "analyst": "confidential",
    "approver": "strictly",
    "admin": "strictly",
}
"""The highest tier that a role sees of its own programmes; of others' it sees what is public."""


@dataclass(frozen=True)
class Rule:
    """What an operation on the workspace is about, and whether it needs every field.

    `field` names the programme, where it is a field that does. An answer that `needs_all` is computed from fields, or
    takes their place: it is refused where one is above the reader's tier. Others come with such fields withheld. What
    is done `in_person` no token may do, whatever its scopes.
    """

    subject: Subject
    field: str = "id"
    needs_all: bool = False
    is_optional: bool = False
    in_person: bool = False


_WHOLE = Rule("programme", needs_all=True)
_NONE = Rule("none")

RULES: dict[str, Rule] = {
    "programmes list": Rule("listed"),
    "programmes show": Rule("programme"),
    "programmes history": Rule("programme"),
    "programmes add": Rule("new"),
    "programmes save": Rule("text", field="text", needs_all=True),
    "programmes restore": _WHOLE,
    "programmes compare": _WHOLE,
    "programmes live": _WHOLE,
    "brief": Rule("programmes", field="programmes", needs_all=True),
    "landscape watch list": Rule("listed"),
    "landscape watch save": _NONE,
    "landscape watch forget": _NONE,
    "landscape diff": Rule("listed"),
    # What it asks again is asked for the same person, under that question's own rule.
    "explain number": _NONE,
    "competitors save": Rule("programme", field="programme", needs_all=True),
    "scenarios save": _WHOLE,
    "deals list": Rule("listed", field="programme"),
    "deals show": Rule("document"),
    "deals history": Rule("document"),
    "deals add": Rule("programme", field="programme", needs_all=True),
    "deals save": Rule("programme", field="programme", needs_all=True),
    "deals restore": Rule("document", needs_all=True),
    "jobs start": Rule("programme", field="programme", needs_all=True, is_optional=True),
    "jobs show": Rule("job"),
    "jobs list": Rule("listed"),
    "jobs cancel": Rule("job"),
    "jobs resume": Rule("job"),
    "approvals sign": Rule("document", needs_all=True, in_person=True),
    "approvals list": Rule("document"),
    "tiers set": _WHOLE,
    "tiers list": Rule("programme"),
    "tokens add": Rule("self", field="name", in_person=True),
    "tokens list": Rule("self", field="name"),
    "tokens revoke": Rule("self", field="name", in_person=True),
    "users add": _NONE,
    "users list": _NONE,
    "users change": _NONE,
    "users password": Rule("self", field="name", in_person=True),
    "users link": _NONE,
    "users grant": _NONE,
    "users withdraw": _NONE,
    "audit verify": _NONE,
    "audit list": _NONE,
    "backup": _NONE,
    "restore": _NONE,
}
"""Every operation on the workspace; one without a row is refused to all accounts (`access.unruled`)."""


def may(role: Role, effect: Effect, reach: Reach, scopes: frozenset[str] | None = None) -> bool:
    """Whether the role allows the effect; a token's scopes narrow it and never widen it."""
    return effect in ALLOWED[reach][role] and (scopes is None or effect in scopes)


def lower(one: Role, other: Role) -> Role:
    """The one that allows less."""
    return min(one, other, key=ROLES.index)


def clearance(role: Role, reach: Reach) -> Tier:
    """The highest tier that is seen."""
    if role == "admin" or reach == "own":
        return CLEARANCE[role]
    return "public"


def sees(cleared: Tier, tier: Tier) -> bool:
    """Whether somebody cleared so high sees what has this tier."""
    return TIERS.index(tier) <= TIERS.index(cleared)
