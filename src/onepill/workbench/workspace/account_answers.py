"""Accounts, access to programmes, and tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onepill.core.errors import AccessRefused

if TYPE_CHECKING:
    from onepill.store.workspace.accounts import User
    from onepill.workbench.asking.context import Context
    from onepill.workbench.questions.accounts import (
        GrantAsk,
        LinkAsk,
        PasswordAsk,
        TokenAddAsk,
        TokenRevokeAsk,
        TokensAsk,
        UserAddAsk,
        UserChangeAsk,
        UsersAsk,
        WithdrawAsk,
    )

Row = dict[str, Any]


def add(ask: UserAddAsk, *, context: Context) -> Row:
    """Make an account with a role and a password."""
    made = context.workspace.accounts.add(
        ask.name,
        role=ask.role,
        shown_name=ask.shown_name,
        password=ask.password.get_secret_value(),
        actor=context.actor.name,
    )
    return user_row(made, context)


def list_all(_: UsersAsk, *, context: Context) -> Row:
    """All accounts with their roles and the programmes they reach."""
    return {"users": [user_row(found, context) for found in context.workspace.accounts.list()]}


def change(ask: UserChangeAsk, *, context: Context) -> Row:
    """Change an account's role, or disable or enable it."""
    accounts = context.workspace.accounts
    changed = accounts.change(ask.name, actor=context.actor.name, role=ask.role, disabled=ask.disabled)
    return user_row(changed, context)


def password(ask: PasswordAsk, *, context: Context) -> Row:
    """Give an account a new password, which ends its sessions; a password from somebody else ends its tokens too."""
    accounts, actor = context.workspace.accounts, context.actor
    if actor.role != "admin":
        present = ask.current_password.get_secret_value() if ask.current_password else ""
        if accounts.verified(ask.name, present) is None:
            hint = "give the present password too"
            raise AccessRefused.single("access.password", "that is not the present password", hint=hint)
    is_reset = actor.name != ask.name
    secret = ask.password.get_secret_value()
    accounts.set_password(ask.name, secret, actor=actor.name, revoke_tokens=ask.revoke_tokens or is_reset)
    return user_row(accounts.get(ask.name), context)


def link(ask: LinkAsk, *, context: Context) -> Row:
    """Let a person of the single sign-on service in as this account."""
    accounts = context.workspace.accounts
    return user_row(accounts.link(ask.name, issuer=ask.issuer, subject=ask.subject, actor=context.actor.name), context)


def grant(ask: GrantAsk, *, context: Context) -> Row:
    """Let an account reach a programme, with a role there."""
    accounts = context.workspace.accounts
    accounts.grant(ask.name, ask.programme, ask.role, actor=context.actor.name)
    return user_row(accounts.get(ask.name), context)


def withdraw(ask: WithdrawAsk, *, context: Context) -> Row:
    """Take an account's access to a programme away."""
    accounts = context.workspace.accounts
    accounts.withdraw(ask.name, ask.programme, actor=context.actor.name)
    return user_row(accounts.get(ask.name), context)


def add_token(ask: TokenAddAsk, *, context: Context) -> Row:
    """Make a token for a program, which is shown this once."""
    scopes = tuple(dict.fromkeys(ask.scopes))
    tokens, actor = context.workspace.tokens, context.actor.name
    row, token = tokens.add(ask.name, ask.label, scopes=scopes, days=ask.days, actor=actor)
    return {**row, "token": token}


def list_tokens(ask: TokensAsk, *, context: Context) -> Row:
    """The tokens of an account, or of all, without the tokens themselves."""
    return {"tokens": context.workspace.tokens.list(ask.name)}


def revoke_token(ask: TokenRevokeAsk, *, context: Context) -> Row:
    """End a token."""
    return context.workspace.tokens.revoke(ask.id, user=ask.name, actor=context.actor.name)


def user_row(found: User, context: Context) -> Row:
    """An account without the hash of its password."""
    names = ("name", "shown_name", "role", "issuer", "created_at", "disabled_at")
    row = {name: getattr(found, name) for name in names}
    lasting = context.workspace.tokens.count_lasting(found.name)
    known = {"has_password": found.password_hash is not None, "tokens": 0 if found.disabled_at else lasting}
    return {**row, **known, "programmes": context.workspace.accounts.grants(found.name)}
