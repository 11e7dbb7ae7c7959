import re

from django.db import models

from miyun_kpi.lib.citations import DocumentName, cite, code_of, document_label
from miyun_kpi.web.registry import subject_label

PRINTED_ORDER = ("year", "gazette", "order", "number")


class Document(models.Model):
    """A document by series, year and number; `ref` ("2020-13", see lib.citations) is what everything else names it by.

    `gazette` is the issue that prints it; "" for one known by its 印发 alone, which has no text here and no lines.
    """

    ref = models.CharField("代号", max_length=30, unique=True)
    series = models.CharField("发文字", max_length=20)
    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("标题", max_length=200)
    short_title = models.CharField("简称", max_length=60)
    issued_on = models.DateField("印发日期")
    subject = models.CharField("栏目", max_length=20)
    gazette = models.CharField("公报", max_length=10, blank=True)
    order = models.PositiveSmallIntegerField("次序", default=0)
    line_from = models.PositiveIntegerField("起始行", null=True)
    line_to = models.PositiveIntegerField("终止行", null=True)
    note = models.TextField("说明", blank=True)

    class Meta:
        ordering = list(PRINTED_ORDER)
        verbose_name = verbose_name_plural = "公报文件"
        constraints = [
            models.UniqueConstraint(
                fields=["series", "year", "number"],
                name="one_document_per_series_year_and_number",
                violation_error_message="这个文号已经有一份文件。",
            ),
            models.CheckConstraint(
                condition=models.Q(gazette="", line_from__isnull=True, line_to__isnull=True)
                | (~models.Q(gazette="") & models.Q(line_from__isnull=False, line_to__isnull=False)),
                name="a_printed_document_has_its_lines",
                violation_error_message="公报里的文件要有起止行，没有刊登的没有。",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def code(self) -> str:
        """How people and old addresses write it: the bare number in 2020, the ref in any other year."""
        return code_of(self.ref)

    @property
    def label(self) -> str:
        return document_label(self.ref)

    @property
    def document_number(self) -> str:
        """文号 as printed, "密政办字〔2020〕13号"."""
        return str(DocumentName(self.series, self.year, self.number))

    @property
    def cited(self) -> str:
        """As another paper cites it: what it issues by name, and its 文号."""
        inner = re.search("《[^》]+》", self.title)
        return f"{inner[0] if inner else f'《{self.title}》'}（{self.document_number}）"

    @property
    def subject_label(self) -> str:
        return subject_label(self.subject)


# For what hangs on a document: the documents in their own order.
IN_PRINTED_ORDER = tuple(f"document__{name}" for name in PRINTED_ORDER)


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
        ordering = [*IN_PRINTED_ORDER, "order"]
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
        return cite(self.document.ref, self.ref)


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
        ordering = [*IN_PRINTED_ORDER, "number"]
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
