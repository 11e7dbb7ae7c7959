"""Every address of the site × role × relation, generated from the URL configuration. An address without a row fails.

A cell is one letter: A the act is reached (shown, done, or refused by a rule), F 403, N 404, S sent to sign in (pages) or
401 (API), M the method is not offered. The columns stand in the order of ROLES and CLIENTS, then the offices of the area.
One test walks one column through the whole site; each act finds the same world and is taken back. Who may is a matter of
one database; on the other every address is reached once.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from evaluation.bulletin.rules.bulletin_draft import Options
from evaluation.bulletin.services.bulletins import draft_bulletin
from evaluation.models import (
    Figure,
    FigureBatch,
    MarkSheet,
    Ranking,
    Scheme,
    SheetDecision,
    UnlockRequest,
)
from miyun_kpi.accounts.models import ApiToken, Post, User
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.organisations.queries import resolve
from tests.evaluation.conftest import _demo_of_module, actor_named, demo
from tests.factories.tokens import issue_token
from tests.house.role_matrix import API, BODIES, CLIENTS, OFFICES, PAGES, ROLES, things
from tests.house.role_matrix.lines import reviewed_things, tracked_things

__all__ = ["_demo_of_module", "demo"]
OPEN = {
    "operations:demo",
    "operations:demo-enter",
    "operations:first",
    "operations:healthz",
    "operations:readyz",
    "operations:metrics",
    "accounts:sign-in",
    "accounts:activate",
}
# Always ends at the door, for everybody.
WITHOUT_ROWS = {"accounts:sign-out"}


def addresses() -> dict[str, URLPattern]:
    found: dict[str, URLPattern] = {}

    def walk(resolver: Any, namespace: str) -> None:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
            else:
                found[f"{namespace}{pattern.name}"] = pattern

    walk(get_resolver(), "")
    return found


NAMES = addresses()


@pytest.fixture(scope="module")
def _world(_demo_of_module: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """Made once: every act of the walks is taken back before the next one."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield made_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(demo: None, _world: dict[str, Any]) -> dict[str, Any]:
    cache.clear()  # the API counts requests a minute
    return _world


def made_world() -> dict[str, Any]:
    """Real (not demonstration) accounts and a real trial, so that the scopes bite; one thing of each kind."""
    co_office = User.objects.create_user("fagai", "x", display_name="发改委考评组")
    Post.objects.create(
        user=co_office, organisation=resolve("区发改委"), role="evaluation_office", starts_on=timezone.localdate()
    )
    sheet = MarkSheet.objects.get(scheme__track="township", period__code="2020Q3", indicator__number=4)
    figure = Figure.objects.get(scheme__track="township", key="weight/9/core")
    scheme = Scheme.objects.get(track="township")
    batch = FigureBatch.objects.create(
        scheme=scheme, original_page="9", reason="核对", proposed_by_id=0, proposed_by="甲", proposed_at=timezone.now()
    )
    bulletin = draft_bulletin(
        actor=actor_named("zhengfuban2"),
        ranking_ids=[Ranking.objects.get(scheme=scheme).pk],
        kind="report",
        options=Options(),
        at=timezone.now(),
    )
    decision = SheetDecision.objects.create(
        sheet=sheet,
        kind="leave_out",
        reason="单位来函说明",
        signer="某某",
        signed_on=date(2020, 7, 1),
        recorded_at=timezone.now(),
        recorded_by="甲",
        recorded_by_id=0,
    )
    asked = UnlockRequest.objects.create(sheet=sheet, reason="数据有误", asked_at=timezone.now(), asked_by="甲")
    _, text = issue_token(actor=SYSTEM, client="x", organisation=None, role="", at=timezone.now())
    rulebook = sheet.share_figure
    made = {
        **tracked_things(),
        **reviewed_things(),
        "sheet_id": sheet.pk,
        "figure_id": figure.pk,
        "rulebook_figure_id": rulebook.pk,
        "evaluation:withdraw-rulebook-line:figure_id": rulebook.pk,
        "condition_id": 2**31 - 1,
        "evaluation:withdraw-rulebook-line:line_id": rulebook.rulebooks.get().lines.first().pk,
        "batch_id": batch.pk,
        "decision_id": decision.pk,
        "request_id": asked.pk,
        "bulletin_id": bulletin.pk,
        "number": 1,
        "scheme_id": scheme.pk,
        "period_id": sheet.period_id,
        "year": 2020,
        "track": "township",
        "organisation": "beizhuang-zhen",
        "username": "shuiwu",
        "post_id": Post.objects.get(user__username="shuiwu").pk,
        "key": ApiToken.objects.get(client="x").token_key,
        "document": "13",
        "ref": "附件4·4",
        "seq": 1,
        "upload_id": 1,
        "job_id": 1,
        "day": date(2020, 7, 1),
    }
    return things(made)


