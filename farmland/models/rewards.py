from django.db import models
from django.db.models import Q

from farmland.enums import WARRANT_KINDS, RewardCause, RewardPart
from farmland.models.money import Fee, Money
from farmland.models.pool import Entry, Lot
from farmland.models.work import Transfer
from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.organisations.models import Organisation


class Reward(models.Model):
    """What a use of one lot by one project brought its town, fixed when it fell due; never changed (farmland.guards).

    `entry` is the 核销 line of that lot and project. The first line of a part fixes it; further lines are differences, also
    below 0. `whole` is the part before the reading of “两项累计”, `amount` what that reading leaves of it: their sums are
    what is due. `on`: the day whose rate and setting count.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="rewards", verbose_name="核销的一笔")
    part = models.CharField("款项", max_length=6, choices=RewardPart.choices)
    cause = models.CharField("事由", max_length=8, choices=RewardCause.choices)
    on = models.DateField("适用日期")
    rate = ScaledDecimalField("单价", places=2, null=True)
    adds_up = models.BooleanField("两项累计")
    whole = ScaledDecimalField("按单价", places=2)
    amount = ScaledDecimalField("应奖增减", places=2)
    reason = models.CharField("理由", max_length=400)
    at = models.DateTimeField("登记时间")
    by = models.CharField("经办人", max_length=200)

    class Meta:
        verbose_name = "奖励"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "part"],
                condition=Q(cause__in=[RewardCause.DUE, RewardCause.CARRIED]),
                name="a_reward_falls_due_once",
                violation_error_message="这项奖励已经到期固定。",
            )
        ]


class Warrant(models.Model):
    """核定 of one payment or of one 追回 by two persons of 区财政局: for what, to whom, how much. A voucher carries it out.

    `money` is the voucher that did; one that was 冲正 leaves it open again. Of payments of before the vouchers named their
    reward several share one.
    """

    kind = models.CharField("类别", max_length=20, choices=WARRANT_KINDS)
    amount = ScaledDecimalField("金额", places=2)
    payee = models.CharField("收款或退款单位", max_length=120)
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="warrants", verbose_name="核销的一笔")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="warrants", verbose_name="批次")
    transfer = models.ForeignKey(Transfer, models.PROTECT, null=True, related_name="warrants")
    fee = models.ForeignKey(Fee, models.PROTECT, null=True, related_name="warrants")
    town = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="镇")
    money = models.ForeignKey(Money, models.PROTECT, null=True, related_name="warrants", verbose_name="凭证")
    note = models.CharField("依据", max_length=300, blank=True)
    at = models.DateTimeField("核定时间")
    by = models.CharField("核定人", max_length=200)
    cancelled_at = models.DateTimeField("撤销时间", null=True)
    cancelled_by = models.CharField("撤销人", max_length=200, blank=True)
    cancelled_for = models.CharField("撤销理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "付款核定"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="warrant_above_zero", violation_error_message="金额须大于 0。"
            ),
            models.CheckConstraint(
                condition=Q(money__isnull=True) | Q(cancelled_at__isnull=True),
                name="nothing_is_paid_on_a_cancelled_warrant",
                violation_error_message="已经撤销的核定不能付款。",
            ),
        ]
