"""Monthly data tables: the list, one table by month with charts, its import."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.scheme.views._imports import content_of, xlsx
from evaluation.tasks.access import data_tables as access
from evaluation.tasks.access.tasks import indicators_marked_by, listed_indicators
from evaluation.tasks.excel.data_tables import month_workbook, table_template
from evaluation.tasks.excel.data_tables_import import read_month
from evaluation.tasks.forms.data_tables import ColumnsForm, DeclareForm, MonthForm
from evaluation.tasks.models.data_tables import DataSet, DataTable
from evaluation.tasks.queries import data_tables as queries
from evaluation.tasks.rules.data_tables import OFFERED, columns_of, written
from evaluation.tasks.services import data_tables as services
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotFound, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web import previews
from miyun_kpi.web.acts import form_of, keep_typed, page_act, sent, shown, takes_files, typed_again


def _indicators(actor: Actor) -> list[tuple[int, str]]:
    """Of which this person may declare a table."""
    if not actor.may(Verb.KEEP_DATA_TABLES):
        return []
    marked = listed_indicators(actor).filter(pk__in=indicators_marked_by(actor.organisation_id), offline_only=False)
    return [
        (
            one.pk,
            f"{one.scheme.year}年{'镇街' if one.scheme.track == 'township' else '部门'} {one.number} {one.short_name}",
        )
        for one in marked.order_by("-scheme__year", "-scheme__track", "number")
    ]


def _before(actor: Actor, choices: list[tuple[int, str]]) -> list[queries.TableBefore]:
    return queries.tables_before(actor.organisation_id, [pk for pk, _ in choices])


def _typed(request: KpiRequest) -> dict[str, Any]:
    """What stands in the form beside the ticked columns; the columns that the page offers are nobody's."""
    typed = {name: request.POST.get(name, "") for name in ("indicator", "name", "rows_by", "columns")}
    lines = typed["columns"].replace("\r\n", "\n").strip()
    typed["columns"] = "" if lines == OFFERED else lines
    return {name: text for name, text in typed.items() if text.strip()}


def _carried(request: KpiRequest, choices: list[tuple[int, str]]) -> dict[str, Any]:
    """What the form holds after 沿用: the ticked columns of one table, as they were typed, after what stands there. Nothing
    is stored (0125)."""
    ticked, typed, asked = request.POST.getlist("column"), _typed(request), request.POST.get("carry", "")
    known = _before(request.actor, choices)
    if asked in {str(one.table.pk) for one in known}:
        known = [one for one in known if str(one.table.pk) == asked]
        ticked = [value for value in ticked if value.startswith(f"{asked}:")]
    for one in known:
        lines = [line for value, line, _ in one.lines if value in ticked]
        if lines:
            named = {"indicator": one.indicator.pk, "name": one.table.name, "rows_by": one.table.rows_by}
            own = typed.pop("columns", "").split("\n")
            if not typed.get("name") and own == [""]:
                # It has a first choice, so that what stands there need not be typed.
                typed.pop("rows_by", None)
            both = [*filter(None, own), *(line for line in lines if line not in own)]
            return named | typed | {"columns": "\n".join(both)}
    if not ticked and "column" in request.POST:
        name = known[0].table.name
        raise Refused(
            "nothing-chosen",
            f"“{name}”的列一列都没有勾选，勾选的是另一张表的，没有放进去。请勾选“{name}”的列，或按那张表下面的按钮。",
        )
    if ticked:
        raise Conflict("stale", "上一年的这张表刚有改动，或已经设立，没有放进去。请看过再勾选。")
    raise Refused("nothing-chosen", "一列都没有勾选，没有放进去。请勾选要沿用的列。")


def _initial(request: KpiRequest, carried: dict[str, Any] | None) -> dict[str, Any]:
    return carried or {"columns": OFFERED} | (_typed(request) if "carry" in request.POST else {})


