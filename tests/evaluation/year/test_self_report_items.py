"""自查报告 item by item: one is stored alone, beside what a colleague writes of another."""

import re
from html import unescape

import pytest
from django.test import Client

from evaluation.models import SelfReport
from evaluation.year.queries.self_reports import facts_of, report_document, report_page
from evaluation.year.rules.self_report import item_digest
from evaluation.year.services import self_reports as services
from miyun_kpi.accounts.models import User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import NotAllowed, NotFound
from tests.evaluation.conftest import actor_named
from tests.evaluation.year.test_self_reports import AT, PLACE, head, save, scheme, sent, unit, whole
from tests.factories.rankings import BACKEND

pytestmark = pytest.mark.usefixtures("demo")
NEW = item_digest("", "")


@pytest.fixture
def items() -> list[int]:
    return [fact["indicator"] for fact in facts_of(scheme(), unit()) if not fact["offline"]]


def browser(who: str = "beizhuang") -> Client:
    client = Client()
    client.force_login(User.objects.get(username=who), backend=BACKEND)
    return client


def post(client: Client, item: int, done: str, problem: str = "", seen: str = NEW):
    body = {f"done-{item}": done, f"problem-{item}": problem, f"seen-{item}": seen}
    return client.post(f"{PLACE}items/{item}/", body, headers={"HX-Request": "true"})


def stored() -> dict[int, tuple[str, str]]:
    return {line.indicator_id: (line.done, line.problem) for line in SelfReport.objects.get().lines.all()}


def seen_of(html: str, item: int) -> str:
    found = re.search(rf'name="seen-{item}" value="([0-9a-f]{{16}})"', html)
    assert found
    return found[1]


def test_two_colleagues_write_two_items_and_neither_loses(items):
    one, two, client = items[0], items[1], browser()
    page = client.get(PLACE).content.decode()
    assert seen_of(page, one) == seen_of(page, two) == NEW, "what is filled in from the 月报 is not stored"
    first = post(client, one, "清淤三段", "缺一处验收")
    assert first.status_code == 200 and "已存" in (html := first.content.decode())
    assert 'id="report-version" value="1" hx-swap-oob="true"' in html
    # The colleague opened the page before either was stored.
    assert post(client, two, "造林 20 亩").status_code == 200
    assert stored() == {one: ("清淤三段", "缺一处验收"), two: ("造林 20 亩", "")}
    assert AuditEntry.objects.filter(action="evaluation.self-report.saved").count() == 2
    assert SelfReport.objects.get().version == 2


def test_what_is_filled_in_for_the_others_stays_offered(items):
    client = browser()
    before = {line.fact["indicator"]: line for line in report_page(scheme(), unit()).lines if line.prefilled}
    assert len(before) > 2, "the control"
    post(client, items[0], "清淤三段")
    after = report_page(scheme(), unit())
    assert {line.fact["indicator"] for line in after.lines if line.prefilled} == set(before) - {items[0]}
    words = str(report_document(scheme(), unit(), after).blocks)
    assert "清淤三段" in words and not any(line.done in words for line in before.values()), (
        "the paper has what is stored"
    )


def test_of_one_item_the_second_is_shown_what_stands_and_decides(items):
    item, client = items[0], browser()
    post(client, item, "甲写的")
    refused = post(client, item, "乙写的")
    html = refused.content.decode()
    assert refused.status_code == 409 and "刚被本单位的同事改过，没有保存" in html
    assert "现存：甲写的" in html and ">乙写的</textarea>" in html and stored() == {item: ("甲写的", "")}
    assert "hx-swap-oob" not in html, "the rest of the page is still of the version it was"
    assert post(client, item, "乙写的", seen=seen_of(html, item)).status_code == 200
    assert stored() == {item: ("乙写的", "")}


def test_the_whole_report_still_refuses_what_an_item_has_overtaken(items):
    report = save()
    post(browser(), items[0], "补写", seen=item_digest(*stored()[items[0]]))
    with pytest.raises(services.Conflict):
        save(whole(), version=report.version)
    assert stored()[items[0]] == ("补写", "") and SelfReport.objects.get().summary == "全年任务总体完成"


