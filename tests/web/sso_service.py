"""A small service of single sign-on for tests: it publishes keys, remembers what it was asked, and signs tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

Row = dict[str, Any]
CLIENT, SECRET = "onepill-tests", "the client's own secret"


@dataclass
class Service:
    """What it says and signs can be changed by a test, to forge."""

    issuer: str = ""
    keys: dict[str, Any] = field(default_factory=dict)
    person: Row = field(default_factory=lambda: {"sub": "248289761001", "preferred_username": "Ada", "name": "Ada L"})
    claims: Row = field(default_factory=dict)
    """Put over those of a right token; None takes one out."""
    algorithm: str = "RS256"
    key: str = "rsa"
    unread: list[Any] = field(default_factory=list)
    """Published before its keys."""
    sign: Any = None
    description: Row = field(default_factory=dict)
    asked: Row = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    codes: dict[str, Row] = field(default_factory=dict)

    def authorize(self, address: str) -> str:
        """What a browser does there: the person signs in, and is sent back with a code."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.issuer}/authorize"
        self.asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        assert self.asked["response_type"] == "code"
        assert self.asked["client_id"] == CLIENT
        assert self.asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = self.asked
        return f"{self.asked['redirect_uri']}?code={code}&state={self.asked['state']}"

    def redeem(self, form: Row, authorization: str) -> tuple[int, Row]:
        """The token of a code: once, by the client, with the verifier of its challenge."""
        asked = self.codes.pop(form.get("code", ""), None)
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if authorization != f"Basic {known}":
            return 401, {"error": "invalid_client"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.token(asked)}

    def token(self, asked: Row) -> str:
        now = int(time.time())
        right = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        if asked.get("max_age") == "0":
            right["auth_time"] = now
        claims = {key: value for key, value in {**right, **self.person, **self.claims}.items() if value is not None}
        if self.sign is not None:
            return str(self.sign(claims))
        return jwt.encode({"alg": self.algorithm, "kid": self.key}, claims, self.keys[self.key])

    def document(self, path: str) -> Row | None:
        if path == "/.well-known/openid-configuration":
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            names["end_session_endpoint"] = "leave"
            return {"issuer": self.issuer, **{key: f"{self.issuer}/{name}" for key, name in names.items()}} | (
                self.description
            )
        if path == "/keys":
            known = [{**key.as_dict(private=False), "kid": name} for name, key in self.keys.items()]
            return {"keys": [*self.unread, *known]}
        return None


@contextmanager
def service() -> Iterator[Service]:
    """The service at a loopback address."""
    made = Service(keys={"rsa": RSAKey.generate_key(2048), "ec": ECKey.generate_key("P-256")})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.fetched.append(self.path)
            found = made.document(self.path)
            self.tell(200 if found else 404, found or {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {key: values[0] for key, values in parse_qs(body).items()}
            self.tell(*made.redeem(form, self.headers.get("authorization", "")))

        def tell(self, status: int, found: Row) -> None:
            body = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
