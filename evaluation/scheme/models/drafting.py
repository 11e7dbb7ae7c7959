"""How a scheme comes into force and changes afterwards: 印发, and numbered 修订; two persons each."""

from django.db import models
from django.db.models import F, Q

from evaluation.enums import ActState
from evaluation.scheme.models.scheme import Figure, Scheme


class TwoPersonAct(models.Model):
    """审定 recorded by one person, confirmed by another. `decided_*` here is the second person."""

    state = models.CharField("状态", max_length=10, choices=ActState.choices, default=ActState.PROPOSED)
    organ = models.CharField("审定机关或会议", max_length=100)
    approved_on = models.DateField("审定日期")
    document_number = models.CharField("文号", max_length=60)
    proposed_at = models.DateTimeField("提出时间")
    proposed_by_id = models.BigIntegerField("提出人编号")
    proposed_by = models.CharField("提出人", max_length=200)
    decided_at = models.DateTimeField("确认时间", null=True)
    decided_by_id = models.BigIntegerField("确认人编号", null=True)
    decided_by = models.CharField("确认人", max_length=200, blank=True)
    note = models.TextField("第二人意见", blank=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.state == ActState.PROPOSED


class SchemeIssue(TwoPersonAct):
    """印发 of a draft: proposed with its 审定, in force when the second person confirms."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="issues")
    title = models.CharField("印发的名称", max_length=100)

    class Meta:
        verbose_name = "方案印发"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme"],
                condition=~Q(state=ActState.RETURNED),
                name="one_issue_open_or_confirmed_per_scheme",
                violation_error_message="这个方案已经提请印发。",
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True) | ~Q(decided_by_id=F("proposed_by_id")),
                name="issue_is_confirmed_by_a_second_person",
                violation_error_message="确认印发的不能是提请人本人。",
            ),
        ]


class Amendment(TwoPersonAct):
    """修订 of a scheme in force: holds from a quarter on, earlier periods keep the figures they had."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="amendments")
    number = models.PositiveSmallIntegerField("第几次修订", null=True)
    effective_from = models.CharField("自哪个期间起", max_length=7)
    reason = models.TextField("修订理由")

    class Meta:
        verbose_name = "方案修订"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "number"],
                name="one_amendment_per_scheme_and_number",
                violation_error_message="这个方案已经有这个编号的修订。",
            ),
            models.UniqueConstraint(
                fields=["scheme"],
                condition=Q(state=ActState.PROPOSED),
                name="one_amendment_to_confirm_per_scheme",
                violation_error_message="这个方案已有一件修订待确认。",
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True) | ~Q(decided_by_id=F("proposed_by_id")),
                name="amendment_is_confirmed_by_a_second_person",
                violation_error_message="确认修订的不能是提出人本人。",
            ),
            # Numbers are given when a 修订 takes effect: one sent back leaves no gap.
            models.CheckConstraint(
                condition=Q(state=ActState.CONFIRMED, number__isnull=False)
                | (~Q(state=ActState.CONFIRMED) & Q(number__isnull=True)),
                name="a_confirmed_amendment_has_its_number",
                violation_error_message="确认的修订要有编号。",
            ),
        ]


class AmendmentChange(models.Model):
    amendment = models.ForeignKey(Amendment, models.CASCADE, related_name="changes")
    figure = models.ForeignKey(Figure, models.PROTECT, related_name="amendments")
    old_value = models.CharField("原取值", max_length=80)
    new_value = models.CharField("新取值", max_length=80)
    # Earlier periods show the figure as it stood: a printed one is 原文 there, here it is settled by the 审定.
    old_confirmed = models.BooleanField("原已确认", default=False)
    seen_version = models.PositiveIntegerField("依据版本")

    class Meta:
        verbose_name = "修订的数字"
        ordering = ["figure__order"]
        constraints = [
            models.UniqueConstraint(
                fields=["amendment", "figure"],
                name="one_change_per_amendment_and_figure",
                violation_error_message="同一次修订里一个数字只能出现一次。",
            ),
            models.CheckConstraint(
                condition=~Q(old_value=F("new_value")),
                name="an_amendment_changes_something",
                violation_error_message="新旧取值相同，不算修订。",
            ),
        ]
