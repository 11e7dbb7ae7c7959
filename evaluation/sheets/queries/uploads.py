"""The workbook that can still be taken back, for the page of a sheet."""

from evaluation.sheets.models.marks import MarkSheet
from evaluation.sheets.models.trail import WorkbookUpload
from evaluation.sheets.queries.sheets import SheetPage


def last_upload(sheet: MarkSheet) -> WorkbookUpload | None:
    return WorkbookUpload.objects.filter(sheet=sheet).first()


def can_be_undone(upload: WorkbookUpload, page: SheetPage) -> bool:
    """While every cell it wrote is as it left it."""
    versions = {row.organisation.code: row.mark.version for row in page.rows}
    return not upload.undone_at and all(versions.get(row["organisation"]) == row["version"] for row in upload.rows)
