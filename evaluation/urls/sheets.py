from django.urls import path

from evaluation.views import rulebooks, sheets

urlpatterns = [
    path("", sheets.index, name="index"),
    path("sheets/", sheets.sheets, name="sheets"),
    path("sheets/<int:sheet_id>/", sheets.sheet, name="sheet"),
    path("sheets/<int:sheet_id>/print/", sheets.sheet_print, name="sheet-print"),
    path("sheets/<int:sheet_id>/rows/<slug:organisation>/", sheets.row_panel, name="row-panel"),
    path("sheets/<int:sheet_id>/marks/", sheets.save_mark, name="save-mark"),
    path("sheets/<int:sheet_id>/paste/", sheets.paste_preview, name="paste-preview"),
    path("sheets/<int:sheet_id>/column/", sheets.save_column, name="save-column"),
    path("sheets/<int:sheet_id>/file/", sheets.file_sheet, name="file-sheet"),
    path("sheets/<int:sheet_id>/reopen/", sheets.reopen, name="reopen-sheet"),
    path("sheets/<int:sheet_id>/paper/", sheets.paper, name="paper-sheet"),
    path("sheets/<int:sheet_id>/not-applicable/", sheets.decide, name="decide-not-applicable"),
    path("rulebooks/", rulebooks.rulebooks, name="rulebooks"),
    path("rulebooks/<int:figure_id>/", rulebooks.rulebook, name="rulebook"),
]
