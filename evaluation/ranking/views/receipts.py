"""得分明细 of one organisation, and the list of inputs from which its total can be recomputed."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from evaluation.engine.access import held_for, may_see_receipt, readable_ranking
from evaluation.engine.models.ranking import Ranking, RankingRow
from evaluation.engine.queries.codes import code_of
from evaluation.engine.queries.frozen import document_of
from evaluation.engine.rules.codes import Paper
from evaluation.ranking.excel.rankings import receipt_workbook
from evaluation.ranking.queries import rankings as reads
from evaluation.ranking.queries.attribution import comparable, why
from evaluation.ranking.queries.receipts import ReceiptPage, deducted_lines, receipt_page
from evaluation.ranking.views.rankings import notice_of, viewer_of, workbook_response
from miyun_kpi.charts import Row as ChartRow
from miyun_kpi.gazette.queries import clause_by_ref
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import asked


def _read(request: KpiRequest, ranking_id: int, code: str) -> tuple[Ranking, Organisation, ReceiptPage, str]:
    """In a fixed number of queries: the ranking, the organisation, all frozen rows; and the 核验码 of its own."""
    actor = request.actor
    ranking = readable_ranking(actor, ranking_id, with_inputs=True)
    organisation = Organisation.objects.filter(code=code).first()
    if organisation is None or not may_see_receipt(actor, ranking, organisation):
        raise NotFound
    rows = list(RankingRow.objects.filter(ranking=ranking).select_related("organisation").order_by("position"))
    page = receipt_page(ranking, rows, code, viewer_of(request, ranking))
    if page is None:
        raise NotFound
    own = next(row for row in rows if row.organisation_id == organisation.pk)
    return ranking, organisation, page, code_of(Paper.RECEIPT, own.pk, own.seal)


def _why(request: KpiRequest, ranking: Ranking, organisation: Organisation) -> dict[str, Any]:
    """With what it may be compared, how it came from there (the bulletin before, or what was asked for), or why not."""
    offered = comparable(request.actor, ranking, organisation)
    wanted = request.GET.get("with", "")
    before = next((one for one in offered if wanted in ("", str(one.pk))), None)
    context: dict[str, Any] = {"offered": offered, "before": before, "wanted": wanted, "why": None, "unsaid": ""}
    if before is None:
        if wanted:
            raise NotFound
        return context
    found, refusal = asked(lambda: why(request.actor, before, ranking, organisation))
    return context | {"why": found, "unsaid": refusal.message if refusal else ""}


@require_GET
def receipt(request: KpiRequest, ranking_id: int, code: str) -> HttpResponse:
    ranking, organisation, page, paper_code = _read(request, ranking_id, code)
    notice = notice_of(ranking, document_of(ranking))
    zone = page.receipt["zone"] or ""
    low, ticks = _scale(page)
    context: dict[str, Any] = {
        "ranking": ranking,
        "organisation": organisation,
        "page": page,
        "receipt": page.receipt,
        "paper_code": paper_code,
        **_why(request, ranking, organisation),
        "deducted": deducted_lines(request.actor, ranking, organisation, page.receipt),
        "viewer": page.viewer,
        "notice": notice,
        "held": held_for(request.actor, ranking),
        "number": f"{ranking.get_kind_display()} {ranking.period.code}-"
        f"{'镇街' if ranking.scheme.track == Track.TOWNSHIP else '部门'}-{ranking.number}",
        "group_label": organisation.get_zone_display() if zone else organisation.get_category_display(),
        "zone": zone,
        "inputs": reads.in_fours(ranking.inputs_hash),
        "digest": reads.in_fours(ranking.digest),
        "quotation": clause_by_ref(*page.average_clause) if page.average_clause else None,
        "chart_rows": [
            ChartRow(
                band.name,
                least=band.least,
                most=band.most,
                mean=band.mean,
                own=band.own,
                zone=zone,
                end=f"{band.own:.1f}",
            )
            for band in page.bands
        ],
        "chart_low": low,
        "chart_ticks": ticks,
        "statuses": sorted({line.weight_status for line in page.lines}),
        "now": timezone.now(),
    }
    return render(request, "evaluation/ranking/receipt.html", context)


def _scale(page: ReceiptPage) -> tuple[int, tuple[int, ...]]:
    """Per cent scale of the dimension bands, from a multiple of ten to 100."""
    least = min((band.least for band in page.bands), default=50)
    low = int(least) // 10 * 10
    step = 10 if low >= 60 else 20
    return low, tuple(range(low, 101, step))


@require_GET
def receipt_sheet(request: KpiRequest, ranking_id: int, code: str) -> HttpResponse:
    """自己复算一遍: the inputs of one organisation as a workbook."""
    ranking, organisation, page, paper_code = _read(request, ranking_id, code)
    at = timezone.now()
    held = held_for(request.actor, ranking).line
    found = _why(request, ranking, organisation)["why"]
    content = receipt_workbook(ranking, page, viewer=request.actor.label, at=at, code=paper_code, held=held, why=found)
    return workbook_response(content, f"得分明细-{organisation.name}-{ranking.period.code}-{ranking.number}.xlsx")
