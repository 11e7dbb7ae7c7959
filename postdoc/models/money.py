from django.db import models
from django.db.models import F, Q

from miyun_kpi.acts.models import Versioned, apart
from miyun_kpi.acts.reconciling import Reconciled, once_a_number
from miyun_kpi.db.fields import ScaledDecimalField
from postdoc.enums import LIVE, TO_PERSONS, Clawback, Entry, Grant, Phase
from postdoc.models.people import Person
from postdoc.models.stations import Award, Station
from postdoc.models.stays import Stay


class Figure(models.Model):
    """A later line of rules.figures: a new document's amount, or a setting decided otherwise."""

    code = models.CharField("标准", max_length=30)
    value = ScaledDecimalField("数值", places=2)
    starts_on = models.DateField("起")
    document = models.CharField("依据", max_length=200)
    by = models.CharField("登记人", max_length=200)
    by_id = models.BigIntegerField("登记人编号", null=True)
    at = models.DateTimeField("登记时间")
    struck_at = models.DateTimeField("撤销时间", null=True)
    struck_by = models.CharField("撤销人", max_length=200, blank=True, default="")
    struck_by_id = models.BigIntegerField("撤销人编号", null=True)
    struck_reason = models.CharField("撤销理由", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "标准和设置"
        ordering = ["code", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "starts_on"],
                condition=Q(struck_at__isnull=True),
                name="one_figure_per_code_and_day",
                violation_error_message="这一天起的标准已经录入。",
            ),
        ]


class Arrangement(models.Model):
    """“具体安排另行通知” (第二十三条): without one nothing is paid in instalments."""

    title = models.CharField("通知", max_length=200)
    issued_on = models.DateField("印发日期")
    instalments = models.BooleanField("允许分期拨付")
    note = models.CharField("要点", max_length=300, blank=True)
    by = models.CharField("登记人", max_length=200)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "经费安排通知"
        ordering = ["-issued_on", "-id"]


class BudgetYear(models.Model):
    """列入区财政年度预算 (第二十二条): what the changes add up to, and what is approved out of it. Never below zero."""

    year = models.PositiveSmallIntegerField("年度", unique=True)
    total = ScaledDecimalField("预算", places=2)
    used = ScaledDecimalField("已核定", places=2)

    class Meta:
        verbose_name = "年度预算"
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(used__gte=0) & Q(used__lte=F("total")),
                name="approved_within_the_budget",
                violation_error_message="核定金额超过年度预算。",
            )
        ]


class BudgetChange(models.Model):
    """Append-only: a budget of the year, a supplement (+) or a cut (−)."""

    budget = models.ForeignKey(BudgetYear, models.CASCADE, related_name="changes")
    amount = ScaledDecimalField("金额", places=2)
    document = models.CharField("依据", max_length=200)
    on = models.DateField("日期")
    by = models.CharField("登记人", max_length=200)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "预算变动"
        ordering = ["on", "id"]


