from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import F

from miyun_kpi.acts.models import Versioned
from miyun_kpi.duties.enums import (
    Cadence,
    CadenceBasis,
    Course,
    DutyKind,
    OpeningHow,
    PhraseKind,
    ReportState,
    StatementState,
    UnitRole,
)
from miyun_kpi.duties.rules.standing import settled_as
from miyun_kpi.lib.citations import document_label
from miyun_kpi.organisations.models import Organisation


class DutyDocument(Versioned):
    """A document that hands out duties: the office that keeps them, and the dates of reporting.

    The days are not printed (推定): settings of the office.
    """

    called = "这个日期"

    document = models.CharField("文件", max_length=30, unique=True)
    office = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="主管单位")
    clause = models.CharField("条款", max_length=60)
    office_note = models.TextField("主管单位的依据", blank=True)
    starts_on = models.DateField("起")
    ends_on = models.DateField("止", null=True)
    # No printed basis: a month is due with 月跟踪 of 13号 (the 5th), what is longer ten days later; late and reminding days
    # are round numbers until the office sets its own.
    due_day_month = models.PositiveSmallIntegerField("月报每月几日前报", default=5)
    due_day_other = models.PositiveSmallIntegerField("其他周期期满次月几日前报", default=15)
    late_days = models.PositiveSmallIntegerField("补报工作日", default=10)
    remind_days = models.PositiveSmallIntegerField("提前几个工作日提醒", default=3)
    # The clock has opened every span due up to here; it never opens one whose due date had passed before anybody could report.
    opened_through = models.DateTimeField("已开启到", null=True)

    class Meta:
        verbose_name = "任务文件"
        ordering = ["document"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return document_label(self.document)


class Duty(Versioned):
    """Any task of a document. `key` is stable, `document` and `clause` point to the sentence behind it."""

    called = "这项任务"

    key = models.CharField("键", max_length=80, unique=True)
    document = models.CharField("文件", max_length=30)
    # Whose pages the reports have: "" those of duties, else the name an app has registered (月跟踪).
    scope = models.CharField("自有页面", max_length=20, blank=True)
    clause = models.CharField("条款", max_length=60)
    title = models.CharField("任务", max_length=200)
    requirement = models.TextField("要求", blank=True)
    cadence = models.CharField("节奏", max_length=12, choices=Cadence.choices)
    # Some work must not be described online: no free text and no files, whoever asks (engine 20).
    offline_only = models.BooleanField("材料线下报送", default=False)
    kind = models.CharField("种类", max_length=12, choices=DutyKind.choices, default=DutyKind.TASK)
    number = models.PositiveSmallIntegerField("序号", default=0)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts", verbose_name="所属任务")
    printed_units = models.TextField("原文所列单位", blank=True)
    basis = models.CharField("周期依据", max_length=10, choices=CadenceBasis.choices, default=CadenceBasis.PRINTED)
    # Only for a set cadence: who chose it, why, and the first day it counts from.
    rhythm_reason = models.CharField("定周期的理由", max_length=300, blank=True)
    rhythm_from = models.DateField("周期自", null=True)
    due_on = models.DateField("完成时限", null=True)
    # 个别机关可不开展，但需要作出书面说明.
    exemptible = models.BooleanField("可书面说明不开展", default=False)
    withdrawn_on = models.DateField("停用日期", null=True)
    withdrawn_reason = models.CharField("停用理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "任务"
        ordering = ["key"]

    def __str__(self) -> str:
        return self.title


class DutyPhrase(models.Model):
    """One name of a printed list of units, in its order: an organisation, a group with its members, or an open group."""

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="phrases", db_index=False)
    order = models.PositiveSmallIntegerField("次序")
    text = models.CharField("印作", max_length=100)
    role = models.CharField("角色", max_length=12, choices=UnitRole.choices)
    kind = models.CharField("识读", max_length=12, choices=PhraseKind.choices)

    class Meta:
        verbose_name = "原文单位用语"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "order"],
                name="one_phrase_per_duty_and_place",
                violation_error_message="这项任务的这个位置已经有单位用语。",
            )
        ]


