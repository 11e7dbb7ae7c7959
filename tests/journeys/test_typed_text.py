"""What is typed survives: the session ended, the line cut, the tab closed; and nobody else on the machine reads it."""

import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from evaluation.models import SelfReport
from evaluation.year.services import self_reports
from miyun_kpi.drafts.models import Draft
from miyun_kpi.registers.models import Record
from postdoc.forms import PERSON
from postdoc.models import Station
from tests.evaluation.conftest import actor_named
from tests.evaluation.year.test_self_reports import AT, scheme, unit, whole
from tests.journeys.test_ranking import PASSWORD, sign_in

pytestmark = pytest.mark.browser
REPORT = "/evaluation/self-reports/2020/beizhuang-zhen/"
HAZARD = "/safety/records/hazards/new/"
APPLICATION = "/disclosure/applications/new/"
KEPT = "Object.entries(Object.assign({}, localStorage, sessionStorage)).map((one) => one.join('=')).join('\\n')"


def door(page: Any, username: str) -> None:
    """Sign in where the ended session has led to."""
    page.wait_for_selector("h2:has-text('登录')")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("text=退出", state="attached")


def kept(page: Any) -> str:
    return str(page.evaluate(KEPT))


def drafted(page: Any) -> None:
    page.wait_for_selector("#draft-state:has-text('输入已留存')")


def put_back(page: Any) -> None:
    page.click("#kept button:has-text('放回')")
    page.wait_for_selector("#kept:has-text('已放回，还没有保存')")


FORMS: dict[str, tuple[str, str, dict[str, str], str]] = {
    "自查报告": (
        "beizhuang",
        REPORT,
        {
            "#summary": "全年重点任务推进有力",
            "[name^='done-'] >> nth=0": "潮河清淤三段完成",
            "[name^='done-'] >> nth=7": "河长巡河 48 次",
        },
        "保存草稿",
    ),
    "重大隐患": (
        "anwei",
        HAZARD,
        {"[name=title]": "临街商户燃气管线老化", "[name=place]": "某街 1 号", "[name=requirement]": "更换管线并试压"},
        "登记",
    ),
    "依申请公开": (
        "minzheng",
        APPLICATION,
        {"[name=content]": "2019年养老机构补贴发放情况", "[name=received_on]": "2020-09-07"},
        "登记申请",
    ),
}


def write(page: Any, fields: dict[str, str]) -> None:
    for where, text in fields.items():
        page.locator(where).fill(text)
    if page.locator("[name=applicant]").count():
        page.fill("[name=applicant]", "李某乙")
        page.select_option("[name=way]", index=1)


def drafts_left(number: int) -> None:
    """The page does not wait for the answer."""
    until = time.monotonic() + 5
    while Draft.objects.count() != number and time.monotonic() < until:
        time.sleep(0.05)
    assert Draft.objects.count() == number


def holds(page: Any, fields: dict[str, str]) -> None:
    assert {where: page.locator(where).input_value() for where in fields} == fields


def test_a_session_that_ended_leads_back_to_the_form_s_own_page(live_demo: None, page: Any) -> None:
    who, address, fields, button = FORMS["自查报告"]
    sign_in(page, who)
    page.goto(address)
    write(page, fields)
    drafted(page)
    Session.objects.all().delete()
    page.click(f"main button:text-is('{button}')")
    door(page, who)
    assert page.url.endswith(address), "the form's own page, not an address that only takes what a form sends"
    put_back(page)
    assert page.locator("#kept").inner_text().count("已放回") == 1
    holds(page, fields)


def test_a_line_that_is_back_sends_from_the_page_itself_and_leaves_nothing(live_demo: None, page: Any) -> None:
    sign_in(page, "beizhuang")
    page.goto(REPORT)
    write(page, FORMS["自查报告"][2])
    page.context.set_offline(True)
    page.click("button:text-is('保存草稿')")
    page.wait_for_selector("#expired:has-text('没有网络')")
    page.context.set_offline(False)
    page.click("#expired button:has-text('再存一次')")
    page.wait_for_selector("text=导出报告（.docx）")
    assert SelfReport.objects.get().summary == "全年重点任务推进有力"
    assert not Draft.objects.exists() and "kpi.kept" not in kept(page)
    assert "kept-" not in page.evaluate("document.cookie")


