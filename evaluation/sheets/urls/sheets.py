from django.urls import path

from evaluation.sheets.views import columns, conditions, list_exports, reasons, record, rulebooks, scans, sheets

urlpatterns = [
    path("sheets/list.xlsx", list_exports.sheets, name="sheets-list"),
    path("", sheets.index, name="index"),
    path("sheets/", sheets.sheets, name="sheets"),
    path("sheets/<int:sheet_id>/", sheets.sheet, name="sheet"),
    path("sheets/<int:sheet_id>/print/", sheets.sheet_print, name="sheet-print"),
    path("sheets/<int:sheet_id>/rows/<slug:organisation>/", sheets.row_panel, name="row-panel"),
    path("sheets/<int:sheet_id>/marks/", sheets.save_mark, name="save-mark"),
    path("sheets/<int:sheet_id>/paste/", columns.paste_preview, name="paste-preview"),
    path("sheets/<int:sheet_id>/column/", columns.save_column, name="save-column"),
    path("sheets/<int:sheet_id>/accept/", columns.accept, name="accept-proposed"),
    path("sheets/<int:sheet_id>/workbook/", columns.workbook, name="sheet-workbook"),
    path("sheets/<int:sheet_id>/workbook/<int:upload_id>/undo/", columns.undo, name="undo-workbook"),
    path("sheets/<int:sheet_id>/file/", sheets.file_sheet, name="file-sheet"),
    path("sheets/<int:sheet_id>/reason/", reasons.reason, name="give-reason"),
    path("sheets/<int:sheet_id>/scan/", scans.upload, name="add-scan"),
    path("sheets/scans/<int:attachment_id>/remove/", scans.remove, name="remove-scan"),
    path("sheets/<int:sheet_id>/certify/", sheets.certify, name="certify-sheet"),
    path("sheets/<int:sheet_id>/withdraw/", sheets.withdraw, name="withdraw-sheet"),
    path("sheets/<int:sheet_id>/reopen/", sheets.reopen, name="reopen-sheet"),
    path("sheets/<int:sheet_id>/paper/", sheets.paper, name="paper-sheet"),
    path("sheets/<int:sheet_id>/not-applicable/", sheets.decide, name="decide-not-applicable"),
    path("schemes/<int:year>/<str:track>/record/", record.lines, name="record-lines"),
    path("schemes/<int:year>/<str:track>/record/<int:line_id>/withdraw/", record.withdraw, name="withdraw-record-line"),
    path("schemes/<int:year>/<str:track>/conditions/", conditions.conditions, name="mark-conditions"),
    path("schemes/<int:year>/<str:track>/conditions/<int:condition_id>/", conditions.move, name="move-mark-condition"),
    path(
        "schemes/<int:year>/<str:track>/conditions/<int:condition_id>/withdraw/",
        conditions.withdraw,
        name="withdraw-mark-condition",
    ),
    path("rulebooks/", rulebooks.rulebooks, name="rulebooks"),
    path("rulebooks/<int:figure_id>/", rulebooks.rulebook, name="rulebook"),
    path("rulebooks/<int:figure_id>/lines/<int:line_id>/withdraw/", rulebooks.withdraw, name="withdraw-rulebook-line"),
]
