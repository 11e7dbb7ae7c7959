"""What lies below the pages names them by route (miyun_kpi/routes.py): an address is changed in one place, urls.py."""

import ast
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, resolve
from django.utils import timezone

from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.models import Post
from miyun_kpi.celery import app
from miyun_kpi.inbox.models import Notice
from miyun_kpi.inbox.registry import desk_items
from miyun_kpi.routes import to
from tests.evaluation.conftest import _demo_of_module, demo
from tests.house import CODE, ROOT, files, name

__all__ = ["_demo_of_module", "demo"]
BELOW = {"services", "queries", "desk", "rules", "excel", "citing", "registry", "tasks"}
# web/registry.py declares the top bar, with the addresses a subject has before its app takes the place.
DECLARES = {"miyun_kpi/web/registry.py"}


def below() -> Iterator[Path]:
    for path in files(".py", under=CODE):
        rooms = {*path.relative_to(ROOT).parts[:-1], path.stem}
        if rooms & BELOW and not rooms & {"views", "urls", "api", "migrations"} and name(path) not in DECLARES:
            yield path


def addresses(path: Path) -> list[str]:
    """Strings that begin as an address of the site does, and f-strings that begin with a place to be filled in."""
    tops = {str(one.pattern).split("/")[0] for one in get_resolver().url_patterns} - {""}
    found = []
    for one in ast.walk(ast.parse(path.read_text())):
        filled = isinstance(one, ast.JoinedStr)
        first = one.values[0] if isinstance(one, ast.JoinedStr) and one.values else one
        if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.startswith("/"):
            if first.value.split("/")[1].split("?")[0] in tops or (filled and first.value == "/"):
                found.append(f"{name(path)}:{first.lineno} {first.value}")
    return found


def test_nothing_below_the_pages_writes_an_address():
    rooms = list(below())
    assert len(rooms) > 250
    assert [found for path in rooms for found in addresses(path)] == []
    asked = [name(path) for path in rooms if "from django.urls import" in path.read_text()]
    assert asked == [], "there is one helper: miyun_kpi.routes.to"


def takes(resolver: URLResolver, inherited: int = 0, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, int]]:
    """Every name of a page with the number of places it takes."""
    for one in resolver.url_patterns:
        number = inherited + len(one.pattern.converters)
        if isinstance(one, URLPattern):
            yield ":".join([*spaces, one.name or ""]), number
        else:
            yield from takes(one, number, (*spaces, one.namespace) if one.namespace else spaces)


def test_every_route_that_is_named_exists_and_gets_its_places():
    known = set(takes(get_resolver()))
    named = [
        (path, one)
        for path in files(".py", under=CODE)
        for one in ast.walk(ast.parse(path.read_text()))
        if isinstance(one, ast.Call)
        and isinstance(one.func, ast.Name)
        and one.func.id == "to"
        and one.args
        and isinstance(one.args[0], ast.Constant)
    ]
    assert len(named) > 80
    assert [
        f"{name(path)}:{one.lineno}" for path, one in named if (one.args[0].value, len(one.args) - 1) not in known
    ] == []


def test_an_address_is_made_of_a_route_its_places_and_a_query():
    assert to("evaluation:scheme", 2020, "township") == "/evaluation/schemes/2020/township/"
    assert to("evaluation:sheets", period="2020Q3", state="a&b") == "/evaluation/sheets/?period=2020Q3&state=a%26b"
    with pytest.raises(NoReverseMatch):
        to("evaluation:no-such-page")


def test_every_notice_and_every_item_of_the_demonstration_leads_to_a_page(demo):
    """What the clock sends by itself is sent here by the same tasks, so that more than one kind of notice is stored."""
    app.loader.import_default_modules()
    for task in (one for one in settings.CELERY_BEAT_SCHEDULE if ".send_" in one):
        app.tasks[task]()
    notices = set(Notice.objects.exclude(url="").values_list("url", flat=True))
    posts = Post.objects.select_related("user", "organisation")
    items = {item.url for post in posts for item in desk_items(actor_in_post(post.user, post), timezone.now())}
    assert len({tuple(address.split("/")[1:3]) for address in notices}) >= 5
    assert len(items) >= 20
    for address in notices | items:
        resolve(urlsplit(address).path)
