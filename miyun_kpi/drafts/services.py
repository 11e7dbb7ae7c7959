"""草稿: kept for its owner while it is not stored, gone when it is. No audit, no search and no export knows of it."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from miyun_kpi.accounts.models import Post
from miyun_kpi.db.sealed import seal
from miyun_kpi.drafts.models import Draft
from miyun_kpi.drafts.queries import own_drafts
from miyun_kpi.jobs.clock import Run, timed
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Malformed, NotAllowed, Refused

MARK = re.compile(r"(?a:[a-z0-9]{8,40})")
# Of one form at a time: what a page has put back from earlier pages.
MOST_MARKS = 10


@dataclass(frozen=True)
class Typed:
    """`body`: the JSON of the browser with `page`, `title`, `act` and `values`; opened by its owner's browser alone."""

    form: str
    version: str
    body: str
    post_id: int | None = None

    @property
    def page(self) -> str:
        """The address to come back to: a path of this site."""
        try:
            told = json.loads(self.body)
            page, values = told["page"], told["values"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise unreadable() from None
        if not isinstance(page, str) or not re.match(r"/(?![/\\])", page) or not isinstance(values, dict):
            raise unreadable()
        return page


def unreadable() -> Malformed:
    return Malformed("bad-draft", "草稿读不懂，没有存。写的内容还在这一页，请直接提交。")


def keep(*, actor: Actor, mark: str, typed: Typed, replaces: Collection[str] = (), at: datetime) -> None:
    """Over the draft of the same opened page; `replaces`: drafts that were put back there and are part of it now."""
    if actor.user_id is None or actor.token_id is not None:
        raise NotAllowed("named-person", "草稿属于个人，接口客户端没有。")
    if not (MARK.fullmatch(mark) and MARK.fullmatch(typed.form)) or (
        typed.version and not MARK.fullmatch(typed.version)
    ):
        raise unreadable()
    address = typed.page.split("?")[0].split("#")[0]
    if len(address) > 300:
        raise unreadable()
    if len(typed.body.encode()) > settings.DRAFT_LARGEST:
        most = settings.DRAFT_LARGEST // 1024
        raise Refused("draft-too-large", f"写的内容超过 {most} KB，存不成草稿。内容还在这一页，请先提交一部分。")
    held = Post.objects.on(at.astimezone().date()).filter(user_id=actor.user_id)
    if typed.post_id is not None and not held.filter(pk=typed.post_id).exists():
        raise Conflict("other-post", "这一页是以您已不担任的岗位打开的，草稿没有存。内容还在这一页，请先抄下来。")
    facts: dict[str, Any] = {"post_id": typed.post_id, "form": typed.form, "version": typed.version}
    facts |= {"address": address, "body": seal(typed.body), "saved_at": at}
    # Each statement by itself: two windows that replace each other's would wait for each other, and what is left over is
    # offered once more.
    row = Draft(owner_id=actor.user_id, mark=mark, **facts)
    Draft.objects.bulk_create([row], update_conflicts=True, unique_fields=["owner", "mark"], update_fields=list(facts))
    own = own_drafts(actor)
    # What was saved before alone: of two windows that took each other's over the later one stays.
    own.filter(mark__in=list(replaces)[:MOST_MARKS], saved_at__lt=at).exclude(mark=mark).delete()
    # Named one by one: what another window has saved since is none of them.
    surplus = own.values_list("pk", flat=True)[settings.DRAFTS_MOST :]
    own.filter(pk__in=list(surplus), saved_at__lt=at).delete()


def drop(*, actor: Actor, mark: str) -> None:
    """不要. Another's, one that is not there and one that is stored already are the same: there is nothing of it left."""
    own_drafts(actor).filter(mark=mark).delete()


def stored(*, actor: Actor, marks: Collection[str]) -> None:
    """What was in these drafts has been stored by an act."""
    own_drafts(actor).filter(mark__in=marks).delete()


@timed("drafts.forget_old", "清理过期的草稿")
def forget_old(run: Run) -> None:
    """After so many days, and those of accounts that are disabled. Without a slot: the next call does what is left."""
    over = Q(saved_at__lt=run.at - timedelta(days=settings.DRAFT_DAYS)) | Q(owner__is_active=False)
    Draft.objects.filter(over).delete()
