"""The API fuzzed from its own schema: whatever comes, no crash, and every refusal in the one error shape."""

import json
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from miyun_kpi.api.schema import schema_document
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.organisations.queries import resolve
from tests.evaluation.conftest import NOW
from tests.factories.tokens import issue_token

pytestmark = pytest.mark.django_db


application = get_wsgi_application()


@pytest.fixture
def one_connection():
    """The fuzzer calls the application as a server would; its requests must stay on the test's connection."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def test_no_operation_crashes_and_every_refusal_has_its_shape(demo, one_connection, settings_rate):
    _, text = issue_token(
        actor=SYSTEM, client="fuzz", organisation=resolve("区政府办公室"), role="evaluation_office", at=NOW()
    )
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(schema_document())))
    schema.app = application
    # What is asked for compressed is not unpacked by the tool.
    headers = {"Authorization": f"Token {text}", "Accept-Encoding": "identity"}
    seen: dict[str, set[int]] = {}
    for result in schema.get_all_operations():
        _ask(result.ok(), headers, seen)
    assert len(seen) >= 15


def _ask(operation: Any, headers: dict[str, str], seen: dict[str, set[int]]) -> None:
    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        answer = case.call(headers=headers)
        seen.setdefault(operation.label, set()).add(answer.status_code)
        assert answer.status_code < 500, (operation.label, answer.status_code)
        if answer.status_code >= 400:
            body = answer.json()
            assert set(body) == {"code", "message", "clause", "errors"}, body
            assert body["message"].endswith("。"), body

    ask()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["organisation", "value", "version", "not_applicable", "reason", "x"]),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_as_marks_is_answered_with_a_sentence(water_api, body):
    api, sheet = water_api
    answer = api.send("PATCH", f"mark-sheets/{sheet.pk}/marks/", body)
    assert answer.status_code in (200, 400, 409, 422), answer.content
    if answer.status_code != 200:
        assert answer.json()["message"].endswith("。")


@pytest.fixture
def water_api(demo):
    from evaluation.models import MarkSheet
    from tests.evaluation.sheets.test_api_marks import Api

    sheet = MarkSheet.objects.get(scheme__track="township", period__code="2020Q3", indicator__number=4)
    return Api("water", "区水务局", "evaluator"), sheet


@pytest.fixture
def settings_rate(monkeypatch):
    """The rate limit would answer most of the questions."""
    from rest_framework.views import APIView

    monkeypatch.setattr(APIView, "throttle_classes", [])
