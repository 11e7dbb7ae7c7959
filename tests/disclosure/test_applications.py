import io
from datetime import date, datetime
from inspect import signature

import pytest
from django.test import Client
from openpyxl import load_workbook

from disclosure.models import Application, Extension
from disclosure.queries.applications import line_of
from disclosure.services import applications as services
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from tests.disclosure.conftest import LATE, somebody
from tests.factories.rankings import BACKEND, person

AT = datetime(2020, 9, 30, 10, tzinfo=SHANGHAI)
WHO = {"applicant": "王某某", "contact": "13800000000"}


def d(text):
    return date.fromisoformat(f"2020-{text}")


def receive(actor, on="07-01", at=AT):
    given = {"received_on": d(on), "way": "net", "applicant_kind": "natural", "content": "低保标准"}
    return services.receive(actor=actor, late=LATE, at=at, **given, **WHO)


@pytest.fixture
def row(author):
    return receive(author)


def act(service, actor, row, at=AT, **given):
    version = Application.objects.get(pk=row.pk).version
    if "late" in signature(service).parameters:
        given.setdefault("late", LATE)
    return service(actor=actor, application_id=row.pk, version=version, at=at, **given)


def due(row):
    return line_of(Application.objects.get(pk=row.pk), d("07-02")).clock.due_on


def test_an_application_is_corrected_asked_about_answered_and_archived(row, author):
    act(services.send_correction, author, row, on=d("07-03"), note="请写明年度")
    assert due(row) is None
    act(services.receive_correction, author, row, on=d("07-15"))
    act(services.ask_opinion, author, row, kind="third", on=d("07-20"))
    act(services.receive_opinion, author, row, kind="third", on=d("07-22"))
    act(services.deliberate, author, row, on=d("07-23"), note="与司法局会商")
    assert due(row) == d("08-14")
    act(services.answer, author, row, on=d("08-14"), outcome="partial", note="")
    act(services.archive, author, row, on=d("08-15"))
    found = Application.objects.get(pk=row.pk)
    assert line_of(found, d("12-01")).clock.state == "on_time"
    said = [one.act for one in found.events.all()]
    assert said == ["登记", "告知补正", "收到补正", "征求第三方意见", "收到意见", "会商", "答复", "归档"]


def test_an_extension_is_decided_by_another_person_while_the_days_run(row, author, head):
    early = datetime(2020, 7, 29, 10, tzinfo=SHANGHAI)
    act(services.ask_extension, author, row, days=20, reason="情况复杂", at=early)
    with pytest.raises(NotAllowed):
        act(services.decide_extension, author, row, approved=True, opinion="", at=early)
    selfsame = somebody("区民政局", "unit_head", author.user_id)
    with pytest.raises(NotAllowed, match="换一个人"):
        act(services.decide_extension, selfsame, row, approved=True, opinion="", at=early)
    with pytest.raises(Refused, match="已过"):
        late = datetime(2020, 7, 30, 10, tzinfo=SHANGHAI)
        act(services.decide_extension, head, row, approved=True, opinion="", at=late)
    act(services.decide_extension, head, row, approved=True, opinion="同意", at=early)
    assert due(row) == d("08-26") and Extension.objects.get().decided_by_id == head.user_id
    with pytest.raises(Conflict):
        act(services.ask_extension, author, row, days=5, reason="还要时间", at=early)


@pytest.mark.parametrize("days", [0, 21])
def test_more_than_twenty_days_are_refused(row, author, days):
    with pytest.raises(Refused, match="20"):
        act(services.ask_extension, author, row, days=days, reason="情况复杂")


def test_dates_that_cannot_be_are_refused(row, author):
    with pytest.raises(Refused, match="早于"):
        act(services.answer, author, row, on=d("06-30"), outcome="granted", note="")
    with pytest.raises(Refused, match="晚于今天"):
        act(services.answer, author, row, on=d("10-01"), outcome="granted", note="")
    with pytest.raises(Conflict, match="不能归档"):
        act(services.archive, author, row, on=d("07-02"))
    with pytest.raises(Refused, match="补正"):
        act(services.answer, author, row, on=d("07-02"), outcome="not-corrected", note="")


def test_a_stale_act_and_a_second_answer_do_nothing(row, author):
    act(services.answer, author, row, on=d("07-10"), outcome="granted", note="")
    with pytest.raises(Conflict):
        services.answer(
            actor=author, application_id=row.pk, version=1, on=d("07-11"), outcome="partial", note="", late=LATE, at=AT
        )
    with pytest.raises(Conflict, match="已经答复"):
        act(services.answer, author, row, on=d("07-11"), outcome="partial", note="")


def test_correction_is_asked_for_once(row, author):
    act(services.send_correction, author, row, on=d("07-03"), note="请写明年度")
    with pytest.raises(Conflict, match="一次告知"):
        act(services.send_correction, author, row, on=d("07-06"), note="再请写明")


def test_others_do_not_see_it_and_the_office_does_not_handle_it(row, office):
    with pytest.raises(NotFound):
        act(services.deliberate, somebody("北庄镇", "reporter", 30), row, on=d("07-02"), note="看一看吧")
    with pytest.raises(NotAllowed):
        act(services.deliberate, office, row, on=d("07-02"), note="看一看吧")
    with pytest.raises(NotFound):
        services.reveal(actor=office, application_id=row.pk, reason="想看一看", at=AT)


def test_the_applicant_is_shown_after_a_reason_and_nowhere_else(row, author):
    client = Client()
    client.force_login(person("mz", "区民政局", "reporter"), backend=BACKEND)
    address = f"/disclosure/applications/{row.pk}/"
    for page in ("/disclosure/applications/", address):
        assert "王某某" not in client.get(page).content.decode()
    assert client.post(f"{address}applicant/", {"reason": "短"}).status_code == 422
    shown = client.post(f"{address}applicant/", {"reason": "寄送答复书"}).content.decode()
    assert "王某某" in shown and "13800000000" in shown
    entry = AuditEntry.objects.filter(action="disclosure.applicant.shown").get()
    assert "王某某" not in str(entry.data)
    book = load_workbook(io.BytesIO(client.get("/disclosure/applications/workbook/").content))
    cells = "".join(str(cell) for line in book.active.values for cell in line)
    assert "低保标准" not in cells and "王某某" not in cells and "＊＊＊" in cells
    assert not AuditEntry.objects.filter(data__icontains="王某某").exists()


def test_the_yearly_table_is_on_a_page_and_in_a_workbook(row, author):
    act(services.answer, author, row, on=d("07-10"), outcome="granted", note="")
    client = Client()
    client.force_login(person("mz", "区民政局", "reporter"), backend=BACKEND)
    assert "本年度办理结果总计" in client.get("/disclosure/annual/?year=2020").content.decode()
    book = load_workbook(io.BytesIO(client.get("/disclosure/annual/workbook/?year=2020").content))
    rows = {line[0]: line[-1] for line in book.active.values if line[0]}
    assert rows["予以公开"] == 1 and rows["结转下年度继续办理"] == 0
