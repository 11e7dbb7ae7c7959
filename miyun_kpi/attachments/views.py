from django.http import FileResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from miyun_kpi.attachments.access import visible_attachment
from miyun_kpi.attachments.queries import place_of
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.requests import KpiRequest
from miyun_kpi.site import named


@require_safe
def fetch(request: KpiRequest, attachment_id: int) -> HttpResponseBase:
    """One evidence file, always as a download: nothing that somebody sent is shown or run under our address."""
    attachment = visible_attachment(request.actor, attachment_id)
    try:
        content = open(place_of(attachment), "rb")
    except FileNotFoundError:
        raise NotFound("这份材料的文件不在了，请告诉系统管理员从备份恢复。", "file-lost") from None
    # The file itself stays as it was sent: its digest is kept.
    name, kind = named(attachment.name), attachment.content_type
    response = FileResponse(content, as_attachment=True, filename=name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
