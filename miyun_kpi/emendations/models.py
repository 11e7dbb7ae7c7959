from django.db import models
from django.db.models import Q

from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.acts.models import Versioned, apart
from miyun_kpi.emendations.enums import Basis
from miyun_kpi.organisations.models import Organisation


class Emendation(Versioned):
    """勘正 of facts on which something may rest already: proposed with its paper, carried out once a second person agrees.

    `subject` is the code of what is put right (registry.Emendable), `subject_id` its key, `name` how it is called without
    anything protected. `rests` is what rested on the facts when it was proposed, as pairs (what, what becomes of it).
    """

    called = "这份勘正"
    audited_as = "emendation"

    subject = models.CharField("事项种类", max_length=40)
    subject_id = models.BigIntegerField("事项编号")
    name = models.CharField("事项", max_length=200)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="办理单位")
    basis = models.CharField("原因", max_length=10, choices=Basis.choices)
    paper = models.CharField("依据", max_length=200)
    reason = models.CharField("理由", max_length=500)
    rests = models.JSONField("依据它的事项", default=list)
    state = models.CharField("状态", max_length=10, choices=TwoPersonState.choices, default=TwoPersonState.PROPOSED)
    note = models.CharField("意见", max_length=500, blank=True)
    recorded_by = models.CharField("提出人", max_length=200)
    recorded_by_id = models.BigIntegerField("提出人编号", null=True)
    recorded_at = models.DateTimeField("提出时间")
    confirmed_by = models.CharField("确认人", max_length=200, blank=True)
    confirmed_by_id = models.BigIntegerField("确认人编号", null=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        verbose_name = "勘正"
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "subject_id"],
                condition=Q(state=TwoPersonState.PROPOSED),
                name="one_open_emendation_of_a_thing",
                violation_error_message="已有一份勘正等待确认。",
            ),
            apart("recorded", "confirmed", name="emendation_is_confirmed_by_another", said="确认人不能是提出人本人。"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state == TwoPersonState.PROPOSED


class EmendedFact(models.Model):
    """One fact before and after: as it is stored, and in words."""

    emendation = models.ForeignKey(Emendation, models.CASCADE, related_name="emended")
    field = models.CharField("栏", max_length=60)
    label = models.CharField("名称", max_length=60)
    before = models.TextField("原值", blank=True)
    after = models.TextField("改为", blank=True)
    before_words = models.TextField("原值的写法", blank=True)
    after_words = models.TextField("改后的写法", blank=True)

    class Meta:
        verbose_name = "勘正的内容"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["emendation", "field"],
                name="one_emended_fact_per_field",
                violation_error_message="这一栏已经列入这份勘正。",
            )
        ]
