"""Pages of any register: the list, its counts, one record with its trail, and the acts on it."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers import access
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.excel import register_workbook
from miyun_kpi.registers.forms import FILTERED, HandOverForm, read_filters, read_typed
from miyun_kpi.registers.models import Record, SavedView
from miyun_kpi.registers.queries import records as queries
from miyun_kpi.registers.queries.hands import hands_on, kept_from
from miyun_kpi.registers.queries.looking import has_looked
from miyun_kpi.registers.registry import Rights, kind_by, kinds_of
from miyun_kpi.registers.rules.asking import known_names, only_known
from miyun_kpi.registers.rules.kinds import Kind, Step
from miyun_kpi.registers.services import evidence, saved_views
from miyun_kpi.registers.services import records as services
from miyun_kpi.registers.services.keeping import typed_again
from miyun_kpi.registers.views.filling import first_values, form_of, options, problems_of, step_values, towns
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web import acts
from miyun_kpi.web.answers import download
from miyun_kpi.web.forms.days import PaperForm, read_late

PAGE = 50
# Before the boxes of 补登: a register may have a field of that name.
PAPER = "paper"


def frame(app: str, kind: Kind) -> dict[str, Any]:
    """What every page of a register needs."""
    return listed(app, kind) | {"crumbs": [(kind.title, _address(app, kind))]}


def listed(app: str, kind: Kind) -> dict[str, Any]:
    """The same of the list itself, which stands below no other."""
    return {
        "app": app,
        "kind": kind,
        "kinds": kinds_of(app),
        "sub_bar": [f"{app}/_sub_bar.html", "registers/_sub_bar.html"],
    }


def _address(app: str, kind: Kind, record: Record | None = None) -> str:
    return f"/{app}/records/{kind.code}/" + (f"{record.pk}/" if record else "")


@require_safe
def index(request: KpiRequest, app: str, kind: str) -> HttpResponse:
    declared, rights = kind_by(app, kind)
    actor = request.actor
    filters, today = read_filters(declared, request.GET, keeper=rights.keeper(actor)), timezone.localdate()
    visible = access.visible_to(actor, declared, rights)
    found = queries.filtered(declared, visible, filters)
    page = page_asked(request.GET, found, PAGE)
    rows = list(page)
    names, doubts = queries.names_of(declared, rows), queries.doubts_of(rows)
    # What each tab leads to: within everything else that is asked.
    counted = queries.counts_by_stage(declared, queries.filtered(declared, visible, replace(filters, stage="")))
    summed = queries.sums_of(declared, found)
    context = {
        **listed(app, declared),
        "page": page,
        "rows": [
            (
                row,
                declared.stage(row.stage),
                queries.shown(declared, row, names, secrets=False, listed=True, doubts=doubts.get(row.pk)),
                declared.is_overdue(row.stage, row.values, today),
                declared.days_late(row.values),
            )
            for row in rows
        ],
        "columns": [one for one in declared.fields if queries.in_list(one)],
        "uncounted": queries.uncounted(declared, found),
        "doubtful": [row.pk for row in rows if row.pk in doubts],
        "sums": [(one, summed[one.name]) for one in declared.fields if one.name in summed],
        "stages": [("", "全部", sum(counted.values())), *((s.code, s.label, counted[s.code]) for s in declared.stages)],
        "filters": filters,
        "boxes": [
            (one, _with(options(one), chosen), one.words(chosen) if one.type == FieldType.PERIOD else chosen)
            for one in declared.fields
            if one.type in FILTERED
            for chosen in [dict(filters.values).get(one.name, "")]
        ],
        "seeks": [
            (one, dict(filters.sought).get(one.name, ""))
            for one in declared.fields
            if one.findable and rights.keeper(actor)
        ],
        "towns": _with(towns(), filters.town) if declared.town else [],
        "owner": _with([], filters.owner),
        "adds": rights.adds(actor),
        "imports": rights.adds(actor) and not declared.protected,
        "views": SavedView.objects.filter(user_id=actor.user_id or 0, kind=declared.key),
        "query": _query(declared, request.GET),
        "known_in_address": known_names(declared),
        "total": visible.filter(struck_at__isnull=True).count(),
    }
    return render(request, "registers/records.html", context)


def _with(offered: list[tuple[str, str]], chosen: str) -> list[tuple[str, str]]:
    """What a box offers, and beside it what the address asks for, by its name: a list is cut by nothing that its form hides."""
    if not chosen or chosen in dict(offered):
        return offered
    named = Organisation.objects.filter(code=chosen).values_list("name", flat=True).first()
    return [*offered, (chosen, named or f"{chosen[:20]}（没有这一项）")]


def _query(kind: Kind, data: QueryDict) -> str:
    return urlencode(only_known(kind, [(name, str(value)) for name, value in data.items()]))[:500]


@require_safe
def counts(request: KpiRequest, app: str, kind: str) -> HttpResponse:
    """By town and stage, as a table with bars."""
    declared, rights = kind_by(app, kind)
    filters = read_filters(declared, request.GET, keeper=rights.keeper(request.actor))
    found = queries.filtered(declared, access.visible_to(request.actor, declared, rights), filters)
    rows = queries.counts_by_town(declared, found)
    most = max((row.number for row in rows), default=1)
    summed = declared.summed
    sums = queries.sums_of(declared, found)
    context = {
        **frame(app, declared),
        "rows": [(row, round(100 * row.number / most), [row.sums.get(one.name) for one in summed]) for row in rows],
        "whole": [sum(row.stages[n] for row in rows) for n in range(len(declared.stages))],
        "number": sum(row.number for row in rows),
        "summed": summed,
        "sums": [sums.get(one.name) for one in summed],
        "apart": sum(row.apart for row in rows),
        "query": _query(declared, request.GET),
    }
    return render(request, "registers/counts.html", context)


@require_safe
def export(request: KpiRequest, app: str, kind: str) -> HttpResponse:
    declared, rights = kind_by(app, kind)
    actor, at = request.actor, timezone.now()
    if declared.protected:
        raise NotAllowed("protected", f"“{declared.title}”不批量导出。请在页面上逐条查看。")
    keeper = rights.keeper(actor)
    filters = read_filters(declared, request.GET, keeper=keeper)
    found = queries.filtered(declared, access.visible_to(actor, declared, rights), filters)
    content = register_workbook(declared, found, secrets=keeper, viewer=actor.label, at=at)
    return workbook_answer(content, declared.title)


def workbook_answer(content: bytes, title: str) -> HttpResponse:
    return download(content, CONTENT_TYPE, f"{title}.xlsx")


def new_page(request: KpiRequest, app: str, kind: str, refusal: Refused | None = None) -> HttpResponse:
    declared, rights = kind_by(app, kind)
    access.require_add(request.actor, declared, rights)
    known = first_values(declared, rights, request.actor, timezone.localdate())
    typed = {one.name: request.GET.get(one.name) or known.get(one.name, "") for one in declared.fields}
    if refusal:
        typed = read_typed(declared, request.POST)
    form = form_of(declared, typed, refusal, own=not rights.keeper(request.actor))
    context = {**frame(app, declared), "form": form, "problems": problems_of(refusal, form.boxes)}
    return acts.shown(request, "registers/new.html", context, refusal)


@acts.page_act(new_page, opens=True)
def new(request: KpiRequest, app: str, kind: str) -> HttpResponse:
    declared, rights = kind_by(app, kind)
    access.require_add(request.actor, declared, rights)
    typed = read_typed(declared, request.POST)
    made = services.create_record(actor=request.actor, app=app, kind=kind, typed=typed, at=timezone.now())
    return redirect(_address(app, declared, made))


@require_safe
def record(request: KpiRequest, app: str, kind: str, record_id: int) -> HttpResponse:
    return record_page(request, app, kind, record_id)


def record_page(
    request: KpiRequest, app: str, kind: str, record_id: int, refusal: Refused | None = None
) -> HttpResponse:
    """One record. A protected one is shown only after a reason was given, and each showing is audited."""
    declared, rights = kind_by(app, kind)
    actor, typed = request.actor, acts.typed_again(request)
    row = access.visible_record(actor, declared, rights, record_id)
    context: dict[str, Any] = {**frame(app, declared), "record": row, "stage": declared.stage(row.stage)}
    context["days_late"] = declared.days_late(row.values)
    if declared.protected and not has_looked(actor, row, timezone.now()):
        return acts.shown(request, "registers/ask_reason.html", context, refusal)
    reads = access.reads_secrets(actor, rights, row)
    looked = reads and any(one.sealed for one in declared.fields) and has_looked(actor, row, timezone.now())
    locked = row.struck_at is not None or access.is_locked(declared, row)
    changes = access.may_change(actor, declared, rights, row) and not locked
    values = typed.get("values") or typed_again(declared, row.values)
    wrong = refusal if typed.get("values") else None
    form = form_of(declared, values, wrong, own=not rights.keeper(actor)) if changes else None
    steps = [] if row.struck_at else _steps(request, declared, rights, row, typed, refusal)
    context |= {
        "view": queries.view_record(declared, row, secrets=reads, opened=looked),
        "opens": reads and not looked and any(one.sealed and row.values.get(one.name) for one in declared.fields),
        "changes": changes,
        "attaches": access.attaches(actor, declared, rights, row) and not locked,
        "form": form,
        "problems": problems_of(wrong, form.boxes) if form else _step_problems(refusal, steps, typed),
        "more": [f"{app}/_record.html", "registers/_record.html"],
        "steps": steps,
        "unplaced": _unplaced(declared, steps, typed),
        "reason": typed.get("reason", ""),
        "editing": bool(typed.get("values")),
        "handing": _handing_form(request, declared, rights, row),
    }
    return acts.shown(request, "registers/record.html", context, refusal)


def _handing_form(request: KpiRequest, kind: Kind, rights: Rights, row: Record) -> HandOverForm | None:
    """移交, where this person may and there is still something to do; or what was typed."""
    form = acts.form_of(request, HandOverForm, initial={"version": row.version, "from_day": timezone.localdate()})
    over = not access.may_hand_over(request.actor, kind, rights, row) or row.stage in kind.settled_stages
    return None if over and not form.is_bound else form


def _steps(
    request: KpiRequest, kind: Kind, rights: Rights, row: Record, typed: dict[str, Any], refusal: Refused | None
) -> list[dict[str, Any]]:
    """The steps this person may take now; one that needs somebody else says so instead of a button."""
    actor, offered, today = request.actor, [], timezone.localdate()
    hands = hands_on([row.pk])[row.pk]
    fixed = access.is_locked(kind, row) or not access.may_change(actor, kind, rights, row)
    for one in kind.steps:
        if row.stage not in one.sources or not rights.steps(actor, row, one):
            continue
        had = {name: value for name in one.needs if (value := row.values.get(name, ""))}
        # What was said at an earlier round is asked again where this page is the only place to say it anew, and where it is taken up again.
        asked = (
            set(one.needs)
            if fixed or row.stage not in kind.open_stages
            else set(one.needs) - set(had) | {name for name, _ in one.later}
        )
        again = typed.get("step") == one.code
        filled = typed.get("filled", {}) if again else step_values(kind, one.needs, today) | had
        form = form_of(kind, filled, refusal if again else None)
        offered.append(
            {
                "step": one,
                "kept": kept_from(actor, row, one, hands),
                "late": None if one.online else acts.form_of(request, PaperForm, f"late-{one.code}", prefix=PAPER),
                "waits": "" if one.is_ripe(row.values, today) else _until(kind, one, row),
                # Whatever the register says of them, this step is refused without them.
                "boxes": [replace(box, optional=False) for box in form.boxes if box.field.name in asked & {*one.needs}],
            }
        )
    return offered


def _until(kind: Kind, step: Step, row: Record) -> str:
    return f"{kind.field(step.after).label}（{row.values.get(step.after) or '没有填'}）还没有过"


def _step_problems(
    refusal: Refused | None, steps: list[dict[str, Any]], typed: dict[str, Any]
) -> list[tuple[str, str]]:
    tried = next((one for one in steps if one["step"].code == typed.get("step")), None)
    return problems_of(refusal, tried["boxes"], f"{tried['step'].code}-") if tried else []


def _unplaced(kind: Kind, steps: list[dict[str, Any]], typed: dict[str, Any]) -> list[tuple[str, str]]:
    """What was typed for a step that is no longer offered, so that it can be copied from the page."""
    placed = {box.field.name for one in steps if one["step"].code == typed.get("step") for box in one["boxes"]}
    filled: dict[str, str] = typed.get("filled", {})
    lost = [(kind.field(name).label, value) for name, value in filled.items() if value and name not in placed]
    gone = typed.get("reason") and not any(one["step"].reason for one in steps)
    return [*lost, ("理由或意见", typed["reason"])] if gone else lost


def _visible(request: KpiRequest, app: str, kind: str, record_id: int) -> tuple[Kind, Record]:
    declared, rights = kind_by(app, kind)
    return declared, access.visible_record(request.actor, declared, rights, record_id)


@acts.page_act(record_page)
def save(request: KpiRequest, app: str, kind: str, record_id: int) -> HttpResponse:
    declared, row = _visible(request, app, kind, record_id)
    typed = read_typed(declared, request.POST)
    acts.keep_typed(request, values=typed)
    services.change_record(
        actor=request.actor,
        app=app,
        kind=kind,
        record_id=record_id,
        version=acts.version_of(request),
        typed=typed,
        at=timezone.now(),
    )
    return redirect(_address(app, declared, row))


@acts.page_act(record_page)
def step(request: KpiRequest, app: str, kind: str, record_id: int) -> HttpResponse:
    """Take a step; or, on a protected record, give the reason for looking at it."""
    declared, row = _visible(request, app, kind, record_id)
    step, reason = request.POST.get("step", ""), request.POST.get("reason", "")
    if "look" in request.POST:
        evidence.note_viewing(actor=request.actor, record=row, reason=reason, at=timezone.now())
        return redirect(_address(app, declared, row))
    typed = {one.name: request.POST[one.name] for one in declared.fields if one.name in request.POST}
    acts.keep_typed(request, step=step, filled=typed, reason=reason)
    dated = acts.sent(request, PaperForm, f"late-{step}", read=read_late, prefix=PAPER)
    services.take_step(
        actor=request.actor,
        app=app,
        kind=kind,
        record_id=record_id,
        version=acts.version_of(request),
        step=step,
        reason=reason,
        typed=typed,
        at=timezone.now(),
        **dated,
    )
    return redirect(_address(app, declared, row))


@acts.page_act(record_page)
def strike(request: KpiRequest, app: str, kind: str, record_id: int) -> HttpResponse:
    declared, row = _visible(request, app, kind, record_id)
    reason = request.POST.get("reason", "")
    acts.keep_typed(request, reason=reason)
    services.strike_record(
        actor=request.actor,
        app=app,
        kind=kind,
        record_id=record_id,
        version=acts.version_of(request),
        reason=reason,
        at=timezone.now(),
    )
    return redirect(_address(app, declared, row))


@acts.takes_files
@acts.page_act(record_page)
def add_file(request: KpiRequest, app: str, kind: str, record_id: int) -> HttpResponse:
    declared, row = _visible(request, app, kind, record_id)
    access.require_attach(request.actor, declared, kind_by(app, kind)[1], row)
    file, name = acts.sent_file(request)
    evidence.add_file(
        actor=request.actor, app=app, kind=kind, record_id=record_id, file=file, name=name, at=timezone.now()
    )
    return redirect(f"{_address(app, declared, row)}#files")


@acts.page_act(record_page)
def remove_file(request: KpiRequest, app: str, kind: str, record_id: int, attachment_id: int) -> HttpResponse:
    declared, row = _visible(request, app, kind, record_id)
    evidence.remove_file(
        actor=request.actor, app=app, kind=kind, record_id=record_id, attachment_id=attachment_id, at=timezone.now()
    )
    return redirect(f"{_address(app, declared, row)}#files")


@require_POST
def save_view(request: KpiRequest, app: str, kind: str) -> HttpResponse:
    declared, _ = kind_by(app, kind)
    row = saved_views.save_view(
        actor=request.actor, kind=declared, name=request.POST.get("name", ""), query=request.POST.get("query", "")
    )
    return redirect(f"{_address(app, declared)}?{row.query}")


@require_POST
def remove_view(request: KpiRequest, app: str, kind: str, view_id: int) -> HttpResponse:
    declared, _ = kind_by(app, kind)
    saved_views.remove_view(actor=request.actor, kind=declared, view_id=view_id)
    return redirect(_address(app, declared))
