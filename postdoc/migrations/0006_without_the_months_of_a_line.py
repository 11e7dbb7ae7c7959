"""By itself: PostgreSQL alters no table in the transaction in which its rows were changed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("postdoc", "0005_months_and_vouchers")]

    operations = [migrations.RemoveField(model_name="ledgerline", name="months")]
