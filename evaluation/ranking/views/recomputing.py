"""Input list, result and the program that recomputes it, in one file to be taken away: nobody has to believe this system."""

import io
import json
import zipfile
from pathlib import Path

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from evaluation.engine.access import may_see_receipt, readable_ranking, scope_of
from evaluation.engine.models.ranking import Ranking
from evaluation.engine.queries.frozen import WHOLE, frozen_receipt
from evaluation.engine.queries.sealed import require_inputs
from evaluation.engine.rules.documents import limited_receipt
from evaluation.ranking import offline
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.lib.packages import add_member
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.requests import KpiRequest
from miyun_kpi.site import tag
from miyun_kpi.web.answers import download

PROGRAM = Path(offline.__file__).with_name("recompute.py")


@require_GET
def ranking_package(request: KpiRequest, ranking_id: int) -> HttpResponse:
    """The whole ranking, for those who see all marks of it."""
    ranking = readable_ranking(request.actor, ranking_id, with_inputs=True)
    if scope_of(request.actor, ranking)[0] != WHOLE:
        raise NotFound
    require_inputs(ranking)
    stated = {"输入摘要": ranking.inputs_hash, "结果摘要": ranking.digest}
    members = {
        "输入清单.json": ranking.inputs.encode(),
        "结果.json": ranking.document.encode(),
        "摘要.json": json.dumps(stated, ensure_ascii=False).encode(),
    }
    return _package(members, f"复算-{_name(ranking)}.zip")


@require_GET
def receipt_package(request: KpiRequest, ranking_id: int, code: str) -> HttpResponse:
    """One unit's own 得分明细, as its page and the API give it."""
    ranking = readable_ranking(request.actor, ranking_id)
    organisation = Organisation.objects.filter(code=code).first()
    if organisation is None or not may_see_receipt(request.actor, ranking, organisation):
        raise NotFound
    receipt = frozen_receipt(ranking, organisation)
    if receipt is None:
        raise NotFound
    shown = limited_receipt(receipt, scope_of(request.actor, ranking)[0])
    members = {"得分明细.json": json.dumps(shown, ensure_ascii=False, indent=1).encode()}
    return _package(members, f"复算-{organisation.name}-{_name(ranking)}.zip")


def _name(ranking: Ranking) -> str:
    return f"{ranking.scheme.get_track_display()}-{ranking.period.code}-{ranking.get_kind_display()}{ranking.number}"


def _package(members: dict[str, bytes], name: str) -> HttpResponse:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        if word := tag():
            add_member(package, f"{word}.txt", f"这是{word}站的文件：全部是{word}数据，不得引用。\n".encode())
        for member, content in {**members, PROGRAM.name: PROGRAM.read_bytes()}.items():
            add_member(package, member, content)
    return download(packed.getvalue(), "application/zip", name)