class DutyUnit(models.Model):
    duty = models.ForeignKey(Duty, models.CASCADE, related_name="units", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="duty_units")
    role = models.CharField("角色", max_length=12, choices=UnitRole.choices)
    active = models.BooleanField("在用", default=True)
    # The printed words that name it; null for duties without a printed list (绩效任务).
    phrase = models.ForeignKey(DutyPhrase, models.PROTECT, null=True, related_name="units")
    # Named by a person under an open phrase, or taken over from another unit.
    added_by = models.CharField("增加人", max_length=200, blank=True)
    added_reason = models.CharField("增加理由", max_length=300, blank=True)
    since = models.DateField("自", null=True)
    ended_on = models.DateField("止于", null=True)
    ended_reason = models.CharField("退出理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "任务单位"
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "organisation"],
                name="one_role_per_duty_and_organisation",
                violation_error_message="这个单位在这项任务里已经有角色。",
            )
        ]


class DutyTally(models.Model):
    """How the settled periods of a unit stand, kept beside them (0120): pages count only what is open besides."""

    unit = models.OneToOneField(DutyUnit, models.CASCADE, primary_key=True, related_name="tally")
    on_time = models.PositiveIntegerField("按时", default=0)
    late = models.PositiveIntegerField("迟报", default=0)
    missing = models.PositiveIntegerField("逾期未报", default=0)
    exempt = models.PositiveIntegerField("免报", default=0)
    opening = models.PositiveIntegerField("期初已办", default=0)

    class Meta:
        verbose_name = "任务期合计"


Method = TypeVar("Method", bound=Callable[..., Any])


def _alters_data(method: Method) -> Method:
    """No template calls it."""
    method.__dict__["alters_data"] = True
    return method


class DutyPeriods(models.QuerySet["DutyPeriod"]):
    """Whatever changes or removes a settled period takes it out of the tally of its unit first: none is counted as it was."""

    @_alters_data
    def update(self, **values: Any) -> int:
        with transaction.atomic():
            self.reopen()
            return super().update(**values)

    @_alters_data
    def delete(self) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            self.reopen()
            return super().delete()

    def reopen(self) -> None:
        """Counted with what is open again, until the night settles them anew. Held first: of two that change one period the
        second finds it taken out already, and takes nothing out twice."""
        with transaction.atomic():
            found = DutyPeriod.objects.filter(pk__in=self.order_by().values("pk"), settled=True)
            rows = list(found.select_for_update(of=("self",)).order_by("unit", "pk"))
            _count(rows, -1)
            _set_settled(rows, False)

    def settle(self) -> int:
        """For rows that are held with their tallies and stand as they will stand (rules.standing.final)."""
        rows = list(self.filter(settled=False).order_by("unit", "pk"))
        _count(rows, 1)
        _set_settled(rows, True)
        return len(rows)


def _set_settled(rows: Sequence["DutyPeriod"], settled: bool) -> None:
    """Past the manager of the model, which would take them out again."""
    if rows:
        models.QuerySet(DutyPeriod).filter(pk__in=[row.pk for row in rows]).update(settled=settled)


def _count(rows: Iterable["DutyPeriod"], by: int) -> None:
    counted: dict[int, Counter[str]] = {}
    for row in rows:
        counted.setdefault(row.unit_id, Counter())[settled_as(state=row.state, late=row.late, missed=row.missed)] += by
    for unit_id, numbers in sorted(counted.items()):
        changed = {name: F(name) + number for name, number in numbers.items()}
        DutyTally.objects.filter(unit=unit_id).update(**changed)


