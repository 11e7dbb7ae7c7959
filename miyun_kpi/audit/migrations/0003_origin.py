"""From where, by which request, with what result and why: kept from now on, empty on what was written before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_streams"),
    ]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="address",
            field=models.CharField(max_length=45, default="", verbose_name="来自"),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="request_id",
            field=models.CharField(max_length=32, default="", verbose_name="请求编号"),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="result",
            field=models.CharField(
                choices=[("done", "办成"), ("refused", "没有办成")], max_length=8, default="", verbose_name="结果"
            ),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="reason",
            field=models.CharField(max_length=500, default="", verbose_name="理由"),
        ),
    ]
