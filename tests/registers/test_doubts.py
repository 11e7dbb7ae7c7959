"""Texts of before their field had a type: read again once, kept and shown where they cannot be read, asked for by an edit alone."""

import io
import json
import re

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from miyun_kpi.db.sealed import Sealed
from miyun_kpi.lib.credit_code import of_nobody
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers.desk import desk_items
from miyun_kpi.registers.models import Doubt, Record, RecordEvent
from miyun_kpi.registers.rereading import reread_all
from miyun_kpi.registers.services import records as services
from tests.duties.conftest import AT, acting
from tests.factories.markup import one_line
from tests.registers.test_records import api, client_of

SLUDGE = "/water/records/sludge/"


@pytest.fixture
def office(gazette):
    return acting("区水务局", "register_office")


def old(register, number, *, struck=False, stage="", **values):
    """A record as a release before the types has left it."""
    from miyun_kpi.registers.registry import kind_by

    declared, _ = kind_by(*register.split("."))
    town = resolve(values["town"]) if "town" in values else None
    return Record.objects.create(
        kind=register,
        number=number,
        stage=stage or declared.first_stage,
        values={one.name: "" for one in declared.fields} | values | ({"town": town.code} if town else {}),
        town=town,
        unique_key=None if struck else "\x1f".join(values.get(name, "") for name in declared.unique) or None,
        words="旧",
        struck_at=AT if struck else None,
        created_at=AT,
        created_by="初始",
        changed_at=AT,
        hand="初始",
        hand_id=99,
    )


def month(number, period, made="10", plant="甲厂", **options):
    return old("water.sludge", number, plant=plant, period=period, made=made, **options)


def said(answer):
    return one_line(answer.content.decode())


def doubts():
    return {(one.record.number, one.field): one.why for one in Doubt.objects.select_related("record")}


def change(actor, row, **typed):
    app, kind = row.kind.split(".")
    row.refresh_from_db()
    return services.change_record(
        actor=actor, app=app, kind=kind, record_id=row.pk, version=row.version, typed=typed, at=AT
    )


def test_old_texts_are_read_again_and_what_cannot_be_stays_as_it_is(office):
    rows = [month(1, "2020-9"), month(2, "2020年10月"), month(3, "10月"), month(4, "上半年", struck=True)]
    assert reread_all(apps) == (4, 1)
    for row in rows:
        row.refresh_from_db()
    assert [row.values["period"] for row in rows] == ["2020-09", "2020-10", "10月", "上半年"]
    assert [row.unique_key for row in rows] == ["甲厂\x1f2020-09", "甲厂\x1f2020-10", "甲厂\x1f10月", None]
    assert "2020年9月 2020-09" in rows[0].words
    assert list(doubts()) == [(3, "period")] and "没有写年份" in doubts()[3, "period"]
    assert reread_all(apps) == (0, 1), "twice is as once"


def test_two_that_become_the_same_are_both_kept_and_the_later_is_to_be_checked(office):
    first, same, later = month(1, "2020年10月"), month(2, "2020-10"), month(3, "２０２０－１０")
    other = month(4, "2020/10", plant="乙厂")
    assert reread_all(apps)[1] == 2
    for row in (first, same, later, other):
        row.refresh_from_db()
    # The one written in the form keeps the place, whatever its number.
    assert [row.values["period"] for row in (first, same, later, other)] == [
        "2020年10月",
        "2020-10",
        "２０２０－１０",
        "2020-10",
    ]
    assert set(doubts()) == {(1, "period"), (3, "period")} and "编号 2 的登记相同" in doubts()[1, "period"]
    assert Record.objects.values("unique_key").distinct().count() == 4


def test_no_sum_counts_a_month_twice(office):
    month(1, "2020-10"), month(2, "2020年10月", "7"), month(3, "10月", "100"), month(4, "2020-11", "2.5")
    reread_all(apps)
    client = client_of("区水务局", "register_office")
    page = client.get(SLUDGE)
    assert [str(value) for _, value in page.context["sums"]] == ["12.5"] and page.context["uncounted"] == 2
    assert "2 条待核，未计入" in said(page)
    counted = client.get(f"{SLUDGE}counts/")
    assert "12.5" in map(str, counted.context["sums"]) and "2 条待核，未计入各项合计" in said(counted)
    shown = client.get(f"{SLUDGE}?doubtful=1")
    assert [row.number for row, *_ in shown.context["rows"]] == [2, 3] and "只看写法待核" in said(shown)
    assert [row.number for row, *_ in client.get(f"{SLUDGE}?period=2020年10月").context["rows"]] == [1]
    assert not client.get(f"{SLUDGE}?period=很久以前").context["rows"]


