"""The lists of administration as workbooks, in the filter of the page they are asked from."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.accounts import queries
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.accounts.excel import accounts_workbook, audit_workbook
from miyun_kpi.audit import queries as audit_queries
from miyun_kpi.audit.access import require_reader
from miyun_kpi.audit.forms import FilterForm
from miyun_kpi.lib.errors import Malformed
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web.answers import download


@require_safe
def accounts(request: KpiRequest) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    require(actor, Verb.MANAGE_ACCOUNTS)
    words, state, role = (request.GET.get(name, "").strip()[:60] for name in ("q", "state", "role"))
    role = role if role in {*Role.values, "none"} else ""
    found = queries.accounts(words=words, state=state, role=role, on=timezone.localdate(at))
    content = accounts_workbook(found, viewer=actor.label, at=at)
    return download(content, CONTENT_TYPE, "账号.xlsx")


@require_safe
def audit(request: KpiRequest) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    require_reader(actor)
    form = FilterForm(request.GET)
    if not form.is_valid():
        raise Malformed("bad-date", "筛选的日期读不懂，没有导出。请写成 2020-09-25。")
    since, before = form.limits()
    values = {name: form.cleaned_data.get(name, "").strip() for name in ("action", "subject", "actor")}
    found = audit_queries.entries(**values, since=since, before=before)
    content = audit_workbook(found.iterator(chunk_size=2_000), viewer=actor.label, at=at)
    return download(content, CONTENT_TYPE, "审计.xlsx")
