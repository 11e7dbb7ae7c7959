"""How a real site begins: its three administrators, by who has the key that the start has printed; then the steps after them."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.addresses import client_address
from miyun_kpi.accounts.enums import SEPARATED_ROLES, Role, Verb
from miyun_kpi.accounts.views import list_session
from miyun_kpi.audit.keyless import losses
from miyun_kpi.audit.queries import last_master
from miyun_kpi.audit.verifying import check_names
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.operations import clock as clock_
from miyun_kpi.operations import first_steps as steps_
from miyun_kpi.operations import key_sheet, tour
from miyun_kpi.operations import running as running_
from miyun_kpi.operations import verification as verification_
from miyun_kpi.operations.forms import AdministratorsForm, CopyForm, named
from miyun_kpi.operations.machine import on_the_machine
from miyun_kpi.operations.models import Site
from miyun_kpi.operations.standing import standing
from miyun_kpi.requests import KpiRequest, OpenRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown

# Looks listed on the page: a month of nights.
SHOWN = 31


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verification(request: KpiRequest) -> HttpResponse:
    """核验: what the last look found, and a look now, for office and auditor."""
    if request.method == "POST":
        verification_.run(actor=request.actor, at=timezone.now())
        return redirect("operations:verification")
    runs = verification_.runs(request.actor)
    context = {
        "last": runs.first(),
        "page": page_asked(request.GET, runs, SHOWN),
        "checks": check_names(),
        "master": last_master() if request.actor.may(Verb.READ_AUDIT) else None,
        "standing": standing(),
        "losses": losses(),
    }
    return render(request, "operations/verification.html", context)


def _first_page(request: OpenRequest, refusal: Refused | None = None) -> HttpResponse:
    context = {"form": form_of(request, AdministratorsForm), "key": _key(request)}
    return shown(request, "operations/first.html", context, refusal)


def _key(request: OpenRequest) -> str:
    """The key of this start; at the machine itself and while there is no account, else there is no such page."""
    key = request.POST.get("key", "") or request.GET.get("key", "")
    if not on_the_machine(request) or not steps_.may_begin(key):
        raise NotFound
    return key


@login_not_required
@never_cache
@page_act(_first_page, opens=True, explains=True)
def first(request: OpenRequest) -> HttpResponse:
    """Signed out: the three administrators are named, and their passwords shown once."""
    key = _key(request)
    made = steps_.begin(key=key, at=timezone.now(), **sent(request, AdministratorsForm, read=named))
    return render(request, "operations/first_made.html", {"made": made, "roles": _labels()})


def _labels() -> dict[str, str]:
    return {role.value: label for role, label, _, _ in steps_.ADMINISTRATORS}


def _steps_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    actor, site = request.actor, _site(request)
    listed = steps_.steps(site)
    context = {
        "steps": [(step, "、".join(role.label for role in step.who), actor.role in step.who) for step in listed],
        "left": sum(not step.done for step in listed),
        "checks": actor.may(Verb.MANAGE_ORGANISATIONS),
        "finishes": actor.may(Verb.OPEN_PERIODS),
    }
    return shown(request, "operations/first_steps.html", context, refusal)


def _site(request: KpiRequest) -> Site:
    site = steps_.current_site()
    if site is None or request.actor.role not in {*SEPARATED_ROLES, Role.EVALUATION_OFFICE}:
        raise NotFound
    return site


@page_act(_steps_page, opens=True)
def first_steps(request: KpiRequest) -> HttpResponse:
    _site(request)
    if request.POST.get("act") == "finish":
        steps_.finish(actor=request.actor, at=timezone.now())
        return redirect("inbox:desk")
    steps_.organisations_checked(actor=request.actor, at=timezone.now())
    return redirect("operations:first-steps")


@login_not_required
@never_cache
@require_safe
def demo(request: OpenRequest) -> HttpResponse:
    """The start page of a demonstration; a real site has no such page."""
    if not tour.shown():
        raise NotFound
    return render(request, "operations/demo.html", {"tour": tour.shown() if on_the_machine(request) else ()})


@login_not_required
@never_cache
@require_POST
def demo_enter(request: OpenRequest) -> HttpResponse:
    """In as the person of a task, without a password: on a demonstration, by whoever sits at its machine."""
    if not tour.shown() or not on_the_machine(request):
        raise NotFound
    user, post, where = tour.enter(
        number=request.POST.get("task", ""), address=client_address(request), at=timezone.now()
    )
    # Whoever was in before leaves with all that the session knows of them.
    logout(request)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    list_session(request, user)
    request.session["post_id"] = post.pk
    return redirect(where)


@never_cache
@require_safe
def running(request: KpiRequest) -> HttpResponse:
    """How the site stands: of the processes, the queue, the way back and the disk."""
    clock_.require_reader(request.actor)
    at = timezone.now()
    context = {
        "lines": running_.lines(at),
        "jobs": running_.failed_jobs(at),
        "versions": running_.versions(),
        "keeps": request.actor.may(Verb.MANAGE_ACCOUNTS),
        "now": at,
    }
    return render(request, "operations/running.html", context)


def _keys_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    require(request.actor, Verb.MANAGE_ACCOUNTS)
    context = {"form": form_of(request, CopyForm), "copy": key_sheet.copy()}
    return shown(request, "operations/keys.html", context, refusal)


@page_act(_keys_page, opens=True)
def keys(request: KpiRequest) -> HttpResponse:
    """密钥存档: the printed copy of the keys is said to lie in its two places."""
    said = sent(request, CopyForm)
    key_sheet.keep_copy(actor=request.actor, typed=said["check"], at=timezone.now())
    return redirect("operations:keys")


@require_safe
def clock(request: KpiRequest) -> HttpResponse:
    """What the clock has done, and what it could not do."""
    clock_.require_reader(request.actor)
    at = timezone.now()
    lines = clock_.lines(at)
    context = {
        "lines": lines,
        "still": [line for line in lines if line.stands_still],
        "failing": clock_.failing(),
        "made_up": clock_.made_up(),
        "now": at,
    }
    return render(request, "operations/clock.html", context)