def arguments(name: str, world: dict[str, Any]) -> dict[str, Any]:
    """Values for the converters of an address; `code` is an organisation's, or a document's in the API."""
    wanted = NAMES[name].pattern.converters
    values = dict(world, code="13" if name == "api:document" else "beizhuang-zhen")
    if name in (
        "evaluation:period-window",
        "evaluation:filing-impact",
        "evaluation:extend-unit",
        "evaluation:population",
    ):
        values["code"] = "2020Q3"
    if name == "evaluation:extend-unit":
        values["organisation"] = "shuiwu-ju"
    if name == "evaluation:rulebook":
        values["figure_id"] = world["rulebook_figure_id"]
    if name == "evaluation:ask-review":
        values["sheet_id"] = world["reviewed_sheet_id"]
    return {key: values.get(f"{name}:{key}", values.get(key)) for key in wanted}


def body_of(name: str, world: dict[str, Any]) -> str:
    """What is posted so that the act itself is reached, not only the form before it."""
    if name == "evaluation:compute-ranking":
        return urlencode({"scheme": world["scheme_id"], "period": world["period_id"], "kind": "trial"})
    return urlencode(BODIES.get(name, {}), doseq=True)


def letter(response: Any) -> str:
    status = response.status_code
    if status == 405:
        return "M"
    if status == 401 or (status == 302 and response["Location"].startswith("/sign-in/")):
        return "S"
    if status >= 500:
        return f"{status} {response.content[:300]!r}"
    return {403: "F", 404: "N"}.get(status, "A")


def is_api(name: str) -> bool:
    return name.startswith("api:") and name != "api:docs"


def offices(api: bool) -> list[str]:
    return sorted({one for name, named in OFFICES.items() if is_api(name) == api for one in named})


def in_office(organisation: str) -> User:
    """One person in the register office (主管办公室) of an organisation."""
    user, new = User.objects.get_or_create(username=f"office-{organisation}", defaults={"display_name": organisation})
    if new:
        place = {"organisation": resolve(organisation), "role": "register_office"}
        Post.objects.create(user=user, starts_on=timezone.localdate(), **place)
    return user


def offices_of(name: str) -> list[User]:
    return [in_office(organisation) for organisation in OFFICES.get(name, ())]


def column(name: str, who: str) -> int | None:
    """Where `who` stands in the row of an address; None where the area gives this office no column."""
    first = list(CLIENTS) if is_api(name) else list(ROLES)
    columns = [*first, *(f"office {one}" for one in OFFICES.get(name, ()))]
    return columns.index(who) if who in columns else None


def methods(name: str) -> list[str]:
    if not is_api(name):
        return ["GET", "POST"]
    offered = NAMES[name].callback.cls
    return [m.upper() for m in ("get", "post", "put", "patch", "delete") if hasattr(offered, m)]


def decorated(name: str) -> list[str] | None:
    """The methods that the outermost decorator of a page lets through, whoever asks; None without such a decorator."""
    view = NAMES[name].callback
    code = getattr(view, "__code__", None)
    if code is None or not code.co_filename.endswith("django/views/decorators/http.py"):
        return None
    return next(c.cell_contents for c in view.__closure__ or () if isinstance(c.cell_contents, list))


