"""The column or workbook that can still be taken back, for the page of a sheet."""

from evaluation.sheets.models.marks import MarkSheet
from evaluation.sheets.models.trail import WorkbookUpload
from evaluation.sheets.queries.sheets import SheetPage


def last_upload(sheet: MarkSheet) -> WorkbookUpload | None:
    return WorkbookUpload.objects.filter(sheet=sheet).first()


def to_take_back(upload: WorkbookUpload, page: SheetPage) -> int:
    """How many of the cells it wrote are as it left them."""
    versions = {row.organisation.code: row.mark.version for row in page.rows}
    return sum(versions.get(row["organisation"]) == row["version"] for row in upload.rows)
