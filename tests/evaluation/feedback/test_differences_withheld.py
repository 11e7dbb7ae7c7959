"""差异说明 is read by 审核人 and office, in trail and dossier; no page, table or answer for the unit bears it."""

import io
import re
import zipfile

import pytest
from django.test import Client
from django.utils import timezone

from evaluation.models import DifferenceNote, Feedback, Mark, MarkCondition, MarkSheet, Ranking, Review, SheetEvent
from miyun_kpi.audit.services import record
from tests.evaluation.feedback.test_reviews import answered
from tests.evaluation.sheets.test_api_marks import Api
from tests.factories.feedback import actor, client_of, computed_quarter, feedback_of, opened

CANARY = "金丝雀说明"
MOST = 250
NOT_FOLLOWED = re.compile(r"/(logout|static|accounts/sessions)|/help|/gazette")


@pytest.fixture
def feedback(db, gazette) -> Feedback:
    """Every mark of 北庄镇 was explained, and filed so."""
    ranking = opened(computed_quarter())
    at, scheme = timezone.now(), ranking.scheme
    condition = MarkCondition.objects.create(
        scheme=scheme, kind="overdue", threshold="90", basis="例会议定", state="active", added_at=at, tried_at=at
    )
    for mark in Mark.objects.filter(sheet__period=ranking.period, organisation__code="beizhuang-zhen"):
        said = {"words": f"本期逾期 1 项{CANARY}", "text": CANARY}
        given = {"given_at": at, "given_by": CANARY}
        DifferenceNote.objects.create(mark=mark, condition=condition, value=mark.value or 0, **said, **given)
        stored = said | {
            "organisation": "beizhuang-zhen",
            "name": "北庄镇",
            "condition": "overdue",
            "by": "经办",
            "at": at.isoformat(),
        }
        SheetEvent.objects.create(sheet=mark.sheet, kind="filed", at=at, by="经办", differences=[stored])
    for sheet in MarkSheet.objects.filter(period=ranking.period):
        data = {"rows": ["beizhuang-zhen"], "text": CANARY}
        subject = f"mark-sheet:{sheet.pk}"
        record(actor=actor("water"), action="evaluation.difference.given", subject=subject, data=data, at=at)
    return feedback_of(ranking)


def texts(answer) -> str:
    content = b"".join(answer) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            content = b"".join(parts.read(name) for name in parts.namelist())
    return content.decode(errors="ignore")


def crawled(client: Client, *starts: str) -> dict[str, str]:
    """Every page that links lead to, with what it says."""
    found: dict[str, str] = {}
    ahead = ["/", *starts]
    while ahead and len(found) < MOST:
        address = ahead.pop(0)
        if address in found or NOT_FOLLOWED.search(address):
            continue
        answer = client.get(address)
        found[address] = texts(answer) if answer.status_code == 200 else ""
        links = re.findall(r'href="(/[^"#]*)', found[address])
        ahead += [link.replace("&amp;", "&") for link in links]
    return found


def holds(found: dict[str, str]) -> list[str]:
    return [address for address, text in found.items() if CANARY in text]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", ["town", "townhead", "othertown"])
def test_nothing_that_a_unit_reaches_bears_it(feedback, who):
    ranking = feedback.check_round.ranking
    paper = f"/evaluation/feedback/{feedback.pk}/"
    receipt = f"/evaluation/rankings/{ranking.pk}/rows/beizhuang-zhen/"
    Ranking.objects.filter(pk=ranking.pk).update(state="published", published_at=timezone.now())
    found = crawled(client_of(who), paper, receipt, f"{receipt}inputs.xlsx")
    assert not holds(found)
    if who != "othertown":
        assert "存在问题" in found[paper] and "北庄镇" in found[receipt], "the unit reads its own papers"
    assert len(found) > 15


def test_the_evaluator_and_the_office_read_it(feedback):
    """The positive control: the same walk finds it where it belongs."""
    ranking = feedback.check_round.ranking
    review = answered(feedback, ranking)
    sheet = f"/evaluation/sheets/{review.sheet_id}/"
    dossier = f"/evaluation/reviews/{review.pk}/dossier/"
    for who in ("water", "office1"):
        client = client_of(who)
        assert {address for address in (sheet, dossier) if CANARY in texts(client.get(address))} == {sheet, dossier}
    # The request itself, which the unit reads, does not.
    for who in ("water", "office1", "town", "townhead"):
        page = client_of(who).get(f"/evaluation/reviews/{review.pk}/")
        assert page.status_code == 200 and CANARY not in page.content.decode()
    assert client_of("town").get(dossier).status_code == 404 and Review.objects.count() == 1


def test_no_answer_of_the_api_to_a_unit_bears_it(feedback):
    ranking = Ranking.objects.get(pk=feedback.check_round.ranking_id)
    sheet = MarkSheet.objects.get(period=ranking.period, scheme=ranking.scheme, indicator__number=4)
    ways = [
        "mark-sheets/",
        f"mark-sheets/{sheet.pk}/",
        "rankings/",
        f"rankings/{ranking.pk}/",
        f"rankings/{ranking.pk}/rows/beizhuang-zhen/",
        "changes/",
    ]
    for published in (False, True):
        if published:
            Ranking.objects.filter(pk=ranking.pk).update(state="published", published_at=timezone.now())
        for role in ("reporter", "unit_head"):
            unit = Api(f"town-{role}-{published}", "北庄镇", role)
            told = {way: texts(unit.get(way)) for way in ways}
            assert not holds(told)
    assert "北庄镇" in told[f"rankings/{ranking.pk}/rows/beizhuang-zhen/"], "the unit reads its own 得分明细"
    evaluator = Api("water", "水务局", "evaluator")
    assert CANARY in texts(evaluator.get(f"mark-sheets/{sheet.pk}/"))
