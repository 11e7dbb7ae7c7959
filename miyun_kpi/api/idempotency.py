import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from miyun_kpi.api.errors import error_body
from miyun_kpi.api.models import IdempotencyKey
from miyun_kpi.audit.following import followed_by, requests_at
from miyun_kpi.audit.telling import act_and_thing
from miyun_kpi.db.outage import Outage, outage
from miyun_kpi.lib.errors import Busy, Malformed, Refused
from miyun_kpi.requests import ApiRequest

LIFETIME = timedelta(hours=24)
LONGEST_WAIT = timedelta(seconds=5)
# The status of a row whose request has not ended. Only its own transaction ever sees it: it commits with the answer.
UNANSWERED = 0
REPLAY = {"Idempotent-Replay": "true"}


def once(request: ApiRequest, act: Callable[[], Response], *, at: datetime) -> Response:
    """Run `act` once per token and Idempotency-Key; the same key again gives the same answer while what it did stands, else
    409 with that answer as `first` (docs/decisions/0138).

    The key is taken before anything is done, in the transaction of the effect: a second request that comes while the
    first is at work waits for it and gives its answer. A refusal takes the key back with everything else, so that the
    corrected request may come under the same key. Another body under a key that was answered: Refused("key-reused").
    Without the header the act simply runs.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return act()
    if len(key) > 100:
        raise Malformed("bad-idempotency-key", "Idempotency-Key 最多 100 个字符。")
    token_id = request.actor.token_id or ""
    body = json.dumps([request.method, request.path, request.data], sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(body.encode()).hexdigest()
    IdempotencyKey.objects.filter(created_at__lt=at - LIFETIME).delete()
    kept = IdempotencyKey.objects.filter(token_id=token_id, key=key).first()
    if kept is None:
        with transaction.atomic():
            kept = _claim(token_id=token_id, key=key, request_hash=digest, created_at=at)
            if kept.status == UNANSWERED:
                response = act()
                kept.status = response.status_code
                kept.body = JSONRenderer().render(response.data).decode()
                kept.save()
                return response
    if kept.request_hash != digest:
        raise Refused("key-reused", "这个 Idempotency-Key 已用于另一个请求，没有执行。请换一个键。")
    data: Any = json.loads(kept.body)
    since = followed_by(requests_at(kept.created_at, request.actor.user_id), kept.created_at, own=False)
    if since is None:
        return Response(data, status=kept.status, headers=REPLAY)
    done, moved = (one.astimezone().strftime("%Y-%m-%d %H:%M") for one in (kept.created_at, since.at))
    said = f"这个 Idempotency-Key 的请求 {done} 已经办过，此后（{moved}）又有{act_and_thing(since)}，没有再办一遍。"
    body_now = error_body("done-and-moved", f"{said}第一次的回答见 first；请读出现在的情况，仍要办的换一个键。")
    return Response(body_now | {"first": {"status": kept.status, "answer": data}}, status=409, headers=REPLAY)


def _claim(**facts: Any) -> IdempotencyKey:
    """Take the key, or wait for whoever holds it: an unanswered row is this request's own, any other the answer given.

    On SQLite the transaction itself has waited (BEGIN IMMEDIATE); on PostgreSQL the unique index lets the second wait.
    """
    with _waiting_at_most(LONGEST_WAIT):
        IdempotencyKey.objects.bulk_create([IdempotencyKey(**facts, status=UNANSWERED, body="")], ignore_conflicts=True)
    return IdempotencyKey.objects.get(token_id=facts["token_id"], key=facts["key"])


@contextmanager
def _waiting_at_most(longest: timedelta) -> Iterator[None]:
    """The limit holds for the claim alone; the act waits for its locks as it would without a key."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{longest / timedelta(milliseconds=1):.0f}ms"])
        try:
            yield
        except OperationalError as error:
            if outage(error) is not Outage.LOCKED:
                raise
            raise Busy("同一个 Idempotency-Key 的请求还没有办完，这一次没有执行。请稍后用同一个键再发。") from error
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [before])