class Application(Versioned):
    """申报 (第二十四条). The sums repeat the ledger's so that the database itself can refuse a wrong one."""

    called = "这件申报"

    number = models.PositiveIntegerField("编号", unique=True)
    grant = models.CharField("项目", max_length=20, choices=Grant.choices)
    station = models.ForeignKey(Station, models.PROTECT, related_name="applications", verbose_name="工作站")
    stay = models.ForeignKey(Stay, models.PROTECT, null=True, related_name="applications", verbose_name="在站")
    award = models.ForeignKey(Award, models.PROTECT, null=True, related_name="+", verbose_name="表彰")
    first_month = models.CharField("自", max_length=7, blank=True)
    last_month = models.CharField("至", max_length=7, blank=True)
    amount = ScaledDecimalField("申请金额", places=2)
    # What may be given once holds its key while the application lives.
    once_key = models.CharField("唯一键", max_length=60, null=True)  # noqa: DJ001
    materials = models.JSONField("材料", default=list)
    reasons = models.JSONField("依据", default=list)
    # Of the living subsidy: every month the amount is for (month, place in the term, amount, why, clause), and those of them
    # that a 离站 took off. What is held of them follows (services.holding).
    asked = models.JSONField("申报的月份", default=list)
    gone = models.JSONField("离站后不计的月份", default=list)
    phase = models.CharField("进度", max_length=10, choices=Phase.choices, default=Phase.DRAFT)
    entered_by = models.CharField("填报人", max_length=200)
    entered_by_id = models.BigIntegerField("填报人编号", null=True)
    submitted_at = models.DateTimeField("报送时间", null=True)
    reviewed_by = models.CharField("审核人", max_length=200, blank=True)
    reviewed_by_id = models.BigIntegerField("审核人编号", null=True)
    reviewed_on = models.DateField("审核日期", null=True)
    # The office that reviewed: it is not the one that pays (第二十四条).
    reviewed_office_id = models.BigIntegerField("审核单位编号", null=True)
    reviewed_late = models.CharField("审核补登", max_length=320, blank=True, default="")
    # What 区人社局 imported as paid before this register, until 区财政局 has held it against its books.
    imported = models.JSONField("待核对的历史拨付", null=True)
    opinion = models.CharField("审核意见", max_length=300, blank=True)
    budget_year = models.PositiveSmallIntegerField("预算年度", null=True)
    received = ScaledDecimalField("已拨付", places=2, default=0)
    passed = ScaledDecimalField("单位已付出", places=2, default=0)
    clawback = ScaledDecimalField("决定追回", places=2, default=0)
    recovered = ScaledDecimalField("追回到账", places=2, default=0)
    created_at = models.DateTimeField("登记时间")
    changed_by = models.CharField("修改人", max_length=200)

    class Meta:
        verbose_name = "经费申报"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["once_key"],
                condition=Q(phase__in=list(LIVE)),
                name="once_only_grants_are_asked_for_once",
                violation_error_message="这一项已经申报过。",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                & Q(received__gte=0, received__lte=F("amount"))
                & Q(passed__gte=0, passed__lte=F("received"))
                & Q(clawback__gte=0, clawback__lte=F("received"))
                & Q(recovered__gte=0, recovered__lte=F("clawback")),
                name="money_of_an_application_adds_up",
                violation_error_message="拨付、付出、追回的金额互相不符。",
            ),
            models.CheckConstraint(
                condition=Q(received=0) | Q(phase=Phase.APPROVED),
                name="paid_only_when_approved",
                violation_error_message="没有审核通过的不能拨付。",
            ),
            apart("entered", "reviewed", name="application_reviewed_by_another", said="填报人不能审核自己填报的申报。"),
        ]

    def __str__(self) -> str:
        return f"申报 {self.number} 号"

    @property
    def came_back(self) -> bool:
        """All that was paid has come back: it rests on no fact and holds nothing, though it stays approved."""
        return 0 < self.received <= self.recovered

    @property
    def progress(self) -> tuple[str, str]:
        """Word of the status vocabulary and the words on screen: the phase, and after 核定 where the money is."""
        words = self.get_phase_display()
        if self.phase != Phase.APPROVED:
            codes = {
                Phase.DRAFT: "draft",
                Phase.RETURNED: "returned",
                Phase.REFUSED: "refused",
                Phase.WITHDRAWN: "withdrawn",
            }
            return codes.get(Phase(self.phase), "submitted"), words
        if self.clawback > self.recovered:
            return "overdue", "待追回"
        if self.received > self.passed + self.clawback and self.grant in TO_PERSONS:
            return "due", "在单位，待付本人"
        if self.clawback:
            return "done", "已追回"
        return ("done", "已拨付") if self.received else ("submitted", words)


class ClaimedMonth(models.Model):
    """A month of the living subsidy held by an application; nobody draws a month twice, nor more months than the term."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="months")
    person = models.ForeignKey(Person, models.PROTECT, related_name="claimed")
    month = models.CharField("月份", max_length=7)
    slot = models.PositiveSmallIntegerField("第几个月")
    amount = ScaledDecimalField("金额", places=2)

    class Meta:
        verbose_name = "补贴月份"
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "month"],
                name="one_claim_per_person_and_month",
                violation_error_message="这个月的补贴已经申报。",
            ),
            models.UniqueConstraint(
                fields=["person", "slot"],
                name="one_claim_per_person_and_place_in_the_term",
                violation_error_message="期限内的这个月已经申报。",
            ),
        ]


class LedgerLine(models.Model):
    """Append-only money. `proof`: number of the voucher, never an account."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="lines")
    kind = models.CharField("事项", max_length=10, choices=Entry.choices)
    amount = ScaledDecimalField("金额", places=2)
    on = models.DateField("日期")
    proof = models.CharField("凭证", max_length=100)
    # Of a payment by 区财政局 and of what came back to it: the key of its number while the line stands, None once reversed.
    voucher = models.CharField("在用凭证号", max_length=100, null=True, unique=True)  # noqa: DJ001
    payee = models.CharField("收款人", max_length=100, blank=True, default="")
    late = models.CharField("补登", max_length=320, blank=True, default="")
    note = models.CharField("说明", max_length=300, blank=True)
    # Of 追回 alone.
    ground = models.CharField("追回原因", max_length=10, choices=Clawback.choices, blank=True, default="")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversal", verbose_name="冲正")
    by = models.CharField("登记人", max_length=200)
    by_id = models.BigIntegerField("登记人编号", null=True)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "资金流水"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="ledger_amounts_are_positive", violation_error_message="金额要大于 0。"
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, kind__in=[k for k in Entry.values if k != Entry.REVERSED])
                | Q(reverses__isnull=False, kind=Entry.REVERSED),
                name="a_reversal_reverses_a_line",
                violation_error_message="冲正要写明冲正哪一笔。",
            ),
        ]


class ApplicationEvent(models.Model):
    application = models.ForeignKey(Application, models.CASCADE, related_name="events")
    act = models.CharField("事项", max_length=40)
    note = models.CharField("说明", max_length=300, blank=True)
    at = models.DateTimeField("时间")
    by = models.CharField("经办人", max_length=200)

    class Meta:
        verbose_name = "申报经过"
        ordering = ["id"]


class LedgerCheck(Reconciled):
    """对账 of what 区财政局 paid and got back, month by month."""

    class Meta(Reconciled.Meta):
        abstract = False
        verbose_name = "博士后资金对账"
        constraints = [once_a_number("one_reconciliation_of_the_ledger_per_number")]
