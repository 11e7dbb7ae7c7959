"""绿色信用等级, the trial of 贴息 and its dated table."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from finance_policy import access
from finance_policy.enums import APP, Grade, Level
from finance_policy.excel import grades_workbook, read_library
from finance_policy.forms import (
    GradeForm,
    RateForm,
    StrikeRateForm,
    TrialForm,
)
from finance_policy.models import SubsidyRate
from finance_policy.queries import grades as grade_queries
from finance_policy.queries.library import trial_values
from finance_policy.queries.subsidies import resting_on_rate
from finance_policy.queries.subsidy import settings_on
from finance_policy.queries.trial import tried
from finance_policy.services import library as services
from finance_policy.services.opening import CODE, KINDS, require_openable
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.proposals.registry import decision
from miyun_kpi.proposals.services import propose
from miyun_kpi.registers.excel import LIMITS
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.registers.views.records import workbook_answer
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import asked, form_of, page_act, sent, sent_workbook, shown, takes_files
from miyun_kpi.web.forms import checked


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


def _grade_page(request: KpiRequest, record_id: int, refusal: Refused | None = None) -> HttpResponse:
    enterprise = access.visible_enterprise(request.actor, record_id)
    code = enterprise.values["code"]
    rows = grade_queries.history_of(code)
    context = {
        "enterprise": enterprise,
        "rows": rows,
        "now": grade_queries.standing(timezone.localdate()).get(code),
        "signs": grade_queries.signs_of(code),
        "open": [row for row in rows if not hasattr(row, "corrected_by")],
        "decides": access.grades(request.actor),
        "form": form_of(request, GradeForm, initial={"decided_on": timezone.localdate()}),
    }
    return shown(request, "finance/grade.html", context, refusal)


@page_act(_grade_page, opens=True)
def grade(request: KpiRequest, record_id: int) -> HttpResponse:
    access.visible_enterprise(request.actor, record_id)
    access.require_environment(request.actor, "绿色信用等级的评定")
    given = sent(request, GradeForm)
    services.decide_grade(actor=request.actor, enterprise_id=record_id, at=timezone.now(), **given)
    return redirect("finance_policy:grade", record_id=record_id)


@require_safe
def trial(request: KpiRequest) -> HttpResponse:
    """Asked by GET: nothing is stored, and the address can be kept or sent."""
    initial = trial_values(request.GET.get("project", ""))
    form = TrialForm(request.GET if "principal" in request.GET else None, initial=initial)
    found, refusal = asked(lambda: tried(**checked(form))) if form.is_bound else (None, None)
    if refusal:
        refusal.message = refusal.message.replace("没有保存", "没有计算")
    held = settings_on(form.cleaned_data["from_on"] if found else timezone.localdate())
    context = {"form": form, "found": found, "settings": held, "levels": dict(Level.choices)}
    return shown(request, "finance/trial.html", context, refusal)


def _rates_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    office = access.is_office(request.actor)
    context = {
        "rows": [
            (
                row,
                resting_on_rate(row),
                form_of(request, StrikeRateForm, f"strike-{row.pk}", initial={"version": row.version})
                if office and row.struck_at is None
                else None,
            )
            for row in SubsidyRate.objects.order_by("level", "-from_on", "-pk")
        ],
        "office": office,
        "form": form_of(request, RateForm, initial={"from_on": timezone.localdate()}),
    }
    return shown(request, "finance/rates.html", context, refusal)


@page_act(_rates_page, opens=True)
def rate_table(request: KpiRequest) -> HttpResponse:
    decision("finance-rate").may(request.actor, {})
    made = propose(actor=request.actor, code="finance-rate", at=timezone.now(), **sent(request, RateForm))
    return redirect("proposals:proposal", proposal_id=made.pk)


@page_act(_rates_page)
def strike_rate(request: KpiRequest, rate_id: int) -> HttpResponse:
    decision("finance-rate-strike").may(request.actor, {})
    given = sent(request, StrikeRateForm, f"strike-{rate_id}")
    made = propose(actor=request.actor, code="finance-rate-strike", rate_id=rate_id, at=timezone.now(), **given)
    return redirect("proposals:proposal", proposal_id=made.pk)


def _opening_page(request: KpiRequest, kind: str, refusal: Refused | None = None) -> HttpResponse:
    if kind not in KINDS:
        raise NotFound
    access.require_office(request.actor, "期初导入")
    context = {"kind": kind_by(APP, kind)[0], "basis": request.POST.get("basis", "")}
    return shown(request, "finance/opening.html", context, refusal)


@takes_files
@page_act(_opening_page, opens=True)
def opening(request: KpiRequest, kind: str) -> HttpResponse:
    """Enterprises or projects recognised before go-live."""
    if kind not in KINDS:
        raise NotFound
    access.require_office(request.actor, "期初导入")
    at = timezone.now()
    content, _ = sent_workbook(request, LIMITS.file)
    read = read_library(kind, content, today=at.astimezone().date())
    basis = request.POST.get("basis", "")
    require_openable(kind, read.rows, read.errors)
    made = propose(actor=request.actor, code=CODE, kind=kind, rows=list(read.rows), basis=basis, at=at)
    return redirect("proposals:proposal", proposal_id=made.pk)
