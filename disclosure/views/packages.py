"""发布: packages for 区政府门户网站, and the addresses entered back."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from disclosure import access
from disclosure.enums import APP, Stage
from disclosure.excel import by_kind, names_in, outward, package_workbook, words_of
from disclosure.forms import LinkForm
from disclosure.models import Package, PackageItem
from disclosure.rules.kinds import PUBLISHED
from disclosure.services import packages as services
from miyun_kpi.db.finding import one_of
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.lib.lists import first
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.site import tag
from miyun_kpi.web.acts import form_of, page_act, sent, shown
from miyun_kpi.web.answers import download

PAGE = 50


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    return index_page(request)


def index_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    actor = request.actor
    kinds = {f"{APP}.{code}": kind for code, kind in PUBLISHED.items()}
    found = access.visible_records(actor).filter(kind__in=kinds, stage=Stage.REVIEWED).order_by("kind", "number")
    listed = first(access.publishable(actor, found), services.MOST)
    context = {
        "ready": [(row, kinds[row.kind]) for row in listed],
        "shown": listed,
        "page": page_asked(request.GET, access.visible_packages(actor), PAGE),
        "chosen": request.POST.getlist("record"),
    }
    return shown(request, "disclosure/packages.html", context, refusal)


@page_act(index_page)
def export(request: KpiRequest) -> HttpResponse:
    ids = [int(one) for one in request.POST.getlist("record") if one.isascii() and one.isdigit()]
    made = services.export_package(actor=request.actor, record_ids=ids, at=timezone.now())
    return redirect("disclosure:package", package_id=made.pk)


def _items(package: Package) -> list[PackageItem]:
    return list(package.items.select_related("record__owner").prefetch_related("former_links"))


@require_safe
def package(request: KpiRequest, package_id: int) -> HttpResponse:
    return package_page(request, package_id)


def package_page(request: KpiRequest, package_id: int, refusal: Refused | None = None) -> HttpResponse:
    found = access.visible_package(request.actor, package_id)
    problems = {one.field: one.message for one in refusal.errors} if refusal else {}
    rows: list[dict[str, Any]] = [
        {
            "item": item,
            "former": list(item.former_links.all()),
            "corrects": bool(item.link) and access.may_publish(request.actor, item.record),
            "kind": PUBLISHED[item.record.kind.removeprefix(f"{APP}.")],
            "stale": not item.link and (item.record.version != item.version or item.record.struck_at is not None),
            "typed": request.POST.get(f"link-{item.pk}", ""),
            "problem": problems.get(f"link-{item.pk}", ""),
        }
        for item in _items(found)
    ]
    context: dict[str, Any] = {
        "package": found,
        "rows": rows,
        "waiting": any(not row["item"].link and not row["stale"] for row in rows),
        "published_on": request.POST.get("published_on", ""),
    }
    return shown(request, "disclosure/package.html", context, refusal)


@page_act(package_page)
def links(request: KpiRequest, package_id: int) -> HttpResponse:
    found = access.visible_package(request.actor, package_id)
    typed = {item.pk: request.POST.get(f"link-{item.pk}", "") for item in _items(found)}
    if not all(access.may_publish(request.actor, item.record) for item in _items(found)[:1]):
        raise NotAllowed("not-your-unit", "只能回填本单位的发布地址，没有执行。")
    try:
        day = parse_date(request.POST.get("published_on", ""))
    except ValueError:
        day = None
    services.enter_links(actor=request.actor, package_id=package_id, links=typed, published_on=day, at=timezone.now())
    return redirect("disclosure:package", package_id=package_id)


def _link_page(request: KpiRequest, package_id: int, item_id: int, refusal: Refused | None = None) -> HttpResponse:
    found = access.visible_package(request.actor, package_id)
    item = one_of(found.items.exclude(link="").select_related("record").filter(pk=item_id))
    if not access.may_publish(request.actor, item.record):
        raise NotAllowed("not-your-unit", "只能改正本单位的发布地址，没有执行。")
    now = {"seen": item.link, "link": item.link, "published_on": item.published_on}
    context = {"package": found, "item": item, "form": form_of(request, LinkForm, initial=now)}
    return shown(request, "disclosure/link.html", context, refusal)


@page_act(_link_page, opens=True)
def correct(request: KpiRequest, package_id: int, item_id: int) -> HttpResponse:
    given = sent(request, LinkForm)
    services.correct_link(actor=request.actor, package_id=package_id, item_id=item_id, at=timezone.now(), **given)
    return redirect("disclosure:package", package_id=package_id)


@require_safe
def workbook(request: KpiRequest, package_id: int) -> HttpResponse:
    found = access.visible_package(request.actor, package_id)
    content = package_workbook(found, _items(found), viewer=request.actor.label, at=timezone.now())
    return download(content, CONTENT_TYPE, f"政务公开发布包{found.number}.xlsx")


@require_safe
def pages(request: KpiRequest, package_id: int) -> HttpResponse:
    """The items as one plain page for the editor of the website."""
    found = access.visible_package(request.actor, package_id)
    items = _items(found)
    names = names_in(items)
    groups = [
        (kind, [[(one, words_of(one, item, names)) for one in outward(kind)] for item in own])
        for kind, own in by_kind(items)
    ]
    content = render_to_string("disclosure/package_export.html", {"package": found, "groups": groups, "tag": tag()})
    return download(content.encode(), "text/html; charset=utf-8", f"政务公开发布包{found.number}.html")
