"""Answers about accounts, tokens, tiers, signatures and the trail as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from onepill.cli.show_registry import show_findings
from onepill.cli.tables import show_table

Row = dict[str, Any]


def show_user(answer: Row) -> None:
    print(f"{answer['name']}: {answer['role']}{', disabled' if answer['disabled_at'] else ''}")
    for programme, role in answer["programmes"].items():
        print(f"  {programme}: {role}")
    if answer["tokens"]:
        print(f"  tokens that let programs in: {answer['tokens']}; `onepill tokens list`, `tokens revoke`")


def show_users(answer: Row) -> None:
    if not answer["users"]:
        print("there is no account; make the first with `onepill users add NAME --role admin`")
        return
    rows = [_user(row) for row in answer["users"]]
    show_table(rows, ["name", "role", "state", "programmes"])


def _user(row: Row) -> list[str]:
    reached = ", ".join(f"{programme} ({role})" for programme, role in row["programmes"].items())
    return [row["name"], row["role"], "disabled" if row["disabled_at"] else "", reached]


def show_token(answer: Row) -> None:
    ended = f", revoked {answer['revoked_at']}" if answer["revoked_at"] else f", until {answer['expires_at']}"
    print(f"token {answer['id']} of {answer['user_name']}: {answer['name']} ({', '.join(answer['scopes'])}){ended}")
    if "token" in answer:
        print(f"{answer['token']}\nthis is shown once: keep it where secrets are kept")


def show_tokens(answer: Row) -> None:
    for row in answer["tokens"]:
        show_token(row)


def show_tiers(answer: Row) -> None:
    print(f"{answer['id']}: {answer['tier']}")
    for path, tier in answer["fields"].items():
        print(f"  {path}: {tier}")


def show_signature(answer: Row) -> None:
    who = f"{answer['shown_name']} ({answer['user_name']})" if answer["shown_name"] else answer["user_name"]
    holds = "" if answer["holds"] else ", DOES NOT HOLD: the text is another"
    print(
        f"{answer['document_id']} version {answer['version']}: {answer['meaning']}, {who}, {answer['signed_at']}{holds}"
    )


def show_signatures(answer: Row) -> None:
    for row in answer["signatures"]:
        show_signature(row)
    print(f"{len(answer['signatures'])} signatures; the newest version is {answer['newest_version']}")


def show_verified(answer: Row) -> None:
    show_findings(answer["findings"])
    print(f"{answer['rows']:,} rows, {answer['errors']} errors; the last is {answer['head']}")


def show_audit(answer: Row) -> None:
    rows = [[str(row["seq"]), row["at"], row["actor"], row["action"], row["object"]] for row in answer["rows"]]
    show_table(rows, ["row", "when", "who", "what", "about"])


SHOW: dict[str, Callable[[Any], None]] = {
    "users add": show_user,
    "users list": show_users,
    "users change": show_user,
    "users password": show_user,
    "users link": show_user,
    "users grant": show_user,
    "users withdraw": show_user,
    "tokens add": show_token,
    "tokens list": show_tokens,
    "tokens revoke": show_token,
    "tiers set": show_tiers,
    "tiers list": show_tiers,
    "approvals sign": show_signature,
    "approvals list": show_signatures,
    "audit verify": show_verified,
    "audit list": show_audit,
}
