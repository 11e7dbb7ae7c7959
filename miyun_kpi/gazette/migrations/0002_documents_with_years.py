"""Documents are named by series, year and number; what was written as a bare number is of 2020."""

import re

from django.db import migrations, models


PRINTED = re.compile(r"(\D+)〔(\d+)〕(\d+)号")


def name_them(apps, schema_editor):
    Document = apps.get_model("gazette", "Document")
    for row in Document.objects.all():
        series, year, number = PRINTED.fullmatch(row.printed).groups()
        row.series, row.year, row.number = series, int(year), int(number)
        row.ref, row.gazette = f"{year}-{number}", "2020-02"
        row.save()


def unname_them(apps, schema_editor):
    Document = apps.get_model("gazette", "Document")
    for row in Document.objects.all():
        row.printed, row.code = f"{row.series}〔{row.year}〕{row.number}号", str(row.number)
        row.save()


class Migration(migrations.Migration):
    dependencies = [("gazette", "0001_initial")]

    operations = [
        migrations.AlterModelOptions(
            name="document",
            options={
                "ordering": ["year", "gazette", "order", "number"],
                "verbose_name": "公报文件",
                "verbose_name_plural": "公报文件",
            },
        ),
        migrations.AlterModelOptions(
            name="clause",
            options={
                "ordering": [
                    "document__year",
                    "document__gazette",
                    "document__order",
                    "document__number",
                    "order",
                ],
                "verbose_name": "条款",
                "verbose_name_plural": "条款",
            },
        ),
        migrations.AlterModelOptions(
            name="doubtfulpassage",
            options={
                "ordering": [
                    "document__year",
                    "document__gazette",
                    "document__order",
                    "document__number",
                    "number",
                ],
                "verbose_name": "存疑文本",
                "verbose_name_plural": "存疑文本",
            },
        ),
        migrations.RenameField("document", "number", "printed"),
        migrations.AlterField("document", "printed", models.CharField("文号", max_length=40, default="")),
        migrations.AlterField("document", "code", models.CharField("代号", max_length=8, default="")),
        migrations.AddField("document", "ref", models.CharField("代号", max_length=30, default="")),
        migrations.AddField("document", "series", models.CharField("发文字", max_length=20, default="")),
        migrations.AddField("document", "year", models.PositiveSmallIntegerField("年份", default=2020)),
        migrations.AddField("document", "number", models.PositiveSmallIntegerField("序号", default=0)),
        migrations.AddField("document", "gazette", models.CharField("公报", max_length=10, blank=True, default="")),
        migrations.RunPython(name_them, unname_them),
        migrations.RemoveField("document", "printed"),
        migrations.RemoveField("document", "code"),
        migrations.AlterField("document", "ref", models.CharField("代号", max_length=30, unique=True)),
        migrations.AlterField("document", "series", models.CharField("发文字", max_length=20)),
        migrations.AlterField("document", "year", models.PositiveSmallIntegerField("年份")),
        migrations.AlterField("document", "number", models.PositiveSmallIntegerField("序号")),
        migrations.AlterField("document", "gazette", models.CharField("公报", max_length=10, blank=True)),
        migrations.AlterField("document", "subject", models.CharField("栏目", max_length=20)),
        migrations.AlterField("document", "order", models.PositiveSmallIntegerField("次序", default=0)),
        migrations.AlterField("document", "line_from", models.PositiveIntegerField("起始行", null=True)),
        migrations.AlterField("document", "line_to", models.PositiveIntegerField("终止行", null=True)),
        migrations.AddConstraint(
            "document",
            models.UniqueConstraint(
                fields=["series", "year", "number"],
                name="one_document_per_series_year_and_number",
                violation_error_message="这个文号已经有一份文件。",
            ),
        ),
        migrations.AddConstraint(
            "document",
            models.CheckConstraint(
                condition=models.Q(gazette="", line_from__isnull=True, line_to__isnull=True)
                | (~models.Q(gazette="") & models.Q(line_from__isnull=False, line_to__isnull=False)),
                name="a_printed_document_has_its_lines",
                violation_error_message="公报里的文件要有起止行，没有刊登的没有。",
            ),
        ),
    ]
