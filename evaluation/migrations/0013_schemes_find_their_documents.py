"""Schemes find their documents. One issued for a later year made no document then: its 印发 tells it now."""

import re

from django.db import migrations

PRINTED = re.compile(r"\s*(\D{2,10}?)\s*[〔\[（(【]\s*(\d{4})\s*[〕\]）)】]\s*第?\s*(\d{1,4})\s*号\s*")


def point(apps, schema_editor):
    Scheme, Document = apps.get_model("evaluation", "Scheme"), apps.get_model("gazette", "Document")
    Issue = apps.get_model("evaluation", "SchemeIssue")
    for scheme in Scheme.objects.all():
        issue = Issue.objects.filter(scheme=scheme, state="confirmed").order_by("-pk").first()
        match = PRINTED.fullmatch(issue.document_number) if issue else None
        if match:
            scheme.document = _document(Document, issue, match)
        elif scheme.copied_from_id is None:
            scheme.document = Document.objects.filter(ref=f"2020-{scheme.document_code}").first()
        if scheme.document is not None:
            scheme.save(update_fields=["document"])


def _document(Document, issue, match):
    series, year, number = match[1], int(match[2]), int(match[3])
    found = Document.objects.filter(series=series, year=year, number=number).first()
    if found is not None:
        return found
    ref = f"{year}-{number}"
    if Document.objects.filter(ref=ref).exists():
        ref = f"{ref}-{series}"
    return Document.objects.create(
        ref=ref,
        series=series,
        year=year,
        number=number,
        title=issue.title,
        short_title=issue.title[:60],
        issued_on=issue.approved_on,
        subject="evaluation",
    )


def unpoint(apps, schema_editor):
    for scheme in apps.get_model("evaluation", "Scheme").objects.all():
        scheme.document_code = "13"
        scheme.save(update_fields=["document_code"])


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0012_documents_of_schemes")]

    # Apart from the columns: PostgreSQL does not alter a table whose rows it has still to check.
    operations = [migrations.RunPython(point, unpoint)]
