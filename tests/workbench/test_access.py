"""Every operation x every role x own and foreign programme; tiers; tokens: one table, asked as faces ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.errors import AccessRefused, InputError
from onepill.store.workspace import StoreConflict, Workspace
from onepill.workbench.asking.access_rules import (
    ALLOWED,
    CLEARANCE,
    EFFECTS,
    REACHES,
    ROLES,
    RULES,
    TIERS,
    Role,
    clearance,
    lower,
    may,
    sees,
)
from onepill.workbench.asking.access_withheld import MARK, touches, without
from onepill.workbench.asking.context import Actor, Context, close_workspaces
from onepill.workbench.common.documents import to_json
from onepill.workbench.operations import OPERATIONS, operation
from tests.workbench.passports import text_of

PASSWORD = "correct horse battery"
CANARY = "77665544"
ROLE_NAMES = list(ROLES)


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    yield Context(home=tmp_path / "home", actor=Actor("root"))
    close_workspaces()


@pytest.fixture
def workspace(context: Context) -> Workspace:
    """Programmes `own`, granted to everybody with their role, and `foreign`, which nobody reaches."""
    found = context.workspace
    for name in ("own", "foreign"):
        text = text_of("minimal").replace("programme: minimal", f"programme: {name}")
        found.documents.add(name, text, kind="programme", actor="root", reason="test")
        about = {"kind": "deal", "programme_id": name, "actor": "root", "reason": "test"}
        found.documents.add(f"{name}.deal.licence", "deal: licence\n", **about)
    for role in ROLES:
        found.accounts.add(role, role=role, password=PASSWORD, actor="root")
        found.accounts.grant(role, "own", role, actor="root")
    return found


def person(context: Context, role: Role, scopes: frozenset[str] | None = None) -> Context:
    return Context(home=context.home, actor=Actor(role, role, is_local=False, scopes=scopes))


def ask(context: Context, name: str, /, **fields: Any) -> Any:
    found = operation(name)
    return found.ask(found.question.model_validate(fields), context=context)


def code(context: Context, name: str, /, **fields: Any) -> str:
    """What refuses the question, "" where access does not."""
    try:
        ask(context, name, **fields)
    except AccessRefused as error:
        return error.findings[0].code
    except (InputError, StoreConflict):
        return ""
    return ""


def fields_about(programme: str, job: str, name: str) -> dict[str, Any]:
    """A question about a programme, for each operation that can be about one."""
    text = text_of("minimal").replace("programme: minimal", f"programme: {programme}")
    save = {"expected_version": 1, "reason": "test"}
    return {
        "programmes show": {"id": programme},
        "programmes history": {"id": programme},
        "programmes save": {"text": text, **save},
        "programmes restore": {"id": programme, "version": 1, **save},
        "programmes compare": {"id": programme, "scenarios": ["none_such"], "draws": 100},
        "competitors save": {"text": "", "programme": programme, "expected_version": 0, "reason": "test"},
        "scenarios save": {"id": programme, "name": "x", "changes": ["nowhere=1"], **save},
        "programmes live": {"id": programme, "draws": 100},
        "brief": {"since": "2026-01-01", "on": "2026-01-02", "programmes": [programme], "draws": 100},
        "jobs start": {"operation": "passport", "programme": programme, "question": {"draws": 500}},
        "jobs show": {"id": job},
        "jobs cancel": {"id": job},
        "approvals sign": {"id": programme, "version": 9, "meaning": "review", "password": PASSWORD},
        "approvals list": {"id": programme},
        "deals show": {"id": f"{programme}.deal.licence"},
        "deals history": {"id": f"{programme}.deal.licence"},
        "deals add": {"text": "", "programme": programme},
        "deals save": {"text": "", "programme": programme, **save},
        "deals restore": {"id": f"{programme}.deal.licence", "version": 1, **save},
        "jobs resume": {"id": job},
        "tiers set": {"id": programme, "field": "asset.name", "tier": "none", "reason": "test"},
        "tiers list": {"id": programme},
    }[name]


ABOUT = sorted(
    name
    for name, rule in RULES.items()
    if rule.subject in {"programme", "document", "programmes", "text", "job"}
    and name in {found.name for found in OPERATIONS}
)
EXPECTED: dict[str, dict[str, list[Role]]] = {
    "read": {"own": ["viewer", "analyst", "approver", "admin"], "foreign": ["admin"]},
    "write": {"own": ["analyst", "approver", "admin"], "foreign": ["admin"]},
    "approve": {"own": ["approver", "admin"], "foreign": ["admin"]},
}
"""Written out by hand, beside the table that is tested."""


def test_every_operation_on_the_workspace_has_its_rule() -> None:
    asked = {found.name for found in OPERATIONS if found.needs == "workspace"}
    assert asked == set(RULES)


def test_an_operation_without_a_rule_is_refused(
    context: Context, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(RULES, "programmes list")
    assert code(person(context, "admin"), "programmes list") == "access.unruled"
    assert code(context, "programmes list") == ""


@pytest.mark.parametrize("role", ROLE_NAMES)
@pytest.mark.parametrize("programme", ["own", "foreign"])
def test_matrix_of_what_is_about_a_programme(
    context: Context, workspace: Workspace, role: Role, programme: str
) -> None:
    for name in ABOUT:
        job = workspace.jobs.start("passport", {"programme": programme}, actor="root").id
        expected = role in EXPECTED[operation(name).effect][programme]
        refused = code(person(context, role), name, **fields_about(programme, job, name))
        assert (refused == "") is expected, (name, refused)


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_matrix_of_what_is_about_no_programme(context: Context, workspace: Workspace, role: Role) -> None:
    who = person(context, role)
    is_admin = role == "admin"
    for name in ("users list", "audit verify", "audit list"):
        assert (code(who, name) == "") is is_admin, name
    assert (code(who, "users add", name="eve", role="admin", password=PASSWORD) == "") is is_admin
    assert (code(who, "users grant", name=role, programme="foreign", role="admin") == "") is is_admin
    assert (code(who, "users change", name=role, role="admin") == "") is is_admin
    assert (code(who, "tokens list") == "") is is_admin
    assert code(who, "tokens list", name=role) == ""
    assert code(who, "tokens add", name=role, label="x") == ""
    assert (code(who, "tokens add", name="approver", label="x") == "") is (role in {"approver", "admin"})
    text = text_of("minimal").replace("programme: minimal", f"programme: of_{role}")
    assert (code(who, "programmes add", text=text) == "") is (role != "viewer")
    assert code(who, "due", jurisdiction="CN", start="2024-02-05", count="60 wd") == ""


def test_what_somebody_adds_is_their_own_and_nobody_elses(context: Context, workspace: Workspace) -> None:
    text = text_of("minimal").replace("programme: minimal", "programme: mine")
    ask(person(context, "analyst"), "programmes add", text=text)
    assert code(person(context, "analyst"), "programmes show", id="mine") == ""
    assert code(person(context, "approver"), "programmes show", id="mine") == "access.programme"


def test_a_grant_never_lifts_the_role_of_the_account(context: Context, workspace: Workspace) -> None:
    workspace.accounts.grant("viewer", "own", "admin", actor="root")
    assert code(person(context, "viewer"), "tiers set", id="own", field="a", tier="none", reason="x") == "access.role"
    workspace.accounts.grant("approver", "own", "viewer", actor="root")
    assert code(person(context, "approver"), "tiers set", id="own", field="a", tier="none", reason="x") == "access.role"


def test_a_public_programme_is_read_by_all_and_written_by_none(context: Context, workspace: Workspace) -> None:
    for role in ROLES[:3]:
        assert code(person(context, role), "programmes show", id="minimal") == ""
        fields = fields_about("minimal", "", "programmes save")
        assert code(person(context, role), "programmes save", **fields) == "access.role"


def test_what_is_foreign_and_what_is_not_there_are_told_alike(context: Context, workspace: Workspace) -> None:
    who = person(context, "approver")
    said = []
    for name in ("foreign", "nowhere"):
        with pytest.raises(AccessRefused) as refused:
            ask(who, "programmes show", id=name)
        said.append(str(refused.value).replace(name, "it"))
    assert said[0] == said[1]


def test_a_list_tells_how_many_are_withheld(context: Context, workspace: Workspace) -> None:
    listed = ask(person(context, "viewer"), "programmes list")
    ids = {row["id"] for row in listed["programmes"]}
    assert "own" in ids
    assert "foreign" not in ids
    assert listed["withheld"] == 1
    workspace.jobs.start("passport", {"programme": "foreign"}, actor="root")
    jobs = ask(person(context, "analyst"), "jobs list")
    assert (jobs["jobs"], jobs["withheld"]) == ([], 1)


def test_a_brief_tells_of_programmes_that_are_seen_whole(context: Context, workspace: Workspace) -> None:
    ask(context, "tiers set", id="own", field="development.phase_2.cost", tier="confidential", reason="a contract")
    about = {"since": "2026-01-01", "on": "2026-01-02", "draws": 100}
    every = {row["id"] for row in ask(context, "programmes list")["programmes"]}
    for role, hidden in (("viewer", {"own", "foreign"}), ("analyst", {"foreign"}), ("admin", set())):
        told = ask(person(context, role), "brief", **about)
        assert every - {row["programme"] for row in told["programmes"]} == hidden
        assert {row["document"] for row in told["own"]}.isdisjoint(hidden)
        said = [row["message"] for row in told["findings"] if row["code"] == "brief.withheld"]
        assert [message.split()[0] for message in said] == [str(len(hidden))] * bool(hidden)
    assert code(person(context, "viewer"), "brief", **about, programmes=["own"]) == "access.tier"
    assert code(person(context, "viewer"), "brief", **about, programmes=["foreign"]) == "access.programme"


def test_a_brief_tells_nobody_of_a_deal_above_their_tier(context: Context, workspace: Workspace) -> None:
    about: Any = {"kind": "deal", "programme_id": "own", "tier": "strictly", "actor": "root", "reason": "test"}
    workspace.documents.add("own.deal.secret", f"deal: secret\nprice: {CANARY[:-1]}\n", **about)
    how: Any = {"expected_version": 1, "actor": "root", "reason": "test"}
    workspace.documents.save("own.deal.secret", f"deal: secret\nprice: {CANARY}\n", **how)
    asked = {"since": "2026-01-01", "on": "2126-01-01", "programmes": ["own"], "draws": 100}
    for role, sees_it in (("viewer", False), ("analyst", False), ("approver", True), ("admin", True)):
        told = ask(person(context, role), "brief", **asked)
        assert (CANARY in json.dumps(told)) is sees_it
        assert ("own.deal.secret" in {row["document"] for row in told["own"]}) is sees_it
        assert ("brief.withheld_deals" in {row["code"] for row in told["findings"]}) is not sees_it


def test_a_watch_is_told_to_those_it_is_kept_for(
    context: Context, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name, or by a programme that is seen whole; the list, the differences and the brief keep to the same."""
    monkeypatch.setenv("ONEPILL_HOME", str(context.home))
    kept = {"nobodys": {}, "owns": {"programmes": ["own"]}, "far": {"programmes": ["foreign"]}}
    kept |= {"bys_name": {"accounts": ["viewer"]}, "both": {"programmes": ["own"], "accounts": ["viewer"]}}
    for name, seen_by in kept.items():
        ask(context, "landscape watch save", name=name, targets=["MEK"], warehouse="/srv/secret", **seen_by)
    ask(context, "tiers set", id="own", field="development.phase_2.cost", tier="confidential", reason="a contract")
    seen = {"viewer": {"bys_name", "both"}, "analyst": {"owns", "both"}, "admin": set(kept)}
    monkeypatch.setattr("onepill.workbench.landscape.chapter.warehouse_generation", lambda: 1)
    for role in ("viewer", "analyst", "admin"):
        listed = ask(person(context, role), "landscape watch list")
        assert {row["name"] for row in listed["watches"]} == seen[role]
        assert "/srv/secret" not in to_json(listed)
        assert str(context.home) not in to_json(listed)
        told = ask(
            person(context, role), "brief", since="2026-01-01", on="2026-01-02", draws=100, programmes=["minimal"]
        )
        assert {row["watch"] for row in told["watches"]} == seen[role]
        for name in kept:
            with pytest.raises(InputError) as error:  # of those that are seen there is no warehouse
                ask(person(context, role), "landscape diff", name=name, since="2026-01-01")
            is_unknown = error.value.findings[0].code == "watch.unknown"
            assert is_unknown is (name not in seen[role])
            if is_unknown:
                assert all(other not in error.value.findings[0].hint for other in set(kept) - seen[role])
    viewers = {row["name"]: row for row in ask(person(context, "viewer"), "landscape watch list")["watches"]}
    assert (viewers["both"]["programmes"], viewers["both"]["accounts"]) == ([], ["viewer"])
    mine = ask(context, "landscape watch list")["watches"]
    assert {row["name"] for row in mine} == set(kept)
    assert {row["warehouse"] for row in mine} == {"/srv/secret"}