def test_a_long_page_asks_whether_the_session_lives_before_it_sends(live_demo: None, page: Any) -> None:
    page.clock.install()
    sign_in(page, "beizhuang")
    page.goto(REPORT)
    write(page, FORMS["自查报告"][2])
    drafted(page)
    page.clock.fast_forward("20:00")
    Session.objects.all().delete()
    page.click("button:text-is('保存草稿')")
    page.wait_for_selector("#expired:has-text('登录已过期，登录后再存')")
    with page.context.expect_page() as opened:
        page.click("#expired a:has-text('在新页登录')")
    door(opened.value, "beizhuang")
    page.click("#expired button:has-text('已登录，再存一次')")
    page.wait_for_selector("text=导出报告（.docx）")
    assert SelfReport.objects.get().summary == "全年重点任务推进有力"
    assert not Draft.objects.exists() and "kpi.kept" not in kept(page)


def test_another_account_signed_in_meanwhile_sends_nothing_of_the_first(live_demo: None, page: Any) -> None:
    page.clock.install()
    sign_in(page, "anwei")
    page.goto(HAZARD)
    write(page, FORMS["重大隐患"][2])
    drafted(page)
    page.clock.fast_forward("20:00")
    other = page.context.new_page()
    page.context.clear_cookies()
    sign_in(other, "shuiwu")
    page.click("main button:text-is('登记')")
    page.wait_for_selector("#expired:has-text('现在登录的是另一个账号')")
    assert not Record.objects.filter(values__title="临街商户燃气管线老化").exists()


def test_who_types_is_here_and_the_session_goes_on(live_demo: None, page: Any) -> None:
    page.clock.install()
    sign_in(page, "beizhuang")
    page.goto(REPORT)
    page.locator("#summary").fill("一")
    # A draft that is answered after the jump is itself a sign of life: nothing would be asked then.
    drafted(page)
    page.clock.fast_forward("06:00")
    with page.expect_request("**/accounts/alive/"):
        page.locator("#summary").press_sequentially("二")


def test_the_next_account_on_the_machine_wipes_what_could_not_be_sent(live_demo: None, page: Any) -> None:
    sign_in(page, "anwei")
    page.goto(HAZARD)
    Session.objects.all().delete()
    write(page, FORMS["重大隐患"][2])
    page.wait_for_selector("#expired:has-text('登录已过期，登录后接着存')")
    assert "临街商户燃气管线老化" in kept(page), "what could not be sent is in this browser alone"
    sign_in(page, "anwei2")
    page.goto(HAZARD)
    page.wait_for_load_state("load")
    assert "燃气管线" not in kept(page) and "kpi.kept" not in kept(page)
    assert page.inner_text("#kept") == "" and page.input_value("[name=title]") == ""
    assert not Draft.objects.exists()


def test_what_is_sent_is_not_in_the_browser_and_signing_out_sends_the_rest(live_demo: None, page: Any) -> None:
    sign_in(page, "anwei")
    page.goto(HAZARD)
    write(page, FORMS["重大隐患"][2])
    drafted(page)
    assert "kpi.kept" not in kept(page)
    page.fill("[name=place]", "另一处")
    page.click("button:text-is('退出')")
    page.wait_for_selector("h2:has-text('登录')")
    assert "kpi.kept" not in kept(page)
    assert "另一处" in Draft.objects.get().body.open()


