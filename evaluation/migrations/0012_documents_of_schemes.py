"""A scheme points to the document it rests on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0011_year_close"), ("gazette", "0002_documents_with_years")]

    operations = [
        migrations.RenameField("scheme", "document", "document_code"),
        migrations.AlterField("scheme", "document_code", models.CharField("文件", max_length=20, default="")),
        migrations.AddField(
            "scheme",
            "document",
            models.ForeignKey(
                to="gazette.document",
                to_field="ref",
                on_delete=models.PROTECT,
                null=True,
                related_name="+",
                verbose_name="文件",
            ),
        ),
    ]