def refusal(context: Context, name: str, /, **fields: Any) -> str:
    """The code of whatever refuses the question."""
    with pytest.raises((InputError, AccessRefused)) as error:
        ask(context, name, **fields)
    return error.value.findings[0].code


def test_a_watch_is_of_who_saved_it(context: Context, workspace: Workspace) -> None:
    ada, viewer, admin = (person(context, role) for role in ("analyst", "viewer", "admin"))
    saved = ask(ada, "landscape watch save", name="Mek", targets=["MEK"])
    assert (saved["watch"]["name"], saved["watch"]["owner"]) == ("mek", "analyst")
    assert [row["name"] for row in ask(ada, "landscape watch list")["watches"]] == ["mek"]
    assert ask(viewer, "landscape watch list")["watches"] == []
    assert refusal(viewer, "landscape watch save", name="own") == "access.role"
    assert refusal(viewer, "landscape watch forget", name="mek") == "access.role"
    approver = person(context, "approver")
    assert refusal(approver, "landscape watch save", name="mek") == "watch.taken"
    assert refusal(approver, "landscape watch forget", name="mek") == "watch.unknown"
    shared = ask(ada, "landscape watch save", name="mek", targets=["MEK"], programmes=["own"])
    assert shared["replaced"]["filters"] == {"targets": ["MEK"]}
    assert refusal(approver, "landscape watch forget", name="mek") == "watch.owner"
    assert refusal(ada, "landscape watch save", name="x", accounts=["viewer"]) == "watch.others"
    assert refusal(ada, "landscape watch save", name="x", programmes=["foreign"]) == "access.programme"
    for asker in (context, admin):
        assert refusal(asker, "landscape watch save", name="x", accounts=["viewr"]) == "watch.account"
        assert refusal(asker, "landscape watch save", name="x", programmes=["ownn"]) == "watch.programme"
    ask(admin, "landscape watch save", name="mek", accounts=["viewer"])
    assert ask(viewer, "landscape watch list")["watches"][0]["owner"] is None
    assert ask(ada, "landscape watch list")["watches"][0]["accounts"] == ["viewer"], "it is still the analyst's"
    ask(ada, "landscape watch forget", name="mek")
    assert workspace.watches.list() == []
    assert [row["action"] for row in workspace.audit.rows()][-1] == "watch forget"


