"""One key for numbers of vouchers that a reader takes for the same. Where two standing ones collide the later keeps its own text."""

from django.db import migrations

from miyun_kpi.acts.vouchers import keys_of


def fold(apps, schema_editor):
    lines = apps.get_model("finance_policy", "SubsidyLine").objects
    standing = list(lines.filter(voucher__isnull=False).order_by("pk").values_list("pk", "proof"))
    keys, twice = keys_of(standing)
    lines.filter(pk__in=keys).update(voucher=None)
    for pk, key in keys.items():
        lines.filter(pk=pk).update(voucher=key)
    if twice:
        print(f"  19号: {len(twice)} vouchers repeat the number of an earlier one, to be looked at: lines {twice}")


class Migration(migrations.Migration):
    dependencies = [("finance_policy", "0004_days")]

    operations = [migrations.RunPython(fold, migrations.RunPython.noop, elidable=True)]
