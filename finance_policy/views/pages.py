"""绿色金融: the first page and the glossary."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from finance_policy import access
from finance_policy.enums import APP
from finance_policy.queries.figures import insurance
from finance_policy.queries.glossary import glossary
from finance_policy.queries.library import in_library
from finance_policy.queries.returns import releases
from miyun_kpi.registers.queries.overview import overview
from miyun_kpi.requests import KpiRequest


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    given, found = releases(), overview(request.actor, APP, timezone.now())
    context = {
        "overview": found,
        "offices": sum(line.number for line in found.lines if line.kind.code == "offices"),
        "cover": insurance(timezone.localdate()).whole,
        "newest": given[0] if given else None,
        "library": in_library(),
        "office": access.is_office(request.actor),
    }
    return render(request, "finance/index.html", context)


@require_safe
def terms(request: KpiRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:40]
    rows = glossary()
    shown = [row for row in rows if words in row.term.name or words in row.term.meaning]
    return render(request, "finance/glossary.html", {"rows": shown, "total": len(rows), "words": words})
