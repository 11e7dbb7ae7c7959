"""Documents by series, year and number: how they are named, read, cited, and that a second gazette stands beside the first."""

import json
import shutil
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from miyun_kpi.gazette.models import Clause, Document
from miyun_kpi.gazette.queries import clauses, document_by
from miyun_kpi.gazette.rules.build import build
from miyun_kpi.gazette.services import document_issued, load_gazette
from miyun_kpi.lib import citations
from miyun_kpi.lib.citations import (
    DocumentName,
    cite,
    code_of,
    document_label,
    document_name,
    document_of,
    documents_of,
    free_ref,
    has_text,
    named_document,
    ref_of,
    split_citation,
    subject_of,
)
from miyun_kpi.lib.errors import Refused

AT = datetime(2021, 7, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
FOLDER = settings.FIXTURES_DIR / "gazettes" / "2020-02"
TEXT = (FOLDER / "gazette.txt").read_text(encoding="utf-8")
CONTENTS = json.loads((FOLDER / "contents.json").read_text(encoding="utf-8"))
SERIES = st.sampled_from(["密政办字", "密政发", "怀政发", "京政办函"])


@given(SERIES, st.integers(1990, 2100), st.integers(1, 9999))
def test_every_number_is_read_back_as_it_is_printed(series, year, number):
    name = DocumentName(series, year, number)
    assert document_name(str(name)) == name
    ref = free_ref(name, ())
    assert ref == ref_of(str(name)) == f"{year}-{number}" and ref_of(document_label(ref)) == ref
    assert ref_of(code_of(ref)) == ref
    taken = free_ref(name, {ref})
    assert taken != ref and ref_of(taken) == taken and document_label(taken) == str(name)


@given(
    SERIES, st.integers(2000, 2100), st.integers(1, 999), st.sampled_from(["四（二）", "附件4·4", "第八条（一）", "一"])
)
def test_what_cite_writes_is_read_back(series, year, number, clause):
    ref = f"{year}-{number}"
    assert split_citation(cite(ref, clause)) == (ref, clause)
    assert split_citation(f"{DocumentName(series, year, number)} {clause}") == (ref, clause)


@pytest.mark.parametrize(
    ("said", "ref"),
    [
        ("13", "2020-13"), ("13号", "2020-13"), (" 13号 ", "2020-13"), ("2020-13", "2020-13"), ("2021-9", "2021-9"),
        ("〔2021〕9号", "2021-9"), ("[2021]9号", "2021-9"), ("密政发（2021）第 9 号", "2021-9"), ("", ""), ("方案", "方案"),
    ],
)  # fmt: skip  # a table of words
def test_a_bare_number_means_2020_for_ever(said, ref):
    assert ref_of(said) == ref


def test_a_citation_without_a_document_is_the_clause_alone():
    assert cite(None, "四（二）") == cite("", "四（二）") == "四（二）"
    assert split_citation("四（二）") == ("", "四（二）") and split_citation("") == ("", "")


def test_a_rule_refuses_by_a_clause_and_the_service_says_of_which_document():
    for document, wanted in (("2021-9", "〔2021〕9号 四（三）4"), (None, "四（三）4")):
        with pytest.raises(Refused) as refusal, citations.citing(document):
            raise Refused("x", "不行。", "四（三）4")
        assert refusal.value.clause == wanted
    with pytest.raises(Refused) as refusal, citations.citing("2021-9"):
        raise Refused("x", "不行。", "13号 四（三）4")
    assert refusal.value.clause == "13号 四（三）4"


def test_subjects_find_their_documents_in_the_data():
    assert document_of("farmland") == "2020-21" and documents_of("personnel") == ("2020-16", "2020-23", "2020-32")
    assert subject_of("2020-22") == "water" and subject_of("2021-22") == ""
    assert named_document("farmland") == named_document("21号") == "2020-21" and named_document(None) == ""
    assert has_text("2020-13", "附件4·4") and not has_text("2020-13", "附件9") and not has_text("2021-13", "附件4·4")
    with pytest.raises(LookupError):
        document_of("forest")


def test_a_text_without_documents_and_one_unlike_its_contents_are_refused():
    with pytest.raises(Refused, match="没有找到一份文件"):
        build("没有文号的一页\n", CONTENTS)
    with pytest.raises(Refused, match="密政发〔2020〕21号"):
        build(TEXT, [row for row in CONTENTS if "21号" not in row["document_number"]])


def other_year(text: str) -> str:
    return text.replace("〔2020〕", "〔2021〕").replace("密政", "怀政")


def test_the_same_text_of_another_year_and_district_has_its_own_documents():
    contents = [row | {"document_number": other_year(row["document_number"])} for row in CONTENTS]
    documents, rows = build(other_year(TEXT), contents)
    assert [row["ref"] for row in documents] == [f"2021-{n}" for n in (13, 14, 15, 16, 19, 21, 22, 23, 27, 32)]
    assert documents[0]["series"] == "怀政办字" and {row["document"] for row in rows} == {
        row["ref"] for row in documents
    }
    assert len(rows) == 575


@pytest.fixture
def second_gazette(gazette, settings, tmp_path):
    """A folder with the committed gazette and one of 2021 beside it: the same text with another year."""
    shutil.copytree(settings.FIXTURES_DIR, tmp_path / "fixtures")
    settings.FIXTURES_DIR = tmp_path / "fixtures"
    folder = tmp_path / "fixtures/gazettes/2021-01"
    folder.mkdir()
    text = TEXT.replace("〔2020〕", "〔2021〕")
    contents = [row | {"document_number": row["document_number"].replace("2020", "2021")} for row in CONTENTS]
    documents, rows = build(text, contents)
    (folder / "gazette.txt").write_text(text, encoding="utf-8")
    for name, written in (
        ("contents", contents),
        ("documents", documents),
        ("clauses", rows),
        ("doubtful_passages", []),
    ):
        (folder / f"{name}.json").write_text(json.dumps(written, ensure_ascii=False), encoding="utf-8")
    (folder / "duties.json").write_text('{"documents": [], "duties": []}', encoding="utf-8")


@pytest.mark.django_db
def test_a_second_gazette_stands_beside_the_first_and_overwrites_nothing(second_gazette):
    before = dict(Clause.objects.values_list("pk", "text"))
    load_gazette(at=AT)
    assert Document.objects.count() == 20 and Clause.objects.count() == 1150
    assert dict(Clause.objects.filter(document__year=2020).values_list("pk", "text")) == before
    assert document_by("13").year == 2020 and document_by("2021-13").document_number == "密政办字〔2021〕13号"
    assert {clause.document.ref for clause in clauses("2021-13")} == {"2021-13"}
    assert load_gazette(at=AT).changes == 0


@pytest.mark.django_db
def test_a_document_known_by_its_number_gets_its_text_when_a_gazette_prints_it(second_gazette):
    name = DocumentName("密政办字", 2021, 13)
    document_issued(name=DocumentName("密政发", 2021, 13), title="另一份", subject="evaluation", issued_on=AT.date())
    made = document_issued(name=name, title="二〇二一年方案", subject="evaluation", issued_on=AT.date())
    assert made.ref == "2021-13-密政办字" and not made.clauses.exists()
    load_gazette(at=AT)
    made.refresh_from_db()
    assert made.ref == "2021-13-密政办字" and made.gazette == "2021-01" and made.clauses.filter(ref="四（二）").exists()


@pytest.mark.django_db
def test_a_document_of_a_subject_that_no_app_has_is_not_loaded(second_gazette, settings):
    path = settings.FIXTURES_DIR / "gazettes/2021-01/documents.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"water"', '"forest"'), encoding="utf-8")
    with pytest.raises(Refused, match="不是本系统的栏目"):
        load_gazette(at=AT)
    assert not Document.objects.filter(year=2021).exists()
