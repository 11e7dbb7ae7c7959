"""What a preview has shown, carried by the page to the confirmation: signed, for one person, for two hours."""

from typing import Any

from django.core import signing

from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest

VALID_SECONDS = 2 * 3600


def packed(request: KpiRequest, what: str, rows: Any) -> str:
    """`what` names the import, `rows` is plain JSON."""
    return signing.dumps({"user": request.actor.user_id, "rows": rows}, salt=what, compress=True)


def unpacked(request: KpiRequest, what: str) -> Any:
    """The rows that were previewed; Refused where the preview is too old, broken, another import's or another person's."""
    try:
        data = signing.loads(request.POST.get("read", ""), salt=what, max_age=VALID_SECONDS)
    except signing.BadSignature:
        raise Refused("preview-gone", "预览已超过两小时或不完整，没有导入。请重新上传工作簿。") from None
    if data["user"] != request.actor.user_id:
        raise Refused("preview-gone", "这份预览不是为您作的，没有导入。请重新上传工作簿。")
    return data["rows"]
