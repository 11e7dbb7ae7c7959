"""One stream an app. Nothing that was written is rewritten: the chain of before becomes a closed stream of its own."""

from django.db import migrations, models

SEQUENCE = "audit_auditentry_numbers"


def create_sequence(apps, schema_editor):
    # On SQLite there is one writer, and the highest number plus one is enough.
    if schema_editor.connection.vendor == "postgresql":
        last = apps.get_model("audit", "AuditEntry").objects.order_by("-seq").values_list("seq", flat=True).first() or 0
        schema_editor.execute(f"CREATE SEQUENCE {SEQUENCE} START WITH {last + 1}")
        # The one head there was had its number given by hand.
        schema_editor.execute(
            "SELECT setval(pg_get_serial_sequence('audit_audithead', 'id'), "
            "(SELECT coalesce(max(id), 0) + 1 FROM audit_audithead), false)"
        )


def drop_sequence(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP SEQUENCE {SEQUENCE}")


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditMaster',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='号')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('heads', models.TextField(verbose_name='各分链链头')),
                ('previous_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
                ('key_id', models.CharField(max_length=16, verbose_name='密钥指纹')),
            ],
            options={
                'verbose_name': '总链头',
                'ordering': ['number'],
            },
        ),
        migrations.RenameField(model_name='audithead', old_name='last_seq', new_name='count'),
        migrations.AlterField(
            model_name='audithead',
            name='count',
            field=models.BigIntegerField(default=0, verbose_name='条数'),
        ),
        migrations.AddField(
            model_name='audithead',
            name='stream',
            field=models.CharField(default='', max_length=20, unique=True, verbose_name='分链'),
        ),
        migrations.AddField(
            model_name='audithead',
            name='mac',
            field=models.CharField(default='', max_length=64),
        ),
        migrations.AddField(
            model_name='audithead',
            name='key_id',
            field=models.CharField(default='', max_length=16, verbose_name='密钥指纹'),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='stream',
            field=models.CharField(default='', max_length=20, verbose_name='分链'),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='number',
            field=models.BigIntegerField(null=True, verbose_name='分链内序号'),
        ),
        migrations.AddConstraint(
            model_name='auditentry',
            constraint=models.UniqueConstraint(fields=('stream', 'number'), name='one_audit_entry_per_stream_and_number', violation_error_message='分链内的这一条已经有了。'),
        ),
        migrations.RunPython(create_sequence, drop_sequence),
    ]
