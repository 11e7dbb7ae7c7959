"""What has been found with each unit, and by when it is to be put right (五（三）)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from evaluation.feedback.models.feedback import Feedback, FeedbackDeadline, UnitCheck
from evaluation.feedback.queries.sealed import notes_of
from evaluation.feedback.rules import is_notable
from evaluation.scheme.models.scheme import Figure
from evaluation.sheets.models.marks import MarkSheet
from miyun_kpi.organisations.queries import in_place_of


@dataclass(frozen=True)
class DeadlineLine:
    feedback: Feedback
    figure: Figure
    note: Mapping[str, Any]
    due_on: date | None

    @property
    def field(self) -> str:
        return f"due-{self.feedback.pk}-{self.figure.pk}"


def deadline_lines(check: UnitCheck, evaluator_id: int | None) -> list[DeadlineLine]:
    """Lines with a problem, a suggestion or a deduction; of one evaluator, or of all (None). Three queries."""
    sheets = MarkSheet.objects.filter(scheme=check.ranking.scheme_id, period=check.ranking.period_id)
    marked = Q(evaluator_id=evaluator_id) | Q(evaluator__in=in_place_of(evaluator_id))
    own = set() if evaluator_id is None else set(sheets.filter(marked).values_list("share_figure_id", flat=True))
    feedbacks = list(check.feedbacks.select_related("organisation").order_by("pk"))
    figures = {
        figure.pk: figure
        for figure in Figure.objects.filter(scheme=check.ranking.scheme_id, kind="share").select_related(
            "indicator", "organisation"
        )
        if evaluator_id is None or figure.pk in own
    }
    due = {
        (feedback, figure): day
        for feedback, figure, day in FeedbackDeadline.objects.filter(feedback__check_round=check).values_list(
            "feedback_id", "share_figure_id", "due_on"
        )
    }
    lines = [
        DeadlineLine(feedback, figures[note["figure"]], note, due.get((feedback.pk, note["figure"])))
        for feedback in feedbacks
        for note in notes_of(feedback)
        if note["figure"] in figures and is_notable(note)
    ]
    return sorted(
        lines, key=lambda line: (line.figure.indicator.number if line.figure.indicator else 0, line.feedback.pk)
    )
