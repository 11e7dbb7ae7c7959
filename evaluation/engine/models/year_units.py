"""The year of a unit that did not exist all year: what 结果审议 decides (engine 21)."""

from django.db import models
from django.db.models import Q

from evaluation.enums import UnitChangeState, YearUnitKind
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.acts.models import Versioned, apart
from miyun_kpi.organisations.models import Organisation


class YearUnit(Versioned):
    """承接 (takes the quarters of `predecessor`), 单列 or 不排名 of one unit in one year, by a meeting and two persons."""

    called = "这项处理"
    audited_as = "year-unit"

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="year_units")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="考评对象")
    kind = models.CharField("处理", max_length=10, choices=YearUnitKind.choices)
    predecessor = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, verbose_name="承接哪个单位的季度"
    )
    state = models.CharField("状态", max_length=10, choices=UnitChangeState.choices, default=UnitChangeState.PROPOSED)
    meeting = models.CharField("会议", max_length=120)
    minutes_number = models.CharField("纪要文号", max_length=80)
    reason = models.CharField("理由", max_length=500)
    recorded_by = models.CharField("登记人", max_length=200)
    recorded_by_id = models.BigIntegerField("登记人编号", null=True)
    recorded_at = models.DateTimeField("登记时间")
    confirmed_by = models.CharField("确认人", max_length=200, blank=True)
    confirmed_by_id = models.BigIntegerField("确认人编号", null=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    note = models.CharField("意见", max_length=500, blank=True)
    revoked_by = models.CharField("撤销人", max_length=200, blank=True)
    revoked_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = "全年考评的处理"
        ordering = ["-recorded_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "organisation"],
                condition=Q(state__in=[UnitChangeState.PROPOSED, UnitChangeState.CONFIRMED]),
                name="one_year_unit_per_scheme_and_organisation",
                violation_error_message="这个单位的全年处理已经登记。",
            ),
            apart(
                "recorded",
                "confirmed",
                name="year_unit_is_confirmed_by_a_second_person",
                said="确认人不能是登记人本人。",
            ),
            models.CheckConstraint(
                condition=Q(kind=YearUnitKind.CONTINUES, predecessor__isnull=False)
                | (~Q(kind=YearUnitKind.CONTINUES) & Q(predecessor__isnull=True)),
                name="only_a_continued_year_names_a_predecessor",
                violation_error_message="承接须写明承接哪个单位，其他处理不写。",
            ),
        ]
