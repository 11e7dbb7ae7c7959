"""Who is ranked stays who it was when the period opened; acts on organisations move no earlier period (engine 21)."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from evaluation.engine.access import may_see_receipt, scope_of
from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.engine.queries.ranking_documents import build
from evaluation.engine.rules.documents import canonical
from evaluation.enums import RankingKind, RankingState, SheetState
from evaluation.feedback.services.unit_checks import confirm_feedback, open_unit_check
from evaluation.models import Feedback, Figure, Mark, MarkSheet, PeriodUnit, Ranking, Scheme
from evaluation.periods.queries.population import population
from evaluation.periods.rules.calendar import default_window
from evaluation.ranking.services import compute_official
from evaluation.sheets.services.periods import open_period
from evaluation.sheets.services.sheets import reopen_sheet
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.services import Seen, merge_organisations, rename_organisation
from tests.factories.feedback import actor, client_of, people
from tests.factories.rankings import filed_quarter, person

pytestmark = pytest.mark.django_db
THIRD = PeriodCode(2020, quarter=3)


def scheme(track="township"):
    return Scheme.objects.get(track=track, year=2020)


def seen(code):
    row = Organisation.objects.get(code=code)
    return Seen(code, row.version)


def merged(source, into):
    """Done today, as an administrator does it."""
    now = timezone.now()
    return merge_organisations(
        number="密编〔2020〕1号",
        actor=actor("sysadmin"),
        merged=[seen(source)],
        into=seen(into),
        on=now.astimezone().date(),
        at=now,
    )


@pytest.fixture
def quarter(gazette):
    people()
    return filed_quarter()


def built(period, kind=RankingKind.OFFICIAL, track="township"):
    found = build(engine_inputs(scheme(track), period), kind=kind)
    receipts = [canonical(row.receipt) for row in found.rows]
    return canonical(found.document), canonical(found.inputs), receipts


def test_a_merger_leaves_its_own_quarter_as_it_was_and_counts_from_the_next(quarter):
    before = built(quarter)
    merged("dachengzi-zhen", "beizhuang-zhen")
    assert built(quarter) == before
    ranking, _ = compute_official(actor=actor("office1"), scheme=scheme(), period=quarter, at=timezone.now())
    names = [row["name"] for row in json.loads(ranking.document)["rows"]]
    assert len(names) == 21 and "大城子镇" in names
    third = filed_quarter(THIRD)
    codes = {one.code for one in population(scheme(), third)}
    assert len(codes) == 20 and "dachengzi-zhen" not in codes
    assert not Mark.objects.filter(sheet__period=third, organisation__code="dachengzi-zhen").exists()


def test_names_are_those_of_the_day_the_period_opened(quarter):
    before = built(quarter, track="department")
    now = timezone.now()
    for code, name in (("shuiwu-ju", "区水务和河湖局"), ("beizhuang-zhen", "北庄新镇")):
        row = Organisation.objects.get(code=code)
        rename_organisation(
            number="密编〔2020〕1号",
            actor=actor("sysadmin"),
            seen=Seen(code, row.version),
            name=name,
            on=now.date(),
            at=now,
        )
    assert built(quarter, track="department") == before
    names = [one["name"] for one in json.loads(built(quarter)[0])["rows"]]
    assert "北庄镇" in names and "北庄新镇" not in names
    opened = filed_quarter(THIRD)
    assert "北庄新镇" in [one["name"] for one in json.loads(built(opened)[0])["rows"]]
    page = client_of("office1").get(f"/evaluation/periods/{quarter.code}/township/units/").content.decode()
    assert "北庄镇" in page and "现名北庄新镇" in page


def test_opening_again_freezes_nobody_anew(quarter):
    rows = list(PeriodUnit.objects.filter(period=quarter).values_list("pk", "name").order_by("pk"))
    merged("dachengzi-zhen", "beizhuang-zhen")
    open_period(actor=SYSTEM, code=quarter.period_code, at=timezone.now(), window=default_window(quarter.period_code))
    assert list(PeriodUnit.objects.filter(period=quarter).values_list("pk", "name").order_by("pk")) == rows


def test_a_confirmed_figure_does_change_a_trial(quarter):
    """The control: what must move a result moves it."""
    before = built(quarter, RankingKind.TRIAL)
    figure = Figure.objects.get(scheme=scheme(), key="share/5/1")
    Figure.objects.filter(scheme=scheme(), kind="carried", key__startswith="carried/5/").update(value="no")
    assert built(quarter, RankingKind.TRIAL) != before and figure.pk


def test_the_one_that_goes_on_checks_signs_and_reads_in_place_of_the_ended(quarter):
    ranking, _ = compute_official(actor=actor("office1"), scheme=scheme(), period=quarter, at=timezone.now())
    merged("dachengzi-zhen", "beizhuang-zhen")
    open_unit_check(actor=actor("office1"), ranking_id=ranking.pk, at=timezone.now())
    feedback = Feedback.objects.get(check_round__ranking=ranking, organisation__code="dachengzi-zhen")
    told = Notice.objects.filter(key__startswith=f"unit-check/{feedback.check_round_id}/{feedback.organisation_id}/")
    assert {one.organisation.code for one in told} == {"beizhuang-zhen"}
    page = client_of("town").get(f"/evaluation/feedback/{feedback.pk}/")
    assert page.status_code == 200 and "大城子镇" in page.content.decode()
    assert client_of("othertown").get(f"/evaluation/feedback/{feedback.pk}/").status_code == 404
    desk = client_of("town").get("/").content.decode()
    assert "大城子镇2020年第二季度反馈单待核对" in desk
    confirm_feedback(actor=actor("town"), feedback_id=feedback.pk, version=feedback.version, at=timezone.now())
    feedback.refresh_from_db()
    assert feedback.state == "confirmed" and "town" in feedback.checked_by
    Ranking.objects.filter(pk=ranking.pk).update(state=RankingState.PUBLISHED, published_at=timezone.now())
    ranking.refresh_from_db()
    ended = Organisation.objects.get(code="dachengzi-zhen")
    assert may_see_receipt(actor("town"), ranking, ended) and not may_see_receipt(actor("othertown"), ranking, ended)
    assert scope_of(actor("town"), ranking)[1].split("+") == ["beizhuang-zhen", "dachengzi-zhen"]
    address = f"/evaluation/rankings/{ranking.pk}/rows/dachengzi-zhen/"
    assert client_of("town").get(address).status_code == 200
    assert client_of("othertown").get(address).status_code == 404


def test_an_evaluator_that_ends_hands_over_what_is_not_filed_and_keeps_what_is(quarter):
    person("cheng", "区城管委", "evaluator")
    third = open_period(actor=SYSTEM, code=THIRD, at=timezone.now(), window=default_window(THIRD)).period
    water = Organisation.objects.get(name="区水务局")
    into = Organisation.objects.get(name="区城管委")
    open_ones = set(MarkSheet.objects.filter(period=third, evaluator=water).values_list("pk", flat=True))
    filed = set(MarkSheet.objects.filter(period=quarter, evaluator=water).values_list("pk", flat=True))
    assert open_ones and filed
    before = built(quarter)
    merged(water.code, into.code)
    moved = MarkSheet.objects.filter(pk__in=open_ones)
    assert {(one.evaluator.code, one.evaluator_name) for one in moved} == {(into.code, "区城管委")}
    assert {one.evaluator_id for one in MarkSheet.objects.filter(pk__in=filed)} == {water.pk}
    assert built(quarter) == before
    assert Notice.objects.filter(organisation=into, key__startswith="sheet-handed-over/").count() == len(open_ones)
    sheet = MarkSheet.objects.get(pk=min(open_ones))
    assert client_of("cheng").get(f"/evaluation/sheets/{sheet.pk}/").status_code == 200
    assert "移交" in client_of("cheng").get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    # A filed sheet given back later goes to the one that goes on; nobody else could fill it.
    now = timezone.now()
    one = MarkSheet.objects.get(pk=min(filed))
    back = reopen_sheet(
        actor=actor("office1"),
        sheet_id=one.pk,
        version=one.version,
        reason="核对后须改一格",
        until=now + timedelta(days=2),
        at=now,
    )
    assert back.state == SheetState.RETURNED and back.evaluator_id == into.pk


def test_a_sheet_of_a_later_period_opens_with_the_one_that_goes_on(quarter):
    water, into = Organisation.objects.get(name="区水务局"), Organisation.objects.get(name="区城管委")
    merged(water.code, into.code)
    third = filed_quarter(THIRD)
    sheet = MarkSheet.objects.get(period=third, scheme=scheme(), indicator__number=4)
    assert (sheet.evaluator_id, sheet.evaluator_name) == (into.pk, "区城管委")
