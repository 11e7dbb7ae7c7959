"""Import of history: upload, preview (tried and taken back), confirmation of exactly what was previewed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.lib.errors import Refused
from miyun_kpi.registers.views.records import workbook_answer
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import page_act, sent_workbook, takes_files
from postdoc import access
from postdoc.excel import LIMITS, MONEY_COLUMNS, STAY_COLUMNS, Columns, read_rows, template
from postdoc.services import history as services
from postdoc.views._common import shown

# What a station's workbook need not say: it was settled when the entry was approved.
SETTLED = {
    "upright": True,
    "proof": True,
    "abroad_certified": True,
    "degree_abroad": False,
    "own_employee": False,
    "again": False,
    "contract_on": None,
    "relation_moved": False,
}


@dataclass(frozen=True)
class Import:
    what: str
    title: str
    columns: Columns
    address: str
    back: str
    act: Callable[[Sequence[Any], bool, datetime], list[services.Done]]
    note: str


def _stays(request: KpiRequest, station_id: int) -> Import:
    actor = request.actor
    station = access.visible_station(actor, station_id)
    access.require_enter(actor, station)

    def act(rows: Sequence[Any], keep: bool, at: datetime) -> list[services.Done]:
        whole = [SETTLED | row for row in rows]
        return services.import_stays(actor=actor, station_id=station_id, rows=whole, keep=keep, at=at)

    return Import(
        f"stays:{station_id}",
        f"导入人员：{station.name}",
        STAY_COLUMNS,
        reverse("postdoc:import-stays", args=[station_id]),
        reverse("postdoc:station", args=[station_id]),
        act,
        "进站时已由国家或北京市批准，第七条（一）（三）项和学位证明按已审核处理；其余条件照常核对。",
    )


def _money(request: KpiRequest) -> Import:
    actor = request.actor
    access.require_handler(actor, "导入历史拨付")

    def act(rows: Sequence[Any], keep: bool, at: datetime) -> list[services.Done]:
        return services.import_money(actor=actor, rows=rows, keep=keep, at=at)

    return Import(
        "money",
        "导入历史拨付",
        MONEY_COLUMNS,
        reverse("postdoc:import-money"),
        reverse("postdoc:applications"),
        act,
        "启用本系统以前已经拨付的，导入以后不再重复申报；不占年度预算。金额须与登记的事实和标准相符。",
    )


def _page(request: KpiRequest, one: Import, refusal: Refused | None = None, **more: Any) -> HttpResponse:
    context = {"one": one, "title": one.title, "limit": LIMITS.rows} | more
    return shown(request, "postdoc/import.html", context, refusal)


def _upload(request: KpiRequest, one: Import) -> HttpResponse:
    at = timezone.now()
    content, _ = sent_workbook(request, LIMITS.file)
    rows = read_rows(content, one.columns)
    done = one.act(rows, False, at)
    return _page(request, one, done=done, packed=services.pack(one.what, request.actor, rows, at))


def _accept(request: KpiRequest, one: Import) -> HttpResponse:
    at = timezone.now()
    one.act(services.unpack(one.what, request.actor, request.POST.get("read", ""), at), True, at)
    return redirect(one.back)


def stays_page(request: KpiRequest, station_id: int, refusal: Refused | None = None) -> HttpResponse:
    return _page(request, _stays(request, station_id), refusal)


@takes_files
@page_act(stays_page, opens=True)
def stays(request: KpiRequest, station_id: int) -> HttpResponse:
    return _upload(request, _stays(request, station_id))


@page_act(stays_page)
def accept_stays(request: KpiRequest, station_id: int) -> HttpResponse:
    return _accept(request, _stays(request, station_id))


@require_safe
def stays_template(request: KpiRequest, station_id: int) -> HttpResponse:
    _stays(request, station_id)
    return workbook_answer(template(STAY_COLUMNS, "博士后人员", at=timezone.now()), "博士后人员导入模板")


def money_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    return _page(request, _money(request), refusal)


@takes_files
@page_act(money_page, opens=True)
def money(request: KpiRequest) -> HttpResponse:
    return _upload(request, _money(request))


@page_act(money_page)
def accept_money(request: KpiRequest) -> HttpResponse:
    return _accept(request, _money(request))


@require_safe
def money_template(request: KpiRequest) -> HttpResponse:
    _money(request)
    return workbook_answer(template(MONEY_COLUMNS, "历史拨付", at=timezone.now()), "历史拨付导入模板")
