"""The chains themselves: pure functions over the columns of one entry, of a head, of a master entry."""

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from miyun_kpi.audit.seals import Purpose, holds, mac


def canonical(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def entry_hash(
    key: str,
    *,
    previous_hash: str,
    seq: int,
    at: datetime,
    actor_user_id: int | None,
    actor_label: str,
    action: str,
    subject: str,
    data: str,
    stream: str = "",
    number: int | None = None,
    address: str = "",
    request_id: str = "",
    result: str = "",
    reason: str = "",
) -> str:
    """HMAC-SM3 over every column, as one unambiguous JSON list.

    An entry of the one chain of before (no stream), or of before where and why were kept, is hashed as it was when it
    was written.
    """
    columns = [previous_hash, seq, at.astimezone(UTC).isoformat(), actor_user_id, actor_label, action, subject, data]
    if stream:
        columns += [stream, number]
    if address or request_id or result or reason:
        columns += [address, request_id, result, reason]
    message = json.dumps(columns, ensure_ascii=False).encode()
    return hmac.new(key.encode(), message, "sm3").hexdigest()


def head_mac(stream: str, count: int, last_hash: str) -> str:
    return mac(Purpose.HEAD, *_head(stream, count, last_hash))


def head_holds(stored: str, stream: str, count: int, last_hash: str) -> bool:
    return holds(Purpose.HEAD, stored, *_head(stream, count, last_hash))


def _head(stream: str, count: int, last_hash: str) -> tuple[bytes, ...]:
    return b"head", stream.encode(), str(count).encode(), last_hash.encode()


Heads = Mapping[str, tuple[int, str]]


def heads_text(heads: Heads) -> str:
    """All heads as a master entry keeps them: stream → count and hash of the last entry."""
    return canonical({stream: [count, last_hash] for stream, (count, last_hash) in heads.items()})


def read_heads(text: str) -> dict[str, tuple[int, str]]:
    return {stream: (count, last_hash) for stream, (count, last_hash) in json.loads(text).items()}


def master_holds(stored: str, *, number: int, at: datetime, heads: str, previous_hash: str) -> bool:
    moment = at.astimezone(UTC).isoformat()
    return holds(
        Purpose.HEAD, stored, b"master", str(number).encode(), moment.encode(), heads.encode(), previous_hash.encode()
    )


def master_hash(*, number: int, at: datetime, heads: str, previous_hash: str) -> str:
    moment = at.astimezone(UTC).isoformat()
    return mac(Purpose.HEAD, b"master", str(number).encode(), moment.encode(), heads.encode(), previous_hash.encode())
