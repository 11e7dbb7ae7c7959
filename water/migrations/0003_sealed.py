from django.db import migrations


def seal_all(apps, schema_editor):
    """Every register by the types its fields have now: 当事人 of cases and 保管人 of supplies are sealed, names get their marks."""
    from miyun_kpi.registers.rereading import reread_all, seal_papers

    reread_all(apps)
    seal_papers(apps)


class Migration(migrations.Migration):

    dependencies = [
        ('water', '0002_days_of_acts'),
        ('registers', '0007_alter_recordevent_act'),
        ('emendations', '0001_initial'),
        ('proposals', '0001_initial'),
    ]

    operations = [
        # Forwards only: nothing that was sealed is written in the clear again.
        migrations.RunPython(seal_all, elidable=True),
    ]
