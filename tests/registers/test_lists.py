"""Filters of a list combine and stand in its form; what is typed over in an export comes back as it was typed."""

import io
import re

import pytest
from openpyxl import load_workbook

from miyun_kpi.registers.models import SavedView
from tests.registers.test_records import client_of, create, office, upload

__all__ = ["office"]
pytestmark = pytest.mark.urls("tests.registers.site")


def test_what_is_typed_over_in_an_export_stays_as_it_was_typed(office):
    create(office, code="0069041234", flow="1.5")
    client = client_of("区生态环境局", "register_office")
    content = client.get("/sample/records/outfall/workbook/").content
    book = load_workbook(io.BytesIO(content))
    page = book.active
    titles = [cell.value for cell in page[3]]
    shapes = {title: cell.number_format for title, cell in zip(titles, page[4], strict=True)}
    assert shapes.pop("编号") == "0" and shapes.pop("日排量（吨）") == "0.00"
    assert set(shapes.values()) == {"@"}, shapes
    # A spreadsheet keeps what is typed into a cell of text as a text: the nought in front of it too.
    page.cell(4, titles.index("编码") + 1).value = "0069041235"
    out = io.BytesIO()
    book.save(out)
    assert "完全相同" in upload(client, content).content.decode()
    found = upload(client, out.getvalue())
    assert found.status_code == 200 and "0069041235" in found.content.decode()
    blank = load_workbook(io.BytesIO(client.get("/sample/records/outfall/template/").content)).worksheets[0]
    assert blank.column_dimensions["A"].number_format == "@" and blank.column_dimensions["D"].number_format == "General"


def test_filters_of_a_list_combine_and_stand_in_its_form(office):
    create(office, code="A-1", kind="sewage", note="查过", flow="1")
    create(office, code="A-2", kind="rain", note="查过", flow="2")
    create(office, code="A-3", kind="sewage", unit="溪翁庄镇", town="溪翁庄镇", flow="4")
    client = client_of("区生态环境局", "register_office")

    def page(query, of=""):
        answer = client.get(f"/sample/records/outfall/{of}?{query}")
        assert answer.status_code == 200
        return answer.content.decode()

    def listed(query):
        return {code for code in ("A-1", "A-2", "A-3") if f">{code}</a>" in page(query)}

    own = "owner=beizhuang-zhen"
    assert listed(f"{own}&kind=sewage") == {"A-1"} and listed("q=A&kind=sewage") == {"A-1", "A-3"}
    # Whose they are is asked by links from other pages: the form names it, so that the next press of 筛选 keeps it.
    assert '<option value="beizhuang-zhen" selected>北庄镇</option>' in page(own)
    # What is no choice finds nothing, and the form says what was asked.
    assert listed("kind=hot") == set() and "hot（没有这一项）" in page("kind=hot")
    assert listed("town=nowhere") == set() and "nowhere（没有这一项）" in page("town=nowhere")
    for odd in ("page=0", "page=x", "stage=x", "sort=x", "revoked=0", "doubtful=0", "legal="):
        assert listed(odd) == {"A-1", "A-2", "A-3"}, odd
    assert "checked" not in page("revoked=0") and 'value="1" checked' in page("revoked=1")
    counted = page("kind=sewage", "counts/")
    assert "/sample/records/outfall/?kind=sewage&amp;town=beizhuang-zhen" in counted and "不分条件" in counted
    assert "不分条件" not in page("", "counts/")


def test_the_tabs_count_what_they_lead_to(office):
    create(office, code="A-1", kind="sewage", flow="1")
    create(office, code="A-2", kind="rain", flow="2")
    client = client_of("区生态环境局", "register_office")

    def tabs(query):
        words = " ".join(client.get(f"/sample/records/outfall/?{query}").content.decode().split())
        return [int(re.search(rf"{word} (\d+) ?</a>", words)[1]) for word in ("全部", "整治中", "待验收", "已销号")]

    assert tabs("") == [2, 2, 0, 0] and tabs("kind=sewage") == [1, 1, 0, 0] and tabs("q=zzz") == [0, 0, 0, 0]
    # The stage chosen does not take the numbers from the other tabs.
    assert tabs("stage=closed") == [2, 2, 0, 0]


def test_a_view_is_refused_for_what_is_wrong_with_it(office):
    client = client_of("区生态环境局", "register_office")
    for name, query, said in (
        ("污水", "q=" + "水" * 70, "查找的条件太长（写成地址有 632 个字符，最多 500 个"),
        ("水" * 41, "kind=sewage", "视图名称须为 1 至 40 字"),
    ):
        answer = client.post("/sample/records/outfall/views/", {"name": name, "query": query})
        assert (answer.status_code, said in answer.content.decode()) == (422, True), answer
        assert not SavedView.objects.exists()
    # What the list does not know is left out first, and is not too long.
    client.post("/sample/records/outfall/views/", {"name": "污水", "query": "kind=sewage&nothing=" + "x" * 500})
    assert SavedView.objects.get().query == "kind=sewage"
