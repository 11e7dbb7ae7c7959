"""What the audit withholds is opened with a reason. It stands here because the audit is below the acts of pages."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from miyun_kpi.audit.access import require_reader
from miyun_kpi.audit.forms import ReasonForm
from miyun_kpi.audit.queries import entry
from miyun_kpi.audit.services import open_entry
from miyun_kpi.audit.views import entry_page
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent


def _page(request: KpiRequest, seq: int, refusal: Refused | None = None) -> HttpResponse:
    return entry_page(request, seq, refusal, form=form_of(request, ReasonForm))


@never_cache
@page_act(_page)
def open_withheld(request: KpiRequest, seq: int) -> HttpResponse:
    """The answer shows it this once; it has no address of its own."""
    require_reader(request.actor)
    entry(seq)
    open_entry(actor=request.actor, seq=seq, at=timezone.now(), **sent(request, ReasonForm))
    return entry_page(request, seq, opened=True)
