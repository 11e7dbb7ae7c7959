"""What imports with a preview share: the file's bytes, and what was read carried signed through the preview."""

from typing import Any

from django.core import signing
from django.http import HttpResponse

from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.table import Limits
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web.answers import download

VALID_SECONDS = 2 * 3600


def pack(request: KpiRequest, salt: str, subject: str, data: Any) -> str:
    """Nothing of the file is kept in between; the preview is good for this person and subject, two hours."""
    return signing.dumps({"user": request.actor.user_id, "subject": subject, "data": data}, salt=salt, compress=True)


def unpack(request: KpiRequest, salt: str, subject: str) -> Any:
    try:
        read = signing.loads(request.POST.get("read", ""), salt=salt, max_age=VALID_SECONDS)
    except signing.BadSignature:
        raise Refused("preview-gone", "预览已超过两小时或不完整，没有保存。请重新上传。") from None
    if (read["user"], read["subject"]) != (request.actor.user_id, subject):
        raise Refused("preview-gone", "这份预览不是为您、为这一项作的，没有保存。请重新上传。")
    return read["data"]


def content_of(file: Any) -> bytes:
    """One byte more than allowed is enough to be refused."""
    content: bytes = file.read(Limits().file + 1)
    return content


def xlsx(content: bytes, name: str) -> HttpResponse:
    return download(content, CONTENT_TYPE, name)


def with_errors(form: Any, refusal: Refused) -> Any:
    """A refusal in the form it belongs to; what may not even be seen goes on as it is."""
    if refusal.status in (400, 403, 404):
        raise refusal
    for error in refusal.errors:
        form.add_error(error.field if error.field in form.fields else None, error.message)
    if not refusal.errors or refusal.status == 409:
        form.add_error(None, refusal.message)
    return form
