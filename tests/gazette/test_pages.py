import re

import pytest
from django.test import Client
from django.urls import reverse

from miyun_kpi.gazette import registry
from miyun_kpi.gazette.models import Clause, Document, DoubtfulPassage
from miyun_kpi.gazette.registry import Citing
from tests.factories.markup import one_line

pytestmark = pytest.mark.usefixtures("gazette")


def page(client, name, data=None, status=200, **kwargs):
    answer = client.get(reverse(f"gazette:{name}", kwargs=kwargs), data or {})
    assert answer.status_code == status
    return answer.content.decode()


def words_of(text):
    return re.sub(r"<[^>]+>", "", text)


def test_contents_list_the_ten_documents(reader):
    text = page(reader, "contents")
    assert text.count("密政办字〔2020〕") == 3 and text.count("密政发〔2020〕") == 7
    assert "晚于本期公报的印发日期" in text


@pytest.mark.parametrize("code", ["13", "14", "15", "16", "19", "21", "22", "23", "27", "32"])
def test_a_document_prints_every_leaf_with_its_line(reader, code):
    text = page(reader, "document", document=code)
    lines = Clause.objects.filter(document__ref=f"2020-{code}", leaf=True).values_list("line_from", flat=True)
    assert set(map(int, re.findall(r'class="leaf[^"]*" id="l(\d+)"', text))) == set(lines)


def test_the_reader_undoes_page_breaks_and_keeps_the_line_numbers(reader):
    text = page(reader, "document", document="13")
    assert "报区政府党组会研究审议" in text and "121–123" in text


def test_a_document_answers_to_its_spoken_name(reader):
    assert "全面履职绩效考评" in page(reader, "document", document="13号")


def test_words_are_marked_in_a_document_and_counted(reader):
    text = page(reader, "document", {"q": "专项任务"}, document="13")
    assert text.count("<mark data-hit>专项任务</mark>") == 2
    assert "本文件 <b>2</b> 处" in text


def test_a_two_character_word_is_found_in_its_surroundings_and_counted_by_document(reader):
    text = page(reader, "search", {"q": "试用"})
    plain = words_of(text)
    assert "试用期一年" in plain
    assert "<mark data-hit>试用</mark>" in text
    expected = {"16": 1, "23": 4, "32": 1}
    assert {
        code: int(number) for code, number in re.findall(r"(\d+)号 (\d+)</a>", one_line(text)) if code in expected
    } == expected


def test_words_across_a_page_break_are_found(reader):
    assert "四（三）4" in page(reader, "search", {"q": "区政府党组会"})


def test_search_can_be_narrowed_to_a_document(reader):
    text = page(reader, "search", {"q": "博士后", "document": "19"})
    assert "19号 三（三）10" in text and "27号 第一条" not in text


def test_search_finds_organisations_by_alias_too(reader):
    assert "区人社保局" in page(reader, "search", {"q": "区人力社保局"})


@pytest.mark.parametrize(
    "words", ["火星", "", "<script>alert(1)</script>", "%", "的" * 200], ids=["none", "empty", "tag", "percent", "long"]
)
def test_search_takes_anything(reader, words):
    text = page(reader, "search", {"q": words})
    assert "<script>alert" not in text


def test_a_clause_shows_sentence_lines_neighbours_and_doubts(reader):
    text = page(reader, "clause", document="13", ref="四（三）4")
    assert "原文第 121–123 行" in text.replace("\n", "")
    assert "四（三）3" in text and "四（三）5" in text
    assert "不设上限" in text and "以印发原件为准" in text


def test_a_section_shows_its_parts(reader):
    text = page(reader, "clause", document="13", ref="附件2")
    assert "附件2·19" in text and "合计为96" in text


def test_every_clause_has_a_page(reader):
    refs = list(Clause.objects.filter(document__ref__in=["2020-21", "2020-32"]).values_list("document__ref", "ref"))
    for code, ref in refs:
        page(reader, "clause", document=code, ref=ref)
    assert len(refs) > 50


def test_what_points_to_a_clause_is_listed(reader, monkeypatch):
    monkeypatch.setattr(
        registry, "_citing", [*registry._citing, lambda document, ref: [Citing("规则", f"规则甲 {ref}")]]
    )
    text = page(reader, "clause", document="13", ref="附件1·一")
    assert "规则甲 附件1·一" in text and "鼓楼街道" in text


def test_htmx_gets_the_quotation_alone(reader):
    address = reverse("gazette:clause", kwargs={"document": "13", "ref": "附件5·注"})
    text = reader.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text and "无专项任务" in text


def test_doubts_say_that_the_printed_original_decides(reader):
    text = page(reader, "doubts")
    assert "文本存疑（识读说明）" in text and "以印发原件为准" in text
    assert text.count('<tr id="d') == DoubtfulPassage.objects.count()
    assert page(reader, "doubts", {"document": "32"}).count('<tr id="d') == 1
    assert page(reader, "doubts", {"q": "云云园"}).count('<tr id="d') >= 2


@pytest.mark.parametrize(
    ("name", "kwargs"), [("document", {"document": "99"}), ("clause", {"document": "13", "ref": "九十九"})]
)
def test_an_unknown_document_or_clause_is_not_found(reader, name, kwargs):
    page(reader, name, status=404, **kwargs)


def test_who_is_not_signed_in_reads_nothing():
    for name, kwargs in (("contents", {}), ("document", {"document": "13"}), ("search", {})):
        assert Client().get(reverse(f"gazette:{name}", kwargs=kwargs)).status_code == 302


@pytest.mark.parametrize(
    ("name", "kwargs", "data"),
    [
        ("contents", {}, {}),
        ("document", {"document": "13"}, {"q": "考评"}),
        ("document", {"document": "16"}, {}),
        ("clause", {"document": "13", "ref": "附件3"}, {}),
        ("search", {}, {"q": "考评"}),
        ("doubts", {}, {}),
    ],
)
def test_pages_take_a_fixed_number_of_queries(reader, django_assert_max_num_queries, name, kwargs, data):
    page(reader, name, data, **kwargs)
    with django_assert_max_num_queries(20):
        page(reader, name, data, **kwargs)


def test_reading_writes_nothing(reader):
    before = list(Document.objects.values()), list(Clause.objects.values("pk", "text"))
    page(reader, "document", document="13")
    page(reader, "search", {"q": "考评"})
    assert before == (list(Document.objects.values()), list(Clause.objects.values("pk", "text")))
    assert reader.post(reverse("gazette:search"), {"q": "x"}).status_code == 405
