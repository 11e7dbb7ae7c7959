from django.db import models
from django.db.models import F, Q

from miyun_kpi.db.rows import PlainRows
from miyun_kpi.organisations.enums import (
    CATEGORIES_BY_TRACK,
    ENDED,
    Category,
    Change,
    Part,
    Resolution,
    Zone,
)

# Printed order of 附件1: townships and zones, then the three kinds of departments, then everybody else.
_RANK = models.Case(
    *(models.When(category=value, then=models.Value(rank)) for rank, value in enumerate(Category.values)),
    default=models.Value(len(Category.values)),
    output_field=models.SmallIntegerField(),
)


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def evaluated(self) -> "OrganisationQuerySet":
        return self.filter(evaluated=True)

    def of_track(self, track: str) -> "OrganisationQuerySet":
        """The scored organisations of a track, "township" or "department"."""
        return self.filter(evaluated=True, category__in=CATEGORIES_BY_TRACK[track])

    def in_printed_order(self) -> "OrganisationQuerySet":
        return self.order_by(_RANK, "order", "code")


class Organisation(PlainRows):
    """`name` is canonical now; `order` is the row of the track's 任务表 (1–21, 1–49), after them for bodies."""

    code = models.SlugField("代码", max_length=60, unique=True)
    name = models.CharField("名称", max_length=100, unique=True)
    key = models.CharField("比对形式", max_length=100, unique=True)
    category = models.CharField("类别", max_length=12, choices=Category.choices)
    zone = models.CharField("分区", max_length=10, choices=Zone.choices, blank=True)
    evaluated = models.BooleanField("列入考评")
    order = models.PositiveSmallIntegerField("次序")
    part_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name="隶属于",
    )
    public_institution = models.BooleanField("参公事业单位", default=False)
    valid_from = models.DateField("设立日期", null=True, blank=True)
    valid_to = models.DateField("撤并日期", null=True, blank=True)
    note = models.TextField("说明", blank=True)
    clause = models.CharField("出处", max_length=60, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["order", "code"]
        verbose_name = verbose_name_plural = "机构"
        constraints = [
            models.CheckConstraint(
                condition=Q(category=Category.TOWNSHIP, zone__in=Zone.values)
                | (~Q(category=Category.TOWNSHIP) & Q(zone="")),
                name="zone_with_township_only",
                violation_error_message="镇街（地区）、经济功能区须有分区，其他机构没有分区。",
            ),
            models.CheckConstraint(
                condition=~Q(category=Category.BODY, evaluated=True),
                name="body_is_never_evaluated",
                violation_error_message="“其他机构”不列入考评。",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="organisation_dates_in_order",
                violation_error_message="撤并日期须晚于设立日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        """Its name beside those of others; of one that has ended it says so."""
        return self.name if self.valid_to is None else f"{self.name}{ENDED}"


class OrganisationName(models.Model):
    """A name for the days `valid_from` ≤ day < `valid_to`; no bound where it is null."""

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        related_name="names",
        verbose_name="机构",
    )
    name = models.CharField("名称", max_length=100)
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "历次名称"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="name_dates_in_order",
                violation_error_message="名称的停用日期须晚于启用日期。",
            ),
            models.UniqueConstraint(
                fields=["organisation", "valid_from"],
                name="one_name_per_organisation_and_first_day",
                violation_error_message="同一天只能启用一个名称。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Alias(models.Model):
    """Another spelling. `key` is the form in which spellings are compared."""

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        related_name="aliases",
        verbose_name="机构",
    )
    text = models.CharField("别名", max_length=100, unique=True)
    key = models.CharField("比对形式", max_length=100, unique=True)
    source = models.CharField("出处", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "别名"

    def __str__(self) -> str:
        return self.text


class Affiliation(models.Model):
    """Two organisations that the text keeps apart and yet belong together (合署)."""

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        related_name="affiliations",
        verbose_name="机构",
    )
    other = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        related_name="affiliated",
        verbose_name="相关机构",
    )
    kind = models.CharField("关系", max_length=20)
    note = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "关联"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "other", "kind"],
                name="one_affiliation_per_pair_and_kind",
                violation_error_message="这两个机构之间已有同样的关联。",
            ),
            models.CheckConstraint(
                condition=~Q(organisation=F("other")),
                name="no_affiliation_with_itself",
                violation_error_message="机构不能与自身关联。",
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class Group(models.Model):
    """A phrase of the text that means several organisations."""

    code = models.SlugField("代码", max_length=60, unique=True)
    phrase = models.CharField("原文用语", max_length=100, unique=True)
    resolution = models.CharField("识读", max_length=10, choices=Resolution.choices)
    note = models.TextField("说明", blank=True)
    organisations = models.ManyToManyField(
        Organisation,
        through="GroupMember",
        related_name="organisation_groups",
        verbose_name="成员",
    )

    class Meta:
        verbose_name = verbose_name_plural = "统称"

    def __str__(self) -> str:
        return self.phrase


class GroupMember(models.Model):
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members", verbose_name="统称")
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name="机构",
    )

    class Meta:
        verbose_name = verbose_name_plural = "统称成员"
        constraints = [
            models.UniqueConstraint(
                fields=["group", "organisation"],
                name="one_membership_per_group_and_organisation",
                violation_error_message="该机构已在这一统称之内。",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ReorganisationQuerySet(models.QuerySet["Reorganisation"]):
    def standing(self) -> "ReorganisationQuerySet":
        """Without those that were entered by mistake."""
        return self.filter(revoked_at__isnull=True)


class Reorganisation(models.Model):
    """并入, 分设, 更名 or 撤并 under a paper. Its page shows what moved, what waits for somebody, and whose posts end.

    `moved` counts by label what went along when it was entered; what was dealt out later stands in the audit. `taken` names
    every row that went, at once or later: {"of": relation, "from": code, "to": code, "rows": as its mover wrote them}; None
    where the change was entered before that was kept, of which `moved` counts what is dealt out since as well. Of one that is
    taken back `given_back` and `left` count what went back and what stayed where it had gone.
    """

    kind = models.CharField("类别", max_length=10, choices=Change.choices)
    number = models.CharField("文号", max_length=60)
    on = models.DateField("自")
    moved = models.JSONField("随转", default=dict)
    taken = models.JSONField("转走的每一件", null=True)
    entered_at = models.DateTimeField("登记时间")
    entered_by = models.CharField("登记人", max_length=200)
    revoked_at = models.DateTimeField("撤销时间", null=True)
    revoked_by = models.CharField("撤销人", max_length=200, blank=True)
    revoked_reason = models.CharField("撤销理由", max_length=500, blank=True)
    given_back = models.JSONField("退回", default=dict)
    left = models.JSONField("没有退回", default=dict)

    objects = ReorganisationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "机构改革"
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return self.number


class ReorganisedUnit(models.Model):
    """An organisation of a change, and what it is in it."""

    reorganisation = models.ForeignKey(
        Reorganisation, on_delete=models.CASCADE, related_name="units", verbose_name="机构改革"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="reorganised", verbose_name="机构"
    )
    part = models.CharField("身份", max_length=10, choices=Part.choices)
    # Of one that ended: whether it was evaluated until then; None where that was not kept.
    evaluated = models.BooleanField("当时列入考评", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "机构改革的机构"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reorganisation", "organisation"],
                name="one_part_per_reorganisation_and_organisation",
                violation_error_message="这个机构已经列入这次改革。",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