class Walker:
    """One person in a browser, or one client of the API."""

    def __init__(self, who: str, world: dict[str, Any], api: bool) -> None:
        self.world, self.api = world, api
        self.client, self.headers = Client(), dict[str, str]()
        self._token(who) if api else self._session(who)

    def _session(self, who: str) -> None:
        office = who.removeprefix("office ") if who.startswith("office ") else ""
        user = in_office(office) if office else User.objects.filter(username=who).first()
        if user is not None:
            self.client.force_login(user, backend="miyun_kpi.accounts.authentication.PeopleBackend")

    def _token(self, who: str) -> None:
        if who != "out":
            office = who.removeprefix("office ")
            organisation, role = CLIENTS.get(who, (office, "register_office"))
            found = resolve(organisation) if organisation else None
            _, text = issue_token(actor=SYSTEM, client=who, organisation=found, role=role, at=timezone.now())
            self.headers = {"authorization": f"Token {text}"}

    def ask(self, name: str, method: str) -> str:
        """The letter of one act, which leaves nothing behind."""
        address = reverse(name, kwargs=arguments(name, self.world))
        cookies = self.client.cookies.output(header="", sep=";")
        mark = transaction.savepoint()
        try:
            return letter(self.answer(name, method, address))
        finally:
            transaction.savepoint_rollback(mark)
            self.client.cookies.clear()
            self.client.cookies.load(cookies)

    def answer(self, name: str, method: str, address: str) -> Any:
        return self._api(name, method, address) if self.api else self._page(name, method, address)

    def _page(self, name: str, method: str, address: str) -> Any:
        body = body_of(name, self.world) if method == "POST" else ""
        query = f"?ranking={self.world['ranking_id']}" if name == "evaluation:open-ranking" else ""
        form = "application/x-www-form-urlencoded"
        return self.client.generic(method, address + query, body, content_type=form)

    def _api(self, name: str, method: str, address: str) -> Any:
        query = "?track=township" if name == "api:ranking-latest" else ""
        body: Any = BODIES.get(name, {}) if method != "GET" else None
        if name == "api:mark-sheet-marks":
            body = [{"organisation": "beizhuang-zhen", "value": "80", "version": 0}]
        if name == "api:mark-sheet-file":
            body = {"version": 1}
        if name == "api:rankings" and method == "POST":
            body = {"track": "township", "period": "2020Q2", "kind": "trial"}
        text = "" if body is None else json.dumps(body)
        return self.client.generic(method, address + query, text, content_type="application/json", headers=self.headers)


def differences(who: str, world: dict[str, Any], api: bool) -> list[str]:
    """Every cell of the column that is not as the table says."""
    walker, wrong = Walker(who, world, api), []
    for name in sorted(name for name in NAMES if is_api(name) == api):
        at = column(name, who)
        for method in methods(name) if at is not None else ():
            row = (API if api else PAGES).get((name, method), "").replace(" ", "")
            if not row and not api and who != "out" and method not in (decorated(name) or [method]):
                continue  # refused before anybody is known: one column is enough
            # A page without a row offers the method to nobody.
            expected = row[at] if row else "M" if api else "MS"
            found = walker.ask(name, method)
            if found not in tuple(expected):
                wrong.append(f"{name} {method} as {who}: {found} instead of {expected}")
    return wrong


def test_every_address_has_its_rows():
    listed = {name for name, _ in PAGES} | {name for name, _ in API}
    assert set(NAMES) - WITHOUT_ROWS == listed, (
        sorted(set(NAMES) - listed - WITHOUT_ROWS),
        sorted(listed - set(NAMES)),
    )


def test_every_row_is_as_long_as_its_area_has_columns():
    for table, first in ((PAGES, ROLES), (API, CLIENTS)):
        for (name, method), row in table.items():
            assert len(row.replace(" ", "")) == len(first) + len(OFFICES.get(name, ())), (name, method)
            assert method in methods(name), (name, method)


@pytest.mark.once
@pytest.mark.timeout(600)  # half a thousand addresses
@pytest.mark.parametrize("who", [*ROLES, *(f"office {one}" for one in offices(api=False))])
def test_pages(world, who):
    assert "\n".join(differences(who, world, api=False)) == ""


@pytest.mark.once
@pytest.mark.parametrize("who", [*CLIENTS, *(f"office {one}" for one in offices(api=True))])
def test_api(world, who):
    assert "\n".join(differences(who, world, api=True)) == ""


@pytest.mark.postgres
@pytest.mark.timeout(600)
@pytest.mark.parametrize("api", [False, True])
def test_on_the_second_database_every_address_is_reached_once(world, broker, api):
    """By the signed-out, and by the first who reaches the act (/readyz asks the broker as well)."""
    walkers: dict[str, Walker] = {}
    wrong = []
    for (name, method), spaced in (API if api else PAGES).items():
        row = spaced.replace(" ", "")
        people = [*(CLIENTS if api else ROLES), *(f"office {one}" for one in OFFICES.get(name, ()))]
        for at in sorted({0, row.find("A")} - {-1}):
            who = people[at]
            walker = walkers.get(who) or walkers.setdefault(who, Walker(who, world, api))
            if (found := walker.ask(name, method)) != row[at]:
                wrong.append(f"{name} {method} as {who}: {found} instead of {row[at]}")
    assert "\n".join(wrong) == ""


def test_signed_out_people_reach_nothing_but_the_door(world):
    for name, method in PAGES:
        if name not in OPEN:
            assert PAGES[name, method].replace(" ", "")[0] in "SM", name
