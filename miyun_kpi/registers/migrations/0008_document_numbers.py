from django.db import migrations


def read_again(apps, schema_editor):
    from miyun_kpi.registers.rereading import reread_all

    reread_all(apps)


class Migration(migrations.Migration):

    dependencies = [
        ('registers', '0007_alter_recordevent_act'),
    ]

    operations = [
        # Of one 文号 that was written in two ways the later record keeps a key of its own and a doubt. Backwards nothing is
        # taken back: the texts are as they were typed.
        migrations.RunPython(read_again, migrations.RunPython.noop, elidable=True),
    ]
