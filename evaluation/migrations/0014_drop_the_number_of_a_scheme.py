from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0013_schemes_find_their_documents")]

    operations = [migrations.RemoveField("scheme", "document_code")]
