"""记录对照: the office's lines of what stands beside which mark, and the panel that follows them."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluation.models import Figure, RecordLine
from evaluation.sheets.services.record import add_line, withdraw_line
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from miyun_kpi.registers.models import Record
from tests.accounts import people
from tests.evaluation.conftest import actor_named
from tests.factories.sheets import cell, person, water_sheet

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
PAGE = "/evaluation/schemes/2020/township/record/"
WHY = "22号五（三）把目标任务列入河长制工作"
CANARY = "金丝雀排口"
OFFICE = "zhengfuban1"


@pytest.fixture(autouse=True)
def _no_lines_of_the_demonstration(demo):
    RecordLine.objects.all().delete()


def add(source="water.outfall", provider="registers", figure=None, actor=None, **given):
    return add_line(
        actor=actor or actor_named(OFFICE, "evaluation_office"),
        figure_id=(figure or water_sheet().share_figure).pk,
        provider=provider,
        source=source,
        basis=given.get("basis", WHY),
        assumed=given.get("assumed", False),
        at=timezone.now(),
    )


def outfall(mark, kind="water.outfall", **values):
    """Of the town of the mark, with a limit in the period of its sheet."""
    due = mark.sheet.period.period_code.first_day + timedelta(days=9)
    at = datetime(2020, 1, 2, tzinfo=SHANGHAI)
    return Record.objects.create(
        kind=kind,
        number=Record.objects.filter(kind=kind).count() + 900,
        town=mark.organisation,
        stage="mending" if kind == "water.outfall" else "",
        values={"name": CANARY, "code": CANARY, "due_on": due.isoformat(), "checked_on": due.isoformat()} | values,
        created_at=at,
        changed_at=at,
        created_by="某人",
        hand="某人",
    )


def panel(username, mark, role=""):
    address = f"/evaluation/sheets/{mark.sheet_id}/rows/{mark.organisation.code}/"
    return person(username, role).get(address)


def test_a_line_puts_the_record_beside_the_mark_and_withdrawn_takes_it_away(demo):
    sheet = water_sheet()
    mark = cell(sheet)
    outfall(mark)
    assert "据实打分" not in panel("shuiwu", mark).content.decode()
    line = add()
    told = panel("shuiwu", mark).content.decode()
    assert "据实打分　本单位记录（本期）" in told and "入河（库）排污口　1 项" in told
    assert "只列记录，不计算分数" in told and "逾期" in told
    assert CANARY not in told
    other = panel("shuiwu", cell(sheet, 2)).content.decode()
    assert "没有记录" in other and "1 项" not in other
    actor = actor_named(OFFICE, "evaluation_office")
    withdraw_line(actor=actor, line_id=line.pk, version=1, reason="改由月报反映", at=timezone.now())
    assert "据实打分" not in panel("shuiwu", mark).content.decode()
    # Withdrawn, it may be added again.
    add()
    assert "1 项" in panel("shuiwu", mark).content.decode()


def test_the_record_is_for_the_evaluator_of_the_share_and_the_office(demo):
    mark = cell(water_sheet())
    outfall(mark)
    add()
    assert "1 项" in panel(OFFICE, mark, "evaluation_office").content.decode()
    assert panel("weijian", mark).status_code == 404
    assert panel("beizhuang", mark).status_code == 404
    # A line of another share shows nothing here.
    other = Figure.objects.filter(kind="share", scheme__track="township").exclude(pk=mark.sheet.share_figure_id)[0]
    RecordLine.objects.update(share_figure=other)
    assert "据实打分" not in panel("shuiwu", mark).content.decode()


def test_a_protected_register_never_stands_beside_a_mark(demo):
    mark = cell(water_sheet())
    with pytest.raises(Refused) as refused:
        add("safety.supplies")
    assert refused.value.code == "unknown-source"
    # Even a row put into the table answers nothing; the same record in an open register is told.
    figure = water_sheet().share_figure
    for source in ("safety.supplies", "safety.drills"):
        RecordLine.objects.create(
            share_figure=figure,
            provider="registers",
            source=source,
            basis=WHY,
            added_at=timezone.now(),
            added_by="某人",
        )
    outfall(mark, "safety.supplies", item=CANARY)
    assert "1 项" not in panel("shuiwu", mark).content.decode()
    outfall(mark, "safety.drills", title=CANARY, held_on=mark.sheet.period.period_code.first_day.isoformat())
    told = panel("shuiwu", mark).content.decode()
    assert told.count("1 项") == 1 and CANARY not in told


def test_what_is_refused(demo):
    line = add()
    with pytest.raises(Conflict) as again:
        add()
    assert again.value.code == "line-stands"
    with pytest.raises(Refused) as without:
        add("all", "supervision", basis="  ")
    assert without.value.code == "reason-missing"
    for source, provider in (("no.such", "registers"), ("all", "nobody"), ("2020-13", "duties")):
        with pytest.raises(Refused):
            add(source, provider)
    for actor in (actor_named("shuiwu"), actor_named("beizhuang")):
        with pytest.raises(NotAllowed):
            add("all", "supervision", actor=actor)
        with pytest.raises(NotAllowed):
            withdraw_line(actor=actor, line_id=line.pk, version=1, reason="不要这一条了", at=timezone.now())
    actor = actor_named(OFFICE, "evaluation_office")
    with pytest.raises(Refused):
        withdraw_line(actor=actor, line_id=line.pk, version=1, reason="短", at=timezone.now())
    with pytest.raises(Conflict):
        withdraw_line(actor=actor, line_id=line.pk, version=7, reason="不要这一条了", at=timezone.now())
    withdraw_line(actor=actor, line_id=line.pk, version=1, reason="不要这一条了", at=timezone.now())
    with pytest.raises(Conflict) as twice:
        withdraw_line(actor=actor, line_id=line.pk, version=2, reason="不要这一条了", at=timezone.now())
    assert twice.value.code == "line-withdrawn"
    said = [entry.action for entry in AuditEntry.objects.order_by("pk") if "record-line" in entry.action]
    assert said[-2:] == ["evaluation.record-line.added", "evaluation.record-line.withdrawn"]


def test_the_office_keeps_the_lines_by_page(demo):
    office = person(OFFICE, "evaluation_office")
    page = office.get(PAGE).content.decode()
    assert "还没有对照" in page and "入河（库）排污口（22号 三（五）4）" in page and "应急物资" not in page
    share = water_sheet().share_figure.pk
    sent = {"share": share, "source": "registers:water.outfall", "assumed": "yes", "basis": "短"}
    refused = office.post(PAGE, sent)
    assert refused.status_code == 422 and "依据太短" in refused.content.decode()
    assert not RecordLine.objects.exists()
    assert office.post(PAGE, sent | {"basis": WHY}).status_code == 302
    line = RecordLine.objects.get()
    assert (line.assumed, line.share_figure_id) == (True, share)
    again = office.post(PAGE, sent | {"basis": WHY})
    assert again.status_code == 409 and "已有“入河（库）排污口”" in again.content.decode()
    page = office.get(PAGE).content.decode()
    assert WHY in page and "推定" in page
    away = f"{PAGE}{line.pk}/withdraw/"
    assert office.post(away, {"version": 1, "reason": "短"}).status_code == 422
    assert office.post(away, {"version": 1, "reason": "改由月报反映"}).status_code == 302
    page = office.get(PAGE).content.decode()
    assert "撤回的" in page and "改由月报反映" in page
    assert person("shuiwu").get(PAGE).status_code == 403
    # 区发改委 keeps none of the departments it is ranked among.
    people.person("fagai-kao", "evaluation_office", "区发改委")
    ranked = person("fagai-kao")
    assert ranked.get(PAGE).status_code == 200
    assert ranked.get(PAGE.replace("township", "department")).status_code == 403


def test_the_panel_asks_once_a_provider_whatever_the_mapping(demo):
    mark = cell(water_sheet())
    outfall(mark)
    client, address = person("shuiwu"), f"/evaluation/sheets/{mark.sheet_id}/rows/{mark.organisation.code}/"

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    asked()
    counts = [asked()]
    for provider, source in (("registers", "water.outfall"), ("registers", "water.patrol"), ("duties", "2020-22")):
        add(source, provider)
        counts.append(asked())
    none, one, two, three = counts
    assert (one - none, two - one, three - two) == (1, 0, 1)


def test_a_line_is_withdrawn_with_what_the_page_itself_holds(demo):
    """Nothing is added by hand to the form of the row: version and token are the page's."""
    line = add()
    client = person(OFFICE, "evaluation_office")
    address = "/evaluation/schemes/2020/township/record/"
    way = f"{address}{line.pk}/withdraw/"

    def held():
        page = client.get(address).content.decode()
        form = re.search(rf'action="{way}">(.*?)</form>', page, re.S)
        assert form, page[:300]
        inputs = re.findall(r"<input[^>]*>", form.group(1))
        given = [(re.search(r'name="([^"]+)"', one), re.search(r'value="([^"]*)"', one)) for one in inputs]
        return {name.group(1): value.group(1) if value else "" for name, value in given if name}

    fields = held()
    assert fields["version"] == str(line.version)
    short = client.post(way, fields | {"reason": "短"})
    assert short.status_code == 422 and "短" in short.content.decode()
    assert client.post(way, fields | {"reason": "改由月报反映"}).status_code == 302
    line.refresh_from_db()
    assert line.withdrawn_at is not None