def test_a_document_above_the_tier_is_refused(context: Context, workspace: Workspace) -> None:
    for tier in TIERS:
        text = text_of("minimal").replace("programme: minimal", f"programme: at_{tier}")
        workspace.documents.add(f"at_{tier}", text, kind="programme", actor="root", reason="test", tier=tier)
        for role in ROLES:
            workspace.accounts.grant(role, f"at_{tier}", role, actor="root")
            expected = sees(CLEARANCE[role], tier)
            assert (code(person(context, role), "programmes show", id=f"at_{tier}") == "") is expected


@pytest.fixture
def guarded(context: Context, workspace: Workspace) -> Context:
    """`own` with a canary in a confidential field, in a scenario that changes it, in a comment, and in its history."""
    text = workspace.documents.get("own").text
    path = "development.phase_2.cost"
    first = text.replace("15 MUSD", f"{CANARY} USD") + f"# {CANARY}\n"
    assert first != text
    scenario = f"scenarios:\n  dear:\n    changes:\n      - {{path: {path}, value: {CANARY} USD, reason: because}}\n"
    workspace.documents.save("own", first, expected_version=1, actor="root", reason="dear")
    workspace.documents.save("own", first + scenario, expected_version=2, actor="root", reason="scenario")
    ask(context, "tiers set", id="own", field=path, tier="confidential", reason="a contract")
    return context


