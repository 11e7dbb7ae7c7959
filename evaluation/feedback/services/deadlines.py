"""整改时限: entered by the evaluator who found the problem, or by the office."""

from collections.abc import Mapping
from datetime import date, datetime

from evaluation.feedback.access import deadline_scope
from evaluation.feedback.models.feedback import FeedbackDeadline, UnitCheck
from evaluation.feedback.queries.deadlines import deadline_lines
from miyun_kpi.acts.acting import acting, locked
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import FieldError, NotFound, Refused


def set_deadlines(*, actor: Actor, ranking_id: int, wanted: Mapping[tuple[int, int], date | None], at: datetime) -> int:
    """Set or clear the dates of lines (反馈单, share), all or nothing; returns how many have changed."""
    check, evaluator_id = deadline_scope(actor, ranking_id)
    with acting(actor, at) as act:
        locked(UnitCheck.objects.all(), check.pk)
        lines = {(line.feedback.pk, line.figure.pk): line for line in deadline_lines(check, evaluator_id)}
        if set(wanted) - set(lines):
            raise NotFound
        first = check.opened_at.astimezone().date()
        errors = [
            FieldError(f"{lines[key].feedback.organisation.name}：整改时限 {day:%Y-%m-%d} 早于反馈单发出", "bad-date")
            for key, day in wanted.items()
            if day is not None and day != lines[key].due_on and (day < first or day.year > first.year + 2)
        ]
        if errors:
            raise Refused(
                "bad-date", f"整改时限须在 {first:%Y-%m-%d} 之后、两年之内，没有保存。请改正。", errors=errors
            )
        changed = {key: day for key, day in wanted.items() if day != lines[key].due_on}
        for (feedback_id, figure_id), day in changed.items():
            row = FeedbackDeadline.objects.filter(feedback=feedback_id, share_figure=figure_id)
            if day is None:
                row.delete()
                continue
            FeedbackDeadline.objects.update_or_create(
                feedback_id=feedback_id,
                share_figure_id=figure_id,
                defaults={"due_on": day, "entered_by": actor.label, "entered_at": at},
            )
        if changed:
            data = {
                "rows": [
                    {
                        "organisation": lines[key].feedback.organisation.code,
                        "figure": lines[key].figure.key,
                        "old": f"{lines[key].due_on or ''}",
                        "new": f"{day or ''}",
                    }
                    for key, day in changed.items()
                ]
            }
            subject = f"ranking:{ranking_id}"
            act.record("evaluation.feedback.deadlines", subject, **data)
    return len(changed)
