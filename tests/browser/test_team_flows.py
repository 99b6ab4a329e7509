"""What people with accounts do, in a real browser: sign in, sign a version off, be refused what is not theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from onepill.store.workspace import open_workspace
from onepill.workbench.asking.first_start import add_examples
from tests.browser.conftest import barriers, serving, shows

PASSWORD = "correct horse battery"
Visit = Callable[..., Any]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with accounts, its workspace holding the examples and one person of each role."""
    home = tmp_path_factory.mktemp("team")
    workspace = open_workspace(home, None)
    for role in ("viewer", "analyst", "approver", "admin"):
        workspace.accounts.add(role, role=role, password=PASSWORD, actor="root", shown_name=role.title())
    add_examples(workspace)
    workspace.accounts.grant("approver", "minimal", "approver", actor="root")
    workspace.close()
    with serving(home, "--team") as address:
        yield address


def signed_in(visit: Visit, name: str, address: str = "/", **options: Any) -> Any:
    page = visit(address, **options)
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.locator("main button").click()
    page.wait_for_url(lambda address: "/login" not in address)
    return page


def test_a_version_is_signed_off_with_the_right_password_alone(visit: Visit) -> None:
    page = signed_in(visit, "approver", "/approvals/minimal", refusals=True)
    assert page.url.endswith("/approvals/minimal")
    form = page.locator("form[action='/team/approvals/sign']")
    form.locator("[name=meaning]").select_option(index=1)
    form.locator("[name=password]").fill("not the password")
    form.locator("button").click()
    page.locator("[role=alert]").first.wait_for()
    page.go_back()
    form.locator("[name=meaning]").select_option(index=1)
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("button").click()
    shows(page, "main table tbody tr", "Approver (approver)")


def test_a_viewer_reads_and_may_not_save(visit: Visit) -> None:
    page = signed_in(visit, "viewer", "/programmes/minimal?set=markets.us.tax_share:0.2", refusals=True)
    page.locator(".moved dd").first.wait_for()  # visible, as soon as the page after the sign-in has come
    page.evaluate("document.getElementById('save').open = true")
    page.fill("#save [name=reason]", "not mine to save")
    page.get_by_role("button", name="Save as new version").click()
    page.locator("[role=alert]").first.wait_for()
    page.goto(page.url.partition("/programmes")[0] + "/programmes/minimal/history")
    assert "not mine to save" not in page.locator("main").inner_text()


@pytest.mark.parametrize(("width", "lang", "scheme"), [(1280, "en", "light"), (390, "zh", "dark")])
def test_pages_of_a_team_fit_and_have_no_serious_barrier(
    visit: Visit, axe: str, width: int, lang: str, scheme: str
) -> None:
    page = signed_in(visit, "admin", f"/?lang={lang}", viewport={"width": width, "height": 900}, color_scheme=scheme)
    found = {}
    for address in ("/admin", "/account", "/approvals/minimal", "/programmes/minimal"):
        page.goto("/".join(page.url.split("/", 3)[:3]) + address)
        found[address] = barriers(page, axe, width)
    assert {address: rows for address, rows in found.items() if rows} == {}
