from django.db import models
from django.db.models import F, Q

from disclosure.enums import Answer, Decision, Ground
from miyun_kpi.db.sealed import SealedField
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.models import Record


class Consultation(models.Model):
    """协商确认 with another organ before an item is made public (二（六））."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="consultations", verbose_name="公开信息")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="有关机关")
    asked_on = models.DateField("提请日期")
    confirmed_on = models.DateField("确认日期", null=True)
    confirmed_by = models.CharField("确认人", max_length=60, blank=True)
    recorded_by = models.CharField("登记人", max_length=200)

    class Meta:
        verbose_name = "协商确认"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "organisation"],
                name="one_consultation_per_record_and_organ",
                violation_error_message="已经登记与这个机关协商。",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_on__isnull=True) | Q(confirmed_on__gte=F("asked_on")),
                name="confirmed_not_before_asked",
                violation_error_message="确认日期早于提请日期。",
            ),
        ]


class ThirdParty(models.Model):
    """A third party whose 商业秘密 or 个人隐私 an item touches (二（六））. `name` is how the office calls it, never an identity number."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="third_parties", verbose_name="公开信息")
    name = SealedField("第三方")
    ground = models.CharField("涉及", max_length=10, choices=Ground.choices)
    asked_on = models.DateField("征求意见日期")
    answer = models.CharField("答复", max_length=10, choices=Answer.choices, blank=True)
    answered_on = models.DateField("答复日期", null=True)
    public_interest = models.CharField("公共利益的理由", max_length=500, blank=True)
    recorded_by = models.CharField("登记人", max_length=200)

    class Meta:
        verbose_name = "第三方意见"
        ordering = ["id"]


class Review(models.Model):
    """One 审核 of one version of an item; `author_id` is who submitted it, never the reviewer."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="reviews", verbose_name="公开信息")
    version = models.PositiveIntegerField("版本")
    decision = models.CharField("结论", max_length=10, choices=Decision.choices)
    checks = models.JSONField("把关", default=list)
    opinion = models.CharField("意见", max_length=500, blank=True)
    author_id = models.BigIntegerField("报审人编号", null=True)
    reviewer_id = models.BigIntegerField("审核人编号")
    reviewer = models.CharField("审核人", max_length=200)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "审核"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "version"],
                name="one_review_per_version",
                violation_error_message="这一版已经审核过。",
            ),
            models.CheckConstraint(
                condition=Q(author_id__isnull=True) | ~Q(author_id=F("reviewer_id")),
                name="reviewer_is_not_the_author",
                violation_error_message="审核人不能是报审人。",
            ),
        ]


class Package(models.Model):
    """What went out to the website of the district: the list and the pages, as exported then."""

    number = models.PositiveIntegerField("编号", unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="导出单位")
    exported_at = models.DateTimeField("导出时间")
    exported_by = models.CharField("导出人", max_length=200)

    class Meta:
        verbose_name = "发布包"
        ordering = ["-number"]


class PackageItem(models.Model):
    """One record as it was exported; `link` is the address on the website, entered back."""

    package = models.ForeignKey(Package, models.CASCADE, related_name="items")
    record = models.ForeignKey(Record, models.CASCADE, related_name="package_items")
    version = models.PositiveIntegerField("版本")
    values = models.JSONField("内容", default=dict)
    link = models.CharField("发布地址", max_length=500, blank=True)
    published_on = models.DateField("发布日期", null=True)
    linked_at = models.DateTimeField("回填时间", null=True)
    linked_by = models.CharField("回填人", max_length=200, blank=True)

    class Meta:
        verbose_name = "发布包条目"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["package", "record"],
                name="one_item_per_package_and_record",
                violation_error_message="这一条已在这个发布包里。",
            )
        ]


class FormerLink(models.Model):
    """An address that was entered back wrongly, as it stood, and why another stands in its place."""

    item = models.ForeignKey(PackageItem, models.CASCADE, related_name="former_links")
    link = models.CharField("原发布地址", max_length=500)
    published_on = models.DateField("原发布日期")
    linked_at = models.DateTimeField("原回填时间")
    linked_by = models.CharField("原回填人", max_length=200)
    reason = models.CharField("改正的理由", max_length=300)
    corrected_at = models.DateTimeField("改正时间")
    corrected_by = models.CharField("改正人", max_length=200)

    class Meta:
        verbose_name = "改正前的发布地址"
        ordering = ["id"]
