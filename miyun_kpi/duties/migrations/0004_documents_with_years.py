"""Documents of duties by their ref: a bare number is of 2020. Duties of 月跟踪 are known by a scope and a key of their own."""

import re

from django.db import migrations, models

# How evaluation has named them: document, year, track, number of the indicator, number of the task.
TRACKED = re.compile(r"[^/]+/(\d{4})/(?:township|department)/\d+(?:/\d+)?")


def name_them(apps, schema_editor):
    documents = apps.get_model("duties", "DutyDocument")
    for row in documents.objects.all():
        row.document = f"2020-{row.document}" if row.document.isdigit() else row.document
        row.save(update_fields=["document"])
    changed = []
    for row in apps.get_model("duties", "Duty").objects.all():
        if match := TRACKED.fullmatch(row.key):
            row.key, row.scope = f"tracked/{row.key.partition('/')[2]}", "tracked"
            # A scheme of a later year had kept the number it was copied from: its own is set when its months open.
            row.document = "2020-13" if match[1] == "2020" else ""
        elif row.document.isdigit():
            row.document = f"2020-{row.document}"
        changed.append(row)
    apps.get_model("duties", "Duty").objects.bulk_update(changed, ["key", "scope", "document"], batch_size=500)


def unname_them(apps, schema_editor):
    documents = apps.get_model("duties", "DutyDocument")
    for row in documents.objects.all():
        row.document = row.document.removeprefix("2020-")
        row.save(update_fields=["document"])
    changed = []
    for row in apps.get_model("duties", "Duty").objects.all():
        if row.scope:
            row.key, row.document, row.scope = f"13/{row.key.partition('/')[2]}", "13", ""
        row.document = row.document.removeprefix("2020-")
        changed.append(row)
    apps.get_model("duties", "Duty").objects.bulk_update(changed, ["key", "scope", "document"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("duties", "0003_a_duty_cut_by_a_page")]

    operations = [
        migrations.RenameField("dutydocument", "code", "document"),
        migrations.AlterModelOptions(
            name="dutydocument",
            options={"ordering": ["document"], "verbose_name": "任务文件"},
        ),
        migrations.AlterField("dutydocument", "document", models.CharField("文件", max_length=30, unique=True)),
        migrations.AlterField("duty", "document", models.CharField("文件", max_length=30)),
        migrations.AddField("duty", "scope", models.CharField("自有页面", max_length=20, blank=True, default="")),
        migrations.AlterField("duty", "scope", models.CharField("自有页面", max_length=20, blank=True)),
        migrations.RunPython(name_them, unname_them),
    ]
