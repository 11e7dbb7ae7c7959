"""印发 makes the document of a scheme from its 文号; until then a draft cites none, afterwards its year and number stand everywhere."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from evaluation.drafting.services.issuing import decide_issue, propose_issue
from evaluation.engine.models.ranking import Ranking
from evaluation.models import Period, Scheme
from evaluation.ranking.services import compute_trial
from evaluation.scheme.queries.amendments import rule_version_of
from evaluation.scheme.queries.documents import document_of_year
from evaluation.sheets.services.periods import open_period
from miyun_kpi.duties.models import Duty
from miyun_kpi.gazette.models import Document
from miyun_kpi.gazette.queries import document_by
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.periods import PeriodCode
from tests.factories.drafts import AT, copied

pytestmark = pytest.mark.django_db
APPROVAL = {"organ": "区政府常务会议", "approved_on": date(2020, 11, 20), "title": "2021年全面履职绩效考评工作方案"}
NUMBER = "密政办字〔2021〕9号"


@pytest.fixture
def people(actor_for):
    return actor_for("zhengfuban1"), actor_for("zhengfuban2")


def propose(people, draft, number=NUMBER):
    values = {"version": draft.version, **APPROVAL, "document_number": number}
    return propose_issue(actor=people[0], scheme_id=draft.pk, at=AT, **values)


def issue(people, draft, number=NUMBER):
    waits = propose(people, draft, number)
    decide_issue(actor=people[1], scheme_id=draft.pk, issue_id=waits.pk, confirm=True, note="", at=AT)
    draft.refresh_from_db()
    return draft


def test_a_draft_cites_no_document_and_says_what_each_figure_continues(people):
    draft = copied(people[0])
    assert draft.document is None and draft.cite("四（二）") == "四（二）"
    figure = draft.figures.get(kind="weight", indicator__number=4, zone="core")
    assert figure.note.startswith("沿用2020年：") and "13号 附件" in figure.note
    assert document_of_year(2021) == ""


@pytest.mark.parametrize("typed", [NUMBER, " 密政办字 [2021] 9 号 ", "密政办字（2021）第9号", "密政办字【2021】9号"])
def test_the_number_is_read_as_people_write_it_and_kept_as_it_is_printed(people, typed):
    assert propose(people, copied(people[0]), typed).document_number == NUMBER


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("9号", "bad-number"),
        ("2021-9", "bad-number"),
        ("〔2021〕9号", "bad-number"),
        ("密政办字2021年9号", "bad-number"),
        ("密政发〔2020〕21号", "other-document"),
    ],
)
def test_what_is_no_number_or_another_document_is_refused_at_its_field(people, typed, code):
    draft = copied(people[0])
    with pytest.raises(Refused) as refusal:
        propose(people, draft, typed)
    assert refusal.value.code == code and refusal.value.errors[0].field == "document_number"
    assert "没有提请印发" in refusal.value.message


def test_both_tracks_are_issued_by_one_document(people):
    before = Document.objects.count()
    schemes = [issue(people, copied(people[0], track)) for track in ("township", "department")]
    assert {scheme.document_id for scheme in schemes} == {"2021-9"} and Document.objects.count() == before + 1
    document = document_by("2021-9")
    assert (document.document_number, document.label, document.subject, document.gazette) == (
        *(NUMBER, "〔2021〕9号", "evaluation", ""),
    )
    assert document.title == APPROVAL["title"] and document.line_from is None
    assert document_by(NUMBER) == document and document_of_year(2021) == "2021-9"


def test_the_same_number_of_another_series_is_another_document(people):
    first = issue(people, copied(people[0], "township"), NUMBER)
    second = issue(people, copied(people[0], "department"), "密政发〔2021〕9号")
    assert (first.document_id, second.document_id) == ("2021-9", "2021-9-密政发")
    assert (first.cite("三"), second.cite("三")) == ("〔2021〕9号 三", "密政发〔2021〕9号 三")
    assert document_by("密政发〔2021〕9号") == second.document and document_by(NUMBER) == first.document


def test_a_document_that_the_gazette_prints_is_taken_as_it_is(people):
    scheme = issue(people, copied(people[0]), "密政办字〔2020〕13号")
    assert scheme.document_id == "2020-13" and scheme.document.gazette == "2020-02"
    assert scheme.document.title != APPROVAL["title"]


def test_a_year_on_it_stands_in_duties_rule_version_ranking_and_receipts(people):
    scheme = issue(people, copied(people[0]))
    at = datetime(2021, 5, 6, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    for code in (PeriodCode(2021, month=5), PeriodCode(2021, quarter=2)):
        open_period(actor=SYSTEM, code=code, at=at)
    months = Duty.objects.filter(key__startswith="tracked/2021/township/")
    assert months.exists() and set(months.values_list("document", "scope")) == {("2021-9", "tracked")}
    assert rule_version_of(scheme, PeriodCode(2021, quarter=2)) == "〔2021〕9号·1"
    ranking, _ = compute_trial(actor=SYSTEM, scheme=scheme, period=Period.objects.get(code="2021Q2"), at=at)
    assert ranking.rule_version == "2 · 〔2021〕9号·1"
    assert "13号" not in ranking.document + ranking.inputs
    earlier = Ranking.objects.filter(scheme=Scheme.objects.get(year=2020, track="township")).first()
    assert earlier is None or "13号·1" in earlier.rule_version
