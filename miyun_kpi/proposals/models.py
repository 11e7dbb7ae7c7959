from django.db import models
from django.db.models import Q

from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.acts.models import Versioned, apart
from miyun_kpi.organisations.models import Organisation


class Proposal(Versioned):
    """An act over money or rights that waits for the second person of its office: proposed by one, carried out by another.

    `code` is the act (registry.Decision), `given` its arguments as JSON, `thing` the key of what it is about, `said` the
    pairs (label, words) and `warned` the sentences that both persons see, as they were when it was proposed.
    """

    called = "这件待确认事项"
    audited_as = "proposal"

    code = models.CharField("事项种类", max_length=40)
    thing = models.CharField("事项编号", max_length=80)
    name = models.CharField("事项", max_length=200)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="办理单位")
    given = models.JSONField("内容", default=dict)
    said = models.JSONField("内容的写法", default=list)
    warned = models.JSONField("提醒", default=list)
    state = models.CharField("状态", max_length=10, choices=TwoPersonState.choices, default=TwoPersonState.PROPOSED)
    note = models.CharField("意见", max_length=500, blank=True)
    recorded_by = models.CharField("提出人", max_length=200)
    recorded_by_id = models.BigIntegerField("提出人编号", null=True)
    recorded_at = models.DateTimeField("提出时间")
    confirmed_by = models.CharField("确认人", max_length=200, blank=True)
    confirmed_by_id = models.BigIntegerField("确认人编号", null=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        verbose_name = "待确认事项"
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "thing"],
                condition=Q(state=TwoPersonState.PROPOSED),
                name="one_open_proposal_of_an_act_and_thing",
                violation_error_message="同一事项已有一件等待确认。",
            ),
            apart("recorded", "confirmed", name="proposal_is_confirmed_by_another", said="确认人不能是提出人本人。"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state == TwoPersonState.PROPOSED
