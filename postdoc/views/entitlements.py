"""待遇: everything a person is entitled to, month by month with the reason of each; and the same as a trial."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import Malformed
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import asked
from miyun_kpi.web.registry import Notice
from postdoc import access
from postdoc.forms import TrialForm, checked
from postdoc.queries.entitlement import people, whole_of
from postdoc.queries.figures import figures
from postdoc.queries.trial import trial as trial_of
from postdoc.rules.calendar import FIRST, LAST
from postdoc.rules.entitlement import total
from postdoc.views._common import PAGE, outside, shown


def day_of(request: KpiRequest) -> date:
    text = request.GET.get("on", "")
    try:
        found = date.fromisoformat(text) if text else timezone.localdate()
    except ValueError:
        raise Malformed("bad-date", "日期读不懂，请写成 2020-09-25。") from None
    if not FIRST <= found <= LAST:
        raise Malformed("bad-date", f"日期请写 {FIRST} 至 {LAST} 之间的一天。")
    return found


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    if not access.sees_any(request.actor):
        return outside(request, "待遇")
    on, table = day_of(request), figures()
    page = page_asked(request.GET, people(access.visible_people(request.actor)), PAGE)
    context = {"page": page, "rows": [(whole_of(one, table, on), len(one.stays.all())) for one in page], "on": on}
    return shown(request, "postdoc/entitlements.html", context)


@require_safe
def person(request: KpiRequest, person_id: int) -> HttpResponse:
    actor, on = request.actor, day_of(request)
    row = access.visible_person(actor, person_id)
    whole = whole_of(people(access.visible_people(actor)).get(pk=row.pk), figures(), on)
    own = set(access.visible_stays(actor).filter(person=row).values_list("pk", flat=True))
    context = {"whole": whole, "person": row, "on": on, "own": own}
    return shown(request, "postdoc/entitlement.html", context)


@require_safe
def trial(request: KpiRequest) -> HttpResponse:
    """Asked by GET: it changes nothing, and the address can be kept."""
    form = TrialForm(request.GET or None)
    found, refusal = asked(lambda: _trial(checked(form))) if request.GET else (None, None)
    months, once = found or ([], [])
    context: dict[str, Any] = {
        "form": form,
        "months": months,
        "once": once,
        "sum": total(months),
        "asked": found is not None,
        "notice": Notice("trial", "试算：只按填写的日期和现行标准计算，没有保存，不作为给付依据。"),
    }
    return shown(request, "postdoc/trial.html", context, refusal)


def _trial(given: dict[str, Any]) -> Any:
    stays = [{"entered_on": given["entered_on"], "left_on": given["left_on"], "withdrawn": given["withdrawn"]}]
    if given["again_on"]:
        stays.append({"entered_on": given["again_on"], "left_on": given["again_left_on"], "withdrawn": False})
    contract = None
    if given["from_day"] and given["until"]:
        contract = {"from_day": given["from_day"], "until": given["until"], "in_miyun": given["in_miyun"]}
    return trial_of(stays, contract, given["converted_on"], given["on"] or timezone.localdate())
