"""The stamped scan of a sheet: its evaluator alone brings and removes it."""

from typing import Any

from django.utils import timezone

from evaluation.models import SheetScan
from miyun_kpi.attachments.models import Attachment


def things(world: dict[str, Any]) -> dict[str, Any]:
    fields = {"kind": "evaluation.sheet-scan", "subject_id": world["sheet_id"], "content_type": "application/pdf"}
    file = Attachment.objects.create(
        **fields, name="s.pdf", size=4, sha256="0" * 64, path="matrix/scans", stored_at=timezone.now(), stored_by="甲"
    )
    SheetScan.objects.create(sheet_id=world["sheet_id"], attachment=file, seen=0)
    return {"evaluation:remove-scan:attachment_id": file.pk}


PAGES: dict[tuple[str, str], str] = {
    ("evaluation:add-scan", "POST"): "SANFFNNNNN",
    ("evaluation:remove-scan", "POST"): "SANFFNNNNN",
}
