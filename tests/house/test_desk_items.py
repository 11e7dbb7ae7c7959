"""Nothing stands on a desk that its reader cannot open and do: over every account of the demonstration, and over every register.

A page is opened, and every form on it is sent as it stands: the answer may be a refusal that asks for more, never “not found”,
“not allowed” or an error. Each sending is taken back, so that the next item finds the demonstration as it was.
"""

from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from miyun_kpi.accounts.access import actor_in_post, posts_on
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.inbox.registry import DeskItem, desk_items
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.credit_code import EXAMPLE
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.access import visible_to
from miyun_kpi.registers.desk import desk_items as register_items
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import all_kinds
from miyun_kpi.registers.rules.kinds import Field, Kind
from tests.evaluation.conftest import _demo_of_module, demo
from tests.factories.rankings import BACKEND

__all__ = ["_demo_of_module", "demo"]
# What an office looks at to press others; the act is somebody else's.
LOOKED_AT = {"看哪几张", "看哪几个"}
BAD = {403, 404, 405}


class Forms(HTMLParser):
    """Of the part of a page between <main> and </main>: forms that post, with what stands in them, and links."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = False
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.links: list[str] = []
        self._form: dict[str, str] | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = dict(attrs)
        self.inside = self.inside or tag == "main"
        if not self.inside:
            return
        for name in ("hx-post", "hx-patch", "data-save"):
            if had.get(name):
                self.forms.append((had[name] or "", {}))
        if tag == "a" and (had.get("href") or "").startswith("/"):
            self.links.append(had["href"] or "")
        elif tag == "form" and (had.get("method") or "").lower() == "post":
            self._form = {}
            self.forms.append((had.get("action") or "", self._form))
        elif self._form is not None and had.get("name"):
            name, value = had["name"] or "", had.get("value") or ""
            if tag == "select":
                self._select = name
            elif (
                tag == "textarea"
                or (tag == "button" and name not in self._form)
                or tag == "input"
                and (had.get("type") not in ("checkbox", "radio") or "checked" in had)
            ):
                self._form[name] = value
        elif tag == "option" and self._form is not None and self._select:
            if "selected" in had or self._select not in self._form:
                self._form[self._select] = had.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.inside = False
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""


def forms_of(client: Client, url: str) -> tuple[int, Forms]:
    answer, found = client.get(url), Forms()
    if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
        found.feed(answer.content.decode())
    return answer.status_code, found


def problems_of(client: Client, item: DeskItem) -> Iterator[str]:
    """What the reader of the item runs into."""
    status, found = forms_of(client, item.url)
    if status != 200:
        yield f"{item.url} answers {status}"
        return
    pages = [(item.url, found)]
    if not found.forms:
        # A list: the act stands on the pages it leads to.
        path = item.url.split("?")[0]
        links = dict.fromkeys(link for link in found.links if link.startswith(path) and link.split("?")[0] != path)
        pages = [(link, forms_of(client, link)[1]) for link in list(links)[:6]]
    forms = [(url, action, data) for url, page in pages for action, data in page.forms]
    if not forms and item.action not in LOOKED_AT:
        yield f"{item.url} has nothing to do “{item.action}” with"
    for url, action, data in forms[:8]:
        point = transaction.savepoint()
        try:
            answer = client.post(action or url, data)
        finally:
            transaction.savepoint_rollback(point)
        if answer.status_code in BAD or answer.status_code >= 500:
            yield f"POST {action or url} answers {answer.status_code}"


def desks() -> Iterator[tuple[Client, Actor, list[DeskItem]]]:
    for user in User.objects.filter(is_client=False).order_by("pk"):
        for post in posts_on(user, timezone.localdate()):
            actor, client = actor_in_post(user, post), Client()
            client.force_login(user, backend=BACKEND)
            session = client.session
            session["post_id"] = post.pk
            session.save()
            yield client, actor, desk_items(actor, timezone.now())


def test_every_item_on_every_desk_opens_and_its_act_answers(demo):
    found, items = [], 0
    for client, actor, waiting in desks():
        # Two of a kind are enough: the third differs in nothing but its row.
        chosen = {(item.subject, item.kind, item.action, n % 2): item for n, item in enumerate(waiting)}
        for item in chosen.values():
            items += 1
            found += [f"{actor.label}, “{item.title}”: {said}" for said in problems_of(client, item)]
    assert not found, "\n".join(found)
    assert items > 40, "the demonstration fills the desks"


def test_what_is_late_says_since_when(demo):
    late = [item for _, _, waiting in desks() for item in waiting if item.state == "overdue"]
    assert {"water", "disclosure", "postdoc", "personnel"} <= {item.subject for item in late}
    for item in late:
        assert item.due_at is not None or item.action == "登记追回到账", item


# ── every register, with a different organisation in every field that names one ─────────────────────────────────


def made_up(kind: Kind, field: Field, places: dict[str, Organisation], on: date) -> str:
    if field.type in (FieldType.ORGANISATION, FieldType.TOWN):
        return places[field.name].code
    if field.type == FieldType.CHOICE:
        return field.choices[0][0]
    if field.type == FieldType.DATE:
        return on.isoformat()
    if field.type == FieldType.PERIOD:
        return on.isoformat()[:7]
    return "1" if field.numeric else {FieldType.BOOL: "yes", FieldType.CREDIT_CODE: EXAMPLE}.get(field.type, "甲")


def bodies(kind: Kind) -> dict[str, Organisation]:
    """A department for every field that names an organisation and a town for every one that names a town."""
    departments = iter(Organisation.objects.filter(category="agency", valid_to=None).order_by("-pk"))
    towns = iter(Organisation.objects.filter(category="township", valid_to=None).order_by("-pk"))
    return {
        field.name: next(towns if field.type == FieldType.TOWN else departments)
        for field in kind.fields
        if field.type in (FieldType.ORGANISATION, FieldType.TOWN)
    }


STEPPED = [kind.key for kind, _ in all_kinds() if (kind.steps or kind.due) and kind.app != "sample"]


@pytest.mark.parametrize("key", STEPPED)
def test_whoever_has_a_record_on_the_desk_sees_it_and_has_its_step(demo, key):
    kind, rights = next(pair for pair in all_kinds() if pair[0].key == key)
    today, places = timezone.localdate(), bodies(kind)
    user = User.objects.create_user("who", "x", display_name="某人")
    offices = Organisation.objects.filter(posts__role="register_office").distinct()
    pairs = [(place, "register_office") for place in {*offices, *places.values()}]
    pairs += [(place, "reporter") for place in places.values()]
    actors = [
        actor_in_post(user, Post(user=user, organisation=place, role=role, starts_on=today)) for place, role in pairs
    ]
    values = {field.name: made_up(kind, field, places, today) for field in kind.fields}
    row = Record.objects.create(
        kind=key,
        number=999_999,
        stage="",
        values=values,
        words="",
        created_at=timezone.now(),
        created_by="甲",
        changed_at=timezone.now(),
        hand="甲",
        hand_id=0,
        owner=places.get(kind.owner),
        town=places.get(kind.town),
    )
    for stage in kind.open_stages or ("",):
        Record.objects.filter(pk=row.pk).update(stage=stage)
        row.refresh_from_db()
        asked = [step for step in kind.steps if stage in step.sources]
        for actor in actors:
            may = [step for step in asked if rights.steps(actor, row, step)]
            listed = (
                [item for item in register_items(actor, timezone.now()) if item.url.endswith(f"/{row.pk}/")]
                if (may or actor.organisation_id in {place.pk for place in places.values()})
                else []
            )
            if may or listed:
                assert visible_to(actor, kind, rights).filter(pk=row.pk).exists(), (stage, actor.organisation_id, may)
            # A step whose day has not come waits for nobody yet.
            if any(step.waiting and step.is_ripe(values, today) for step in may):
                assert listed, (stage, actor.organisation_id)
