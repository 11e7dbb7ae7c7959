"""期初 in: template, preview, and exactly what was previewed as a proposal. Everything out as one workbook."""

from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from farmland import access
from farmland.excel import LIMITS, lists_workbook, read_opening, template
from farmland.queries import reconciling, rewards, town_rewards
from farmland.services.opening import CODE, rehearse, unpacked
from farmland.views.frame import shown
from miyun_kpi.lib.errors import Refused, listed
from miyun_kpi.proposals.services import propose
from miyun_kpi.proposals.stored import to_store
from miyun_kpi.registers.views.records import workbook_answer
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web import previews
from miyun_kpi.web.acts import page_act, sent_workbook, takes_files

CHUNK = 2_000


@require_safe
def opening_template(request: KpiRequest) -> HttpResponse:
    access.require_pool(request.actor)
    return workbook_answer(template(at=timezone.now()), "耕地占补期初导入模板")


def opening_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    access.require_pool(request.actor)
    return shown(request, "farmland/opening.html", {}, refusal)


@takes_files
@page_act(opening_page, opens=True)
def opening(request: KpiRequest) -> HttpResponse:
    """A POST reads and rehearses; it writes nothing."""
    access.require_pool(request.actor)
    found = read_opening(*sent_workbook(request, LIMITS.file))
    problems = list(found.problems) or rehearse(actor=request.actor, rows=found.rows, at=timezone.now())
    if problems:
        said = f"有 {len(problems)} 处要改，一行也没有导入。请改好后再上传。"
        raise Refused("rows-refused", said, errors=listed(problems))
    context = {
        "rows": found.rows,
        "number": len(found.rows),
        "area": sum((row.area for row in found.rows), Decimal(0)),
        "free": sum((row.area - row.used - row.transferred for row in found.rows), Decimal(0)),
        "packed": previews.packed(request, "farmland.opening", to_store(list(found.rows))),
    }
    return shown(request, "farmland/opening_preview.html", context)


@page_act(opening_page)
def accept_opening(request: KpiRequest) -> HttpResponse:
    access.require_pool(request.actor)
    rows = [unpacked(one) for one in previews.unpacked(request, "farmland.opening")]
    made = propose(actor=request.actor, code=CODE, rows=rows, at=timezone.now())
    return redirect("proposals:proposal", proposal_id=made.pk)


@require_safe
def export(request: KpiRequest) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    lots = list(access.visible_lots(actor))
    near = frozenset(access.visible_applications(actor).values_list("pk", flat=True))
    content = lists_workbook(
        lots=lots,
        entries=access.visible_entries(actor).iterator(chunk_size=CHUNK),
        applications=access.visible_applications(actor).iterator(chunk_size=CHUNK),
        money=access.visible_money(actor).iterator(chunk_size=CHUNK),
        months=reconciling.months() if access.keeps_money(actor) else None,
        transfers=list(access.visible_transfers(actor)),
        rewards=town_rewards.by_town(access.visible_lots(actor).filter(struck_at__isnull=True)),
        uses=[one for one in rewards.lines() if one.entry.lot_id in {lot.pk for lot in lots}],
        near=near,
        whole=access.reads_all(actor),
        viewer=actor.label,
        at=at,
    )
    return workbook_answer(content, "耕地占补平衡")
