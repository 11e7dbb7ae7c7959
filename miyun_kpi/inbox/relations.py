"""What was sent stays with whom it was sent to; what is handed over brings a notice of its own."""

from miyun_kpi.inbox.models import Notice
from miyun_kpi.organisations.registry import register_relations, stays


def register() -> None:
    register_relations(Notice, {"organisation": stays("已发的消息", "发给谁的留在谁处；转来的事项另发消息。")})
