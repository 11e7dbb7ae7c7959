"""Cells that come later move nothing that was computed, and fill nothing that was lost (0143)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluation.checks import schemes_as_printed
from evaluation.engine.queries.holding import difference, standing_of
from evaluation.enums import Standing, UnitChange
from evaluation.filing.services.population import decide_unit_decision, record_unit_decision
from evaluation.models import Figure, InputsRevision, Ranking, RankingRow, Scheme
from evaluation.periods.rules.calendar import default_window
from evaluation.scheme.queries.carriers import carrier_matrix
from evaluation.sheets.services.periods import open_period
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.gazette.services import load_gazette
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.list_import import Act, import_list
from miyun_kpi.organisations.models import Organisation
from tests.factories.drafts import split
from tests.factories.feedback import actor, client_of, people
from tests.factories.rankings import filed_quarter, official, published, signed

pytestmark = pytest.mark.django_db
TRACKS = pytest.mark.parametrize("track", ["township", "department"])
THIRD = PeriodCode(2020, quarter=3)
YEAR = PeriodCode(2020)


@pytest.fixture
def town(gazette):
    people()


def scheme(track="township"):
    return Scheme.objects.get(track=track, year=2020)


def cells(track, unit):
    return Figure.objects.filter(scheme=scheme(track), kind="carried", organisation=unit)


def forgotten(*units):
    Figure.objects.filter(kind="carried", organisation__in=units).delete()


def splits(track):
    return split(actor("sysadmin"), track, at=timezone.now())


def out(track, quarter):
    one, other = actor("office1"), actor("office2")
    return published(signed(official(track, quarter, by=one), by=one), by=other)


def bytes_of(ranking):
    names = [field.attname for field in Ranking._meta.concrete_fields]
    rows = [field.attname for field in RankingRow._meta.concrete_fields]
    found = RankingRow.objects.filter(ranking=ranking).order_by("pk").values_list(*rows)
    return Ranking.objects.filter(pk=ranking.pk).values_list(*names).get(), list(found)


def opened(code):
    return open_period(actor=SYSTEM, code=code, at=timezone.now(), window=default_window(code)).period


@TRACKS
def test_what_is_published_stands_when_a_unit_comes(town, track):
    ranking = out(track, filed_quarter())
    before, revisions = bytes_of(ranking), list(InputsRevision.objects.order_by("pk").values_list())
    (unit, _) = splits(track)
    assert cells(track, unit).count() == scheme(track).indicators.count()
    opened(THIRD)
    assert bytes_of(ranking) == before and list(InputsRevision.objects.order_by("pk").values_list()) == revisions
    assert difference(ranking) == [] and standing_of(Ranking.objects.get(pk=ranking.pk))[0] == Standing.HOLDS


@TRACKS
def test_what_was_published_of_units_without_cells_stands_when_these_come(town, track):
    units = splits(track)
    quarter = filed_quarter()
    forgotten(*units)
    ranking = out(track, quarter)
    before = bytes_of(ranking)
    opened(THIRD)
    assert cells(track, units[0]).count() == scheme(track).indicators.count()
    assert bytes_of(ranking) == before
    assert difference(ranking) == [] and standing_of(Ranking.objects.get(pk=ranking.pk))[0] == Standing.HOLDS
    # One that says more than its lacking did is a difference as ever.
    cells(track, units[0]).filter(indicator__number=4).update(value="yes")
    assert [(c.before, c.after) for c in difference(ranking) if c.kind == "figure"] == [("空白", "yes")]


def test_a_year_that_has_frozen_its_units_takes_no_more(town):
    filed_quarter(YEAR)
    (unit, _) = splits("township")
    assert not cells("township", unit).exists()
    assert schemes_as_printed(databases=["default"]) == [] and not carrier_matrix(scheme()).lacking
    client = client_of("office1")
    for name in ("carriers/", "task-table/", "amendments/new/"):
        assert client.get(f"/evaluation/schemes/2020/township/{name}").status_code == 200, name


def test_a_unit_taken_into_a_running_period_has_its_cells(town):
    quarter = filed_quarter()
    units = splits("township")
    forgotten(*units)
    row = record_unit_decision(
        actor=actor("office1"),
        scheme_id=scheme().pk,
        period_id=quarter.pk,
        organisation_id=units[0].pk,
        kind=UnitChange.TAKE_IN,
        number="密编〔2020〕3号",
        reason="分设以后本期起列入",
        at=timezone.now(),
    )
    decide_unit_decision(
        actor=actor("office2"), decision_id=row.pk, version=row.version, confirm=True, note="", at=timezone.now()
    )
    assert cells("township", units[0]).count() == 24 and not cells("township", units[1]).exists()


@TRACKS
def test_loading_brings_what_an_earlier_release_left_out_and_nothing_that_was_lost(town, track):
    units = splits(track)
    forgotten(*units)
    lost = Figure.objects.filter(scheme=scheme(track), kind="carried", value="yes").first()
    lost.delete()
    before = AuditEntry.objects.filter(action="evaluation.scheme.units-added").count()
    at = timezone.now() + timedelta(minutes=1)
    load_gazette(at=at), load_gazette(at=at)
    assert cells(track, units[0]).count() == scheme(track).indicators.count()
    assert AuditEntry.objects.filter(action="evaluation.scheme.units-added").count() == before + 1
    (found,) = schemes_as_printed(databases=["default"])
    assert found.id == "evaluation.E006" and f"第 {lost.indicator.number} 项" in found.msg


def test_a_unit_of_an_imported_list_has_its_cells(town):
    fields = {
        "code": "xin-zhen",
        "name": "新分镇",
        "category": "township",
        "zone": "eco",
        "evaluated": True,
        "order": 22,
    }
    acts = [Act("create", "xin-zhen", 0, "新分镇", fields=fields), Act("alias", "xin-zhen", 0, "新分")]
    import_list(actor=actor("sysadmin"), acts=acts, at=timezone.now())
    assert cells("township", Organisation.objects.get(code="xin-zhen")).count() == 24
