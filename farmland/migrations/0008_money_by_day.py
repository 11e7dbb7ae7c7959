from django.db import migrations, models


class Migration(migrations.Migration):
    """对账 reads the money of a month or a year (decision 0123)."""

    dependencies = [("farmland", "0007_uses_of_lots")]
    operations = [
        migrations.AddIndex(
            model_name="money", index=models.Index(fields=["day"], name="farmland_money_day"),
        )
    ]
