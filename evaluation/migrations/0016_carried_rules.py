import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0015_conditions_and_differences")]

    operations = [
        migrations.AddField(
            model_name="rulebookline",
            name="continues",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="evaluation.rulebookline",
                verbose_name="沿用自",
            ),
        ),
    ]
