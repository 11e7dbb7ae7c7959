"""A form is carried out once: its key is claimed in the transaction of the act that it asks for (docs/decisions/0126)."""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, connection

from miyun_kpi.audit.following import followed_by
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.telling import act_and_thing
from miyun_kpi.lib.errors import Conflict
from miyun_kpi.web.models import SentForm

logger = logging.getLogger(__name__)
KEPT = timedelta(minutes=10)
# How long the second waits for the first to say where it leads, once the act of the first is done.
ANSWERED_WITHIN, LOOKS = 2.0, 20


class DoneAlready(Conflict):
    """The same form was carried out by another press."""

    def __init__(self) -> None:
        super().__init__("done-already", "同一张表单刚才已经提交并办好了，没有再办一遍。请刷新看结果。")


class DoneAndMoved(Conflict):
    """It was carried out, and what it did does not stand as it left it: undone or changed since."""

    def __init__(self, sent_at: datetime, since: AuditEntry) -> None:
        done, moved = (one.astimezone().strftime("%H:%M") for one in (sent_at, since.at))
        super().__init__(
            "done-and-moved",
            f"同一张表单 {done} 已经办过，此后（{moved}）又有{act_and_thing(since)}，没有再办一遍。"
            "请看过现在的情况；仍要办的，请再提交一次。",
        )


@dataclass(eq=False)
class Claim:
    """Of one request, `sender`: the form it brings, and whether an act took it."""

    key: str
    at: datetime
    sender: str
    taken: bool = False
    met: bool = False

    def take(self) -> None:
        """The first thing of an act. Whoever sends the same form at the same moment waits here for the end of the first:
        taken back with it where it is refused, DoneAlready where it is carried out and stands, DoneAndMoved where it does
        not. The same request may act again; what was sent longer ago than it is kept is another act."""
        table, quote = SentForm._meta.db_table, connection.ops.quote_name
        columns = ", ".join(quote(one) for one in ("key", "sender", "location", "sent_at"))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {quote(table)} AS kept ({columns}) VALUES (%s, %s, '', %s) ON CONFLICT ({quote('key')})"
                " DO UPDATE SET sender = excluded.sender, location = '', sent_at = excluded.sent_at"
                " WHERE kept.sent_at < %s",
                [self.key, self.sender, *map(connection.ops.adapt_datetimefield_value, (self.at, self.at - KEPT))],
            )
            new = cursor.rowcount == 1
        if new or SentForm.objects.filter(key=self.key, sender=self.sender).exists():
            self.taken = True
            return
        if (moved := moved_since(self.key, self.at)) is not None:
            raise moved
        self.met = True
        raise DoneAlready

    def led(self, location: str | None) -> None:
        """What led somewhere is remembered with its way, were it without an act; what was refused, or answered with a
        page, may be sent again.

        The act is done: a memory that cannot be written is no reason to say that it is not.
        """
        try:
            mine = SentForm.objects.filter(key=self.key, sender=self.sender)
            if location is None:
                mine.delete()
            elif not mine.update(location=location):
                row = SentForm(key=self.key, sender=self.sender, sent_at=self.at, location=location)
                SentForm.objects.bulk_create([row], ignore_conflicts=True)
            SentForm.objects.filter(sent_at__lt=self.at - KEPT).delete()
        except DatabaseError:
            logger.exception("where a form led was not kept")


def led_to(key: str, at: datetime) -> str:
    """Where the form led that was carried out before, or nothing."""
    found = SentForm.objects.filter(key=key, sent_at__gte=at - KEPT).values_list("location", flat=True).first()
    return found or ""


def moved_since(key: str, at: datetime) -> DoneAndMoved | None:
    """What followed on what the form was carried out on, through whatever door: done by anybody to the same things, or by
    the same person in the same subject, for an act on many or on the whole is undone at its parts.
    """
    sent = SentForm.objects.filter(key=key, sent_at__gte=at - KEPT).first()
    since = followed_by([sent.sender], sent.sent_at, own=True) if sent is not None else None
    return DoneAndMoved(sent.sent_at, since) if sent is not None and since is not None else None


def waited_for(key: str, at: datetime) -> str:
    """The same, for whoever came while the first was at work: its answer may still be on the way."""
    for _ in range(LOOKS):
        if location := led_to(key, at):
            return location
        time.sleep(ANSWERED_WITHIN / LOOKS)
    return ""
