"""The chain itself: pure functions over the columns of one entry."""

import hmac
import json
from datetime import UTC, datetime
from typing import Any


def canonical(data: dict[str, Any]) -> str:
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
) -> str:
    """HMAC-SM3 over every column, as one unambiguous JSON list."""
    columns = [previous_hash, seq, at.astimezone(UTC).isoformat(), actor_user_id, actor_label, action, subject, data]
    message = json.dumps(columns, ensure_ascii=False).encode()
    return hmac.new(key.encode(), message, "sm3").hexdigest()
