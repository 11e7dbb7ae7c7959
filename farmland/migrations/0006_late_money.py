from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("farmland", "0005_kept_by_month")]

    operations = [
        migrations.AddField(
            model_name="money",
            name="late",
            field=models.CharField(blank=True, default="", max_length=320, verbose_name="补登"),
        ),
    ]
