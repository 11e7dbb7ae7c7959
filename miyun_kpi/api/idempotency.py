import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from miyun_kpi.api.models import IdempotencyKey
from miyun_kpi.lib.actors import actor_of
from miyun_kpi.lib.errors import Conflict, Malformed, Refused

LIFETIME = timedelta(hours=24)


def once(request: Request, act: Callable[[], Response], *, at: datetime) -> Response:
    """Run `act` once per token and Idempotency-Key; the same key again gives the same answer.

    Another body under the same key: Refused("key-reused"). Without the header the act simply runs.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return act()
    if len(key) > 100:
        raise Malformed("bad-idempotency-key", "Idempotency-Key 最多 100 个字符。")
    token_id = actor_of(request).token_id or ""
    body = json.dumps([request.method, request.path, request.data], sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(body.encode()).hexdigest()
    IdempotencyKey.objects.filter(created_at__lt=at - LIFETIME).delete()
    kept = IdempotencyKey.objects.filter(token_id=token_id, key=key).first()
    if kept is None:
        try:
            with transaction.atomic():
                response = act()
                text = JSONRenderer().render(response.data).decode()
                IdempotencyKey.objects.create(
                    token_id=token_id,
                    key=key,
                    request_hash=digest,
                    status=response.status_code,
                    body=text,
                    created_at=at,
                )
                return response
        except IntegrityError as error:
            kept = IdempotencyKey.objects.filter(token_id=token_id, key=key).first()
            if kept is None:
                raise Conflict("busy", "同一个 Idempotency-Key 正在处理，请稍后重试。") from error
    if kept.request_hash != digest:
        raise Refused("key-reused", "这个 Idempotency-Key 已用于另一个请求，没有执行。请换一个键。")
    data: Any = json.loads(kept.body)
    return Response(data, status=kept.status, headers={"Idempotent-Replay": "true"})
