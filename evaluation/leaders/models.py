"""领导首页 as it stood at 通报: kept per leader and ranking, sealed and never changed (engine 23)."""

from django.db import models

from evaluation.engine.models.ranking import Ranking
from miyun_kpi.accounts.models import User


class LeaderPaper(models.Model):
    """`document` is the data of the page of that moment, within the leader's own scope; whether it still holds is told anew."""

    ranking = models.ForeignKey(Ranking, models.CASCADE, related_name="leader_papers", db_index=False)
    leader = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="区领导")
    name = models.CharField("当时的称呼", max_length=150)
    document = models.TextField("首页")
    made_at = models.DateTimeField("存下时间")
    seal = models.CharField("封", max_length=64)
    seal_key = models.CharField("密钥指纹", max_length=16)

    class Meta:
        verbose_name = "通报时的领导首页"
        ordering = ["-made_at", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ranking", "leader"],
                name="one_leader_paper_per_ranking_and_leader",
                violation_error_message="这位领导在这次通报的首页已经存下。",
            )
        ]
