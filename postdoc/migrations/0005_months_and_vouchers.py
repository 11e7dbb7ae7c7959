from django.db import migrations, models

from miyun_kpi.acts.vouchers import keys_of


def fill(apps, schema_editor):
    """Every month that is held or was let go by a line that stands: what the application was asked for."""
    months = apps.get_model("postdoc", "ClaimedMonth").objects
    lines = apps.get_model("postdoc", "LedgerLine").objects
    for row in apps.get_model("postdoc", "Application").objects.filter(grant="living"):
        own = {one.month: [one.month, str(one.slot), str(one.amount)] for one in months.filter(application=row)}
        gone = set()
        for line in lines.filter(application=row, reversal__isnull=True).exclude(months=[]):
            own |= {month: [month, slot, amount] for month, slot, amount in line.months}
            gone |= {month for month, _, _ in line.months} if line.ground == "left" else set()
        why = {text.partition("　")[0]: (text.partition("　")[2], clause) for text, clause in row.reasons}
        row.asked = [[*own[month], *why.get(month, ("", "第二十条"))] for month in sorted(own)]
        row.gone = sorted(gone)
        row.save(update_fields=["asked", "gone"])


def fold(apps, schema_editor):
    """One key for numbers that a reader takes for the same. Where two standing ones collide the later keeps its own text."""
    lines = apps.get_model("postdoc", "LedgerLine").objects
    standing = list(lines.filter(voucher__isnull=False).order_by("pk").values_list("pk", "proof"))
    keys, twice = keys_of(standing)
    lines.filter(pk__in=keys).update(voucher=None)
    for pk, key in keys.items():
        lines.filter(pk=pk).update(voucher=key)
    if twice:
        print(f"  27号: {len(twice)} vouchers repeat the number of an earlier one, to be looked at: lines {twice}")


class Migration(migrations.Migration):

    dependencies = [("postdoc", "0004_imported")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="asked",
            field=models.JSONField(default=list, verbose_name="申报的月份"),
        ),
        migrations.AddField(
            model_name="application",
            name="gone",
            field=models.JSONField(default=list, verbose_name="离站后不计的月份"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(fold, migrations.RunPython.noop, elidable=True),
    ]