def test_no_answer_leaks_a_field_above_the_tier(guarded: Context, workspace: Workspace) -> None:
    """Every operation that can be about the programme is asked as a viewer; the canary must come back from none."""
    job = workspace.jobs.start("passport", {"programme": "own", "text": CANARY}, actor="root").id
    who = person(guarded, "viewer")
    for name in [*ABOUT, "programmes list", "jobs list"]:
        fields = fields_about("own", job, name) if name in ABOUT else {}
        try:
            told = to_json(ask(who, name, **fields))
        except (AccessRefused, InputError) as error:
            told = str(error) + json.dumps([finding.as_row() for finding in error.findings], default=str)
        assert CANARY not in told, name
    for version in (1, 2, 3):
        shown = ask(who, "programmes show", id="own", version=version)
        assert CANARY not in to_json(shown)
        assert shown["withheld"] == ["development.phase_2.cost"]
    assert CANARY in ask(person(guarded, "analyst"), "programmes show", id="own")["text"]
    assert code(who, "programmes compare", id="own", draws=100) == "access.tier"
    assert ask(who, "programmes list")["programmes"][-1]["id"]


def test_who_cannot_see_a_field_cannot_write_over_it(guarded: Context, workspace: Workspace) -> None:
    ask(guarded, "tiers set", id="own", field="asset.name", tier="strictly", reason="x")
    for name in ("programmes save", "programmes restore", "scenarios save"):
        assert code(person(guarded, "analyst"), name, **fields_about("own", "", name)) == "access.tier"
    assert code(person(guarded, "approver"), "programmes show", id="own") == ""


