"""New accounts by a workbook: template, preview in which every row has been tried, and the list as it was previewed."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.accounts.enums import Role
from miyun_kpi.acts.in_turn import MOST
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.powers import access, services
from miyun_kpi.powers.excel import LIMITS, read_people, template
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web import previews
from miyun_kpi.web.acts import page_act, sent_workbook, shown, takes_files
from miyun_kpi.web.answers import download

WHAT = "powers.list"


def _page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    unit, roles = access.listing(request.actor, timezone.localdate())
    return shown(request, "powers/list.html", {"unit": unit, "roles": roles, "most": MOST}, refusal)


def _named(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    names = dict(Organisation.objects.values_list("code", "name"))
    return [row | {"unit": names[row["organisation"]], "post": Role(row["role"]).label} for row in rows]


@takes_files
@page_act(_page, opens=True)
def listing(request: KpiRequest) -> HttpResponse:
    """A POST reads and tries; it writes nothing."""
    at = timezone.now()
    unit, roles = access.listing(request.actor, timezone.localdate(at))
    content, name = sent_workbook(request, LIMITS.file)
    rows = read_people(content, file_name=name, actor=request.actor, unit=unit, roles=roles, at=at)
    packed = previews.packed(request, WHAT, rows)
    return render(
        request, "powers/list_preview.html", {"rows": _named(rows), "file": name, "packed": packed, "unit": unit}
    )


@require_safe
def template_file(request: KpiRequest) -> HttpResponse:
    at = timezone.now()
    unit, roles = access.listing(request.actor, timezone.localdate(at))
    return download(template(unit=unit, roles=roles, at=at), CONTENT_TYPE, "新账号名单模板.xlsx")


@page_act(_page)
def accept(request: KpiRequest) -> HttpResponse:
    """The answer says of each what became of it; what was refused since the preview takes nothing back of the others."""
    unit, _ = access.listing(request.actor, timezone.localdate())
    rows = previews.unpacked(request, WHAT)
    found = services.ask_list(actor=request.actor, rows=rows, at=timezone.now())
    done = sum(one.refusal is None for one in found)
    told = list(zip(_named(rows), found, strict=True))
    return render(
        request, "powers/listed.html", {"rows": told, "done": done, "refused": len(found) - done, "unit": unit}
    )