def test_the_desk_of_the_keeper_says_how_many(office):
    month(1, "10月"), month(2, "上半年"), month(3, "2020-01")
    code = old("safety.black-list", 1, name="某公司", code="123", fact="甲", basis="乙")
    reread_all(apps)
    (item,) = [one for one in desk_items(office, AT) if one.action == "核对写法"]
    assert item.title == "污泥处置：2 条登记有 2 处写法待核" and item.url == f"{SLUDGE}?doubtful=1"
    safety = acting("区安委会办公室", "register_office")
    assert [one.title for one in desk_items(safety, AT) if one.action == "核对写法"] == [
        "联合惩戒“黑名单”：1 条登记有 1 处写法待核"
    ]
    assert not [one for one in desk_items(acting("北庄镇", "reporter"), AT) if one.action == "核对写法"]
    change(safety, code, code=of_nobody(7).lower())
    code.refresh_from_db()
    assert code.values["code"] == of_nobody(7) and not [
        one for one in desk_items(safety, AT) if one.action == "核对写法"
    ]


def test_the_page_says_why_and_an_edit_asks_for_it(office):
    row = month(1, "10月")
    reread_all(apps)
    client = client_of("区水务局", "register_office")
    page = said(client.get(f"{SLUDGE}{row.pk}/"))
    assert "待核" in page and "没有写年份，请写年和月，例如 2026-10" in page
    with pytest.raises(Refused, match="月份“10月”没有写年份") as refusal:
        change(office, row, made="11")
    assert [one.field for one in refusal.value.errors] == ["period"]
    sent = {"plant": "甲厂", "period": "10月", "made": "11", "version": row.version}
    answer = client.post(f"{SLUDGE}{row.pk}/save/", sent)
    assert answer.status_code == 422 and "没有写年份" in said(answer)
    assert client.post(f"{SLUDGE}{row.pk}/save/", sent | {"period": "2020年10月"}).status_code == 302
    row.refresh_from_db()
    assert row.values["period"] == "2020-10" and row.values["made"] == "11" and not doubts()


def test_one_of_two_the_same_is_edited_only_once_it_is_another(office):
    month(1, "2020-10")
    twin = month(2, "2020年10月")
    reread_all(apps)
    with pytest.raises(Refused, match="已经登记过"):
        change(office, twin, made="3")
    assert change(office, twin, period="2020-12").values["period"] == "2020-12" and not doubts()


def test_steps_go_on_over_an_old_text(office):
    row = old("water.payment", 1, facility="甲站", operator="乙", period="上半年", due="5", score="90")
    reread_all(apps)
    assert list(doubts()) == [(1, "period")]
    second = type(office)(**(acting("区生态环境局", "register_office").__dict__ | {"user_id": 7}))
    one = {"app": "water", "kind": "payment", "record_id": row.pk, "at": AT}
    services.take_step(actor=second, version=1, step="agree", **one)
    row = services.take_step(actor=office, version=2, step="pay", typed={"paid": "5", "paid_on": "2020-01-02"}, **one)
    assert (row.stage, row.values["period"], row.values["paid"]) == ("paid", "上半年", "5")
    assert list(doubts()) == [(1, "period")], "a step reads only what it fills"


def test_a_workbook_brings_months_as_days_and_codes_as_texts(office):
    from datetime import datetime

    book = Workbook()
    sheet = book.active
    sheet.title = "污泥处置"
    sheet.append(["污水处理厂", "月份", "产生量（吨）"])
    sheet.append(["甲厂", datetime(2020, 10, 1), 12.5])
    sheet.append(["乙厂", "10月", 1])
    client, content = client_of("区水务局", "register_office"), io.BytesIO()
    book.save(content)
    page = client.post(f"{SLUDGE}import/", {"workbook": SimpleUploadedFile("a.xlsx", content.getvalue())})
    assert page.status_code == 422 and "没有写年份" in said(page) and "B3" in said(page)
    sheet.delete_rows(3)
    content = io.BytesIO()
    book.save(content)
    page = client.post(f"{SLUDGE}import/", {"workbook": SimpleUploadedFile("a.xlsx", content.getvalue())})
    assert client.post(f"{SLUDGE}import/accept/", {"read": page.context["packed"]}).status_code == 302
    assert Record.objects.get().values["period"] == "2020-10"


def test_an_export_comes_back_with_its_old_texts_and_asks_for_them_where_something_is_changed(office):
    month(1, "2020-10"), month(2, "2020年10月", "7"), month(3, "10月", "100"), month(4, "2020-11", "2.5")
    reread_all(apps)
    client = client_of("区水务局", "register_office")
    book = load_workbook(io.BytesIO(client.get(f"{SLUDGE}workbook/").content))
    sheet = book.active
    (head,) = [row[0].row for row in sheet.iter_rows() if any(cell.value == "污水处理厂" for cell in row)]
    made = next(cell.column for cell in sheet[head] if str(cell.value).startswith("产生量"))

    def sent():
        content = io.BytesIO()
        book.save(content)
        return client.post(f"{SLUDGE}import/", {"workbook": SimpleUploadedFile("a.xlsx", content.getvalue())})

    sheet.cell(head + 4, made).value = 3
    page = sent()
    assert page.status_code == 200 and page.context["preview"].unchanged == 3
    assert [row.number for row, _ in page.context["preview"].changed] == [4]
    # Its twin is never taken for the record that has the month.
    sheet.cell(head + 2, made).value = 8
    page = sent()
    assert page.status_code == 422 and "编号 2 的这一栏写法待核" in said(page)
    sheet.cell(head + 2, made).value, sheet.cell(head + 3, made).value = 7, 101
    assert "没有写年份" in said(sent())


