"""The stamped scan of a sheet, kept before it is filed where the scheme asks for one (engine 20: no file where material goes offline)."""

from datetime import datetime
from typing import IO

from evaluation.sheets.access import require_sheet_write, visible_sheet
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.models.trail import SheetScan
from evaluation.sheets.services.marks import is_blank, locked_sheet, require_open
from miyun_kpi.acts.acting import acting
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.attachments.services import remove, store
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused

EVIDENCE = "evaluation.sheet-scan"


def _seen(marks: list[Mark]) -> int:
    return sum(mark.version for mark in marks)


def add_scan(*, actor: Actor, sheet_id: int, seen: int, file: IO[bytes], name: str, at: datetime) -> SheetScan:
    """Keep a scan of the sheet as it stands. `seen` is what the page showed: a scan of older marks is refused."""
    visible_sheet(actor, sheet_id)
    with acting(actor, at):
        sheet = locked_sheet(sheet_id)
        require_sheet_write(actor, sheet)
        require_open(sheet, at)
        if sheet.indicator.offline_only:
            raise Refused(
                "offline-only", "这项指标材料线下报送，网上不收文件。没有上传。", clause=sheet.scheme.cite("四（二）")
            )
        marks = list(Mark.objects.filter(sheet=sheet))
        blank = sum(is_blank(mark) for mark in marks)
        if blank:
            raise Refused("blank-cells", f"还有 {blank} 格空白，没有上传。请打完分、打印盖章以后再上传扫描件。")
        if seen != _seen(marks):
            raise Conflict("marks-changed", "您打开之后又有格子改过，没有上传。请按现在的分数重新打印盖章。")
        kept = store(actor=actor, kind=EVIDENCE, subject_id=sheet.pk, file=file, name=name, at=at)
        return SheetScan.objects.create(sheet=sheet, attachment=kept, seen=seen)


def remove_scan(*, actor: Actor, attachment_id: int, at: datetime) -> MarkSheet:
    """Take a wrong scan away while the sheet may still be changed."""
    found = one_of(Attachment.objects.filter(pk=attachment_id, kind=EVIDENCE))
    visible_sheet(actor, found.subject_id)
    with acting(actor, at):
        sheet = locked_sheet(found.subject_id)
        require_sheet_write(actor, sheet)
        require_open(sheet, at)
        remove(actor=actor, attachment=found, at=at)
    return sheet


def require_scan(sheet: MarkSheet, marks: list[Mark]) -> None:
    """Where the scheme asks for it: a scan must be there, and of the marks as they are now."""
    if not sheet.scheme.scan_required or sheet.indicator.offline_only:
        return
    scans = SheetScan.objects.filter(sheet=sheet)
    if not scans.exists():
        raise Refused("scan-missing", "这张表须附盖章的扫描件，没有报送。请打印报送表，盖章后在右栏上传扫描件。")
    if not scans.filter(seen=_seen(marks)).exists():
        raise Refused("scan-stale", "扫描件上传以后又改过分，没有报送。请按现在的分数重新打印、盖章、上传。")