def index_page(
    request: KpiRequest, refusal: Refused | None = None, carried: dict[str, Any] | None = None
) -> HttpResponse:
    """The tables one may read. `carried`: what was put into the form."""
    actor = request.actor
    choices = _indicators(actor)
    tables = list(access.tables_visible_to(actor).order_by("-indicator__scheme__track", "indicator__number", "name"))
    latest: dict[int, DataSet] = {}
    for one in DataSet.objects.filter(table__in=tables, current=True).defer("rows", "columns").order_by("period"):
        latest[one.table_id] = one
    before = _before(actor, choices)
    lines = carried["columns"].split("\n") if carried else []
    context = {
        "rows": [(t, latest.get(t.pk)) for t in tables],
        "keeps": choices,
        "before": before,
        "asked": request.POST.get("carry", ""),
        "lacking": [c.name for one in before for _, line, c in one.lines if c.lacks_unit and line in lines],
        "ticked": request.POST.getlist("column"),
        "carried": carried,
        "form": form_of(request, DeclareForm, indicators=choices, initial=_initial(request, carried)),
    }
    return shown(request, "evaluation/tasks/data_tables.html", context, refusal)


@page_act(index_page, opens=True, explains=True)
def index(request: KpiRequest) -> HttpResponse:
    """A POST declares one, or with `carry` puts ticked columns of the year before into the form."""
    require(request.actor, Verb.KEEP_DATA_TABLES)
    choices = _indicators(request.actor)
    if "carry" in request.POST:
        return index_page(request, carried=_carried(request, choices))
    given = sent(request, DeclareForm, indicators=choices)
    made = services.declare_table(
        actor=request.actor,
        indicator_id=given["indicator"],
        table=services.TableInput(given["name"], given["rows_by"], given["columns"]),
        at=timezone.now(),
    )
    return redirect("evaluation:data-table", table_id=made.pk)


@require_safe
def table(request: KpiRequest, table_id: int) -> HttpResponse:
    return _page(request, table_id)


def _months(found: DataTable) -> list[tuple[str, str]]:
    year, today = found.indicator.scheme.year, timezone.localdate()
    codes = [PeriodCode(year, month=month) for month in range(12, 0, -1)]
    return [(str(code), code.label) for code in codes if code.first_day <= today]


def _page(request: KpiRequest, table_id: int, refusal: Refused | None = None) -> HttpResponse:
    found = access.visible_table(request.actor, table_id)
    own = access.own_row(request.actor)
    sets = queries.current_sets(found)
    data = _chosen(request, found, sets)
    columns = columns_of(data.columns) if data else []
    rows = queries.seen_rows(data, found, own) if data else []
    numeric = [column for column in columns if column.kind == "number"]
    column = next((one for one in numeric if one.title == request.GET.get("column")), numeric[0] if numeric else None)
    key = request.GET.get("row", "")
    row = next((one for one in rows if one["key"] == key), rows[0] if len(rows) == 1 else None)
    bars = queries.bars(data, rows, column) if data and column else []
    known = [bar.own for bar in bars if bar.own is not None]
    low, high = (min([0, *known]), max([*known, 1])) if known else (0, 1)
    keeps = (
        access.keeps_tables_of(request.actor, found.indicator) and found.kept_for_id == request.actor.organisation_id
    )
    versions = DataSet.objects.filter(table=found, period=data.period).defer("rows") if data else []
    context = {
        "table": found,
        "data": data,
        "sets": [(one.period, PeriodCode.parse(one.period).label.partition("年")[2]) for one in sets],
        "columns": columns,
        "rows": queries.written_rows(rows, columns),
        "chart_columns": [(one.title, one.title) for one in numeric],
        "column": column.title if column else "",
        "bars": bars if known else [],
        "low": low,
        "high": high,
        "ticks": [low, high],
        "row": row,
        "row_name": queries.name_today(row, found) if row else "",
        "curves": queries.curves(sets, columns, row["key"]) if row else [],
        "versions": list(versions),
        "without_unit": [one.name for one in columns_of(found.columns) if one.lacks_unit] if keeps else [],
        "keeps": keeps,
        "upload": form_of(request, MonthForm, months=_months(found)),
        "columns_form": form_of(
            request,
            ColumnsForm,
            initial={"version": found.version, "columns": written(columns_of(found.columns))},
        ),
        "file_name": typed_again(request).get("file_name"),
    }
    return shown(request, "evaluation/tasks/data_table.html", context, refusal)


