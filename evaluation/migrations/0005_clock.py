from django.db import migrations, models
from django.utils import timezone


def in_force_now(apps, schema_editor):
    """When an earlier version put a scheme in force is not known. What has locked by now and was never opened is listed
    to the office; what locks from now on is the clock's."""
    scheme = apps.get_model("evaluation", "Scheme")
    scheme.objects.using(schema_editor.connection.alias).filter(state="in_force").update(in_force_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0004_seals")]

    operations = [
        migrations.CreateModel(
            name="LeftPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=7, unique=True, verbose_name="期间")),
                ("reason", models.CharField(max_length=300, verbose_name="不开启的理由")),
                ("left_by", models.CharField(max_length=200, verbose_name="决定人")),
                ("left_by_id", models.BigIntegerField(null=True, verbose_name="决定人编号")),
                ("left_at", models.DateTimeField(verbose_name="决定时间")),
            ],
            options={"verbose_name": "不开启的往期", "ordering": ["code"]},
        ),
        migrations.AddField(
            model_name="scheme", name="in_force_at", field=models.DateTimeField(null=True, verbose_name="启用时间")
        ),
        migrations.RunPython(in_force_now, migrations.RunPython.noop, elidable=True),
    ]