def test_a_code_typed_as_a_number_is_told_so(office):
    book = Workbook()
    sheet = book.active
    sheet.title = "联合惩戒“黑名单”"[:31]
    sheet.append(["单位名称", "统一社会信用代码", "事实", "法律依据"])
    sheet.append(["某公司", 911101180000000123, "甲", "乙"])
    content = io.BytesIO()
    book.save(content)
    client = client_of("区安委会办公室", "register_office")
    page = client.post(
        "/safety/records/black-list/import/", {"workbook": SimpleUploadedFile("a.xlsx", content.getvalue())}
    )
    assert page.status_code == 422 and "超过 15 位的数值，表格软件只留前 15 位，后面几位已经丢失" in said(page)


def test_rest_names_the_field_and_keeps_the_form(office):
    client, head = Client(), {"headers": api("区水务局", "register_office"), "content_type": "application/json"}
    url = "/api/v1/water/sludge/"
    body = {"values": {"plant": "甲厂", "period": "10月", "made": "1"}}
    answer = client.post(url, json.dumps(body), **head)
    assert answer.status_code == 422 and [one["field"] for one in answer.json()["errors"]] == ["period"]
    body["values"]["period"] = "2020年10月"
    answer = client.post(url, json.dumps(body), **head)
    assert answer.status_code == 201 and answer.json()["values"]["period"] == "2020-10"
    again = client.patch(
        f"{url}{answer.json()['id']}/", json.dumps({"version": 1, "values": {"period": "10月"}}), **head
    )
    assert again.status_code == 422 and "请写年和月，例如 2026-10" in again.json()["errors"][0]["message"]


# ── sealed ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_sealed_is_read_by_its_keeper_for_a_reason_and_by_nothing_else(office):
    typed = {"name": "某店", "town": "北庄镇", "kind": "person", "found_on": "2020-01-01", "contact": "13800001111"}
    keeper = acting("区城管委", "register_office")
    row = services.create_record(actor=keeper, app="water", kind="discharge", typed=typed, at=AT)
    token = row.values["contact"]
    assert "1380000" not in json.dumps(row.values) + row.words and Sealed(token).open() == "13800001111"
    client, url = client_of("区城管委", "register_office"), f"/water/records/discharge/{row.pk}/"
    page = client.get(url).content.decode()
    assert re.search(r'<input[^>]*name="contact"[^>]*data-keep="no"', page), "nor is it kept in the browser"
    assert "13800001111" not in page and "查看的事由" in page and token not in page
    assert client.post(f"{url}step/", {"look": "1", "reason": "联系整改事宜"}).status_code == 302
    assert "13800001111" in client.get(url).content.decode()
    reader = client_of("溪翁庄镇", "reporter", "y").get(url).content.decode()
    assert "13800001111" not in reader and "查看的事由" not in reader
    # Blank, and the mask of an export, leave it; a new text is sealed anew.
    row = change(keeper, row, contact="", name="某店二")
    row = change(keeper, row, contact="＊＊＊", name="某店三")
    assert row.values["contact"] == token
    row = change(keeper, row, contact="13900002222")
    assert Sealed(row.values["contact"]).open() == "13900002222"
    assert "1380000" not in json.dumps(list(RecordEvent.objects.values_list("before", flat=True)))
    with pytest.raises(Conflict) as refusal:
        services.change_record(
            actor=keeper, app="water", kind="discharge", record_id=row.pk, version=1, typed={"name": "x"}, at=AT
        )
    assert refusal.value.errors[0].current["value"]["contact"] == "＊＊＊"
    assert not client.get("/water/records/discharge/?q=1390000").context["rows"]


def test_old_secrets_are_sealed_and_their_trail_too(office):
    row = old("water.discharge", 1, name="某店", town="北庄镇", kind="person", found_on="2020-01-01", contact="138")
    RecordEvent.objects.create(record=row, act="changed", at=AT, by="初始", before={"contact": "137", "name": "旧店"})
    assert reread_all(apps)[0] == 1 and reread_all(apps)[0] == 0
    row.refresh_from_db()
    event = row.events.get()
    assert Sealed(row.values["contact"]).open() == "138" and Sealed(event.before["contact"]).open() == "137"
    assert event.before["name"] == "旧店"
