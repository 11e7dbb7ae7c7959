"""manage.py synthesise: years of invented data, of which every app fills its own tables; on the demonstration alone."""

from collections.abc import Callable, Collection
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction

from miyun_kpi.accounts.models import User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.services import Event, chain_heads, record, record_each
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.years import Years, year_fills
from miyun_kpi.site import is_demonstration

DONE = "operations.years.synthesised"
MOST = 50
YEARLY_ENTRIES = 50_000
BATCH = 2_000
# Acts that change nothing but the audit: nobody's right and no day of another act is read from them.
INVENTED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("accounts.session.signed-in", "", {"address": "127.0.0.1"}),
    ("accounts.session.signed-out", "", {"address": "127.0.0.1"}),
    ("operations.site.verified", "site:1", {"faults": 0, "master": 0}),
)


def synthesise(*, years: Years, only: Collection[str] = (), said: Callable[[str], None] = lambda _: None) -> int:
    """Fills the tables of every app that has hung in, or of `only` these; all or nothing, and once a site."""
    if not is_demonstration():
        raise Refused("not-the-demonstration", "这里不是演示站，没有执行：虚构的年份只放进演示站（--site demo）。")
    if not 1 <= years.number <= MOST:
        raise Refused("out-of-range", f"年数须为 1 至 {MOST}，没有执行。")
    if not User.objects.exists():
        raise Refused("no-demonstration", "演示还没有装入，没有执行。请先执行一次 make run 或 manage.py load_demo。")
    if AuditEntry.objects.filter(action=DONE).exists():
        raise Refused("done-already", "虚构的年份已经放进来了，没有再放。要换年数，请移走 var/demo/ 重新装入。")
    fills = {**year_fills(), "audit": ("审计", _fill_audit)}
    if unknown := sorted(set(only) - set(fills)):
        raise Refused("unknown-part", f"没有“{unknown[0][:20]}”这一部分，没有执行。可选：{'、'.join(fills)}。")
    number = 0
    with transaction.atomic():
        for name, (words, fill) in fills.items():
            if not only or name in only:
                rows = fill(years)
                number += rows
                said(f"{words}：{rows} 行")
        record(actor=SYSTEM, action=DONE, subject="site:1", data={"years": years.number, "rows": number}, at=years.at)
        chain_heads(at=years.at)
    return number


def _fill_audit(years: Years) -> int:
    people = list(User.objects.order_by("pk").values_list("pk", "username"))
    told = (
        _invented(*people[place % len(people)], place, at) for place, at in enumerate(years.moments(YEARLY_ENTRIES))
    )
    number = 0
    while batch := list(islice(told, BATCH)):
        record_each(batch)
        number += len(batch)
    return number


def _invented(pk: int, username: str, place: int, at: datetime) -> tuple[Actor, Event, datetime]:
    action, subject, data = INVENTED[place % len(INVENTED)]
    return Actor(label=f"{username}（虚构）", user_id=pk), Event(action, subject or f"user:{username}", dict(data)), at
