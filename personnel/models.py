from datetime import date

from django.db import models
from django.db.models import F, Q

from miyun_kpi.acts.models import Versioned
from miyun_kpi.organisations.models import Organisation
from personnel.enums import ActKind, NoticeState, Outcome


class Office(models.Model):
    """人事: who drafts, sees drafts and records decisions. The text names nobody (推定), so it is a setting of one row.

    区委组织部 by default and not 区人社保局, whose handlers of 博士后 would read drafts (decision 0045).
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="人事主管单位")
    remind_days = models.PositiveSmallIntegerField("试用期满前几天提醒", default=30)
    # Handed over by this office, taken over once somebody there has received it.
    proposed = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="移交给")
    proposed_by = models.CharField("移交人", max_length=100, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "人事主管单位"

    def __str__(self) -> str:
        return self.organisation.name


class Person(models.Model):
    """`note` tells apart two people of one name. Nothing else is kept: the acts need no more."""

    name = models.CharField("姓名", max_length=40)
    note = models.CharField("区别", max_length=60, blank=True)

    class Meta:
        verbose_name = "人员"
        ordering = ["name", "note"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "note"], name="one_person_per_name", violation_error_message="已有同名且区别相同的人。"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.note}）" if self.note else self.name


class Position(models.Model):
    """`seats` is the 职数; null while nobody has entered it, and then nothing is called a vacancy."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="机构")
    title = models.CharField("职务", max_length=60)
    seats = models.PositiveSmallIntegerField("职数", null=True)
    seats_basis = models.CharField("职数依据", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "职务"
        ordering = ["organisation__order", "organisation__code", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "title"],
                name="one_position_per_title",
                violation_error_message="这个机构已有这个职务。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation.name}{self.title}"


class Notice(Versioned):
    """任免通知. `document` is the ref in the gazette, "" for others. A draft is seen by 人事 alone until it is issued."""

    called = "这份拟稿"
    audited_as = "notice"

    number = models.CharField("发文字号", max_length=60, blank=True)
    dated = models.DateField("成文日期", null=True)
    # 任职时间 runs from the day on which it was decided; where the notice does not say it, from its date (推定).
    decided_on = models.DateField("研究决定日期", null=True)
    meeting = models.CharField("会议", max_length=100, blank=True)
    # 更正通知: the issued one whose text was wrong, and the day from which the right acts count.
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="corrections", verbose_name="更正哪一份通知"
    )
    effective_on = models.DateField("更正自何日起", null=True)
    document = models.CharField("公报文件", max_length=30, blank=True)
    state = models.CharField("状态", max_length=10, choices=NoticeState.choices, default=NoticeState.DRAFT)
    returned = models.CharField("退回理由", max_length=300, blank=True)
    created_at = models.DateTimeField("建立时间")
    created_by = models.CharField("建立人", max_length=100)
    created_by_id = models.BigIntegerField("建立人编号", default=0)
    # Whoever last changed the text; not the one who issues it.
    changed_by_id = models.BigIntegerField("更改人编号", default=0)
    submitted_by = models.CharField("送审人", max_length=100, blank=True)
    submitted_by_id = models.BigIntegerField("送审人编号", default=0)
    issued_at = models.DateTimeField("印发登记时间", null=True)
    issued_by = models.CharField("印发登记人", max_length=100, blank=True)
    issued_by_id = models.BigIntegerField("印发登记人编号", default=0)
    # 补登 with its reason, where the paper is older than the working day before its registration.
    late = models.CharField("补登", max_length=330, blank=True)

    class Meta:
        verbose_name = "任免通知"
        ordering = ["-dated", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=~Q(number=""),
                name="one_notice_per_number",
                violation_error_message="这个发文字号已经登记过。",
            ),
            models.CheckConstraint(
                condition=~Q(state=NoticeState.ISSUED)
                | (Q(dated__isnull=False) & ~Q(number="") & Q(issued_at__isnull=False)),
                name="issued_notice_is_complete",
                violation_error_message="印发的通知须有发文字号和成文日期。",
            ),
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True) | Q(dated__isnull=True) | Q(decided_on__lte=F("dated")),
                name="decided_before_it_is_dated",
                violation_error_message="研究决定日期不能晚于成文日期。",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, effective_on__isnull=True)
                | Q(corrects__isnull=False, effective_on__isnull=False),
                name="correction_names_its_day",
                violation_error_message="更正通知须写明自何日起。",
            ),
        ]

    @property
    def on(self) -> date | None:
        """任职时间 of its acts."""
        return self.effective_on or self.decided_on or self.dated

    @property
    def kind(self) -> str:
        return "更正通知" if self.corrects_id else "任免通知"

    def __str__(self) -> str:
        return self.number or f"{'更正' if self.corrects_id else ''}拟稿 {self.pk}"


