"""How the server is known to a service of single sign-on (OpenID Connect): read from a file when the server starts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from onepill.core.documents import read_document
from onepill.core.errors import Finding, InputError
from onepill.workbench.asking.access_rules import Role

SECRET = "ONEPILL_SSO_SECRET"  # noqa: S105 - the name of the variable, not the secret
"""The variable that holds the client's secret, where the file does not."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def is_safe(address: str) -> bool:
    """Whether nobody between can read what is sent there: https, or this machine itself."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


class Sso(BaseModel):
    """The service, and what it may decide.

    Who signs in first becomes a viewer, or is refused until an administrator links an account. With `roles` the groups
    that the service tells decide the role at every sign-in: the highest that matches.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str
    client_id: str = Field(min_length=1, max_length=500)
    client_secret: SecretStr | None = None
    client_secret_file: Path | None = None
    name: str = Field(default="", max_length=80)
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    first_sign_in: Literal["viewer", "refuse"] = "refuse"
    groups_claim: str = "groups"
    roles: dict[str, Role] = {}
    address: str | None = None

    @field_validator("issuer", "address")
    @classmethod
    def _is_safe(cls, value: str | None) -> str | None:
        if value is not None and not is_safe(value):
            raise ValueError("an address with https (http on this machine alone)")
        return value

    @field_validator("scopes")
    @classmethod
    def _is_openid(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return value if "openid" in value else ("openid", *value)

    @property
    def shown_name(self) -> str:
        return self.name or urlsplit(self.issuer).hostname or self.issuer

    def secret(self) -> str:
        """The client's secret; "" for a client without one.

        Raises:
            InputError: `sso.secret`.
        """
        if self.client_secret is not None:
            return self.client_secret.get_secret_value()
        if self.client_secret_file is None:
            return os.environ.get(SECRET, "")
        try:
            return self.client_secret_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            message = f"{self.client_secret_file} cannot be read: {type(error).__name__}"
            raise InputError.single("sso.secret", message, hint="check the file and who may read it") from None


def read_sso(file: Path) -> Sso:
    """The settings of a YAML file; no value of it is repeated in an error, since one is secret.

    Raises:
        InputError: `sso.file`, `sso.value`, `sso.secret`.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file} cannot be read: {type(error).__name__}"
        raise InputError.single("sso.file", message, hint="check the path", file=str(file)) from None
    try:
        found = Sso.model_validate(read_document(text, file=file.name).data)
    except ValidationError as error:
        rows = [(".".join(map(str, item["loc"])), item["msg"]) for item in error.errors()]
        hint = "docs/how-to/team-mode.md names the keys"
        findings = [
            Finding("sso.value", "error", f"{path}: {said}", hint, path=path, file=str(file)) for path, said in rows
        ]
        raise InputError(findings[0].message, findings=findings) from None
    found.secret()
    return found
