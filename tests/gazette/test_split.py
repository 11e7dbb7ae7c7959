"""The split of the source text, and the committed rows made from it."""

import json
from collections import Counter
from pathlib import Path

import pytest

from miyun_kpi.gazette.management.commands.build_gazette_clauses import dump
from miyun_kpi.gazette.rules.audit import clauses_unlike_source, lost_or_doubled_lines, not_in_source
from miyun_kpi.gazette.rules.build import build
from miyun_kpi.gazette.rules.split import find_documents, furniture
from miyun_kpi.gazette.rules.texts import squeeze

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures/gazettes/2020-02"
TEXT = (FIXTURES / "gazette.txt").read_text(encoding="utf-8")
CLAUSES = json.loads((FIXTURES / "clauses.json").read_text(encoding="utf-8"))
BY_REF = {(row["document"], row["ref"]): row for row in CLAUSES}


def test_committed_rows_equal_a_fresh_split():
    documents, clauses = build(TEXT, json.loads((FIXTURES / "contents.json").read_text(encoding="utf-8")))
    assert (FIXTURES / "documents.json").read_text(encoding="utf-8") == dump(documents)
    assert (FIXTURES / "clauses.json").read_text(encoding="utf-8") == dump(clauses)


def test_every_line_is_in_exactly_one_leaf_or_is_page_furniture():
    assert lost_or_doubled_lines(TEXT, CLAUSES) == []


def test_a_lost_line_would_be_found():
    fewer = [row for row in CLAUSES if (row["document"], row["ref"]) != ("2020-13", "四（三）4")]
    assert lost_or_doubled_lines(TEXT, fewer) == [121, 123]


def test_every_clause_text_equals_its_source_lines():
    assert clauses_unlike_source(TEXT, CLAUSES) == []


def test_a_changed_character_would_be_found():
    changed = [row | {"text": row["text"].replace("0.5", "0.6")} for row in CLAUSES]
    assert "2020-13·四（三）4" in clauses_unlike_source(TEXT, changed)


def test_page_furniture_is_the_masthead_and_the_table_of_contents_only():
    lines = TEXT.split("\n")
    assert furniture(lines) == [3, 5, 7, *range(9, 16), *range(17, 20)]
    assert all("\t" in lines[number - 1] for number in furniture(lines)[3:])


def test_there_are_ten_documents_in_printed_order():
    assert [one.ref for one in find_documents(TEXT.split("\n"))] == [
        "2020-13",
        "2020-14",
        "2020-15",
        "2020-16",
        "2020-19",
        "2020-21",
        "2020-22",
        "2020-23",
        "2020-27",
        "2020-32",
    ]


def test_refs_are_unique_within_a_document():
    assert max(Counter((row["document"], row["ref"]) for row in CLAUSES).values()) == 1


@pytest.mark.parametrize(("attachment", "rows"), [("附件2", 19), ("附件3", 49), ("附件4", 24), ("附件5", 21)])
def test_tables_of_13_have_all_their_rows(attachment, rows):
    numbers = [
        row["ref"].split("·")[1] for row in CLAUSES if row["document"] == "2020-13" and row["parent"] == attachment
    ]
    assert [int(number) for number in numbers if number.isdigit()] == list(range(1, rows + 1))


def test_department_item_13_is_one_clause_over_the_page_break():
    row = BY_REF["2020-13", "附件2·13"]
    assert (row["line_from"], row["line_to"]) == (180, 184)
    assert all(name in row["text"] for name in ("区政务服务局", "区司法局", "区经信局"))


@pytest.mark.parametrize(
    ("document", "ref", "quotation"),
    [
        ("2020-13", "四（三）4", "报区政府党组会研究审议"),
        ("2020-13", "三（二）绿色发展区", "西田各庄镇、溪翁庄镇、十里堡镇、河南寨镇、穆家峪镇、巨各庄镇、东邵渠镇"),
        ("2020-13", "三（二）表", "生态保护区\t30\t20\t40\t10\t100"),
        ("2020-13", "附件5·注", "镇街无专项任务的取该项任务的平均分"),
        ("2020-15", "二（九）17", "大力实施城区铁路平交道口立交化改造"),
        ("2020-19", "附件·37", "环境之友"),
        ("2020-21", "第九条（二）", "区政府支付镇政府奖励资金 10 万元/亩"),
        ("2020-22", "三（四）3·单位", "牵头单位：区水务局"),
        ("2020-22", "三（五）3（2）", "牵头单位：区住建委"),
        ("2020-27", "第七条·续", "获博士学位的年限不受限制"),
        ("2020-32", "任免10", "刘海峰同志任果园街道办事处副主任"),
    ],
)
def test_a_clause_holds_its_sentence(document, ref, quotation):
    assert squeeze(quotation) in squeeze(BY_REF[document, ref]["text"])


def test_a_section_spans_its_parts():
    for row in CLAUSES:
        parts = [one for one in CLAUSES if one["document"] == row["document"] and one["parent"] == row["ref"]]
        assert row["leaf"] == (not parts)
        if parts:
            assert (min(p["line_from"] for p in parts), max(p["line_to"] for p in parts)) == (
                row["line_from"],
                row["line_to"],
            )


def test_doubtful_passages_quote_the_clause_they_name():
    doubts = json.loads((FIXTURES / "doubtful_passages.json").read_text(encoding="utf-8"))
    assert sum(row["document"] == "2020-13" for row in doubts) >= 100
    for row in doubts:
        assert squeeze(row["passage"]) in squeeze(BY_REF[row["document"], row["clause"]]["text"]), row["passage"]
        assert all(row[name].strip() for name in ("problem", "reading", "depends_on"))


def test_an_invented_quotation_would_be_found():
    assert not_in_source(TEXT, ["共 71 个", "共 72 个"]) == ["共 72 个"]
