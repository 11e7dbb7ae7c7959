"""Pages that exist only in the tests: the galleries, and views that are refused."""

from pathlib import Path
from types import SimpleNamespace

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, NotAllowed, NotFound
from tests.web import sample

GALLERY = Path(__file__).parent / "gallery"


class Person:
    is_authenticated = True

    def __str__(self) -> str:
        return "演示账号"


def signed_in(request: HttpRequest, posts: int = 1) -> HttpRequest:
    """A request as the accounts app would hand it on, without any database."""
    roles = ["考评经办", "审核人"][:posts]
    request.posts = [
        SimpleNamespace(pk=n, organisation=SimpleNamespace(name="区水务局"), get_role_display=lambda role=role: role)
        for n, role in enumerate(roles, 1)
    ]
    request.actor = Actor(label="演示账号", post_id=1)
    request.user = Person()
    return request


def gallery_page(name: str, request: HttpRequest) -> str:
    source = (GALLERY / f"{name}.html").read_text()
    return engines["django"].from_string(source).render(sample.context(), request)


@login_not_required
def show(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(gallery_page(name, signed_in(request, posts=2)))


@login_not_required
def refuse(request: HttpRequest, how: str) -> HttpResponse:
    raise {
        "conflict": Conflict(
            "stale", "别人已改过，没有保存。请先看现在存着的值。", "13·四（二）", [FieldError("鼓楼街道已改。")]
        ),
        "forbidden": NotAllowed("verb-lacking", "您的岗位没有“打分”的权限，没有执行。请由有此权限的岗位办理。"),
        "foreign": NotFound(),
        "broken": ZeroDivisionError(),
    }[how]


urlpatterns = [
    path("gallery/<str:name>/", show),
    path("refuse/<str:how>/", refuse),
    path("api/v1/refuse/<str:how>/", refuse),
    path("", include("miyun_kpi.accounts.urls")),
    path("help/", include("miyun_kpi.web.urls")),
    path("gazette/", include("miyun_kpi.gazette.urls")),
]
handler404 = "miyun_kpi.web.views.page_not_found"
handler500 = "miyun_kpi.web.views.server_error"