def test_a_refused_form_keeps_and_success_forgets(live_demo: None, page: Any) -> None:
    sign_in(page, "anwei")
    page.goto(HAZARD)
    write(page, {**FORMS["重大隐患"][2], "[name=unit]": "没有这个单位"})
    page.click("main button:text-is('登记')")
    page.wait_for_selector(".summary-box, .say-refused")
    holds(page, FORMS["重大隐患"][2])
    page.wait_for_load_state("load")
    assert page.inner_text("#kept") == "", "what stands on the page is not offered once more"
    drafts_left(1)
    assert "更换管线并试压" in Draft.objects.get().body.open()
    for name, value in (("unit", "北庄镇"), ("listed_by", "区安委会办公室"), ("due_on", "2099-12-31")):
        page.fill(f"[name='{name}']", value)
    page.select_option("[name='town']", label="北庄镇")
    page.click("main button:text-is('登记')")
    page.wait_for_selector("text=拟挂牌")
    assert not Draft.objects.exists() and "kpi.kept" not in kept(page)
    page.goto(HAZARD)
    page.wait_for_load_state("load")
    assert page.inner_text("#kept") == ""


def test_a_tab_that_was_closed_a_later_version_and_a_refusal_of_the_offer(live_demo: None, page: Any) -> None:
    sign_in(page, "beizhuang")
    page.goto(REPORT)
    write(page, {"#problems": "个别项目偏慢"})
    drafted(page)
    other = page.context.new_page()
    page.close()
    other.goto(REPORT)
    other.click("#kept button:has-text('放回')")
    assert other.input_value("#problems") == "个别项目偏慢"
    # The same report, saved by another way meanwhile.
    self_reports.save_self_report(
        actor=actor_named("beizhuang"),
        scheme_id=scheme().pk,
        organisation_id=unit().pk,
        version=0,
        typed=whole(),
        at=AT,
    )
    other.goto(REPORT)
    other.wait_for_selector("#kept:has-text('这以后这里又改过')")
    assert other.input_value("#problems") == "个别任务进度偏慢", "nothing is put back unasked"
    other.click("#kept button:has-text('不要')")
    other.wait_for_function("() => document.querySelector('#kept').innerText === ''")
    assert "kpi.kept" not in kept(other)
    drafts_left(0)


def test_a_store_that_is_full_or_forbidden_never_breaks_typing(live_demo: None, page: Any) -> None:
    page.add_init_script(
        "Storage.prototype.setItem = function () { throw new DOMException('full', 'QuotaExceededError'); };"
    )
    sign_in(page, "beizhuang")
    page.goto(REPORT)
    write(page, FORMS["自查报告"][2])
    page.click("button:text-is('保存草稿')")
    page.wait_for_selector("text=导出报告（.docx）")
    assert SelfReport.objects.get().summary == "全年重点任务推进有力"


def test_the_desk_names_what_was_not_stored(live_demo: None, page: Any) -> None:
    who, address, fields, _ = FORMS["重大隐患"]
    sign_in(page, who)
    page.goto(address)
    write(page, fields)
    drafted(page)
    page.goto("/")
    page.click("#kept li:has-text('登记') a:has-text('打开，放回')")
    put_back(page)
    holds(page, fields)


def test_sealed_fields_are_never_in_the_browser(live_demo: None, page: Any) -> None:
    sign_in(page, "yuanqu")
    page.goto(f"/postdoc/stations/{Station.objects.get().pk}/enter/")
    secrets = {
        "name": "王某甲",
        "document_number": "110228199001011234",
        "phone": "13800001111",
        "account": "6222000011112222",
        "station_mentor": "赵导师",
        "flow_mentor": "钱导师",
    }
    for name, value in secrets.items():
        page.fill(f"[name='{name}']", value)
    page.fill("[name=born_on]", "1990-01-01")
    page.fill("[name=project]", "密云水库水源保护")
    drafted(page)
    assert all(value in Draft.objects.get().body.open() for value in secrets.values())
    page.context.set_offline(True)
    page.fill("[name=project]", "密云水库水源保护二")
    page.wait_for_selector("#expired:has-text('加密的栏不留在浏览器里，先不要关这一页')")
    everything = kept(page)
    assert "密云水库水源保护二" in everything
    assert [value for value in (*secrets.values(), "1990-01-01") if value in everything] == []
    assert set(PERSON) <= {*secrets, "born_on", "document_kind"}
