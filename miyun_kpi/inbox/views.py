from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from miyun_kpi.inbox import queries, services
from miyun_kpi.inbox.rules import holiday_sentence
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor
from miyun_kpi.web.formats import stamp

PER_PAGE = 30


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


def _previous_sign_in(request: HttpRequest) -> datetime | None:
    text = request.session.get("previous_sign_in")
    return datetime.fromisoformat(text) if text else None


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    actor, now, since = _actor(request), timezone.now(), _previous_sign_in(request)
    subject = request.GET.get("subject", "")
    if subject not in {code for code, _, _ in queries.DOCUMENTS}:
        subject = ""
    board = queries.desk(actor, now, subject=subject)
    today = timezone.localdate(now)
    context = {
        "desk": board,
        "subject": subject,
        "counts": [(group.code, group.label, len(group.rows)) for group in board.groups],
        "holidays": holiday_sentence(day.day for day in board.days),
        "shifts_known": workdays.shifts_announced(today.year),
        "today": today,
        "soon": workdays.add_working_days(today, 3),
        "since": since,
        "since_words": f"{stamp(since)} 至今" if since else "首次登录",
        "notices": queries.notices_since(actor, since),
    }
    return render(request, "inbox/desk.html", context)


@require_safe
def week(request: HttpRequest) -> HttpResponse:
    actor, now = _actor(request), timezone.now()
    groups = queries.week_of(actor, now)
    context = {"groups": groups, "now": now, "total": sum(len(group.rows) for group in groups)}
    return render(request, "inbox/week.html", context)


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    found = queries.notices_for(_actor(request))
    only = request.GET.get("only", "")
    if only == "unread":
        found = found.filter(read=False)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    options = [("", "全部"), ("unread", "未读")]
    return render(request, "inbox/notices.html", {"page": page, "only": only, "options": options})


@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
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
