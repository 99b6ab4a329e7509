"""Sign-ins that another service has in hand: each is taken up once, by the browser that began it, within minutes."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from onepill.store.workspace.clock import now_utc, seconds_ago
from onepill.store.workspace.sessions import secret_hash
from onepill.store.workspace.tables import SIGN_INS

if TYPE_CHECKING:
    from onepill.store.workspace.opening import Workspace

Row = dict[str, Any]
LASTS_SECONDS = 10 * 60
"""How long somebody may take at the other service: an assumption of ours."""
MOST_WAITING = 5_000
"""Anybody may begin one; the oldest leaves."""


@dataclass(frozen=True)
class SignIn:
    """What was begun: `state` goes to the service and back, `nonce` into its word, `verifier` proves who redeems it."""

    state: str
    nonce: str
    verifier: str
    purpose: Row
    begun_at: str


@dataclass(frozen=True)
class SignIns:
    """The sign-ins of a workspace that are on their way."""

    workspace: Workspace

    def begin(self, browser: str, purpose: Row) -> SignIn:
        """Begin one for the browser with this secret."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        made = SignIn(state, nonce, verifier, purpose, now_utc())
        row = {"state_hash": secret_hash(made.state), "browser_hash": secret_hash(browser), "nonce": made.nonce}
        row |= {"verifier": made.verifier, "purpose": json.dumps(purpose), "begun_at": made.begun_at}
        with self.workspace.writing() as connection:
            connection.execute(delete(SIGN_INS).where(SIGN_INS.c.expires_at < now_utc()))
            newest = select(SIGN_INS.c.state_hash).order_by(SIGN_INS.c.begun_at.desc()).offset(MOST_WAITING - 1)
            for old in connection.execute(newest).scalars().all():
                connection.execute(delete(SIGN_INS).where(SIGN_INS.c.state_hash == old))
            connection.execute(insert(SIGN_INS).values(**row, expires_at=seconds_ago(-LASTS_SECONDS)))
        return made

    def take(self, state: str, browser: str) -> SignIn | None:
        """Take one up, which ends it; None where there is none, it is over, or another browser began it."""
        is_it = (SIGN_INS.c.state_hash == secret_hash(state)) & (SIGN_INS.c.browser_hash == secret_hash(browser))
        with self.workspace.writing() as connection:
            row = connection.execute(select(SIGN_INS).where(is_it)).mappings().first()
            if row is None:
                return None
            connection.execute(delete(SIGN_INS).where(is_it))
        if row["expires_at"] < now_utc():
            return None
        return SignIn(state, row["nonce"], row["verifier"], json.loads(row["purpose"]), row["begun_at"])
