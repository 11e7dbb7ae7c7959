from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery


def of_their_ranking(apps, schema_editor):
    """A signing of an earlier version was recorded of the ranking it hangs on, which never changes."""
    signing, ranking = apps.get_model("evaluation", "Signing"), apps.get_model("evaluation", "Ranking")
    alias = schema_editor.connection.alias
    of = ranking.objects.using(alias).filter(pk=OuterRef("ranking")).values("digest")[:1]
    signing.objects.using(alias).filter(digest="").update(digest=Subquery(of))


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0005_clock")]

    operations = [
        migrations.AddField(
            "signing", "digest", models.CharField(default="", max_length=64, verbose_name="所签的结果摘要"),
            preserve_default=False,
        ),
        migrations.AddField("signing", "own_act", models.BooleanField(default=False, verbose_name="本人在系统里审签")),
        migrations.AddField("signing", "recorded_by_id", models.BigIntegerField(null=True, verbose_name="登记人编号")),
        migrations.AddField("signing", "void_at", models.DateTimeField(null=True, verbose_name="作废时间")),
        migrations.AddField("signing", "void_by", models.CharField(blank=True, max_length=200, verbose_name="作废人")),
        migrations.AddField("signing", "void_reason", models.CharField(blank=True, max_length=500, verbose_name="作废原因")),
        migrations.RemoveConstraint("signing", "one_signing_per_ranking_and_signer"),
        migrations.AddConstraint(
            "signing",
            models.UniqueConstraint(
                fields=["ranking", "title", "signer"],
                condition=Q(void_at__isnull=True),
                name="one_signing_per_ranking_and_signer",
                violation_error_message="这位领导的审签已经登记。",
            ),
        ),
        migrations.AddConstraint(
            "signing",
            models.CheckConstraint(
                condition=Q(void_at__isnull=True) | ~Q(void_reason=""),
                name="void_signing_has_its_reason",
                violation_error_message="作废的审签须有原因。",
            ),
        ),
        migrations.RunPython(of_their_ranking, migrations.RunPython.noop, elidable=True),
    ]