def test_too_long_a_text_and_one_for_an_offline_item_are_refused_with_what_was_typed(items):
    item, client = items[0], browser()
    long = post(client, item, "长" * 2001)
    assert long.status_code == 422 and "超过 2000 字" in long.content.decode() and "长" * 2001 in long.content.decode()
    offline = next(fact["indicator"] for fact in facts_of(scheme(), unit()) if fact["offline"])
    assert post(client, offline, "写了").status_code == 422
    assert not SelfReport.objects.exists()


def test_who_may_not_write_stores_no_item(items):
    assert (
        post(
            browser("shicheng") if User.objects.filter(username="shicheng") else browser("weijian"), items[0], "外人"
        ).status_code
        == 404
    )
    with pytest.raises((NotAllowed, NotFound)):
        services.save_self_report_item(
            actor=actor_named("weijian"),
            scheme_id=scheme().pk,
            organisation_id=unit().pk,
            indicator_id=items[0],
            seen=NEW,
            done="代写",
            problem="",
            at=AT,
        )
    assert post(browser(), 10**8, "没有的一项").status_code == 404
    assert not SelfReport.objects.exists()


def test_what_was_sent_is_not_written_any_more(items):
    sent()
    before = stored()
    refused = post(browser(), items[0], "再改", seen=item_digest(*before[items[0]]))
    assert refused.status_code == 409 and "不能再改，没有保存" in refused.content.decode() and stored() == before


def test_a_returned_report_written_again_is_signed_again(items):
    report = sent()
    services.sign_self_report(
        actor=head(), report_id=report.pk, version=report.version, passed=False, note="请补数字", at=AT
    )
    client = browser()
    assert post(client, items[0], "补了数字", seen=item_digest(*stored()[items[0]])).status_code == 200
    found = SelfReport.objects.get()
    assert (found.signed_by_id, found.drafted_by_id) == (None, actor_named("beizhuang").user_id)


def whole_form(client: Client) -> dict[str, str]:
    """What the page would send as it stands: every field with its value."""
    html = client.get(PLACE).content.decode()
    form = html[html.index('id="report"') : html.index('id="evidence"')]
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)"[^>]*? value="([^"]*)"', form))
    texts = re.findall(r'<textarea[^>]*? name="([^"]+)"[^>]*>([^<]*)</textarea>', form)
    return {name: unescape(value) for name, value in [*found.items(), *texts]}


def test_the_whole_form_writes_what_was_changed_in_it_and_no_colleague_s_item(items):
    one, two, client = items[0], items[1], browser()
    save()
    mine = whole_form(client)
    assert f"done-{one}" in mine and mine["version"] == "1"
    post(client, one, "同事写的", seen=mine[f"seen-{one}"])
    mine[f"done-{two}"] = "我写的"
    refused = client.post(PLACE, mine)
    html = refused.content.decode()
    assert refused.status_code == 409 and ">同事写的</textarea>" in html and ">我写的</textarea>" in html
    assert "现存：" not in html, "nobody wrote the item that I wrote"
    again = {name: value for name, value in mine.items() if name not in (f"done-{one}", f"seen-{one}", "version")}
    again |= {f"done-{one}": "同事写的", f"seen-{one}": seen_of(html, one), "version": "2"}
    assert client.post(PLACE, again).status_code == 302
    assert (stored()[one][0], stored()[two][0]) == ("同事写的", "我写的")
    assert len(stored()) == len(items), "what was not changed stays"


def test_of_an_item_both_changed_the_whole_form_shows_what_stands(items):
    item, client = items[0], browser()
    save()
    mine = whole_form(client)
    post(client, item, "同事写的", seen=mine[f"seen-{item}"])
    mine[f"done-{item}"] = "我写的"
    html = client.post(PLACE, mine).content.decode()
    assert html.count("现存：") == 1 and "现存：同事写的" in html and ">我写的</textarea>" in html
