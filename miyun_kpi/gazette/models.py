from django.db import models

from miyun_kpi.gazette.enums import Subject


class Document(models.Model):
    """One document of the gazette. `code` is its number without the series ("13")."""

    code = models.SlugField("代号", max_length=8, unique=True)
    number = models.CharField("文号", max_length=40, unique=True)
    title = models.CharField("标题", max_length=200)
    short_title = models.CharField("简称", max_length=60)
    issued_on = models.DateField("印发日期")
    subject = models.CharField("栏目", max_length=20, choices=Subject.choices)
    order = models.PositiveSmallIntegerField("次序")
    line_from = models.PositiveIntegerField("起始行")
    line_to = models.PositiveIntegerField("终止行")
    note = models.TextField("说明", blank=True)

    class Meta:
        ordering = ["order"]
        verbose_name = verbose_name_plural = "公报文件"

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.code}号"


class Clause(models.Model):
    """A piece of a document. `text` is exactly the lines `line_from` to `line_to` of the source file.

    A leaf owns its lines; a row that is not a leaf spans the leaves below it.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="clauses", verbose_name="文件")
    ref = models.CharField("条款", max_length=40)
    heading = models.CharField("题目", max_length=60)
    text = models.TextField("原文")
    line_from = models.PositiveIntegerField("起始行")
    line_to = models.PositiveIntegerField("终止行")
    level = models.PositiveSmallIntegerField("层次")
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name="上级",
    )
    order = models.PositiveSmallIntegerField("次序")
    leaf = models.BooleanField("末级")

    class Meta:
        ordering = ["document__order", "order"]
        verbose_name = verbose_name_plural = "条款"
        constraints = [
            models.UniqueConstraint(
                fields=["document", "ref"],
                name="one_clause_per_document_and_ref",
                violation_error_message="同一文件里条款编号不能重复。",
            ),
            models.CheckConstraint(
                condition=models.Q(line_to__gte=models.F("line_from")),
                name="clause_lines_in_order",
                violation_error_message="条款的终止行不能早于起始行。",
            ),
        ]

    def __str__(self) -> str:
        return self.citation

    @property
    def citation(self) -> str:
        """As printed beside a figure, "13号 附件4·4". Needs `document` loaded."""
        return f"{self.document.code}号 {self.ref}"


class DoubtfulPassage(models.Model):
    """A place where the text is damaged, contradictory or silent, and how the product reads it."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="doubts", verbose_name="文件")
    clause = models.ForeignKey(
        Clause,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="doubts",
        verbose_name="条款",
    )
    number = models.PositiveSmallIntegerField("序号")
    passage = models.TextField("原文")
    problem = models.TextField("存疑之处")
    reading = models.TextField("本系统的识读")
    depends_on = models.TextField("影响")

    class Meta:
        ordering = ["document__order", "number"]
        verbose_name = verbose_name_plural = "存疑文本"
        constraints = [
            models.UniqueConstraint(
                fields=["document", "number"],
                name="one_doubt_per_document_and_number",
                violation_error_message="同一文件里存疑序号不能重复。",
            )
        ]

    def __str__(self) -> str:
        return f"存疑 {self.number}"


class LoadedRow(models.Model):
    """A row that a loader has once put in: what an office changed or removed afterwards is not put back."""

    loader = models.CharField("装载", max_length=40)
    key = models.CharField("行", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "装载记录"
        constraints = [
            models.UniqueConstraint(
                fields=["loader", "key"],
                name="one_loaded_row_per_loader_and_key",
                violation_error_message="同一行只装载一次。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.loader}: {self.key}"
