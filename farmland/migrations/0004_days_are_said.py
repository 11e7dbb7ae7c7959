from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("farmland", "0003_what_was_due")]
    operations = [
        migrations.AlterField("entry", "done_on", models.DateField(verbose_name="办理日期")),
        migrations.AlterField("setting", "starts_on", models.DateField(verbose_name="起用日期")),
        migrations.AddConstraint(
            "setting",
            models.UniqueConstraint(
                fields=["key", "starts_on"],
                condition=models.Q(struck_at__isnull=True),
                name="one_setting_per_first_day",
                violation_error_message="这项设置同一天已经起用一个取值。",
            ),
        ),
    ]
