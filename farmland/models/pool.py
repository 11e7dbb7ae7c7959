from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from farmland.enums import Builder, EntryKind
from farmland.rules.ledger import Buckets
from miyun_kpi.acts.models import Versioned
from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.organisations.models import Organisation


class Pool(models.Model):
    """The one row that whoever moves anything locks first."""

    ONLY = 1

    last_number = models.PositiveIntegerField("账本末笔", default=0)
    last_money = models.PositiveIntegerField("收支末笔", default=0)

    class Meta:
        verbose_name = "指标库"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_pool")]


class Lot(Versioned):
    """A 批次 of new farmland. Its four balances stand beside the ledger; they are changed with an entry only."""

    called = "这一批次"

    record_number = models.CharField("备案号", max_length=60)
    name = models.CharField("批次", max_length=60)
    town = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="所在镇")
    builder = models.CharField("实施主体", max_length=6, choices=Builder.choices)
    builder_name = models.CharField("实施单位", max_length=100, blank=True)
    mining = models.BooleanField("矿区内")
    area = ScaledDecimalField("验收面积", places=4)
    accepted_on = models.DateField("验收日期")
    acceptance_number = models.CharField("市规自委验收文号", max_length=60)
    cost = ScaledDecimalField("成本", places=2, null=True)
    profit = ScaledDecimalField("利润", places=2, null=True)
    quality = models.CharField("质量等级", max_length=20, blank=True)
    paddy = ScaledDecimalField("水田面积", places=4, null=True)
    capacity = models.CharField("产能", max_length=40, blank=True)
    coordination = models.CharField("协调意见", max_length=300, blank=True)
    accepted = ScaledDecimalField("验收", places=4, default=0)
    reserved = ScaledDecimalField("预留", places=4, default=0)
    used = ScaledDecimalField("已用", places=4, default=0)
    transferred = ScaledDecimalField("转让", places=4, default=0)
    struck_at = models.DateTimeField("撤销时间", null=True)
    created_at = models.DateTimeField("登记时间")
    created_by = models.CharField("登记人", max_length=200)
    changed_at = models.DateTimeField("修改时间")
    changed_by = models.CharField("修改人", max_length=200)

    class Meta:
        verbose_name = "批次"
        ordering = ["accepted_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record_number"],
                condition=Q(struck_at__isnull=True),
                name="one_lot_per_record_number",
                violation_error_message="这个备案号已经入库。",
            ),
            models.CheckConstraint(
                condition=Q(accepted__gte=0, reserved__gte=0, used__gte=0, transferred__gte=0),
                name="lot_balances_not_below_zero",
                violation_error_message="批次余额不能小于 0。",
            ),
            models.CheckConstraint(
                condition=Q(accepted__gte=F("reserved") + F("used") + F("transferred")),
                name="lot_never_over_allocated",
                violation_error_message="预留、已用和转让之和不能超过验收面积。",
            ),
            models.CheckConstraint(
                condition=Q(area__gt=0), name="lot_area_above_zero", violation_error_message="验收面积须大于 0。"
            ),
            models.CheckConstraint(
                condition=Q(paddy__isnull=True) | Q(paddy__gte=0, paddy__lte=F("area")),
                name="paddy_within_the_area",
                violation_error_message="水田面积不能超过验收面积。",
            ),
        ]

    @property
    def buckets(self) -> Buckets:
        return Buckets(self.accepted, self.reserved, self.used, self.transferred)

    @property
    def free(self) -> Decimal:
        return self.buckets.free


