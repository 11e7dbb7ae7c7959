from django.db import migrations

from miyun_kpi.db.sealed import SealedField, seal_columns


def seal_all(apps, schema_editor):
    """What stood in the clear: in the same transaction as the columns, so that it is done or not begun."""
    for name in ("Application", "ThirdParty"):
        seal_columns(apps.get_model("disclosure", name))


class Migration(migrations.Migration):

    dependencies = [
        ('disclosure', '0003_former_links'),
    ]

    operations = [
        migrations.AlterField(
            model_name='application',
            name='applicant',
            field=SealedField(findable=True, verbose_name='申请人'),
        ),
        migrations.AlterField(
            model_name='application',
            name='contact',
            field=SealedField(blank=True, verbose_name='联系方式'),
        ),
        migrations.AlterField(
            model_name='thirdparty',
            name='name',
            field=SealedField(verbose_name='第三方'),
        ),
        # Forwards only: nothing that was sealed is written in the clear again.
        migrations.RunPython(seal_all, elidable=True),
    ]
