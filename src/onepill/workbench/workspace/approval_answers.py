"""Signatures on versions of programmes and deals, and the tiers of programmes' fields."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from onepill.core.errors import AccessRefused, InputError

if TYPE_CHECKING:
    from onepill.store.workspace.accounts import User
    from onepill.workbench.asking.context import Actor, Context
    from onepill.workbench.questions.accounts import ApprovalsAsk, SignAsk, TierAsk, TiersAsk

Row = dict[str, Any]


def sign(ask: SignAsk, *, context: Context) -> Row:
    """Sign one version of a programme or deal, after the password was given again, here or to single sign-on."""
    from onepill.workbench.asking.access_guard import permit
    from onepill.workbench.operations import operation

    signer = _signer(ask, context)
    # On a command line the account that signs is not the user who asks: its own rights count.
    permit(operation("approvals sign"), ask, replace(context, actor=_actor_of(signer)))
    seen = ask.text_hash or context.workspace.documents.get(ask.id, version=ask.version).text_hash
    about = {"meaning": ask.meaning, "reason": ask.reason, "user": signer.name}
    proof = context.proved_by or "password"
    row = context.workspace.approvals.sign(ask.id, ask.version, seen_hash=seen, proof=proof, **about)
    return {**row, "shown_name": signer.shown_name, "holds": True}


def _signer(ask: SignAsk, context: Context) -> User:
    """The account that signs, known by its password or by the service that has just asked for it.

    Raises:
        AccessRefused: `access.self`, `access.password`.
        InputError: `sign.user`.
    """
    actor, workspace = context.actor, context.workspace
    if not actor.is_local and ask.user not in {None, actor.name}:
        raise AccessRefused.single("access.self", f"{actor.name} cannot sign for somebody else", path="user")
    name = ask.user if actor.is_local else actor.name
    if name is None:
        hint = "name the account that signs with --user; `onepill users add` makes one"
        raise InputError.single("sign.user", "a signature is an account's", hint=hint, path="user")
    if context.proved_by and not actor.is_local:
        return workspace.accounts.get(name)
    found = workspace.accounts.verified(name, ask.password.get_secret_value())
    if found is None:
        workspace.audit.append(actor.name, "sign refused", ask.id, {"version": ask.version, "user": name})
        raise AccessRefused.single("access.password", "the password is not that of the account", path="password")
    return found


def _actor_of(user: User) -> Actor:
    from onepill.workbench.asking.context import account

    return account(user)


def list_all(ask: ApprovalsAsk, *, context: Context) -> Row:
    """The signatures on a programme or deal, and whether each still holds for its text."""
    kept = context.workspace.documents.kept(ask.id)
    shown = {user.name: user.shown_name for user in context.workspace.accounts.list()}
    rows = [{**row, "shown_name": shown.get(row["user_name"])} for row in context.workspace.approvals.list(ask.id)]
    return {"id": ask.id, "newest_version": kept.newest.version, "signatures": rows}


def set_tier(ask: TierAsk, *, context: Context) -> Row:
    """Give a field of a programme a tier of its own."""
    tier = None if ask.tier == "none" else ask.tier
    accounts, actor = context.workspace.accounts, context.actor.name
    accounts.set_tier(ask.id, ask.field, tier, actor=actor, reason=ask.reason)
    return _tiers(ask.id, context)


def list_tiers(ask: TiersAsk, *, context: Context) -> Row:
    """The fields of a programme that have a tier of their own."""
    return _tiers(ask.id, context)


def _tiers(programme_id: str, context: Context) -> Row:
    from onepill.workbench.workspace.programmes_answers import programme

    kept = programme(context, programme_id)
    return {"id": programme_id, "tier": kept.tier, "fields": context.workspace.accounts.tiers(programme_id)}
