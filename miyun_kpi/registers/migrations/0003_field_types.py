from django.db import migrations


def read_again(apps, schema_editor):
    from miyun_kpi.registers.rereading import reread_all

    reread_all(apps)


class Migration(migrations.Migration):

    dependencies = [
        ('registers', '0002_doubts'),
    ]

    operations = [
        # Backwards nothing is taken back: canonical texts are texts, and what is sealed stays sealed.
        migrations.RunPython(read_again, migrations.RunPython.noop, elidable=True),
    ]
