import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from miyun_kpi.audit.queries import Position, has_acted_since, position
from miyun_kpi.db.paging import page_asked
from miyun_kpi.inbox import queries, services
from miyun_kpi.inbox.registry import concerns_of
from miyun_kpi.inbox.rules import holiday_sentence
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor
from miyun_kpi.requests import KpiRequest, OpenRequest
from miyun_kpi.web.formats import stamp
from miyun_kpi.web.registry import subject_keys

logger = logging.getLogger(__name__)
PER_PAGE = 30
# For so long another person's act may be missing from the number beside 工作台; one's own never is.
REMEMBERED_SECONDS = 60
MOST_REMEMBERED = 2000


# What a post is concerned with changes with its rows, not with the hour; a switch of post asks anew.
CONCERNS_SECONDS = 600


@dataclass(frozen=True)
class _Remembered:
    """What the desk of a person's post came to, of which subjects: when, and how far the audit had come."""

    number: int
    subjects: frozenset[str]
    at: datetime
    seen: Position


_remembered: dict[tuple[int, int | None], _Remembered] = {}
_concerns: dict[tuple[int, int | None], tuple[datetime, frozenset[str]]] = {}


def forget() -> None:
    _remembered.clear()
    _concerns.clear()


def owed_count(request: OpenRequest) -> int:
    """The number beside 工作台. Every act leaves an entry in the audit, so one query tells whether this person has acted
    since the number was made, in whichever process; only then, or after a minute, is the desk read again.
    """
    actor = request.actor
    if actor is None or actor.user_id is None:
        return 0
    now = timezone.now()
    known = _remembered.get((actor.user_id, actor.post_id))
    fresh = known is not None and timedelta(0) <= now - known.at < timedelta(seconds=REMEMBERED_SECONDS)
    if known is not None and fresh and not has_acted_since(known.seen, actor.user_id):
        return known.number
    seen = position()
    try:
        items = queries.desk_items(actor, now)
    except DatabaseError:
        raise
    except Exception:
        # One subject's fault must not take every page of the account with it; the desk itself still shows it.
        logger.exception("the desk of user %s could not be read", actor.user_id)
        return known.number if known is not None else 0
    return _remember(actor, queries.owed_number(items), frozenset(item.subject for item in items), now, seen)


def _remember(actor: Actor, number: int, subjects: frozenset[str], now: datetime, seen: Position) -> int:
    if len(_remembered) >= MOST_REMEMBERED:
        forget()
    if actor.user_id is not None:
        _remembered[(actor.user_id, actor.post_id)] = _Remembered(number, subjects, now, seen)
    return number


def own_subjects(request: OpenRequest) -> frozenset[str]:
    """Subjects this post is concerned with; what waits on its desk counts as soon as the desk was read."""
    actor = request.actor
    if actor is None or actor.user_id is None:
        return frozenset()
    key, now = (actor.user_id, actor.post_id), timezone.now()
    at, found = _concerns.get(key, (now, None))
    if found is None or not timedelta(0) <= now - at < timedelta(seconds=CONCERNS_SECONDS):
        if len(_concerns) >= MOST_REMEMBERED:
            _concerns.clear()
        found = concerns_of(actor)
        _concerns[key] = (now, found)
    desk = _remembered.get(key)
    return found | desk.subjects if desk is not None else found


def _actor(request: KpiRequest) -> Actor:
    return request.actor


def _previous_sign_in(request: KpiRequest) -> datetime | None:
    text = request.session.get("previous_sign_in")
    return datetime.fromisoformat(text) if text else None


@require_safe
def desk(request: KpiRequest) -> HttpResponse:
    actor, now, since = _actor(request), timezone.now(), _previous_sign_in(request)
    subject = request.GET.get("subject", "")
    if subject not in subject_keys():
        subject = ""
    seen = position()
    board = queries.desk(actor, now, subject=subject)
    # What stands on the page is what the number beside 工作台 says: the desk is read once.
    _remember(actor, board.owed, frozenset(tab.subject for tab in board.tabs if tab.count), now, seen)
    today = timezone.localdate(now)
    context = {
        "desk": board,
        "subject": subject,
        "counts": [(group.code, group.label, len(group.rows)) for group in board.groups],
        "holidays": holiday_sentence(day.day for day in board.days),
        "shifts_known": workdays.shifts_announced(today.year),
        "today": today,
        "since": since,
        "since_words": f"{stamp(since)} 至今" if since else "首次登录",
        "notices": queries.notices_since(actor, since),
        "unread": queries.unread_number(actor),
    }
    return render(request, "inbox/desk.html", context)


@require_safe
def week(request: KpiRequest) -> HttpResponse:
    actor, now = _actor(request), timezone.now()
    groups = queries.week_of(actor, now)
    context = {"groups": groups, "now": now, "total": sum(len(group.rows) for group in groups)}
    return render(request, "inbox/week.html", context)


@require_safe
def notices(request: KpiRequest) -> HttpResponse:
    found, unread = queries.notices_for(_actor(request)), queries.unread_number(_actor(request))
    only = request.GET.get("only", "")
    if only == "unread":
        found = found.filter(read=False)
    page = page_asked(request.GET, found, PER_PAGE)
    options = [("", "全部"), ("unread", "未读")]
    return render(request, "inbox/notices.html", {"page": page, "only": only, "options": options, "unread": unread})


@require_POST
def mark_read(request: KpiRequest) -> HttpResponse:
    """One notice, or all of the present post; marking twice is one reading."""
    chosen = request.POST.getlist("notice")
    ids = [int(text) for text in chosen if text.isascii() and text.isdigit() and len(text) < 19]
    if "all" in request.POST:
        services.mark_all_read(actor=_actor(request), at=timezone.now())
    else:
        services.mark_read(actor=_actor(request), notice_ids=ids, at=timezone.now())
    target = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if allowed and target.startswith("/") else "inbox:notices")
