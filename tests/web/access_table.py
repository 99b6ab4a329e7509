"""One table: every route, who may ask it about their own programme and about somebody else's, and with which words."""

from __future__ import annotations

from typing import Any

from tests.workbench.passports import text_of

Row = dict[str, Any]
EVERYBODY = ("viewer", "analyst", "approver", "admin")
DEAL_TEXT = """\
onepill: 1
deal: test
structure: licence
title: A licence
signed_on: 2026-12-01
parties:
  owner: {role: licensor, name: the owner}
  partner: {role: licensee, name: a partner}
grants:
  america: {to: partner, territory: US, pays: [phase_3, filings]}
terms:
  upfront: {kind: upfront, from: partner, to: owner, amount: 5 MUSD}
"""
EXPECTED: dict[str, dict[str, tuple[str, ...]]] = {
    "open": {"own": ("none", *EVERYBODY), "foreign": ("none", *EVERYBODY)},
    "signed in": {"own": EVERYBODY, "foreign": EVERYBODY},
    "writers": {"own": EVERYBODY[1:], "foreign": EVERYBODY[1:]},
    "administrators": {"own": ("admin",), "foreign": ("admin",)},
    "reads a programme": {"own": EVERYBODY, "foreign": ("admin",)},
    "writes a programme": {"own": EVERYBODY[1:], "foreign": ("admin",)},
    "approves a programme": {"own": EVERYBODY[2:], "foreign": ("admin",)},
    "an account": {"own": EVERYBODY, "foreign": ("admin",)},
}
"""Roles by what a route is about; "an account" is one's own, or another's."""

