"""Pages of organisations: everybody signed in reads them, administrators change them."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miyun_kpi.lib.errors import Malformed, NotFound, Refused
from miyun_kpi.organisations import queries, services
from miyun_kpi.organisations.access import may_manage, require_manage
from miyun_kpi.organisations.affairs import affairs_of
from miyun_kpi.organisations.enums import Category, Zone
from miyun_kpi.organisations.forms import (
    AliasForm,
    CloseForm,
    CreateForm,
    MergeForm,
    RemoveAliasForm,
    RenameForm,
    SplitForm,
)
from miyun_kpi.organisations.models import Organisation, Reorganisation
from miyun_kpi.organisations.services import NewOrganisation, Seen
from miyun_kpi.organisations.unit_record import OPEN_TABS, Asked, unit_record
from miyun_kpi.requests import KpiRequest
from miyun_kpi.routes import to
from miyun_kpi.web.acts import day_asked, takes_several


@require_safe
def organisations(request: KpiRequest) -> HttpResponse:
    category, zone, words = (request.GET.get(name, "") for name in ("category", "zone", "q"))
    category = category if category in Category.values else ""
    zone = zone if zone in Zone.values else ""
    found = queries.with_details(queries.filtered(category=category, zone=zone, words=words[:60]))
    by_category, by_zone = queries.counts()
    context = {
        "rows": [(row, list(row.aliases.all()), list(row.parts.all())) for row in found],
        "total": sum(by_category.values()),
        "categories": [("", "全部", sum(by_category.values()))]
        + [(value, label, by_category.get(value, 0)) for value, label in Category.choices],
        "zones": [("", "全部分区", None)]
        + [(value, label, by_zone.get(value, 0), value) for value, label in Zone.choices],
        "category": category,
        "zone": zone,
        "words": words[:60],
        "may_manage": may_manage(request.actor),
    }
    return render(request, "organisations/organisations.html", context)


@require_safe
@cache_control(private=True, max_age=600)
def names(request: KpiRequest) -> HttpResponse:
    """What an input of an organisation offers (`offers_organisations`); asked for when somebody comes to one."""
    return render(request, "organisations/_names.html", {"names": queries.offered_names()})


@require_safe
def groups(request: KpiRequest) -> HttpResponse:
    return render(
        request,
        "organisations/groups.html",
        {"groups": [(group, list(group.members.all())) for group in queries.groups()]},
    )


@require_safe
def organisation(request: KpiRequest, code: str) -> HttpResponse:
    at, today = timezone.now(), timezone.localdate()
    on, tab = day_asked(request, today), request.GET.get("tab") or "overview"
    if on > today:
        raise Malformed("future", f"{on} 还没有到，没有可看的。请写今天或以前的日期。")
    row = queries.organisation_by(code)
    past = {} if on == today else {"on": on.isoformat()}
    record = unit_record(Asked(request.actor, row, on, at), tab)
    if record is None:
        raise NotFound
    context = {
        "tab": tab,
        "on": on,
        "today": today,
        "record": record,
        "tabs": [(f"?{urlencode(past | {'tab': one})}", label, one == tab) for one, label in record.tabs],
        "then": queries.name_on(row, on),
        "row": row,
        "may_manage": may_manage(request.actor),
    }
    if tab in OPEN_TABS:
        context |= {"view": queries.view_organisation(code), "parts": list(row.parts.all())}
        context |= {"aliases": list(row.aliases.all()), "names": list(row.names.all())}
    return render(request, "organisations/organisation.html", context)


def _form_page(
    request: KpiRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Organisation | Reorganisation],
    words: dict[str, Any],
) -> HttpResponse:
    """Show the form; act on a valid one; a refusal comes back with what was typed."""
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = act(form.cleaned_data)
            except Refused as refused:
                refusal, status = refused, refused.status
            else:
                if isinstance(done, Reorganisation):
                    return redirect("organisations:change", reorganisation_id=done.pk)
                return redirect(to("organisations:organisation", done.code, tab="names"))
    context = words | {"form": form, "refusal": refusal}
    return render(request, "organisations/form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: KpiRequest) -> HttpResponse:
    actor = require_manage(request.actor)
    form = CreateForm(request.POST or None, wholes=queries.choices_of_wholes())

    def act(values: dict[str, Any]) -> Organisation:
        part_of, valid_from = values.pop("part_of") or None, values.pop("valid_from")
        new = NewOrganisation(**values)
        return services.create_organisation(
            actor=actor, new=new, part_of=part_of, valid_from=valid_from, at=timezone.now()
        )

    return _form_page(request, form, act, {"title": "新建机构", "submit": "新建"})


@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: KpiRequest, code: str) -> HttpResponse:
    actor, row = require_manage(request.actor), queries.organisation_by(code)
    form = RenameForm(request.POST or None, initial={"version": row.version, "name": row.name})

    def act(values: dict[str, Any]) -> Organisation:
        seen = Seen(row.code, values["version"])
        return services.rename_organisation(
            actor=actor, seen=seen, name=values["name"], number=values["number"], on=values["on"], at=timezone.now()
        )

    words = {"title": f"更名：{row.name}", "row": row, "submit": "更名", "lines": "旧名称保留为别名和历次名称。"}
    return _form_page(request, form, act, words)


@require_http_methods(["GET", "HEAD", "POST"])
def add_alias(request: KpiRequest, code: str) -> HttpResponse:
    actor, row = require_manage(request.actor), queries.organisation_by(code)
    form = AliasForm(request.POST or None, initial={"version": row.version})

    def act(values: dict[str, Any]) -> Organisation:
        seen = Seen(row.code, values["version"])
        return services.add_alias(
            actor=actor, seen=seen, text=values["text"], source=values["source"], at=timezone.now()
        ).organisation

    return _form_page(request, form, act, {"title": f"增加别名：{row.name}", "row": row, "submit": "增加别名"})


@require_POST
def remove_alias(request: KpiRequest, code: str) -> HttpResponse:
    actor = require_manage(request.actor)
    form = RemoveAliasForm(request.POST)
    if not form.is_valid():
        raise Malformed("bad-form", "没有读懂要删去哪个别名，没有更改；请刷新页面再试。")
    seen = Seen(code, form.cleaned_data["version"])
    services.remove_alias(actor=actor, seen=seen, text=form.cleaned_data["text"], at=timezone.now())
    return redirect(to("organisations:organisation", code, tab="names"))


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: KpiRequest, code: str) -> HttpResponse:
    actor, row = require_manage(request.actor), queries.organisation_by(code)
    form = MergeForm(request.POST or None, others=queries.choices_to_merge(row), initial={"version": row.version})

    def act(values: dict[str, Any]) -> Reorganisation:
        pairs = [chosen.rsplit(":", 1) for chosen in values["merged"]]
        merged = [Seen(one, int(version)) for one, version in pairs]
        return services.merge_organisations(
            actor=actor,
            merged=merged,
            into=Seen(row.code, values["version"]),
            number=values["number"],
            on=values["on"],
            at=timezone.now(),
        )

    words = {
        "title": f"并入：{row.name}",
        "row": row,
        "submit": "并入",
        "lines": "选出并入本机构的一个或几个机构；选中以后，下面列出哪些事项随转、哪些要人决定。",
        "shows_affairs": True,
    }
    return _form_page(request, form, act, words | _affairs_of(request.POST.getlist("merged")))


@takes_several("merged")
@require_safe
def affairs(request: KpiRequest, code: str) -> HttpResponse:
    """What stands in the name of those that are to be merged into this one (`merged`), or of this one itself."""
    require_manage(request.actor)
    row = queries.organisation_by(code)
    merged = request.GET.getlist("merged")
    context = {"row": row} | _affairs_of(merged or [row.code])
    page = "organisations/_affairs.html" if "HX-Request" in request.headers else "organisations/affairs.html"
    return render(request, page, context)


def _affairs_of(chosen: list[str]) -> dict[str, Any]:
    """`chosen`: codes, with or without the version that was seen."""
    found = list(Organisation.objects.in_printed_order().filter(code__in=[one.split(":")[0] for one in chosen]))
    if not found:
        return {}
    ended = all(one.valid_to for one in found)
    return {"affairs": affairs_of(found), "names": [one.name for one in found], "ended": ended}


@require_http_methods(["GET", "HEAD", "POST"])
def split(request: KpiRequest, code: str) -> HttpResponse:
    actor, row = require_manage(request.actor), queries.organisation_by(code)
    form = SplitForm(request.POST or None, initial={"version": row.version})

    def act(values: dict[str, Any]) -> Reorganisation:
        parts = [
            NewOrganisation(one, name, row.category, row.zone, row.evaluated, row.order) for one, name in form.parts()
        ]
        seen = Seen(row.code, values["version"])
        return services.split_organisation(
            actor=actor, seen=seen, parts=parts, number=values["number"], on=values["on"], at=timezone.now()
        )

    lines = "下面是名下的事项；分设以后在机构改革页逐类转给承接的机构，岗位由安全管理员交接。"
    words = {"title": f"分设：{row.name}", "row": row, "submit": "分设", "lines": lines, "shows_affairs": True}
    return _form_page(request, form, act, words | {"dealt": True} | _affairs_of([row.code]))


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: KpiRequest, code: str) -> HttpResponse:
    actor, row = require_manage(request.actor), queries.organisation_by(code)
    form = CloseForm(request.POST or None, initial={"version": row.version})

    def act(values: dict[str, Any]) -> Reorganisation:
        seen = Seen(row.code, values["version"])
        return services.close_organisation(
            actor=actor, seen=seen, number=values["number"], on=values["on"], at=timezone.now()
        )

    lines = "没有承接机构的才用；并入别的机构的，打开那个机构点“并入本机构”。下面是名下的事项，撤并以后逐类移交。"
    words = {"title": f"撤并：{row.name}", "row": row, "submit": "撤并", "lines": lines, "shows_affairs": True}
    return _form_page(request, form, act, words | {"dealt": True} | _affairs_of([row.code]))
