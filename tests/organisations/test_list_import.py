"""The list of organisations as a workbook: what it changes, what it leaves alone, and what it refuses."""

import io
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve

pytestmark = pytest.mark.usefixtures("gazette")
COLUMNS = dict(
    zip(("code", "name", "category", "zone", "evaluated", "order", "aliases", "on", "number"), "ABCDEFGHI", strict=True)
)


@pytest.fixture
def client(signed_in):
    return signed_in("system_admin")


def book(client, *rows):
    """The present list with cells changed: (code, fields); a code that is not there becomes a new row."""
    opened = load_workbook(io.BytesIO(client.get("/organisations/list.xlsx").content))
    page = opened.active
    places = {page.cell(number, 1).value: number for number in range(4, page.max_row + 1)}
    for code, fields in rows:
        number = places.get(code) or page.max_row + 1
        page[f"A{number}"] = code
        for name, value in fields.items():
            page[f"{COLUMNS[name]}{number}"] = value
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def upload(client, content):
    return client.post("/organisations/import/", {"workbook": SimpleUploadedFile("名单.xlsx", content)})


def accept(client, page):
    read = re.search(r'name="read" value="([^"]+)"', page.content.decode())[1]
    return client.post("/organisations/import/accept/", {"read": read})


def test_the_list_as_it_stands_has_no_differences(client):
    page = upload(client, book(client))
    assert page.status_code == 200 and "没有差异" in page.content.decode()


def test_new_renamed_and_further_aliases_are_shown_and_then_carried_out(client):
    other = resolve("区水务局").aliases.values_list("text", flat=True)
    before = Organisation.objects.count()
    content = book(
        client,
        (
            "xin-jigou",
            {"name": "区数据局", "category": "区属行政机关", "evaluated": "否", "order": 60, "aliases": "数据局"},
        ),
        ("beizhuang-zhen", {"name": "北庄地区", "on": date(2021, 3, 1), "number": "密编〔2021〕1号"}),
        ("shuiwu-ju", {"aliases": "；".join([*other, "水务局机关"])}),
    )
    page = upload(client, content)
    words = page.content.decode()
    assert "差异 4 项" in words and "北庄镇 → <b>北庄地区</b>，自 2021-03-01" in words
    assert Organisation.objects.count() == before
    assert accept(client, page).status_code == 302
    assert resolve("数据局").code == "xin-jigou" and resolve("水务局机关").code == "shuiwu-ju"
    assert resolve("北庄镇").name == "北庄地区"
    assert AuditEntry.objects.filter(action__startswith="organisations.organisation.").count() == 4
    # A second press: what was seen has changed, and nothing of it is done twice.
    again = accept(client, page)
    assert again.status_code == 409 and Organisation.objects.count() == before + 1


def test_all_that_is_wrong_is_told_by_cell_and_nothing_is_done(client):
    content = book(
        client,
        ("shuiwu-ju", {"category": "事业单位", "name": "区水务新局"}),
        ("beizhuang-zhen", {"aliases": "区水务局"}),
        ("Xin", {"name": "新机构", "category": "没有的类别", "zone": "东区"}),
        ("xin-zhen", {"name": "新镇", "category": "镇街（地区）、经济功能区", "evaluated": "也许"}),
    )
    before = list(Organisation.objects.values_list("code", "name", "version"))
    page = upload(client, content)
    words = page.content.decode()
    assert page.status_code == 422
    for said in (
        "不能经名单改",
        "更名要写启用日期",
        "已是“区水务局”",
        "只用小写",
        "（类别）：只能是",
        "（分区）：只能是",
        "须写分区",
        "只能是：是、否",
    ):
        assert said in words, said
    assert list(Organisation.objects.values_list("code", "name", "version")) == before


def test_only_administrators_import_and_everybody_takes_the_list(signed_in):
    reader = signed_in("reporter")
    assert reader.get("/organisations/import/").status_code == 403
    assert reader.post("/organisations/import/accept/", {"read": ""}).status_code == 403
    assert reader.get("/organisations/list.xlsx").status_code == 200
