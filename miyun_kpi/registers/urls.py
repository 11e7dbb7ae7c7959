"""Addresses of every register of one app, to be added to the app's own: `*register_patterns("water")`."""

from django.urls import URLPattern, path

from miyun_kpi.registers.views import handing, importing, records


def register_patterns(app: str) -> list[URLPattern]:
    """records, record, new-record, save-record, step-record, strike-record, record-file …, each with the kind in its path."""
    extra = {"app": app}
    return [
        path("records/<slug:kind>/", records.index, extra, name="records"),
        path("records/<slug:kind>/counts/", records.counts, extra, name="record-counts"),
        path("records/<slug:kind>/workbook/", records.export, extra, name="records-workbook"),
        path("records/<slug:kind>/template/", importing.template_file, extra, name="records-template"),
        path("records/<slug:kind>/import/", importing.upload, extra, name="import-records"),
        path("records/<slug:kind>/import/accept/", importing.accept, extra, name="accept-records"),
        path("records/<slug:kind>/views/", records.save_view, extra, name="save-view"),
        path("records/<slug:kind>/views/<int:view_id>/remove/", records.remove_view, extra, name="remove-view"),
        path("records/<slug:kind>/new/", records.new, extra, name="new-record"),
        path("records/<slug:kind>/<int:record_id>/", records.record, extra, name="record"),
        path("records/<slug:kind>/<int:record_id>/save/", records.save, extra, name="save-record"),
        path("records/<slug:kind>/<int:record_id>/step/", records.step, extra, name="step-record"),
        path("records/<slug:kind>/<int:record_id>/strike/", records.strike, extra, name="strike-record"),
        path("records/<slug:kind>/<int:record_id>/hand-over/", handing.hand_over, extra, name="hand-over-record"),
        path("records/<slug:kind>/<int:record_id>/files/", records.add_file, extra, name="record-file"),
        path(
            "records/<slug:kind>/<int:record_id>/files/<int:attachment_id>/remove/",
            records.remove_file,
            extra,
            name="remove-record-file",
        ),
    ]
