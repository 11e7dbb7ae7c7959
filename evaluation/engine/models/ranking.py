from django.db import models
from django.db.models import Q

from evaluation.enums import DisclosureScope, RankingKind, RankingState
from evaluation.periods.models import Period
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.organisations.models import Organisation

# Kind of the attachments that are scans of the signed 呈批件; they belong to a Signing.
SIGNING_SCAN = "evaluation.signing"


class Ranking(models.Model):
    """A frozen result. `document` never changes; what is decided later (state, publication, correction, movement) stands in
    columns of its own, outside the seal, and is added when the document is served."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="rankings", db_index=False)
    period = models.ForeignKey(Period, models.CASCADE, related_name="rankings")
    kind = models.CharField("种类", max_length=10, choices=RankingKind.choices)
    number = models.PositiveIntegerField("第几次")
    state = models.CharField("状态", max_length=10, choices=RankingState.choices, default=RankingState.COMPUTED)
    rule_version = models.CharField("规则版本", max_length=60)
    inputs_hash = models.CharField("输入摘要", max_length=64)
    digest = models.CharField("结果摘要", max_length=64)
    disclosure_scope = models.CharField("公开范围", max_length=12, choices=DisclosureScope.choices)
    document = models.TextField("结果")
    inputs = models.TextField("输入清单")
    receipts_digest = models.CharField("各行封的摘要", max_length=64, blank=True, default="")
    # HMAC over the stored bytes and their identity, with the fingerprint of its key (engine 23).
    seal = models.CharField("封", max_length=64, blank=True, default="")
    seal_key = models.CharField("密钥指纹", max_length=16, blank=True, default="")
    # Set once at publication, outside what is hashed: {"previous": {period, ranking} or null, "ranks": {code: rank}} (engine 14).
    movement = models.TextField("较上期", blank=True)
    # What the second engine said when this was computed (engine 24): {"differ": [codes], "borders": [codes]}; "" before it was asked.
    engines = models.TextField("两套算法", blank=True)
    # What the inputs are called and how firm they stood, shown beside them and outside what is hashed (engine 14).
    beside = models.TextField("输入的名称和文本状态", blank=True)
    computed_at = models.DateTimeField("核算时间")
    computed_by = models.CharField("核算人", max_length=200)
    computed_by_id = models.BigIntegerField("核算人编号", null=True)
    published_at = models.DateTimeField("通报时间", null=True)
    published_by = models.CharField("通报人", max_length=200, blank=True)
    published_by_id = models.BigIntegerField("通报人编号", null=True)
    # 更正: a published version is never changed; a later one corrects it and both stay readable.
    corrects = models.OneToOneField("self", models.RESTRICT, related_name="+", verbose_name="更正", null=True)
    corrected_by = models.OneToOneField("self", models.RESTRICT, related_name="+", verbose_name="被更正", null=True)
    # Not published, and another computation of its kind has taken its place: the same inputs make a new one.
    overtaken = models.BooleanField("已被后一次代替", default=False)

    class Meta:
        verbose_name = "排名"
        ordering = ["-computed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "period", "kind", "number"],
                name="one_ranking_per_scheme_period_kind_and_number",
                violation_error_message="这一次排名已经有了。",
            ),
            models.UniqueConstraint(
                fields=["scheme", "period", "kind", "inputs_hash"],
                condition=Q(corrected_by__isnull=True, overtaken=False),
                name="same_inputs_give_the_same_ranking",
                violation_error_message="同样的输入已经算过。",
            ),
            models.CheckConstraint(
                condition=Q(published_by_id__isnull=True) | ~Q(published_by_id=models.F("computed_by_id")),
                name="ranking_is_published_by_a_second_person",
                violation_error_message="通报人不能是核定人本人。",
            ),
            models.CheckConstraint(
                condition=~Q(state=RankingState.PUBLISHED) | Q(kind=RankingKind.OFFICIAL, published_at__isnull=False),
                name="only_an_official_ranking_is_published",
                violation_error_message="只有正式核定的排名可以通报。",
            ),
            models.UniqueConstraint(
                fields=["scheme", "period"],
                condition=Q(state=RankingState.PUBLISHED, corrected_by__isnull=True),
                name="one_current_bulletin_per_scheme_and_period",
                violation_error_message="这一期已经有一版现行的通报。",
            ),
        ]

    @property
    def standing_signings(self) -> "models.QuerySet[Signing]":
        return self.signings.filter(void_at__isnull=True).order_by("signed_on", "pk")


class Holding(models.Model):
    """The number of the inputs under which a ranking was last found to follow from them (engine 22); 0: found not to.

    Beside the ranking and not in it: a published row is never written again.
    """

    ranking = models.OneToOneField(Ranking, models.CASCADE, related_name="holding", primary_key=True)
    revision = models.PositiveIntegerField("据以成立的输入变动")

    class Meta:
        verbose_name = "排名所据的输入"


class RankingRow(models.Model):
    """One organisation in a ranking, with its 得分明细 as frozen JSON."""

    ranking = models.ForeignKey(Ranking, models.CASCADE, related_name="rows", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="ranking_rows")
    position = models.PositiveSmallIntegerField("行次")
    total = ScaledDecimalField("总分", places=4, null=True)
    rank = models.PositiveSmallIntegerField("名次", null=True)
    receipt = models.TextField("得分明细")
    # HMAC over the stored bytes and their identity, with the fingerprint of its key (engine 23).
    seal = models.CharField("封", max_length=64, blank=True, default="")
    seal_key = models.CharField("密钥指纹", max_length=16, blank=True, default="")

    class Meta:
        verbose_name = "排名行"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["ranking", "organisation"],
                name="one_row_per_ranking_and_organisation",
                violation_error_message="这个单位在这次排名里已有一行。",
            )
        ]


class Signing(models.Model):
    """领导审签 before publication: who signed the paper and when (engine 19).

    Bound to the digest of what was signed. With the scan of the paper, or the leader's own act (`own_act`). It is never
    deleted: withdrawn or overtaken it is void, with who, when and why.
    """

    ranking = models.ForeignKey(Ranking, models.CASCADE, related_name="signings")
    digest = models.CharField("所签的结果摘要", max_length=64)
    signer = models.CharField("审签人", max_length=60)
    title = models.CharField("职务", max_length=60)
    signed_on = models.DateField("审签日期")
    own_act = models.BooleanField("本人在系统里审签", default=False)
    recorded_by = models.CharField("登记人", max_length=200)
    recorded_by_id = models.BigIntegerField("登记人编号", null=True)
    recorded_at = models.DateTimeField("登记时间")
    void_at = models.DateTimeField("作废时间", null=True)
    void_by = models.CharField("作废人", max_length=200, blank=True)
    void_reason = models.CharField("作废原因", max_length=500, blank=True)

    class Meta:
        verbose_name = "审签"
        constraints = [
            models.UniqueConstraint(
                fields=["ranking", "title", "signer"],
                condition=Q(void_at__isnull=True),
                name="one_signing_per_ranking_and_signer",
                violation_error_message="这位领导的审签已经登记。",
            ),
            models.CheckConstraint(
                condition=Q(void_at__isnull=True) | ~Q(void_reason=""),
                name="void_signing_has_its_reason",
                violation_error_message="作废的审签须有原因。",
            ),
        ]
