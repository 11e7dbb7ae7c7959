"""A line of 月跟踪 and a 反馈单 of the world of the matrix."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from evaluation.engine.queries.sealed import seal_receipts
from evaluation.feedback.queries.sealed import seal_feedback
from evaluation.models import (
    Feedback,
    MarkSheet,
    Ranking,
    RankingRow,
    Rectification,
    Review,
    Signing,
    UnitCheck,
)
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.attachments.queries import place_of
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.organisations.queries import resolve
from tests.factories.tampering import rewritten


def tracked_things() -> dict[str, Any]:
    """A line of 月跟踪 that shuiwu marks and beizhuang owes, with a file and a 整改 opened by 区水务局."""
    line = DutyPeriod.objects.select_related("unit").get(
        unit__duty__key="tracked/2020/township/4", unit__organisation__code="beizhuang-zhen", period="2020-09"
    )
    fields = {"kind": "evaluation.report", "subject_id": line.pk, "name": "a.pdf", "content_type": "application/pdf"}
    now = timezone.now()
    file = Attachment.objects.create(**fields, size=4, sha256="0" * 64, path="matrix/a", stored_at=now, stored_by="甲")
    place_of(file).parent.mkdir(parents=True, exist_ok=True)
    place_of(file).write_bytes(b"%PDF")
    opened = {"opened_at": now, "opened_by": "甲", "opened_for": resolve("区水务局"), "opened_role": "evaluator"}
    pressed = Rectification.objects.create(
        unit=line.unit, period="2020-08", requirement="补齐", due_at=now + timedelta(days=9), **opened
    )
    return {
        "line_id": line.pk,
        "attachment_id": file.pk,
        "rectification_id": pressed.pk,
        "month": "2020-09",
    }


def reviewed_things() -> dict[str, Any]:
    """A 单位核对 with beizhuang's 反馈单, a review of it that shuiwu is to answer, and an earlier trial to compare with."""
    ranking = Ranking.objects.select_related("scheme", "period").get(scheme__track="township")
    now = timezone.now()
    later = now + timedelta(days=9)
    check = UnitCheck.objects.create(ranking=ranking, days=2, opened_at=now, opened_by="甲", due_at=later)
    feedback = Feedback(check_round=check, organisation=resolve("北庄镇"), notes="[]")
    seal_feedback(feedback)
    feedback.save()
    asked = MarkSheet.objects.get(scheme=ranking.scheme, period=ranking.period, indicator__number=4)
    review = Review.objects.create(
        feedback=feedback,
        sheet=asked,
        state="answer",
        value_before=80,
        full_mark=100,
        reason="断面水质已达标",
        filed_at=now,
        filed_by="乙",
        consented_at=now,
        consented_by="丙",
        answer_due_at=later,
    )
    other = MarkSheet.objects.filter(scheme=asked.scheme, period=asked.period, indicator__number=6)
    newer = ranking.pk
    rewritten(newer, number=2)
    row = RankingRow.objects.get(ranking=newer, organisation__code="beizhuang-zhen")
    ranking.pk, ranking.inputs_hash, ranking.computed_at = None, "0" * 64, ranking.computed_at - timedelta(minutes=1)
    ranking.save()
    row.pk, row.ranking = None, ranking
    seal_receipts([row])
    row.save()
    rewritten(ranking.pk)
    return {
        "ranking_id": newer,
        "signing_id": Signing.objects.create(
            ranking_id=newer,
            digest="x",
            signer="某某",
            title="区政府办主任",
            signed_on=date(2020, 7, 1),
            recorded_by="考评办",
            recorded_at=timezone.now(),
        ).pk,
        "feedback_id": feedback.pk,
        "review_id": review.pk,
        "reviewed_sheet_id": other[0].pk,
    }