DEAL = ("/{name}", "/{name}/history", "/{name}/text", "/{name}/explain/{path:path}")
SENT = ("restore", "save", "text")
OPEN_VIEWS = (
    *(f"landscape/{view}" for view in ("changes", "crowding", "firsts", "pictures", "burden", "compare", "matrix")),
    *("landscape/watches", "landscape/whitespace", "world/coverage", "world/places", "world/rule"),
    *("policy/list", "policy/one", "deals/comps", "deals/kept"),
    *(f"evidence/{view}" for view in ("enrichment", "fixed", "sequential", "single_arm", "assurance", "interim")),
    *("evidence/regional", "evidence/responses"),
)
"""Views of engines that are about no programme."""
OF_A_PROGRAMME = (
    *("brief/since", "policy/match", "policy/effect", "value/forecast", "landscape/table"),
    *(f"deals/{view}" for view in ("compare", "return_risk", "solve", "value")),
    *("evidence/odds", "evidence/proof", "world/plan", "world/routes"),
)
"""Views of engines about a programme that is chosen."""
ROUTES: dict[str, tuple[str, ...]] = {
    "open": ("GET /login", "GET /login/sso", "GET /login/sso/callback", "GET /static/{name}", "POST /login"),
    "signed in": (
        "GET /",
        "GET /programmes",
        "GET /programmes/new",
        "GET /keys",
        *("GET /methods", "GET /methods/{name}", "GET /how-to/{name}"),
        "GET /account",
        *("GET /api", "GET /deals", "GET /deals/kept", "POST /api/deals/list"),
        "GET /api/openapi.json",
        # Only makes an address of what was typed; the page there is asked for by itself.
        "GET /programmes/{programme_id}/apply",
        "POST /logout",
        # Keeps what is to be signed; access is checked when the service has answered.
        "POST /team/sso/sign",
        *(f"GET /landscape{view}" for view in ("", "/changes", "/crowding", "/firsts", "/pictures")),
        *(f"GET /landscape{view}" for view in ("/burden", "/compare", "/matrix", "/watches", "/whitespace")),
        *(f"GET /world{view}" for view in ("", "/coverage", "/places", "/rule")),
        *(f"GET /policy{view}" for view in ("", "/list", "/one")),
        "GET /deals/comps",
        *(f"GET /evidence{view}" for view in ("/enrichment", "/fixed", "/sequential", "/single_arm")),
        *(f"GET /evidence{view}" for view in ("/assurance", "/interim", "/regional", "/responses")),
        # Where a number comes from is asked under the rule of its own question.
        *(f"GET /{view}/number/{{path:path}}" for view in OPEN_VIEWS),
        "POST /api/explain/number",
        "GET /jobs",
        "POST /api/programmes/list",
        "POST /api/landscape/watch/list",
        "POST /api/jobs/list",
        "GET /programmes/{programme_id}/deals/{name}/apply",
        # What comes with the question is all that these know.
        *(f"POST /api/deal/{verb}" for verb in ("compare", "comps", "return-risk", "solve", "value")),
        *(f"POST /api/design/{kind}" for kind in ("enrichment", "fixed", "programme", "regional", "sequential")),
        *("POST /api/design/single_arm", "POST /api/assurance", "POST /api/assurance/interim"),
        *("POST /api/assurance/responses", "POST /api/backtest/reviews", "POST /api/check", "POST /api/due"),
        *("POST /api/explain", "POST /api/import-workbook", "POST /api/passport", "POST /api/path"),
        *("POST /api/path/compare", "POST /api/poc/plan", "POST /api/poc/simulate", "POST /api/policy/effect"),
        *("POST /api/policy/list", "POST /api/policy/match", "POST /api/policy/show", "POST /api/registry/sources"),
        *("POST /api/rules/coverage", "POST /api/rules/list", "POST /api/rules/show", "POST /api/schema"),
        *("POST /api/success", "POST /api/value", "POST /api/world"),
        # The server's warehouse holds what registries publish.
        *("POST /api/registry/status", "POST /api/success/transitions", "POST /api/landscape"),
        *(f"POST /api/landscape/{verb}" for verb in ("burden", "compare", "crowding", "diff", "entrants", "firsts")),
        *(f"POST /api/landscape/{verb}" for verb in ("industry", "matrix", "page", "readouts", "whitespace")),
    ),
    "writers": (
        *("POST /programmes", "POST /api/programmes/add"),
        *(
            f"POST /{page}/{verb}"
            for page in ("landscape/watches", "api/landscape/watch")
            for verb in ("save", "forget")
        ),
    ),
    "administrators": (
        "GET /admin",
        "POST /team/{group}/{verb}",
        *(f"POST /api/users/{verb}" for verb in ("add", "list", "change", "grant", "withdraw", "link")),
        "POST /api/audit/list",
        "POST /api/audit/verify",
    ),
    "reads a programme": (
        *("GET /programmes/{programme_id}" + page for page in ("", "/compare", "/file", "/history", "/outcome")),
        "GET /programmes/{programme_id}/passport",
        "GET /programmes/{programme_id}/explain/{path:path}",
        "GET /programmes/{programme_id}/number/{path:path}",
        "GET /approvals/{id}",
        # Pages of engines about a programme that is chosen.
        *("GET /brief", "GET /brief/since", "GET /policy/match", "GET /policy/effect"),
        *("GET /value", "GET /value/forecast", "GET /landscape/table"),
        *("GET /programmes/{programme_id}/deals" + page for page in ("", *DEAL)),
        "GET /jobs/{job_id}",
        *("GET /deals/compare", "GET /deals/solve", "GET /deals/value", "GET /deals/return_risk"),
        *(f"GET /deals/{view}/explain/{{path:path}}" for view in ("compare", "return_risk", "solve", "value")),
        *(f"GET /{view}/number/{{path:path}}" for view in OF_A_PROGRAMME),
        "GET /jobs/{job_id}/number/{path:path}",
        *("POST /deals/compare", "POST /deals/solve", "POST /deals/value", "POST /deals/return_risk"),
        *("GET /evidence", "GET /evidence/odds", "GET /evidence/proof", "GET /world/plan", "GET /world/routes"),
        *(f"POST /api/programmes/{verb}" for verb in ("show", "history", "compare", "live")),
        *("POST /api/brief", "POST /api/jobs/show", "POST /api/approvals/list", "POST /api/tiers/list"),
        *("POST /api/deals/show", "POST /api/deals/history"),
    ),
    "writes a programme": (
        *("POST /programmes/{programme_id}/" + page for page in ("file", "restore", "save", "scenarios")),
        *("POST /api/programmes/save", "POST /api/programmes/restore", "POST /api/competitors/save"),
        *("POST /api/scenarios/save", "POST /api/jobs/start", "POST /api/jobs/cancel", "POST /api/jobs/resume"),
        *(f"POST /api/deals/{verb}" for verb in ("add", "save", "restore")),
        *("POST /programmes/{programme_id}/deals" + page for page in ("", *(f"/{{name}}/{x}" for x in SENT))),
        *("POST /jobs/{job_id}/cancel", "POST /jobs/{job_id}/resume"),
        *(f"POST /jobs/start/deals/{view}" for view in ("compare", "return_risk", "solve", "value")),
        *(f"POST /jobs/start/{view}" for view in ("evidence/proof", "landscape/table", "policy/effect")),
        *(f"POST /jobs/start/{view}" for view in ("world/plan", "world/routes")),
    ),
    "approves a programme": ("POST /api/approvals/sign", "POST /api/tiers/set"),
    "an account": (
        *(f"POST /api/tokens/{verb}" for verb in ("add", "list", "revoke")),
        "POST /api/users/password",
    ),
}
"""Each route once; a new one without a row fails the test."""


def asked(route: str, programme: str, role: str, job: str) -> tuple[str, Row]:
    """The address and the fields of a question that nothing but access refuses."""
    path = route.partition(" ")[2]
    for name, value in {"{programme_id}": programme, "{id}": programme, "{path:path}": "asset.name"}.items():
        path = path.replace(name, value)
    path = path.replace("{job_id}", job).replace("/deals/{name}", "/deals/test")
    path = path.replace("/methods/{name}", "/methods/success").replace("/how-to/{name}", "/how-to/api")
    path = path.replace("{group}", "users").replace("{verb}", "grant").replace("{name}", "base.css")
    return path, fields_of(route, programme, role, job)


