"""The three figures of the main job: ranking a district, reading a ranking, saving a column."""

from decimal import Decimal

import pytest
from django.db import connection
from django.http import HttpResponse
from django.urls import clear_url_caches, path
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.engine.queries.ranking_documents import build
from evaluation.engine.rules.ranking import rank
from evaluation.enums import RankingKind
from evaluation.models import Mark, MarkSheet, Period, Ranking, Scheme
from evaluation.sheets.services.marks import RowInput, save_marks
from miyun_kpi import urls
from tests.evaluation.sheets.test_api_marks import Api

# The same arithmetic in one statement: averages share by share, one rounding an item, totals and ranks.
SQL = """
WITH figures AS (
  SELECT f.kind, f.value, f.zone, f.id, f.indicator_id, f.organisation_id FROM evaluation_figure f WHERE f.scheme_id = %s
), shares AS (
  SELECT id, indicator_id, split_part(value, ':', 2) AS share FROM figures WHERE kind = 'share'
), split AS (
  SELECT id, indicator_id, split_part(share, '/', 1)::numeric AS num, coalesce(nullif(split_part(share, '/', 2), ''), '1')::numeric AS den
  FROM shares
), rates AS (
  SELECT s.share_figure_id, m.organisation_id, m.value::numeric / m.full_mark AS rate
  FROM evaluation_mark m JOIN evaluation_marksheet s ON s.id = m.sheet_id
  WHERE s.scheme_id = %s AND s.period_id = %s AND s.state = 'filed'
), means AS (
  SELECT share_figure_id, avg(rate) AS rate FROM rates GROUP BY 1
), units AS (
  SELECT DISTINCT o.id, o.zone FROM figures f JOIN organisations_organisation o ON o.id = f.organisation_id WHERE f.kind = 'carried'
), items AS (
  SELECT u.id, w.indicator_id, round(w.value::numeric * sum(p.num / p.den * coalesce(r.rate, a.rate)), 4) AS score
  FROM units u
  JOIN figures w ON w.kind = 'weight' AND w.zone = u.zone
  JOIN split p ON p.indicator_id = w.indicator_id
  LEFT JOIN rates r ON r.share_figure_id = p.id AND r.organisation_id = u.id
  LEFT JOIN means a ON a.share_figure_id = p.id
  GROUP BY u.id, w.indicator_id, w.value
), totals AS (SELECT id, sum(score) AS total FROM items GROUP BY id)
SELECT id, total, rank() OVER (ORDER BY total DESC) FROM totals ORDER BY total DESC
"""


def sql_ranking(scheme: Scheme, period: Period) -> dict[int, tuple[Decimal, int]]:
    with connection.cursor() as cursor:
        cursor.execute(SQL, [scheme.pk, scheme.pk, period.pk])
        return {pk: (total, place) for pk, total, place in cursor.fetchall()}


@pytest.mark.postgres
@pytest.mark.parametrize("track", ["township", "department"])
def test_ranking_one_district_against_one_sql_statement(demo, paired, track):
    scheme, period = Scheme.objects.get(track=track), Period.objects.get(code="2020Q2")
    built = build(engine_inputs(scheme, period), kind=RankingKind.TRIAL)
    assert {row.organisation.pk: (row.total, row.rank) for row in built.rows} == sql_ranking(scheme, period)
    inputs = engine_inputs(scheme, period)
    paired(
        f"{track}: engine alone",
        lambda: rank(inputs.units, inputs.items, inputs.cells),
        "one SQL statement",
        lambda: sql_ranking(scheme, period),
    )
    paired(
        f"{track}: reading, ranking and all 得分明细",
        lambda: build(engine_inputs(scheme, period), kind=RankingKind.TRIAL),
        "one SQL statement",
        lambda: sql_ranking(scheme, period),
    )


def test_reading_a_ranking_against_a_constant_response_of_the_same_bytes(demo, paired):
    client = Api("bench")
    pk = Ranking.objects.get(scheme__track="township").pk
    body = client.get(f"rankings/{pk}/").content

    class Constant(APIView):
        def get(self, request: Request) -> HttpResponse:
            return HttpResponse(body, content_type="application/json")

    urls.urlpatterns.append(path("api/v1/constant/", Constant.as_view()))
    try:
        clear_url_caches()
        assert client.get("constant/").content == body
        paired(
            "GET ranking", lambda: client.get(f"rankings/{pk}/"), "constant response", lambda: client.get("constant/")
        )
    finally:
        urls.urlpatterns.pop()
        clear_url_caches()


def test_saving_a_column_of_49_against_49_single_saves(demo, actor_for, paired):
    sheet = MarkSheet.objects.get(scheme__track="department", period__code="2020Q3", indicator__number=17)
    from miyun_kpi.accounts.access import verbs_of
    from miyun_kpi.lib.actors import Actor

    actor = Actor(
        label="bench", user_id=1, organisation_id=sheet.evaluator_id, role="evaluator", verbs=verbs_of("evaluator")
    )
    turn = iter(range(10**6))

    def rows() -> list[RowInput]:
        value = str(60 + next(turn) % 40)
        marks = Mark.objects.filter(sheet=sheet).select_related("organisation")
        return [RowInput(organisation=m.organisation.code, version=m.version, value=value) for m in marks]

    assert len(rows()) == 49

    def column() -> None:
        save_marks(actor=actor, sheet_id=sheet.pk, rows=rows(), at=timezone.now())

    def singles() -> None:
        for row in rows():
            save_marks(actor=actor, sheet_id=sheet.pk, rows=[row], at=timezone.now())

    paired("column of 49", column, "49 single saves", singles, rounds=5)