def test_a_token_narrows_and_never_widens(context: Context, workspace: Workspace) -> None:
    reads = person(context, "approver", frozenset({"read"}))
    assert code(reads, "programmes show", id="own") == ""
    assert code(reads, "programmes save", **fields_about("own", "", "programmes save")) == "access.scope"
    both = person(context, "approver", frozenset({"read", "write"}))
    assert code(both, "programmes save", **fields_about("own", "", "programmes save")) == ""
    assert code(both, "tiers set", id="own", field="a", tier="none", reason="x") == "access.scope"
    assert (
        code(person(context, "viewer", frozenset({"read", "write"})), "jobs start", operation="path") == "access.role"
    )
    every = person(context, "approver", frozenset(EFFECTS))
    for name, fields in (
        ("tokens add", {"name": "approver", "label": "x"}),
        ("users password", {"name": "approver", "password": PASSWORD}),
        ("approvals sign", fields_about("own", "", "approvals sign")),
    ):
        assert code(every, name, **fields) == "access.token"


def test_tokens_end_with_a_reset_and_stay_with_an_own_password_unless_it_is_said(
    context: Context, workspace: Workspace
) -> None:
    own, admin, new = person(context, "approver"), person(context, "admin"), "another long password"

    def token() -> str:
        return str(ask(own, "tokens add", name="approver", label="nightly")["token"])

    def changed(who: Context, **more: object) -> int:
        return int(ask(who, "users password", name="approver", password=new, current_password=new, **more)["tokens"])

    first = token()
    ask(own, "users password", name="approver", password=new, current_password=PASSWORD)
    assert workspace.tokens.user(first) is not None
    ask(admin, "users change", name="approver", disabled=True)
    assert workspace.tokens.user(first) is None
    assert ask(admin, "users change", name="approver", disabled=False)["tokens"] == 1
    assert changed(own, revoke_tokens=True) == 0
    assert workspace.tokens.user(first) is None
    second = token()
    assert changed(own) == 1
    assert changed(admin) == 0
    assert workspace.tokens.user(second) is None
    assert all(row["revoked_at"] for row in workspace.tokens.list("approver"))
    assert ask(context, "audit verify")["errors"] == 0