def fields_of(route: str, programme: str, role: str, job: str) -> Row:
    text = text_of("minimal").replace("programme: minimal", f"programme: {programme}")
    new = text_of("minimal").replace("programme: minimal", f"programme: of_{role}")
    name = role if programme == "own" else "other"
    save: Row = {"expected_version": 1, "reason": "test"}
    form: Row = {"expected": "1", "reason": "test", "set": ["asset.name:x"]}
    secret = "correct horse battery"
    rows: dict[str, Row] = {
        "GET /brief": {"programmes": programme, "since": "2026-01-01", "on": "2026-01-02"},
        "GET /brief/since": {"programmes": programme, "since": "2026-01-01", "on": "2026-01-02"},
        "GET /brief/since/number/{path:path}": {"programmes": programme, "since": "2026-01-01", "on": "2026-01-02"},
        "POST /api/explain/number": {"operation": "rules coverage", "path": "/0/rules"},
        "POST /login": {"name": role, "password": secret},
        "POST /team/{group}/{verb}": {"name": "other", "programme": programme, "role": "viewer"},
        "POST /team/sso/sign": {"id": programme, "version": "1", "meaning": "review"},
        "POST /programmes": {"text": new, "reason": "test"},
        "POST /programmes/{programme_id}/file": {**form, "text": text},
        "POST /programmes/{programme_id}/restore": {**form, "version": "1"},
        "POST /programmes/{programme_id}/save": form,
        "POST /programmes/{programme_id}/scenarios": {**form, "name": "x"},
        "POST /api/programmes/add": {"text": new},
        "POST /api/programmes/save": {"text": text, **save},
        "POST /api/programmes/restore": {"id": programme, "version": 1, **save},
        "POST /api/programmes/compare": {"id": programme, "scenarios": ["x"], "draws": 100},
        "POST /api/programmes/list": {},
        "POST /api/jobs/list": {},
        "POST /api/brief": {"since": "2026-01-01", "on": "2026-01-02", "programmes": [programme], "draws": 100},
        "POST /api/competitors/save": {"text": "", "programme": programme, "expected_version": 0, "reason": "test"},
        "POST /api/scenarios/save": {"id": programme, "name": "x", "changes": ["asset.name=1"], **save},
        "POST /api/jobs/start": {"operation": "path", "programme": programme},
        "POST /api/jobs/show": {"id": job},
        "POST /api/jobs/cancel": {"id": job},
        "POST /api/approvals/sign": {"id": programme, "version": 1, "meaning": "review", "password": secret},
        "POST /api/tiers/set": {"id": programme, "field": "asset.name", "tier": "none", "reason": "test"},
        "POST /api/tokens/add": {"name": name, "label": "x"},
        "POST /api/tokens/list": {"name": name},
        "POST /api/tokens/revoke": {"name": name, "id": "x"},
        "POST /api/users/password": {"name": name, "password": secret, "current_password": secret},
        "POST /api/users/add": {"name": "eve", "role": "viewer", "password": secret},
        "POST /api/users/change": {"name": "other", "role": "viewer"},
        "POST /api/users/grant": {"name": "other", "programme": programme, "role": "viewer"},
        "POST /api/users/withdraw": {"name": "other", "programme": programme},
        "POST /api/users/link": {"name": "other", "issuer": "https://id.example", "subject": "1"},
        "POST /api/deals/list": {"programme": programme},
        "POST /api/deals/add": {"text": DEAL_TEXT, "programme": programme},
        "POST /api/deals/save": {"text": DEAL_TEXT, "programme": programme, **save},
        "POST /api/deals/restore": {"id": f"{programme}.deal.test", "version": 1, **save},
        "POST /api/jobs/resume": {"id": job},
        "POST /programmes/{programme_id}/deals": {"text": DEAL_TEXT, "reason": "test"},
        "POST /programmes/{programme_id}/deals/{name}/restore": {**form, "version": "1"},
        "POST /programmes/{programme_id}/deals/{name}/save": {**form, "set": ["terms.upfront.amount:6 MUSD"]},
        "POST /programmes/{programme_id}/deals/{name}/text": {**form, "text": DEAL_TEXT},
        "POST /api/audit/list": {},
        "POST /api/audit/verify": {},
        "POST /api/users/list": {},
    }
    if route in rows:
        return rows[route]
    if route.startswith(("POST /landscape/watches", "POST /api/landscape/watch")):
        return {} if route.endswith("list") else {"name": f"of_{role}"}
    if route.startswith("POST /api/deals/") and route in ROUTES["reads a programme"]:
        return {"id": f"{programme}.deal.test"}
    if route.startswith(("GET /deals", "POST /jobs/start/deals")):
        return {"programme": programme, "kept": f"{programme}.deal.test", "asked": "1"}
    if route.startswith("POST /jobs/start/"):
        return {"programme": programme}
    if route.startswith("POST /api/") and route in ROUTES["reads a programme"]:
        return {"id": programme}
    # An engine's page that waits for its form asks once a field is given.
    return {"programme": programme} if route in ROUTES["reads a programme"] else {"asked": "1"}
