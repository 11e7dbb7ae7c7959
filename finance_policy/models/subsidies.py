"""贴息 (三（一）1): the loans of the library as facts, what was released on them, and the money that followed."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from finance_policy.enums import Level, SubsidyLineKind, SubsidyState
from finance_policy.models.library import SubsidyRate
from miyun_kpi.acts.models import Versioned
from miyun_kpi.acts.reconciling import Reconciled, once_a_number
from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.registers.models import Record


class Loan(Versioned):
    """A green loan of an enterprise or project of the library, as its contract says. Interest runs until it is repaid."""

    called = "这笔贷款"
    audited_as = "finance-loan"

    record = models.ForeignKey(Record, models.PROTECT, related_name="loans", verbose_name="企业或项目")
    lender = models.CharField("贷款银行", max_length=100)
    contract = models.CharField("贷款合同号", max_length=60)
    principal = ScaledDecimalField("贷款本金", places=2)
    drawn_on = models.DateField("放款日期")
    due_on = models.DateField("到期日期")
    repaid_on = models.DateField("提前还清日期", null=True)
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.CharField("录入人", max_length=200)
    struck_at = models.DateTimeField("作废时间", null=True)
    struck_by = models.CharField("作废人", max_length=200, blank=True)
    struck_reason = models.CharField("作废理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "绿色贷款"
        ordering = ["drawn_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lender", "contract"],
                condition=Q(struck_at__isnull=True),
                name="one_loan_per_lender_and_contract",
                violation_error_message="这家银行的这个贷款合同已经登记。",
            ),
            models.CheckConstraint(
                condition=Q(principal__gt=0) & Q(due_on__gt=F("drawn_on")),
                name="loan_has_a_sum_and_ends_after_it_began",
                violation_error_message="本金须大于 0，到期日期晚于放款日期。",
            ),
            models.CheckConstraint(
                condition=Q(repaid_on__isnull=True) | Q(repaid_on__gt=F("drawn_on"), repaid_on__lt=F("due_on")),
                name="loan_repaid_while_it_ran",
                violation_error_message="提前还清日期在放款和到期之间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lender} {self.contract}"

    @property
    def ends_on(self) -> date:
        return self.repaid_on or self.due_on


class Subsidy(Versioned):
    """贴息 of one enterprise or project and span. What it was computed from is kept: `percent`, `sum`.

    `day_basis` and `count_last` are how it is counted: of its release, and after settings were struck those of its first day.
    `due` is what the facts give by now, `paid` what went out and stayed out; they repeat the lines, so that the database can
    refuse a wrong one.
    """

    called = "这笔贴息"
    audited_as = "finance-subsidy"

    number = models.PositiveIntegerField("编号")
    record = models.ForeignKey(Record, models.PROTECT, related_name="subsidies", verbose_name="企业或项目")
    name = models.CharField("企业或项目名称", max_length=200)
    payee = models.CharField("收款企业", max_length=200)
    code = models.CharField("统一社会信用代码", max_length=18)
    level = models.CharField("级次", max_length=4, choices=Level.choices)
    from_on = models.DateField("计息起")
    to_on = models.DateField("计息止")
    rate = models.ForeignKey(SubsidyRate, models.PROTECT, related_name="subsidies", verbose_name="贴息率")
    percent = ScaledDecimalField("贴息年率（%）", places=4)
    day_basis = models.PositiveSmallIntegerField("一年按几天计息")
    count_last = models.BooleanField("计息含止日")
    amount = ScaledDecimalField("发放时算出的贴息额", places=2)
    sum = models.TextField("算式")
    due = ScaledDecimalField("现应贴息额", places=2)
    paid = ScaledDecimalField("已拨付", places=2, default=0)
    state = models.CharField("状态", max_length=10, choices=SubsidyState.choices, default=SubsidyState.RELEASED)
    released_at = models.DateTimeField("核定时间")
    released_by = models.CharField("核定人", max_length=200)
    revoked_at = models.DateTimeField("撤销时间", null=True)
    revoked_by = models.CharField("撤销人", max_length=200, blank=True)
    revoked_reason = models.CharField("撤销理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "贴息"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                name="one_subsidy_per_number",
                violation_error_message="同一时刻有别人在核定贴息。",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, due__gte=0, paid__gte=0),
                name="subsidy_sums_are_not_negative",
                violation_error_message="贴息额和已拨付不能小于 0。",
            ),
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")),
                name="subsidy_span_in_order",
                violation_error_message="计息止日早于起日。",
            ),
        ]

    def __str__(self) -> str:
        return f"贴息第 {self.number} 号"

    @property
    def outstanding(self) -> Decimal:
        """What is still to be paid; negative: to be given back."""
        left: Decimal = self.due - self.paid
        return left

    @property
    def back(self) -> Decimal:
        """What is to be given back; 0 where something is still to be paid."""
        return max(-self.outstanding, Decimal(0))

    @property
    def progress(self) -> tuple[str, str]:
        """Word of the status vocabulary, and what is said."""
        if self.due > self.paid:
            return ("submitted", "待拨付") if not self.paid else ("due", "待补")
        if self.due < self.paid:
            return "overdue", "待追回"
        return ("ended", "已撤销") if self.state == SubsidyState.REVOKED else ("done", "已拨付")


class SubsidyLine(models.Model):
    """Append-only. CHANGED has its sign and no voucher; of the others `amount` is positive and `proof` the voucher."""

    subsidy = models.ForeignKey(Subsidy, models.PROTECT, related_name="lines")
    kind = models.CharField("事项", max_length=10, choices=SubsidyLineKind.choices)
    amount = ScaledDecimalField("金额", places=2)
    on = models.DateField("日期")
    proof = models.CharField("凭证号", max_length=100, blank=True)
    # The voucher while it stands: None once reversed, and of lines without one.
    voucher = models.CharField("在用凭证号", max_length=100, null=True, unique=True)  # noqa: DJ001
    payee = models.CharField("收款人", max_length=200, blank=True)
    note = models.CharField("说明", max_length=400, blank=True)
    late = models.CharField("补登", max_length=320, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversal", verbose_name="冲正")
    by = models.CharField("登记人", max_length=200)
    by_id = models.BigIntegerField("登记人编号", null=True)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "贴息流水"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="changed") & ~Q(amount=0) | ~Q(kind="changed") & Q(amount__gt=0),
                name="subsidy_line_has_its_sign",
                violation_error_message="金额要大于 0。",
            ),
            models.CheckConstraint(
                condition=Q(kind="reversed", reverses__isnull=False) | ~Q(kind="reversed") & Q(reverses__isnull=True),
                name="subsidy_reversal_reverses_a_line",
                violation_error_message="冲正要写明冲正哪一笔。",
            ),
        ]


class SubsidyCheck(Reconciled):
    """对账 of the money of 贴息, month by month."""

    class Meta(Reconciled.Meta):
        abstract = False
        verbose_name = "贴息对账"
        constraints = [once_a_number("one_reconciliation_of_subsidies_per_number")]