class ActQuerySet(models.QuerySet["Act"]):
    def standing(self) -> "ActQuerySet":
        """Acts that count: issued or entered as 期初任职, and not struck."""
        return self.filter(Q(notice__isnull=True) | Q(notice__state=NoticeState.ISSUED), struck_at__isnull=True)


class Act(models.Model):
    """One person, one post, 任 or 免. A 期初任职 stands without a notice. `printed` is the post as the document words it."""

    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="acts", verbose_name="通知")
    # The sentence of the notice it stands in, and its place in it.
    line = models.PositiveSmallIntegerField("句", default=0)
    order = models.PositiveSmallIntegerField("次序", default=0)
    kind = models.CharField("任免", max_length=8, choices=ActKind.choices)
    person = models.ForeignKey(Person, models.PROTECT, related_name="acts", verbose_name="人员")
    position = models.ForeignKey(Position, models.PROTECT, related_name="acts", verbose_name="职务")
    printed = models.CharField("原文职务", max_length=100, blank=True)
    probation_months = models.PositiveSmallIntegerField("试用期（月）", default=0)
    clause = models.CharField("条款", max_length=20, blank=True)
    # Of a 期初任职 alone; every other act has the day of its notice.
    since = models.DateField("期初任职日期", null=True)
    basis = models.CharField("依据", max_length=200, blank=True)
    struck_at = models.DateTimeField("撤销时间", null=True)
    struck_by = models.CharField("撤销人", max_length=100, blank=True)
    struck_reason = models.CharField("撤销理由", max_length=300, blank=True)
    entered_by_id = models.BigIntegerField("登记人编号", default=0)
    # The entry that a 勘正 has put this one in the place of; that stays, struck.
    emends = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="emended_by", verbose_name="勘正前的登记"
    )
    # In a 更正通知: the act of the wrong original in whose place this one comes, from the day of the 更正通知.
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="corrections", verbose_name="更正哪一项"
    )

    objects = ActQuerySet.as_manager()

    class Meta:
        verbose_name = "任免"
        ordering = ["notice__dated", "line", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "person", "position", "kind"],
                name="one_act_per_notice",
                condition=Q(struck_at__isnull=True),
                violation_error_message="这份通知里已有同样的一项。",
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                name="one_correction_of_an_act",
                condition=Q(struck_at__isnull=True),
                violation_error_message="这一项已有更正。",
            ),
            models.CheckConstraint(
                condition=Q(notice__isnull=False, since__isnull=True) | Q(notice__isnull=True, kind=ActKind.OPENING),
                name="opening_stands_alone",
                violation_error_message="期初任职不属于通知，任免须属于通知。",
            ),
            models.CheckConstraint(
                condition=Q(probation_months=0) | Q(kind=ActKind.APPOINT),
                name="probation_of_appointment",
                violation_error_message="只有任职有试用期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.person} {self.position}"

    @property
    def on(self) -> date | None:
        return self.notice.on if self.notice else self.since


class ProbationDecision(models.Model):
    """How a 试用期 ended. 免去试任职务 also needs its removal act, which ends the term once issued."""

    act = models.OneToOneField(Act, models.PROTECT, related_name="decision", verbose_name="任职")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices)
    decided_on = models.DateField("决定日期")
    basis = models.CharField("依据", max_length=300)
    removal = models.ForeignKey(Act, models.SET_NULL, null=True, related_name="+", verbose_name="免职")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.CharField("登记人", max_length=100)

    class Meta:
        verbose_name = "试用期满决定"

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.decided_on}"
