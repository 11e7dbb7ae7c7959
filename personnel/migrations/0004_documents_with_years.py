"""Notices name their document by its ref: a bare number is of 2020."""

from django.db import migrations, models


def name_them(apps, schema_editor):
    for row in apps.get_model("personnel", "Notice").objects.exclude(document=""):
        if row.document.isdigit():
            row.document = f"2020-{row.document}"
            row.save(update_fields=["document"])


def unname_them(apps, schema_editor):
    for row in apps.get_model("personnel", "Notice").objects.exclude(document=""):
        row.document = row.document.removeprefix("2020-")
        row.save(update_fields=["document"])


class Migration(migrations.Migration):
    dependencies = [("personnel", "0003_decisions_of_the_demonstration")]

    operations = [
        migrations.AlterField("notice", "document", models.CharField("公报文件", max_length=30, blank=True)),
        migrations.RunPython(name_them, unname_them),
    ]
