"""Whose account is it that another service vouches for? Issuer and subject tell, never a name or an address of mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from onepill.core.errors import AccessRefused, InputError
from onepill.workbench.asking.access_rules import ROLES, Role

if TYPE_CHECKING:
    from onepill.store.workspace import Workspace
    from onepill.store.workspace.accounts import User

Row = dict[str, Any]
ACTOR = "single sign-on"
MOST_NAMES = 1_000


def account_of(workspace: Workspace, claims: Row, *, makes_viewers: bool, role: Role | None) -> User:
    """The account of who signed in; made at the first time where that is allowed.

    Args:
        claims: checked ones, with `iss` and `sub`.
        makes_viewers: whether who was never here becomes a viewer.
        role: the one that groups give; None where they decide nothing.

    Raises:
        AccessRefused: `sso.unknown`: nobody has linked an account; `sso.disabled`.
    """
    issuer, subject = claims["iss"], claims["sub"]
    found = workspace.accounts.by_subject(issuer, subject)
    if found is None and not makes_viewers and role is None:
        hint = f"an administrator links one: `onepill users link NAME --issuer {issuer} --subject {subject}`"
        raise AccessRefused.single("sso.unknown", "no account is linked to this person", hint=hint)
    if found is None:
        return _made(workspace, claims, role or "viewer")
    if found.disabled_at is not None:
        raise AccessRefused.single("sso.disabled", f"the account {found.name} is disabled")
    return _in_role(workspace, found, role)


def role_of(claims: Row, claim: str, roles: dict[str, Role]) -> Role | None:
    """The highest role that the person's groups give; None where they give none."""
    told = claims.get(claim)
    groups = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    given = [roles[group] for group in groups if isinstance(group, str) and group in roles]
    return max(given, key=ROLES.index, default=None)


def _in_role(workspace: Workspace, found: User, role: Role | None) -> User:
    if role is None or role == found.role:
        return found
    try:
        return workspace.accounts.change(found.name, role=role, actor=ACTOR)
    except InputError:  # the last administrator stays one, whatever the groups say
        return found


def _made(workspace: Workspace, claims: Row, role: Role) -> User:
    """A new account, under a name that nobody has; one that is taken is somebody else's, and gets a number."""
    shown = claims.get("name")
    known: Row = {"issuer": claims["iss"], "subject": claims["sub"], "role": role, "actor": ACTOR}
    known["shown_name"] = shown[:200] if isinstance(shown, str) and shown.isprintable() else None
    wished = _name(claims)
    for number in range(1, MOST_NAMES):
        try:
            return workspace.accounts.add(wished if number == 1 else f"{wished[:60]}-{number}", **known)
        except InputError as error:
            if error.findings[0].code != "user.exists":
                raise
            if found := workspace.accounts.by_subject(claims["iss"], claims["sub"]):  # made a moment ago
                return found
    raise AccessRefused.single("sso.unknown", f"too many accounts are called {wished}")


def _name(claims: Row) -> str:
    """A name as accounts have them, from what the service tells."""
    for claim in ("preferred_username", "email", "sub"):
        told = claims.get(claim)
        plain = re.sub(r"[^a-z0-9_.@-]+", "-", told.lower()).strip("-_.@")[:60] if isinstance(told, str) else ""
        if plain:
            return plain
    return "person"