class DutyPeriod(models.Model):
    """What one unit owes for one period, with the four dates of its window."""

    unit = models.ForeignKey(DutyUnit, models.CASCADE, related_name="periods", db_index=False)
    period = models.CharField("期间", max_length=7, db_index=True)
    starts_at = models.DateTimeField("填报开始")
    due_at = models.DateTimeField("报送截止")
    late_until = models.DateTimeField("补报截止")
    locks_at = models.DateTimeField("锁定")
    state = models.CharField("状态", max_length=10, choices=ReportState.choices, default=ReportState.EXPECTED)
    # Decided by the first submission: a report given back and reported again keeps it.
    late = models.BooleanField("迟报", default=False)
    reopened_until = models.DateTimeField("退回后可改到", null=True)
    # Its window closed without a report: it counts as 逾期未报 for good, whatever is made up (0092).
    missed = models.BooleanField("逾期未报", default=False)
    made_up_reason = models.CharField("补报的理由", max_length=500, blank=True)
    # Counted in the tally of its unit: nothing moves it any more but an act, which takes it out first.
    settled = models.BooleanField("已计入合计", default=False)

    objects = DutyPeriods.as_manager()

    class Meta:
        verbose_name = "任务期"
        indexes = [models.Index(fields=["unit"], condition=models.Q(settled=False), name="duties_period_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "period"],
                name="one_duty_period_per_unit_and_period",
                violation_error_message="这个单位这一期已经开启。",
            )
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.settled and self.pk:
            DutyPeriod.objects.filter(pk=self.pk).reopen()
            self.settled = False
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        DutyPeriod.objects.filter(pk=self.pk).reopen()
        return super().delete(*args, **kwargs)


class ProgressReport(Versioned):
    """What the unit says about one duty of one period; its state stands on the DutyPeriod. Offline duties have no texts."""

    called = "这一行"

    duty_period = models.OneToOneField(DutyPeriod, models.CASCADE, related_name="report")
    course = models.CharField("状态", max_length=10, choices=Course.choices)
    progress = models.TextField("进展", blank=True)
    problem = models.TextField("问题", blank=True)
    next_step = models.TextField("下一步", blank=True)
    offline_on = models.DateField("线下报送日期", null=True)
    offline_handler = models.CharField("经办人", max_length=40, blank=True)
    offline_number = models.CharField("线下编号", max_length=60, blank=True)
    unchanged = models.BooleanField("无变化", default=False)
    saved_at = models.DateTimeField("保存时间")
    saved_by = models.CharField("保存人", max_length=200)
    submitted_at = models.DateTimeField("报送时间", null=True)
    submitted_by = models.CharField("报送人", max_length=200, blank=True)
    # 代录 by who reads the reports: the paper, the day on which it was received, 补登 in words, and who entered it.
    paper_number = models.CharField("代录依据的纸质件", max_length=60, blank=True)
    received_on = models.DateField("纸质件收件日期", null=True)
    entered_late = models.CharField("代录的补登", max_length=320, blank=True)
    paper_by_id = models.BigIntegerField("代录人编号", null=True)
    observation = models.TextField("审核意见", blank=True)
    decided_at = models.DateTimeField("审核时间", null=True)
    decided_by = models.CharField("审核人", max_length=200, blank=True)

    class Meta:
        verbose_name = "进展报告"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(course__in=Course.values),
                name="report_says_how_the_task_stands",
                violation_error_message="状态须是在轨、滞后、受阻或完成。",
            )
        ]


class Statement(Versioned):
    """书面说明: a unit says why it does not do what a duty asks in a period; the office takes it or gives it back."""

    called = "书面说明"

    duty_period = models.OneToOneField(DutyPeriod, models.CASCADE, related_name="statement")
    reason = models.TextField("说明")
    state = models.CharField("状态", max_length=10, choices=StatementState.choices, default=StatementState.SUBMITTED)
    filed_at = models.DateTimeField("提出时间")
    filed_by = models.CharField("提出人", max_length=200)
    opinion = models.TextField("审核意见", blank=True)
    decided_at = models.DateTimeField("审核时间", null=True)
    decided_by = models.CharField("审核人", max_length=200, blank=True)

    class Meta:
        verbose_name = "书面说明"


class Opening(models.Model):
    """期初已办: a period of before go-live that was settled on paper, taken in by two persons; no report is invented for it."""

    duty_period = models.OneToOneField(DutyPeriod, models.CASCADE, related_name="opening")
    how = models.CharField("期初情形", max_length=10, choices=OpeningHow.choices)
    on = models.DateField("纸面日期")
    basis = models.CharField("期初依据", max_length=200)
    entered_at = models.DateTimeField("登记时间")
    entered_by = models.CharField("确认人", max_length=200)

    class Meta:
        verbose_name = "期初已办"
