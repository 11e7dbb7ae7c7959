from django.db import models
from django.db.models import Q

from evaluation.engine.models.ranking import Ranking
from evaluation.enums import BulletinKind, BulletinState
from evaluation.periods.models import Period
from miyun_kpi.acts.models import Versioned, apart


class Bulletin(Versioned):
    """通报 drawn from frozen rankings of one period: 草稿 → 送审稿 → 定稿 by a second person (engine 19).

    `options` are those of rules.bulletin_draft.Options; `problems` what evaluators wrote, as it stood at the draft.
    """

    called = "这份通报"
    audited_as = "bulletin"

    period = models.ForeignKey(Period, models.CASCADE, related_name="bulletins")
    rankings = models.ManyToManyField(Ranking, through="BulletinSource", related_name="bulletins")
    kind = models.CharField("种类", max_length=10, choices=BulletinKind.choices)
    state = models.CharField("状态", max_length=10, choices=BulletinState.choices, default=BulletinState.DRAFT)
    options = models.JSONField("选项")
    problems = models.JSONField("存在问题", default=list)
    number = models.CharField("发文字号", max_length=60, blank=True)
    drafted_by = models.CharField("起草人", max_length=200)
    drafted_by_id = models.BigIntegerField("起草人编号", null=True)
    drafted_at = models.DateTimeField("起草时间")
    submitted_by = models.CharField("送审人", max_length=200, blank=True)
    submitted_by_id = models.BigIntegerField("送审人编号", null=True)
    submitted_at = models.DateTimeField("送审时间", null=True)
    opinion = models.TextField("退回意见", blank=True)
    finalised_by = models.CharField("定稿人", max_length=200, blank=True)
    finalised_by_id = models.BigIntegerField("定稿人编号", null=True)
    finalised_at = models.DateTimeField("定稿时间", null=True)
    # HMAC over the stored bytes and their identity, with the fingerprint of its key (engine 23).
    seal = models.CharField("封", max_length=64, blank=True, default="")
    seal_key = models.CharField("密钥指纹", max_length=16, blank=True, default="")

    class Meta:
        verbose_name = "通报"
        ordering = ["-drafted_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=~Q(number=""),
                name="one_bulletin_per_number",
                violation_error_message="这个发文字号已经用过。",
            ),
            apart(
                "submitted",
                "finalised",
                name="bulletin_is_finalised_by_a_second_person",
                said="定稿人不能是送审人本人。",
            ),
            models.CheckConstraint(
                condition=~Q(state=BulletinState.FINAL) | (Q(finalised_at__isnull=False) & ~Q(number="")),
                name="final_bulletin_has_its_number_and_time",
                violation_error_message="定稿须有发文字号和定稿时间。",
            ),
        ]


class BulletinSource(models.Model):
    """A ranking whose figures a bulletin prints, with the digest they were taken under."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="sources", db_index=False)
    ranking = models.ForeignKey(Ranking, models.CASCADE, related_name="+")
    order = models.PositiveSmallIntegerField()
    digest = models.CharField("结果摘要", max_length=64)

    class Meta:
        verbose_name = "通报所据排名"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["bulletin", "ranking"],
                name="one_source_per_bulletin_and_ranking",
                violation_error_message="这份通报已经引用这次排名。",
            )
        ]


class BulletinVersion(models.Model):
    """The text as somebody left it. `content` holds the fields of rules.bulletin_draft.FIELDS as text."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField("第几稿")
    act = models.CharField("办理", max_length=20)
    content = models.JSONField("内容")
    saved_by = models.CharField("保存人", max_length=200)
    saved_by_id = models.BigIntegerField("保存人编号", null=True)
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = "通报文稿"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["bulletin", "number"],
                name="one_bulletin_version_per_number",
                violation_error_message="这一稿已经有了。",
            )
        ]
