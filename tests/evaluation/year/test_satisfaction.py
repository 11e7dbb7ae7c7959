"""公众满意度 as a file: every bad cell at once, a numbered table, never part of the 100."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from evaluation.models import SatisfactionTable
from tests.evaluation.conftest import _demo_of_module, demo
from tests.factories.sheets import person

__all__ = ["_demo_of_module", "demo"]
PAGE = "/evaluation/year-end/2020/township/satisfaction/"
HEAD = ("考评对象", "满意度", "样本量")


def book(*rows, head=HEAD):
    made = Workbook()
    for row in (head, *rows):
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def upload(client, content):
    return client.post(PAGE, {"workbook": SimpleUploadedFile("满意度.xlsx", content)})


def packed(answer):
    page = answer.content.decode()
    start = page.index('name="read" value="') + len('name="read" value="')
    return page[start : page.index('"', start)]


def test_a_table_is_previewed_and_kept_as_the_next_number(demo):
    office = person("zhengfuban1")
    answer = upload(office, book(("北庄镇", 92.125, 400), ("溪翁庄", "88", 350)))
    page = answer.content.decode()
    assert "92.125" in page and "缺 19 家" in page and not SatisfactionTable.objects.exists()
    data = {"read": packed(answer), "source": "某调查公司 2020 年 12 月电话调查"}
    assert office.post(f"{PAGE}accept/", data).status_code == 302
    (table,) = SatisfactionTable.objects.all()
    assert {(v.organisation.name, str(v.value), v.sample) for v in table.values.all()} == {
        ("北庄镇", "92.125", 400),
        ("溪翁庄镇", "88.000", 350),
    }
    # The same preview a second time meets a newer table.
    assert office.post(f"{PAGE}accept/", data).status_code == 409
    assert "92.125" in office.get("/evaluation/year-end/2020/township/effect/").content.decode()


def test_every_bad_cell_is_named_and_nothing_is_kept(demo):
    office = person("zhengfuban1")
    rows = [("北庄镇", 100.1, 400), ("北庄镇", 90, 0), ("某镇", 90, 1), ("溪翁庄镇", "高", 10), ("太师屯镇", None, 10)]
    answer = upload(office, book(*rows))
    page = answer.content.decode()
    assert answer.status_code == 422 and not SatisfactionTable.objects.exists()
    assert all(place in page for place in ("B2", "A3", "C3", "A4", "B5", "B6"))


def test_the_template_comes_back_with_what_was_not_asked_left_blank(demo):
    office = person("zhengfuban1")
    page = load_workbook(io.BytesIO(office.get(f"{PAGE}template.xlsx").content))
    page.active["B2"], page.active["C2"] = 90, 100
    out = io.BytesIO()
    page.save(out)
    assert "缺 20 家" in upload(office, out.getvalue()).content.decode()


def test_a_table_without_its_source_is_not_kept(demo):
    office = person("zhengfuban1")
    data = {"read": packed(upload(office, book(("北庄镇", 92, 400)))), "source": "短"}
    answer = office.post(f"{PAGE}accept/", data)
    assert answer.status_code == 422 and "调查来源" in answer.content.decode()
    assert not SatisfactionTable.objects.exists()


@pytest.mark.parametrize("who", ["shuiwu", "beizhuang", "lingdao", "guanliyuan", "shenji"])
def test_only_the_office_brings_it_in(demo, who):
    assert person(who).get(PAGE).status_code in (403, 404)
