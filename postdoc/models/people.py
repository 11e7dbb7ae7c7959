from django.db import models

from miyun_kpi.acts.models import Versioned
from miyun_kpi.db.sealed import SealedField
from postdoc.enums import DocumentKind


class Person(Versioned):
    """A 博士后人员. Only what the rules and the payment need, sealed; pages show `masked` and the number.

    `fingerprint` tells the same document again without opening it, so that nobody draws the subsidy twice.
    """

    called = "这个人的信息"

    number = models.PositiveIntegerField("人员编号", unique=True)
    masked = models.CharField("姓名（隐去）", max_length=10)
    name = SealedField("姓名")
    document_kind = models.CharField("证件类型", max_length=20, choices=DocumentKind.choices)
    document_number = SealedField("证件号码")
    fingerprint = models.CharField("证件指纹", max_length=64)
    born_on = SealedField("出生日期")
    phone = SealedField("电话", blank=True)
    account = SealedField("银行账号", blank=True)
    created_at = models.DateTimeField("登记时间")
    created_by = models.CharField("登记人", max_length=200)

    class Meta:
        verbose_name = "博士后人员"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["document_kind", "fingerprint"],
                name="one_person_per_document",
                violation_error_message="这个证件已经登记。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} 号 {self.masked}"
