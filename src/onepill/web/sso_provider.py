"""The other service asked and believed only as far as it proves itself: OpenID Connect, authorization code with PKCE.

Core 1.0, section 3.1 (code flow) and 3.1.3.7 (checks of an identity token); Discovery 1.0, section 4; RFC 7636 (PKCE);
RFC 9207 (who answers). The signature is checked against the service's published keys even though the token comes
from the service itself.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from onepill.core.errors import AccessRefused
from onepill.web.sso_settings import Sso, is_safe

ALGORITHMS: dict[str, type[RSAKey] | type[ECKey]] = {"RS256": RSAKey, "ES256": ECKey}
"""Signatures that are believed, with the kind of key that each needs; above all not `none` and none with our secret."""
SKEW_SECONDS = 60
"""How far clocks may differ."""
KEPT_SECONDS = 3_600
AGAIN_SECONDS = 30
"""How long the service's description is kept, and how soon its keys are asked for again when one is not known."""
WAIT_SECONDS = 10.0
MOST_BYTES = 1_000_000
Row = dict[str, Any]
NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


def refused(code: str, message: str) -> AccessRefused:
    """The refusal of a sign-in; its message is for the trail and the administrator."""
    return AccessRefused.single(f"sso.{code}", message, hint="try again; if it stays, ask an administrator")


def _now() -> float:
    return datetime.now(UTC).timestamp()


@dataclass
class Provider:
    """A service of single sign-on; safe to use from several threads."""

    settings: Sso
    clock: Callable[[], float] = _now
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _known: dict[str, tuple[float, Row]] = field(default_factory=dict)

    def address(self, *, redirect: str, state: str, nonce: str, verifier: str, fresh: bool) -> str:
        """Where the browser goes to sign in; `fresh` asks for the password even of who is signed in there.

        Raises:
            AccessRefused: `sso.provider`.
        """
        more: Row = {"prompt": "login", "max_age": "0"} if fresh else {}
        endpoint = self._described()["authorization_endpoint"]
        with self._client(redirect) as client:
            made = client.create_authorization_url(endpoint, state=state, nonce=nonce, code_verifier=verifier, **more)
        return str(made[0])

    def end_address(self, back: str) -> str | None:
        """Where the browser goes to sign out there too; None where the service has no such address."""
        endpoint = self._described().get("end_session_endpoint")
        if not isinstance(endpoint, str) or not is_safe(endpoint):
            return None
        query = {"client_id": self.settings.client_id, "post_logout_redirect_uri": back}
        return str(httpx.URL(endpoint).copy_merge_params(query))

    def claims(self, *, code: str, redirect: str, nonce: str, verifier: str, fresh_since: float | None = None) -> Row:
        """What the service says of who signed in, once every check has passed.

        Args:
            fresh_since: seconds since 1970; the password was asked for after that, or it is refused.

        Raises:
            AccessRefused: `sso.provider`, `sso.code`, `sso.token` and the like.
        """
        described = self._described()
        try:
            with self._client(redirect, described) as client:
                told = client.fetch_token(described["token_endpoint"], code=code, code_verifier=verifier)
        except AuthlibBaseError as error:
            raise refused("code", f"the code was not redeemed: {error.error}") from None
        except (httpx.HTTPError, ValueError) as error:
            raise refused("provider", f"{self.settings.issuer} does not answer: {type(error).__name__}") from None
        token = told.get("id_token") if isinstance(told, dict) else None
        if not isinstance(token, str):
            raise refused("token", "the answer holds no identity token")
        claims = self._signed(token)
        self._check(claims, nonce)
        if fresh_since is not None:
            _check_fresh(claims, fresh_since)
        return claims

    def _client(self, redirect: str, described: Row | None = None) -> OAuth2Client:
        secret, ways = self.settings.secret(), (described or {}).get("token_endpoint_auth_methods_supported")
        by_form = isinstance(ways, list) and "client_secret_basic" not in ways and "client_secret_post" in ways
        return OAuth2Client(
            client_id=self.settings.client_id,
            client_secret=secret or None,
            token_endpoint_auth_method=("client_secret_post" if by_form else "client_secret_basic")
            if secret
            else "none",
            scope=" ".join(self.settings.scopes),
            redirect_uri=redirect,
            code_challenge_method="S256",
            timeout=WAIT_SECONDS,
            follow_redirects=False,
        )

    def _described(self) -> Row:
        """The service's description of itself, which must be that of the issuer that was set."""
        where = self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
        found = self._asked(where, KEPT_SECONDS)
        wrong = "describes another issuer" if found.get("issuer") != self.settings.issuer else ""
        for name in NEEDED[1:]:
            if not isinstance(found.get(name), str) or not is_safe(found[name]):
                wrong = wrong or f"names no safe {name}"
        if wrong:
            self._known.pop(where, None)  # it may be mended by the next sign-in
            raise refused("provider", f"{where} {wrong}")
        return found

    def _asked(self, address: str, kept_seconds: float) -> Row:
        with self._lock:
            at, kept = self._known.get(address, (float("-inf"), {}))
            if self.clock() - at < kept_seconds:
                return kept
            found = _document(address)
            self._known[address] = (self.clock(), found)
            return found

    def _signed(self, token: str) -> Row:
        """The claims of a token that one of the service's keys has signed."""
        try:
            return dict(jwt.decode(token, self._key, algorithms=list(ALGORITHMS)).claims)
        except (JoseError, ValueError) as error:
            raise refused("signature", f"the identity token is not signed as it must be: {error}") from None

    def _key(self, guest: Any) -> RSAKey | ECKey:
        header: Row = guest.headers()
        kind = ALGORITHMS.get(str(header.get("alg")))
        where = self._described()["jwks_uri"]
        for kept_seconds in (KEPT_SECONDS, AGAIN_SECONDS):  # a key that is not known may be new
            keys = _keys(self._asked(where, kept_seconds).get("keys"))
            named = [key for key in keys if kind and isinstance(key, kind) and _is_named(key, header, keys)]
            if len(named) == 1:
                return named[0]
        raise refused("key", "the identity token names no key of the service")

    def _check(self, claims: Row, nonce: str) -> None:
        """Issuer, audience, times and nonce, by Core 3.1.3.7."""
        now, own, audience = self.clock(), self.settings.client_id, claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if claims.get("iss") != self.settings.issuer:
            raise refused("issuer", "the identity token comes from another issuer")
        if own not in audiences or claims.get("azp", own) != own or (len(audiences) > 1 and "azp" not in claims):
            raise refused("audience", "the identity token is for somebody else")
        if now - SKEW_SECONDS >= _time(claims, "exp") or now + SKEW_SECONDS < _time(claims, "iat"):
            raise refused("time", "the identity token does not hold now")
        if "nbf" in claims and now + SKEW_SECONDS < _time(claims, "nbf"):
            raise refused("time", "the identity token does not hold yet")
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise refused("nonce", "the identity token was made for another sign-in")
        if not isinstance(claims.get("sub"), str) or not 0 < len(claims["sub"]) <= 255:
            raise refused("subject", "the identity token does not say of whom")


