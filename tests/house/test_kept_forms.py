"""Every form in which one writes is kept as a draft until it is stored, or says that it is not, and why.

The rule of static/kpi/keep_fields.js, read again here from what the server sends: a plain POST form with a text area, an
input for text, or more than three fields. The pages are those of the role matrix, each as the first person who reaches it.
"""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from miyun_kpi.accounts.models import User
from miyun_kpi.db.sealed import SealedField
from miyun_kpi.registers.registry import kinds_of
from tests.house import ROOT, files, name
from tests.house.role_matrix import PAGES, ROLES
from tests.house.test_role_matrix import _demo_of_module, _world, arguments, demo, is_api, offices_of, world

__all__ = ["_demo_of_module", "_world", "demo", "world"]
UNTYPED = {"hidden", "password", "file", "submit", "button", "image", "reset"}
TICKED = {"checkbox", "radio"}
# Templates in which something says data-keep="no": a draft on the server, sealed, and nothing in the browser.
NOT_IN_BROWSER = {
    "templates/registers/_box.html": "加密保存的栏，不留在浏览器里",
    "templates/registers/ask_reason.html": "受保护的登记：事由只记入审计",
    "templates/registers/new.html": "受保护的登记",
    "templates/registers/record.html": "受保护的登记",
}
# In which a form says data-keep="never": no draft anywhere.
NOT_KEPT = {"templates/evaluation/year/effect.html": "单份评价提交即封存，谁也读不到，也不存草稿"}


class Forms(HTMLParser):
    """The POST forms of a page: whether each is kept, and its typed fields with whether each is kept."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.stack: list[tuple[str, bool]] = []
        self.found: list[dict[str, Any]] = []
        self.form: dict[str, Any] | None = None
        self.person = ""
        self.scripts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "body":
            self.person = given.get("data-person") or ""
        if tag == "script":
            self.scripts.append(given.get("src") or "")
        unkept = given.get("data-keep") == "never" or any(never for _, never in self.stack)
        if tag == "form":
            plain = (given.get("method") or "").lower() == "post" and "hx-post" not in given
            self.form = {
                "plain": plain,
                "unkept": unkept,
                "fields": {},
                "texts": 0,
                "action": given.get("action") or "",
            }
            self.found.append(self.form)
        elif tag in ("input", "select", "textarea") and self.form is not None and given.get("name"):
            if tag != "input" or (given.get("type") or "text") not in UNTYPED:
                self.form["fields"][given["name"]] = not unkept
                self.form["texts"] += tag != "select" and given.get("type") not in TICKED
        if tag not in ("input", "br", "hr", "img", "meta", "link"):
            self.stack.append((tag, given.get("data-keep") == "never"))

    def handle_endtag(self, tag: str) -> None:
        while self.stack and any(one == tag for one, _ in self.stack):
            if self.stack.pop()[0] == tag:
                break
        if tag == "form":
            self.form = None

    def written(self) -> list[dict[str, Any]]:
        return [one for one in self.found if one["plain"] and (len(one["fields"]) > 3 or one["texts"])]


def pages(world: dict[str, Any]) -> dict[str, str]:
    """Every page of the role matrix, as the first of its columns that reaches it."""
    shown = {}
    for (address, method), row in PAGES.items():
        if method != "GET" or is_api(address):
            continue
        people = [*(User.objects.filter(username=role).first() for role in ROLES), *offices_of(address)]
        at = row.replace(" ", "").find("A")
        if at < 0 or people[at] is None:
            continue
        client = Client()
        client.force_login(people[at], backend="miyun_kpi.accounts.authentication.PeopleBackend")
        query = f"?ranking={world['ranking_id']}" if address == "evaluation:open-ranking" else ""
        answer = client.get(reverse(address, kwargs=arguments(address, world)) + query)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            shown[address] = answer.content.decode()
    for username, address in MORE.items():
        client = Client()
        client.force_login(
            User.objects.get(username=username), backend="miyun_kpi.accounts.authentication.PeopleBackend"
        )
        for one in address:
            answer = client.get(one)
            assert answer.status_code == 200, (username, one)
            shown[one] = answer.content.decode()
    return shown


# Forms that the first of the matrix does not see: the leader's, the towns', the registers'.
MORE = {
    "lingdao": ("/evaluation/year-end/2020/township/effect/",),
    "beizhuang": ("/evaluation/self-reports/2020/beizhuang-zhen/",),
    "anwei": ("/safety/records/hazards/new/",),
}


def test_every_form_in_which_one_writes_is_kept_or_says_why_not(world: dict[str, Any]) -> None:
    shown = pages(world)
    assert len(shown) > 100, "the pages are really shown"
    written = {address: Forms(html) for address, html in shown.items()}
    written = {address: page for address, page in written.items() if page.written()}
    assert len(written) > 40, sorted(written)
    bare = [
        address
        for address, page in written.items()
        if not page.person
        or {"keep", "keep_fields", "keep_offer"} - {Path(one).name.split(".")[0] for one in page.scripts}
    ]
    assert bare == [], "a form outside the frame is kept by nobody"
    assert 'id="draft-state"' in shown["/safety/records/hazards/new/"]
    assert 'id="kept"' in shown["/safety/records/hazards/new/"]
    unkept = [
        (address, form["action"]) for address, page in written.items() for form in page.written() if form["unkept"]
    ]
    # Which template may say so is in the table above; which page does, here.
    assert {address for address, _ in unkept} <= {"/evaluation/year-end/2020/township/effect/"}, unkept


@pytest.mark.parametrize(("word", "table"), [("no", NOT_IN_BROWSER), ("never", NOT_KEPT)])
def test_a_template_that_says_no_gives_its_reason_in_the_table(word: str, table: dict[str, str]) -> None:
    saying = {name(path) for path in files(".html", under=("templates",)) if f'data-keep="{word}"' in path.read_text()}
    assert saying == set(table)


def test_every_protected_register_says_no() -> None:
    protected = [kind for app in apps.get_app_configs() for kind in kinds_of(app.label) if kind.protected]
    assert protected
    for path in ("new", "record"):
        text = (ROOT / "templates" / "registers" / f"{path}.html").read_text()
        for form in re.findall(
            r"<form[^>]*records/[^>]*(?:save|step|strike)/[^>]*>|<form method=\"post\"{%[^>]*>", text
        ):
            assert '{% if kind.protected %} data-keep="no"{% endif %}' in form, form


def test_what_is_sealed_in_the_database_is_not_kept_in_the_browser() -> None:
    from disclosure.forms import ReceiveForm
    from postdoc import forms

    sealed = {
        f.name.removesuffix("_sealed")
        for m in apps.get_models()
        for f in m._meta.get_fields()
        if isinstance(f, SealedField)
    }
    assert {"name", "document_number", "station_mentor", "ground"} <= sealed
    shown = [forms.NewStayForm(), forms.ChangeStayForm(), forms.PersonForm(), forms.WithdrawForm(), ReceiveForm()]
    for form in shown:
        for field in form.visible_fields():
            if field.name in sealed | {"explanation", "applicant", "contact"}:
                assert field.field.widget.attrs.get("data-keep") == "no", (type(form).__name__, field.name)
