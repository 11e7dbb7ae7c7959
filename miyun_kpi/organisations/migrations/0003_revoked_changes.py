from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0002_reorganisation_reorganisedunit'),
    ]

    operations = [
        migrations.AddField(
            model_name='reorganisation',
            name='given_back',
            field=models.JSONField(default=dict, verbose_name='退回'),
        ),
        migrations.AddField(
            model_name='reorganisation',
            name='left',
            field=models.JSONField(default=dict, verbose_name='没有退回'),
        ),
        migrations.AddField(
            model_name='reorganisation',
            name='taken',
            field=models.JSONField(null=True, verbose_name='转走的每一件'),
        ),
        migrations.AddField(
            model_name='reorganisation',
            name='revoked_at',
            field=models.DateTimeField(null=True, verbose_name='撤销时间'),
        ),
        migrations.AddField(
            model_name='reorganisation',
            name='revoked_by',
            field=models.CharField(blank=True, max_length=200, verbose_name='撤销人'),
        ),
        migrations.AddField(
            model_name='reorganisation',
            name='revoked_reason',
            field=models.CharField(blank=True, max_length=500, verbose_name='撤销理由'),
        ),
        migrations.AddField(
            model_name='reorganisedunit',
            name='evaluated',
            field=models.BooleanField(null=True, verbose_name='当时列入考评'),
        ),
    ]
