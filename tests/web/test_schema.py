"""Whatever the published schema allows to be asked is answered, and never by a failure of ours."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, settings

from onepill.web import create_app
from onepill.web.api import ERRORS

schema = schemathesis.openapi.from_asgi("/api/openapi.json", create_app(), headers={"host": "127.0.0.1"})


@schema.parametrize()
@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_question_is_our_fault(case: schemathesis.Case) -> None:
    answer = case.call(headers={"host": "127.0.0.1"})
    assert answer.status_code < 500 or answer.status_code in {501, 503}, answer.text


def test_every_refusal_is_in_the_published_schema() -> None:
    statuses = {str(status) for status in (400, 401, 403, 409, 413, 421, 422, 429, 501, 503)}
    assert {str(status) for status in ERRORS} == statuses
    for methods in schema.raw_schema["paths"].values():
        assert statuses <= set(methods["post"]["responses"])
