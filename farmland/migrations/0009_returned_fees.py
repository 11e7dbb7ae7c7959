from django.db import migrations, models

import miyun_kpi.db.fields


class Migration(migrations.Migration):
    """What is given back of a fee after the quota was taken back for 不可抗力 (decision 0142)."""

    dependencies = [("farmland", "0008_money_by_day")]
    operations = [
        migrations.AddField(
            model_name="fee",
            name="returned",
            field=miyun_kpi.db.fields.ScaledDecimalField(default=0, places=2, verbose_name="协调退还"),
        ),
        migrations.AddField(
            model_name="fee",
            name="return_note",
            field=models.CharField(blank=True, default="", max_length=300, verbose_name="退还的协调意见"),
        ),
        migrations.AddConstraint(
            model_name="fee",
            constraint=models.CheckConstraint(
                condition=models.Q(returned=0) | (models.Q(returned__gt=0) & ~models.Q(return_note="")),
                name="no_return_without_coordination",
                violation_error_message="没有协调意见，不能退还已缴费用。",
            ),
        ),
    ]
