"""绿色信用等级, the trial of 贴息, its dated table, and the settings."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from finance_policy import access
from finance_policy.enums import APP, Grade, Level
from finance_policy.excel import grades_workbook, read_library
from finance_policy.forms import (
    GradeForm,
    RateForm,
    SettingsForm,
    StrikeForm,
    TrialForm,
)
from finance_policy.models import SubsidyRate
from finance_policy.queries import grades as grade_queries
from finance_policy.queries.library import trial_values
from finance_policy.queries.subsidy import settings
from finance_policy.queries.trial import tried
from finance_policy.services import library as services
from finance_policy.services.opening import KINDS, open_library
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.registers.excel import LIMITS
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.registers.views.records import workbook_answer
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.forms import checked


def again(refusal: Refused) -> Refused:
    """A refusal that the page itself can show; the others go to their own page."""
    if refusal.status in (400, 403, 404):
        raise refusal
    return refusal


def status_of(refusal: Refused | None) -> int:
    return refusal.status if refusal else 200


def _grade_of(request: KpiRequest) -> str:
    asked = request.GET.get("grade", "")
    return asked if asked in (*Grade.values, "none") else ""


@require_safe
def grades(request: KpiRequest) -> HttpResponse:
    today, asked = timezone.localdate(), _grade_of(request)
    counted = grade_queries.counts(today)
    context = {
        "lines": grade_queries.graded_enterprises(today, asked),
        "choices": [("", "全部", sum(n for _, _, n in counted)), *counted],
        "asked": asked,
        "decides": access.grades(request.actor),
    }
    return render(request, "finance/grades.html", context)


@require_safe
def grades_sheet(request: KpiRequest) -> HttpResponse:
    lines = grade_queries.graded_enterprises(timezone.localdate(), _grade_of(request))
    return workbook_answer(grades_workbook(lines, viewer=request.actor.label, at=timezone.now()), "绿色信用等级")


@require_http_methods(["GET", "HEAD", "POST"])
def grade(request: KpiRequest, record_id: int) -> HttpResponse:
    actor = request.actor
    enterprise = access.visible_enterprise(actor, record_id)
    form, refusal = GradeForm(request.POST or None, initial={"decided_on": timezone.localdate()}), None
    if request.method == "POST":
        access.require_environment(actor, "绿色信用等级的评定")
        try:
            services.decide_grade(actor=actor, enterprise_id=record_id, at=timezone.now(), **checked(form))
            return redirect("finance_policy:grade", record_id=record_id)
        except Refused as found:
            refusal = again(found)
    rows = grade_queries.history_of(record_id)
    context = {
        "enterprise": enterprise,
        "rows": rows,
        "now": grade_queries.standing(timezone.localdate()).get(record_id),
        "signs": grade_queries.signs_of(enterprise.values["code"]),
        "open": [row for row in rows if not hasattr(row, "corrected_by")],
        "decides": access.grades(actor),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "finance/grade.html", context, status=status_of(refusal))


@require_safe
def trial(request: KpiRequest) -> HttpResponse:
    """Asked by GET: nothing is stored, and the address can be kept or sent."""
    refusal, found = None, None
    initial = trial_values(request.GET.get("project", ""))
    form = TrialForm(request.GET if "principal" in request.GET else None, initial=initial)
    if form.is_bound:
        try:
            found = tried(**checked(form))
        except Refused as refused:
            refusal = again(refused)
            refusal.message = refusal.message.replace("没有保存", "没有计算")
    context = {"form": form, "found": found, "refusal": refusal, "settings": settings(), "levels": dict(Level.choices)}
    return render(request, "finance/trial.html", context, status=status_of(refusal))


@require_http_methods(["GET", "HEAD", "POST"])
def rate_table(request: KpiRequest) -> HttpResponse:
    form, refusal = RateForm(request.POST or None, initial={"from_on": timezone.localdate()}), None
    if request.method == "POST":
        access.require_office(request.actor, "贴息率表")
        try:
            services.enter_rate(actor=request.actor, at=timezone.now(), **checked(form))
            return redirect("finance_policy:rates")
        except Refused as found:
            refusal = again(found)
    return _rates_page(request, form, refusal)


def _rates_page(request: KpiRequest, form: RateForm, refusal: Refused | None) -> HttpResponse:
    context = {
        "rows": SubsidyRate.objects.order_by("level", "-from_on", "-pk"),
        "office": access.is_office(request.actor),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "finance/rates.html", context, status=status_of(refusal))


@require_POST
def strike_rate(request: KpiRequest, rate_id: int) -> HttpResponse:
    access.require_office(request.actor, "贴息率表")
    try:
        given = checked(StrikeForm(request.POST))
        services.strike_rate(actor=request.actor, rate_id=rate_id, at=timezone.now(), **given)
    except Refused as found:
        return _rates_page(request, RateForm(), again(found))
    return redirect("finance_policy:rates")


@require_http_methods(["GET", "HEAD", "POST"])
def opening(request: KpiRequest, kind: str) -> HttpResponse:
    """Enterprises or projects recognised before go-live."""
    if kind not in KINDS:
        raise NotFound
    access.require_office(request.actor, "期初导入")
    refusal, number = None, None
    if request.method == "POST":
        sent = request.FILES.get("workbook")
        try:
            if sent is None:
                raise Refused("no-file", "没有选工作簿，没有导入。请先选一个 .xlsx 文件。")
            at = timezone.now()
            read = read_library(kind, sent.read(LIMITS.file + 1), today=at.astimezone().date())
            basis = request.POST.get("basis", "")
            number = open_library(
                actor=request.actor, kind=kind, rows=read.rows, problems=read.errors, basis=basis, at=at
            )
        except Refused as found:
            refusal = again(found)
    context = {
        "kind": kind_by(APP, kind)[0],
        "number": number,
        "basis": request.POST.get("basis", ""),
        "refusal": refusal,
    }
    return render(request, "finance/opening.html", context, status=status_of(refusal))


@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: KpiRequest) -> HttpResponse:
    held = settings()
    form, refusal = SettingsForm(request.POST or None, initial=held.__dict__), None
    if request.method == "POST":
        access.require_office(request.actor, "设置")
        try:
            services.change_settings(actor=request.actor, at=timezone.now(), **checked(form))
            return redirect("finance_policy:settings")
        except Refused as found:
            refusal = again(found)
    context = {"held": held, "form": form, "refusal": refusal, "office": access.is_office(request.actor)}
    return render(request, "finance/settings.html", context, status=status_of(refusal))
