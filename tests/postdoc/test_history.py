"""History by workbook: tried first, written whole or not at all; the preview carries nothing readable; export is masked."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from miyun_kpi.sheets.write import Column, Sheet, workbook
from postdoc.desk import desk_items
from postdoc.excel import MONEY_COLUMNS, STAY_COLUMNS, read_rows
from postdoc.models import Application, LedgerLine, Person, Stay
from postdoc.queries.entitlement import offers
from postdoc.queries.figures import figures
from postdoc.services import history, ledger
from tests.factories.rankings import BACKEND, person
from tests.postdoc.conftest import AT

PAST = {
    "姓名": "孙某某",
    "证件类型": "护照",
    "证件号码": "E90000001",
    "出生日期": "1990-01-31",
    "进站日": "2020-09-15",
    "协议在站期限至": "2022-09-14",
    "进站批准文号": "1号",
    "研究课题": "课题",
    "合作流动站": "某大学",
    "工作站导师": "导师甲",
    "工作站导师职称": "正高级",
    "三方协议签订日期": "2020-09-01",
    "人员身份": "应届博士毕业生",
    "取得博士学位日期": "2020-07-01",
}
PAID = {
    "项目": "在站生活补贴",
    "工作站": "某公司分站",
    "在站编号": "1",
    "自": "2020-09",
    "至": "2021-08",
    "金额（元）": "48000",
    "审核日期": "2021-09-01",
    "拨付日期": "2021-09-10",
    "代缴个税（元）": "1440",
    "付给本人（元）": "46560",
    "付给日期": "2021-09-20",
    "凭证号": "旧1",
}


def book(columns, *rows):
    heads = [head for head, *_ in columns]
    cells = [[row.get(head, "") for head in heads] for row in rows]
    return workbook([Sheet(title="表", columns=[Column(head) for head in heads], rows=cells)], title="表", at=AT)


def browser(name, unit, role):
    client = Client()
    client.force_login(person(name, unit, role), backend=BACKEND)
    return client


def upload(client, address, content):
    return client.post(address, {"workbook": SimpleUploadedFile("x.xlsx", content)})


def test_people_are_previewed_and_then_written(station):
    client, address = browser("yq", "中关村密云园", "reporter"), f"/postdoc/stations/{station.pk}/import/"
    left = PAST | {"姓名": "李某某", "证件号码": "E90000002", "离站日": "2022-06-14"}
    withdrawn = PAST | {
        "姓名": "周某某",
        "证件号码": "E90000003",
        "离站日": "2021-05-01",
        "退站情形": "8",
        "告知方式": "告知本人",
        "告知日期": "2021-04-20",
        "退站说明": "判决",
    }
    shown = upload(client, address, book(STAY_COLUMNS, PAST, left, withdrawn))
    text = shown.content.decode()
    assert shown.status_code == 200 and "将写入 3 条" in text and "孙**" in text and "提前出站" in text
    assert (
        "孙某某" not in text and "E90000001" not in text and not Stay.objects.exists() and not Person.objects.exists()
    )
    token = re.search(r'name="read" value="([^"]+)"', text)[1]
    assert client.post(f"{address}accept/", {"read": token[:-4] + "AAAA"}).status_code == 422
    assert client.post(f"{address}accept/", {"read": token}).status_code == 302
    assert [one.leaving for one in Stay.objects.order_by("number")] == ["", "early", "withdrawn"]
    assert client.post(f"{address}accept/", {"read": token}).status_code == 422 and Stay.objects.count() == 3
    exported = client.get("/postdoc/stays/workbook/").content
    said = "".join(str(cell) for line in load_workbook(io.BytesIO(exported)).active.values for cell in line)
    assert "孙**" in said and "孙某某" not in said and "E9000" not in said
    other = browser("bz", "北庄镇", "reporter")
    assert upload(other, address, book(STAY_COLUMNS, PAST)).status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"进站日": "2022-13-01"}, "读不成日期"),
        ({"姓名": ""}, "是空白"),
        ({"工作站导师职称": "教授"}, "只能是"),
        ({"离站日": "2022-06-13"}, "21 个月"),
        ({"取得博士学位日期": "2015-01-01"}, "理由"),
        ({"退站情形": "13", "离站日": "2021-01-01"}, "只能是"),
        ({"出生日期": "很久以前"}, "读不成日期"),
    ],
)
def test_a_wrong_row_stops_the_whole_file_and_is_not_repeated(station, changed, said):
    client = browser("yq", "中关村密云园", "reporter")
    answer = upload(
        client,
        f"/postdoc/stations/{station.pk}/import/",
        book(STAY_COLUMNS, PAST | {"证件号码": "E1111111"}, PAST | changed),
    )
    text = answer.content.decode()
    assert answer.status_code == 422 and said in text and "孙某某" not in text and "很久以前" not in text
    assert not Person.objects.exists()


def rows_of(*rows):
    return read_rows(book(MONEY_COLUMNS, *rows), MONEY_COLUMNS)


def test_what_was_paid_before_is_not_paid_again(station, stay, handler, treasury):
    stay.number = 1
    stay.save()
    done = history.import_money(actor=handler, rows=rows_of(PAID), keep=False, at=AT)
    assert "48,000.00" in done[0].words and not Application.objects.exists()
    history.import_money(actor=handler, rows=rows_of(PAID), keep=True, at=AT)
    row = Application.objects.get()
    assert (row.phase, row.received, row.budget_year) == ("approved", 0, None)
    pay = {"application_id": row.pk, "version": row.version, "at": AT}
    with pytest.raises(Conflict, match="还没有核对"):
        ledger.write_line(actor=treasury, kind="paid", proof="凭7", **pay)
    with pytest.raises(NotAllowed):
        history.confirm_paid(actor=handler, **pay)
    assert [item.action for item in desk_items(treasury, AT)] == ["核对历史拨付"]
    page = browser("cz", "区财政局", "register_office").get(f"/postdoc/applications/{row.pk}/").content.decode()
    assert "核对无误，入账" in page and "48,000" in page
    history.confirm_paid(actor=treasury, **pay)
    with pytest.raises(Conflict):
        history.confirm_paid(actor=treasury, **(pay | {"version": row.version + 1}))
    row.refresh_from_db()
    assert (row.phase, row.received, row.passed, row.budget_year) == ("approved", 48000, 48000, None)
    assert desk_items(treasury, AT) == []
    assert [line.amount for line in LedgerLine.objects.all()] == [48000, 1440, 46560]
    left = next(one for one in offers([station], figures(), AT.date()) if one.grant == "living")
    assert (left.first, left.amount) == ("2021-09", 48000)
    with pytest.raises(Refused) as refused:
        history.import_money(actor=handler, rows=rows_of(PAID), keep=True, at=AT)
    assert "应为 0.00 元" in refused.value.errors[0].message


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"金额（元）": "47999.99"}, "应为 48,000.00"),
        ({"在站编号": "77"}, "没有这个在站编号"),
        ({"工作站": "别站"}, "没有这个名称"),
        ({"付给日期": "2021-09-09"}, "依次"),
        ({"付给本人（元）": "46560.01"}, "不能超过"),
        ({"拨付日期": "2099-01-01"}, "不能晚于今天"),
    ],
)
def test_money_of_the_past_must_agree_with_the_rules(station, stay, handler, changed, said):
    stay.number = 1
    stay.save()
    with pytest.raises(Refused) as refused:
        history.import_money(actor=handler, rows=rows_of(PAID | changed), keep=True, at=AT)
    assert said in refused.value.errors[0].message and not Application.objects.exists()


def test_a_preview_is_only_for_who_made_it_and_not_for_ever(handler, treasury):
    token = history.pack("money", handler, rows_of(PAID), AT)
    assert history.unpack("money", handler, token, AT)[0]["amount"] == 48000
    for what, actor, at in (
        ("stays:1", handler, AT),
        ("money", treasury, AT),
        ("money", handler, AT + timedelta(hours=3)),
    ):
        with pytest.raises(Refused, match="预览"):
            history.unpack(what, actor, token, at)