def test_a_signature_is_bound_to_the_person_the_password_and_the_text(context: Context, workspace: Workspace) -> None:
    who = person(context, "approver")
    about = {"id": "own", "version": 1, "meaning": "approval"}
    assert code(who, "approvals sign", **about, password="wrong wrong wrong") == "access.password"
    assert code(who, "approvals sign", **about, password=PASSWORD, user="admin") == "access.self"
    with pytest.raises(InputError, match="not the one of this version"):
        ask(who, "approvals sign", **about, password=PASSWORD, text_hash="0" * 64)
    signed = ask(who, "approvals sign", **about, password=PASSWORD)
    version = workspace.documents.get("own", version=1)
    assert (signed["user_name"], signed["text_hash"], signed["holds"]) == ("approver", version.text_hash, True)
    with pytest.raises(InputError, match="already"):
        ask(who, "approvals sign", **about, password=PASSWORD)
    workspace.documents.save("own", version.text + "# more\n", expected_version=1, actor="root", reason="more")
    rows = ask(who, "approvals list", id="own")
    assert [(row["version"], row["holds"]) for row in rows["signatures"]] == [(1, True)]
    assert rows["newest_version"] == 2
    actions = [row["action"] for row in workspace.audit.rows()]
    assert "sign" in actions
    assert "sign refused" in actions
    assert ask(context, "audit verify")["errors"] == 0


def test_on_a_command_line_an_account_signs_with_its_own_rights(context: Context, workspace: Workspace) -> None:
    about = {"id": "own", "version": 1, "meaning": "review", "password": PASSWORD}
    with pytest.raises(InputError, match="account"):
        ask(context, "approvals sign", **about)
    assert code(context, "approvals sign", **about, user="analyst") == "access.role"
    assert ask(context, "approvals sign", **about, user="approver")["user_name"] == "approver"


def test_the_last_administrator_stays(context: Context, workspace: Workspace) -> None:
    for change in ({"role": "viewer"}, {"disabled": True}):
        with pytest.raises(InputError, match="last administrator"):
            ask(context, "users change", name="admin", **change)
    assert workspace.accounts.get("admin").role == "admin"


ANY_ROLE, ANY_EFFECT, ANY_REACH = st.sampled_from(ROLES), st.sampled_from(EFFECTS), st.sampled_from(REACHES)


@given(ANY_ROLE, ANY_ROLE, ANY_EFFECT, ANY_REACH)
def test_a_higher_role_may_all_that_a_lower_one_may(one: Role, other: Role, effect: Any, reach: Any) -> None:
    low, high = sorted((one, other), key=ROLES.index)
    assert lower(one, other) == low
    assert not may(low, effect, reach) or may(high, effect, reach)
    assert sees(clearance(high, reach), clearance(low, reach))


def test_the_table_knows_every_role_and_reach() -> None:
    assert {reach: set(rows) for reach, rows in ALLOWED.items()} == {reach: set(ROLES) for reach in REACHES}


@pytest.mark.parametrize(
    ("path", "withheld", "expected"),
    [("a.b", "a.b", True), ("a", "a.b", True), ("a.b.c", "a.b", True), ("a.c", "a.b", False), ("ab", "a", False)],
)
def test_a_path_touches_what_it_is_part_of_and_what_is_part_of_it(path: str, withheld: str, expected: bool) -> None:
    assert touches(path, withheld) is expected


def test_a_withheld_value_is_marked_in_lists_too() -> None:
    text = "a: [{id: x, cost: 5}, {id: y, cost: 6}]\nb: {c: 7}\n"
    told = json.loads(without(text, ["a.x.cost", "a.1", "b.c", "not.there"]))
    assert told == {"a": [{"id": "x", "cost": MARK}, MARK], "b": {"c": MARK}}