def _check_fresh(claims: Row, since: float) -> None:
    if "auth_time" not in claims or _time(claims, "auth_time") < since - SKEW_SECONDS:
        raise refused("fresh", "the service did not ask for the password again")


def _time(claims: Row, name: str) -> float:
    """Seconds since 1970."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:  # noqa: PLR0124 -- NaN
        raise refused("time", f"the identity token does not say {name}")
    return value


def _keys(rows: Any) -> list[Any]:
    """The keys for signatures among those published; what cannot be read is passed over (RFC 7517, section 5), so that
    one key of a kind not known here shuts nobody out.
    """
    found: list[Any] = []
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("use", "sig") == "sig":
            with suppress(JoseError, ValueError, TypeError):
                found += KeySet.import_key_set({"keys": [row]}).keys
    return found


def _is_named(key: Any, header: Row, keys: list[Any]) -> bool:
    """A key is named by its id; a service with one key alone need not name it."""
    return bool(key.kid == header["kid"]) if "kid" in header else len(keys) == 1


def _document(address: str) -> Row:
    try:
        with httpx.stream("GET", address, timeout=WAIT_SECONDS, follow_redirects=False) as answer:
            answer.raise_for_status()
            body = b""
            for part in answer.iter_bytes():
                body += part
                if len(body) > MOST_BYTES:
                    raise refused("provider", f"{address} tells too much")
        found = httpx.Response(200, content=body).json()
    except (httpx.HTTPError, ValueError) as error:
        raise refused("provider", f"{address} does not answer: {type(error).__name__}") from None
    if not isinstance(found, dict):
        raise refused("provider", f"{address} is no document")
    return found