def _chosen(request: KpiRequest, found: DataTable, sets: list[DataSet]) -> DataSet | None:
    """The month asked for (a replaced version of it by its number), else the newest."""
    month, number = request.GET.get("month", ""), request.GET.get("version", "")
    if month and number:
        if not (number.isascii() and number.isdigit() and len(number) < 6):
            raise NotFound
        old = one_of(DataSet.objects.filter(table=found, period=month, number=int(number)))
        return old
    return next((one for one in sets if one.period == month), sets[-1] if sets else None)


@require_safe
def template(request: KpiRequest, table_id: int) -> HttpResponse:
    found = access.visible_table(request.actor, table_id)
    access.require_keep_table(request.actor, found)
    names = [name for _, name in services.rows_wanted(found)]
    return xlsx(table_template(found, names, at=timezone.now()), f"{found.name}模板.xlsx")


@require_safe
def sheet(request: KpiRequest, table_id: int) -> HttpResponse:
    found = access.visible_table(request.actor, table_id)
    data = _chosen(request, found, queries.current_sets(found))
    if data is None:
        raise NotFound("这张表还没有导入任何月份，没有可下载的。")
    rows = queries.seen_rows(data, found, access.own_row(request.actor))
    content = month_workbook(data, found, rows, viewer=request.actor.label, at=timezone.now())
    return xlsx(content, f"{found.name}（{data.period}）.xlsx")


def _kept(request: KpiRequest, table_id: int) -> DataTable:
    found = access.visible_table(request.actor, table_id)
    access.require_keep_table(request.actor, found)
    return found


@page_act(_page, explains=True)
def columns(request: KpiRequest, table_id: int) -> HttpResponse:
    _kept(request, table_id)
    services.change_columns(actor=request.actor, table_id=table_id, at=timezone.now(), **sent(request, ColumnsForm))
    return redirect("evaluation:data-table", table_id=table_id)


@takes_files
@page_act(_page)
def read(request: KpiRequest, table_id: int) -> HttpResponse:
    """Read and compare; nothing is written."""
    found = _kept(request, table_id)
    given = sent(request, MonthForm, months=_months(found))
    file = given["workbook"]
    keep_typed(request, file_name=file.name)
    preview = read_month(
        actor=request.actor,
        table_id=table_id,
        period=given["period"],
        file_name=file.name,
        content=content_of(file),
        at=timezone.now(),
    )
    declared = columns_of(found.columns)
    carried = {
        "period": preview.period,
        "seen": preview.seen,
        "rows": list(preview.rows),
        "source": preview.source,
        "version": found.version,
    }
    context = {
        "table": found,
        "preview": preview,
        "columns": declared,
        "rows": queries.written_rows(preview.rows, declared),
        "month": PeriodCode.parse(preview.period).label,
        "read": previews.packed(request, f"evaluation.data-table {found.pk}", carried),
    }
    return render(request, "evaluation/tasks/data_table_import.html", context)


@page_act(_page)
def accept(request: KpiRequest, table_id: int) -> HttpResponse:
    found = _kept(request, table_id)
    keep_typed(request, file_name="工作簿")
    data = previews.unpacked(request, f"evaluation.data-table {found.pk}")
    made = services.import_month(actor=request.actor, table_id=table_id, at=timezone.now(), **data)
    return redirect(f"{reverse('evaluation:data-table', args=[table_id])}?month={made.period}")
