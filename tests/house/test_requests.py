"""`request.actor` is typed once, in miyun_kpi/requests.py: every view says which of the three requests it takes."""

import ast
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from miyun_kpi.requests import ApiRequest, KpiRequest, OpenRequest
from tests.house import ROOT, files, name


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one)
        else:
            yield one


def taken(function: Any) -> Any:
    """What a view says it takes as its request."""
    return inspect.get_annotations(inspect.unwrap(function)).get("request")


@pytest.fixture(scope="module")
def views() -> list[Any]:
    return [one.callback for one in patterns(get_resolver())]


def test_a_page_takes_the_request_of_a_signed_in_person_unless_it_is_served_signed_out(views):
    pages = [view for view in views if not issubclass(getattr(view, "cls", object), APIView)]
    signed_out = {view for view in pages if not getattr(view, "login_required", True)}
    assert len(pages) > 300 and 3 <= len(signed_out) <= 8
    assert {
        f"{v.__module__}.{v.__name__}": taken(v) for v in pages if taken(v) is not KpiRequest and v not in signed_out
    } == {}
    assert {taken(view) for view in signed_out} <= {HttpRequest, OpenRequest}


def test_a_view_of_the_api_takes_the_request_of_a_token(views):
    classes = {view.cls for view in views if issubclass(getattr(view, "cls", object), APIView)}
    methods = [getattr(c, m) for c in classes for m in ("get", "post", "put", "patch", "delete") if hasattr(c, m)]
    ours = [method for method in methods if not method.__module__.startswith(("rest_framework", "drf_"))]
    assert len(ours) > 70
    assert {f"{m.__module__}.{m.__qualname__}": taken(m) for m in ours if taken(m) is not ApiRequest} == {}


def test_there_is_one_way_to_the_actor():
    """No second reader beside `request.actor`; none asks for it as if it might be missing, except the frame, which also
    stands on the pages that answer before the middleware has run."""
    early = {"miyun_kpi/web/context.py", "miyun_kpi/web/middleware.py", "miyun_kpi/web/views.py"}
    asked = {
        f"{name(path)}:{one.lineno}"
        for path in files(".py")
        if path.relative_to(ROOT).parts[0] != "tests"
        for one in ast.walk(ast.parse(path.read_text()))
        if isinstance(one, ast.Call)
        and "actor" in [a.value for a in one.args if isinstance(a, ast.Constant)]
        and isinstance(one.func, ast.Name)
        and one.func.id in {"getattr", "hasattr"}
        and name(path) not in early
        or isinstance(one, ast.FunctionDef)
        and one.name == "actor_of"
    }
    assert asked == set()