class Entry(models.Model):
    """One line of the ledger, never changed and never removed (farmland.guards). `act`: first number of its act.

    `done_on` is the day of the paper, which chooses rule and rate; the order is that of the numbers. `late`: 补登 in words.
    """

    number = models.PositiveIntegerField("笔")
    act = models.PositiveIntegerField("办理")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="entries", verbose_name="批次")
    application = models.ForeignKey(
        "Application", models.PROTECT, null=True, related_name="entries", verbose_name="项目"
    )
    transfer = models.ForeignKey("Transfer", models.PROTECT, null=True, related_name="entries", verbose_name="转让")
    kind = models.CharField("事项", max_length=12, choices=EntryKind.choices)
    area = ScaledDecimalField("面积", places=4)
    change = ScaledDecimalField("可用增减", places=4)
    lot_free = ScaledDecimalField("批次可用", places=4)
    pool_free = ScaledDecimalField("全库可用", places=4)
    reverses = models.PositiveIntegerField("冲正第几笔", null=True)
    reason = models.CharField("理由", max_length=500)
    clause = models.CharField("条款", max_length=40)
    done_on = models.DateField("办理日期")
    late = models.CharField("补登", max_length=330, blank=True)
    at = models.DateTimeField("登记时间")
    by = models.CharField("经办人", max_length=200)
    by_id = models.BigIntegerField("经办人编号", null=True)

    class Meta:
        verbose_name = "账本"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"], name="one_entry_per_number", violation_error_message="账本笔号重复。"
            ),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="one_reversal_per_entry",
                violation_error_message="这一笔已经冲正。",
            ),
            models.CheckConstraint(
                condition=Q(area__gt=0), name="entry_area_above_zero", violation_error_message="面积须大于 0。"
            ),
            models.CheckConstraint(
                condition=Q(lot_free__gte=0, pool_free__gte=0),
                name="entry_leaves_nothing_below_zero",
                violation_error_message="可用面积不能小于 0。",
            ),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.REVERSED, reverses__isnull=False)
                | (~Q(kind=EntryKind.REVERSED) & Q(reverses__isnull=True)),
                name="reversal_names_its_entry",
                violation_error_message="冲正须写明冲正哪一笔。",
            ),
        ]
        # What a lot had free before an act is on its last entry before it.
        indexes = [models.Index(fields=["lot", "number"], name="farmland_entry_lot_number")]


class LotUse(models.Model):
    """What one project, one transfer or the time before go-live holds of a lot: its share of the balances of the lot.

    Kept with every entry as they are (0041, 0120), and replayed with them; where nothing is held any more there is no row.
    """

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="uses", verbose_name="批次")
    application = models.ForeignKey("Application", models.PROTECT, null=True, related_name="uses", verbose_name="项目")
    transfer = models.ForeignKey("Transfer", models.PROTECT, null=True, related_name="uses", verbose_name="转让")
    reserved = ScaledDecimalField("预留", places=4, default=0)
    used = ScaledDecimalField("已用", places=4, default=0)
    transferred = ScaledDecimalField("转让面积", places=4, default=0)

    class Meta:
        verbose_name = "批次的去处"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "application"],
                condition=Q(application__isnull=False),
                name="one_use_per_lot_and_application",
                violation_error_message="这个项目在这一批次已有一行。",
            ),
            models.UniqueConstraint(
                fields=["lot", "transfer"],
                condition=Q(transfer__isnull=False),
                name="one_use_per_lot_and_transfer",
                violation_error_message="这件转让在这一批次已有一行。",
            ),
            models.UniqueConstraint(
                fields=["lot"],
                condition=Q(application__isnull=True, transfer__isnull=True),
                name="one_use_per_lot_before_go_live",
                violation_error_message="这一批次的期初已有一行。",
            ),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, used__gte=0, transferred__gte=0),
                name="lot_uses_not_below_zero",
                violation_error_message="去处的面积不能小于 0。",
            ),
        ]

    @property
    def buckets(self) -> Buckets:
        return Buckets(reserved=self.reserved, used=self.used, transferred=self.transferred)


class Check(models.Model):
    """A replay of the whole ledger from zero against the stored balances."""

    at = models.DateTimeField("时间")
    by = models.CharField("谁", max_length=200)
    entries = models.PositiveIntegerField("笔数")
    equal = models.BooleanField("一致")
    findings = models.TextField("不一致之处", blank=True)

    class Meta:
        verbose_name = "重放"
        ordering = ["-id"]
