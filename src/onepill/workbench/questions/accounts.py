"""What the operations on accounts, signatures, tiers and the trail are asked."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from onepill.workbench.questions.programme import Question

Role = Literal["viewer", "analyst", "approver", "admin"]
Tier = Literal["public", "internal", "confidential", "strictly"]
Scope = Literal["read", "write"]
Meaning = Literal["author", "review", "approval", "responsibility"]
"""What 21 CFR 11.50(a)(3) names as examples: review, approval, responsibility, or authorship."""
NAME = Field(description="an account's name", min_length=1, max_length=64)
PROGRAMME = Field(description="a programme's id", min_length=1, max_length=200)
ROLE = Field(description="viewer, analyst, approver or admin")


class UserAddAsk(Question):
    """A new account; its password is typed or given as standard input."""

    name: str = NAME
    role: Role = ROLE
    password: SecretStr
    shown_name: str | None = Field(default=None, max_length=200, description="the name that signatures print")


class UsersAsk(Question):
    """All accounts."""


class UserChangeAsk(Question):
    """Another role for an account, or its end or return."""

    name: str = NAME
    role: Role | None = Field(default=None, description="viewer, analyst, approver or admin")
    disabled: bool | None = Field(default=None, description="signed out, and not let in any more")


class PasswordAsk(Question):
    """A new password; who is no administrator gives the present one too.

    Tokens stay valid where people change their own, unless they say so; a password that somebody else gives ends them.
    """

    name: str = NAME
    password: SecretStr
    current_password: SecretStr | None = None
    revoke_tokens: bool = Field(default=False, description="end the account's tokens too")


class LinkAsk(Question):
    """A person of a service of single sign-on, who signs in as an account."""

    name: str = NAME
    issuer: str = Field(description="the service's address, as its tokens name it", min_length=1, max_length=500)
    subject: str = Field(description="the person's id there (`sub`)", min_length=1, max_length=255)


class GrantAsk(Question):
    """Access to a programme."""

    name: str = NAME
    programme: str = PROGRAMME
    role: Role = Field(description="the role there; never more than the account's own")


class WithdrawAsk(Question):
    """No access to a programme any more."""

    name: str = NAME
    programme: str = PROGRAMME


class TokenAddAsk(Question):
    """A token for a program that asks on an account's behalf."""

    name: str = NAME
    label: str = Field(description="what it is for", min_length=1, max_length=200)
    scopes: list[Scope] = Field(default=["read"], min_length=1, description="read, write")
    days: int = Field(default=90, ge=1, le=366, description="how long it holds")


class TokensAsk(Question):
    """The tokens of an account; of all for an administrator."""

    name: str | None = Field(default=None, max_length=64)


class TokenRevokeAsk(Question):
    """A token that ends."""

    name: str = NAME
    id: str = Field(description="the token's id", min_length=1, max_length=80)


class TierAsk(Question):
    """A tier for one field of a programme; with `none` it has the programme's own."""

    id: str = PROGRAMME
    field: str = Field(description="the field's path, such as markets.US.peak_share", min_length=1, max_length=300)
    tier: Literal["public", "internal", "confidential", "strictly", "none"] = Field(description="its tier, or none")
    reason: str = Field(description="why, for the trail", min_length=1, max_length=2_000)


class TiersAsk(Question):
    """The fields of a programme that have a tier of their own."""

    id: str = PROGRAMME


class SignAsk(Question):
    """A signature on one version; the password is asked for again."""

    id: str = PROGRAMME
    version: int = Field(ge=1, description="the version that is signed")
    meaning: Meaning = Field(description="author, review, approval or responsibility")
    reason: str = Field(default="", max_length=2_000, description="a remark, for the trail")
    text_hash: str | None = Field(
        default=None, description="SHA-256 of the text that was seen", pattern="^[0-9a-f]{64}$"
    )
    user: str | None = Field(default=None, max_length=64, description="the account that signs, on a command line")
    password: SecretStr


class ApprovalsAsk(Question):
    """The signatures on a programme."""

    id: str = PROGRAMME


class VerifyAsk(Question):
    """Whether the trail is whole; with a head that was noted before, whether it still leads there."""

    head: str | None = Field(default=None, description="hash of a row that was noted before", pattern="^[0-9a-f]{64}$")


class AuditAsk(Question):
    """Rows of the trail."""

    after: int = Field(default=0, ge=0, description="rows after this number")
    limit: int = Field(default=100, ge=1, le=10_000, description="at most so many")
