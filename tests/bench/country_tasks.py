"""The task of bench_country.py: one district of the country, ranked with every 得分明细 and held by the second engine."""

from celery import shared_task
from django.contrib.contenttypes.models import ContentType

from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.engine.queries.ranking_documents import build
from evaluation.engine.queries.second_engine import engines_agree
from evaluation.engine.rules.ranking import rank
from evaluation.enums import RankingKind
from evaluation.models import Period, Scheme

DONE = "bench-district"


@shared_task(name="bench.rank_district")
def rank_district(scheme_id: int, period_id: int, round_: str) -> None:
    """Leaves one row when it is done: any table will do."""
    inputs = engine_inputs(Scheme.objects.get(pk=scheme_id), Period.objects.get(pk=period_id))
    build(inputs, kind=RankingKind.TRIAL)
    assert engines_agree(inputs, rank(inputs.units, inputs.items, inputs.cells)).agrees
    ContentType.objects.create(app_label=f"{DONE}-{round_}", model=str(period_id))
