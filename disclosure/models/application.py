from django.db import models
from django.db.models import F, Q

from disclosure.enums import Applicant, ChallengeKind, Finding, HoldKind, Outcome, Way
from miyun_kpi.acts.models import Versioned
from miyun_kpi.db.sealed import SealedField
from miyun_kpi.organisations.models import Organisation


class Application(Versioned):
    """依申请公开 (五（一）). `applicant` and `contact` are sealed, shown only after a reason was given, and never leave by file or API."""

    called = "这件申请"
    audited_as = "application"

    number = models.PositiveIntegerField("编号")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="办理机关")
    received_on = models.DateField("收到日期")
    way = models.CharField("方式", max_length=10, choices=Way.choices)
    applicant_kind = models.CharField("申请人类别", max_length=10, choices=Applicant.choices)
    applicant = SealedField("申请人", findable=True)
    contact = SealedField("联系方式", blank=True)
    content = models.TextField("所需政府信息")
    correction_sent_on = models.DateField("补正告知日期", null=True)
    corrected_on = models.DateField("收到补正日期", null=True)
    extension_days = models.PositiveSmallIntegerField("延长工作日", default=0)
    # 责令重新答复: from the day its decision came in, in so many working days.
    again_from = models.DateField("收到重新答复决定的日期", null=True)
    again_days = models.PositiveSmallIntegerField("重新答复的工作日", null=True)
    answered_on = models.DateField("答复日期", null=True)
    outcome = models.CharField("办理结果", max_length=20, choices=Outcome.choices, blank=True)
    answer = models.TextField("答复要点", blank=True)
    archived_on = models.DateField("归档日期", null=True)
    created_at = models.DateTimeField("登记时间")
    created_by = models.CharField("登记人", max_length=200)
    changed_at = models.DateTimeField("修改时间")
    changed_by = models.CharField("修改人", max_length=200)

    # Not stored: its number in the organ it came from, while it goes to another.
    moved_from: int

    class Meta:
        verbose_name = "公开申请"
        ordering = ["-received_on", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"],
                name="one_application_per_organ_and_number",
                violation_error_message="这个编号已经登记。",
            ),
            models.CheckConstraint(
                condition=Q(corrected_on__isnull=True) | Q(corrected_on__gte=F("correction_sent_on")),
                name="corrected_after_the_notice",
                violation_error_message="收到补正早于补正告知。",
            ),
        ]


class FormerNumber(models.Model):
    """What an organ numbered a case that another answers now: letters and events bear it, so it is not given again."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="former_numbers")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="原办理机关")
    number = models.PositiveIntegerField("原编号")

    class Meta:
        verbose_name = "原编号"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"],
                name="one_former_number_per_organ",
                violation_error_message="这个原编号已经登记。",
            )
        ]


class Hold(models.Model):
    """Somebody asked, while the clock stands."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="holds")
    kind = models.CharField("事由", max_length=10, choices=HoldKind.choices)
    sent_on = models.DateField("发出日期")
    returned_on = models.DateField("收到意见日期", null=True)

    class Meta:
        verbose_name = "征求意见"
        ordering = ["id"]


class Extension(models.Model):
    """More days, asked for by one and decided by another (公开机构负责人)."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="extensions")
    days = models.PositiveSmallIntegerField("工作日")
    reason = models.CharField("理由", max_length=500)
    asked_by = models.CharField("申请延期人", max_length=200)
    asked_by_id = models.BigIntegerField("申请延期人编号")
    asked_at = models.DateTimeField("申请时间")
    asked_on = models.DateField("申请日期", null=True)
    approved = models.BooleanField("同意", null=True)
    opinion = models.CharField("意见", max_length=500, blank=True)
    decided_by = models.CharField("批准人", max_length=200, blank=True)
    decided_by_id = models.BigIntegerField("批准人编号", null=True)
    decided_at = models.DateTimeField("批准时间", null=True)
    decided_on = models.DateField("批准日期", null=True)

    class Meta:
        verbose_name = "延期"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True) | ~Q(decided_by_id=F("asked_by_id")),
                name="extension_decided_by_another",
                violation_error_message="申请延期的人不能自己批准。",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(approved__isnull=True),
                name="one_open_extension_per_application",
                violation_error_message="已有一份延期等待批准。",
            ),
        ]


class Challenge(Versioned):
    """行政复议 or 行政诉讼 about an application, from the notice to its outcome (the yearly report counts them).

    Where a new answer is ordered, the one that was given stays here (`former_…`) and the case is answered once more.
    """

    called = "这件复议诉讼"

    application = models.ForeignKey(Application, models.CASCADE, related_name="challenges")
    kind = models.CharField("类别", max_length=10, choices=ChallengeKind.choices)
    number = models.CharField("案号", max_length=60)
    notified_on = models.DateField("收到通知日期")
    decided_on = models.DateField("收到决定日期", null=True)
    decision_number = models.CharField("决定文号", max_length=60, blank=True)
    finding = models.CharField("结果", max_length=10, choices=Finding.choices, blank=True)
    again_days = models.PositiveSmallIntegerField("重新答复的工作日", null=True)
    former_on = models.DateField("原答复日期", null=True)
    former_outcome = models.CharField("原办理结果", max_length=20, blank=True)
    former_answer = models.TextField("原答复要点", blank=True)
    former_archived_on = models.DateField("原归档日期", null=True)
    struck_at = models.DateTimeField("撤销时间", null=True)
    struck_reason = models.CharField("撤销理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "复议诉讼"
        ordering = ["notified_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind", "number"],
                condition=Q(struck_at__isnull=True),
                name="one_challenge_per_application_and_number",
                violation_error_message="这个案号已经登记。",
            ),
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True) | Q(decided_on__gte=F("notified_on")),
                name="challenge_decided_after_its_notice",
                violation_error_message="收到决定早于收到通知。",
            ),
        ]

    @property
    def waits(self) -> bool:
        return self.decided_on is None and self.struck_at is None

    @property
    def former_words(self) -> str:
        return Outcome(self.former_outcome).label if self.former_outcome else ""


class ApplicationEvent(models.Model):
    """登记、审核、办理、答复、归档: what was done, without the applicant's name. `late`: the words of 补登, "" in time."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="events")
    act = models.CharField("事项", max_length=40)
    note = models.CharField("说明", max_length=500, blank=True)
    late = models.CharField("补登", max_length=320, blank=True)
    at = models.DateTimeField("时间")
    by = models.CharField("经办人", max_length=200)

    class Meta:
        verbose_name = "办理经过"
        ordering = ["id"]
