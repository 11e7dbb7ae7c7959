"""拟定下一年度方案 copies all of a scheme once, and nobody but the office hears of it before 印发."""

import pytest
from django.urls import reverse

from evaluation.enums import FigureStatus, SchemeState
from evaluation.figures.services.figures import Wanted, propose_figures
from evaluation.models import Figure, Period, Scheme
from evaluation.periods.queries.current import current_scheme
from evaluation.periods.queries.past import due_periods
from evaluation.periods.queries.periods import planned_periods
from evaluation.scheme.access.drafts import schemes_visible_to
from evaluation.scheme.queries.citing import figures_citing
from evaluation.scheme.queries.schemes import scheme_of, scheme_view
from evaluation.sheets.access import shares_visible_to
from evaluation.sheets.queries.sheet_list import shares_of
from evaluation.sheets.services.periods import open_period
from miyun_kpi.accounts.access import verbs_of
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation
from tests.factories.drafts import AT, copied

pytestmark = pytest.mark.django_db
JUNE_2021 = AT.replace(year=2021, month=6)


@pytest.fixture
def office(actor_for):
    return actor_for("zhengfuban1")


@pytest.mark.parametrize("track", ["township", "department"])
def test_every_figure_is_copied_and_none_is_called_printed(office, track):
    source, draft = Scheme.objects.get(track=track), copied(office, track)
    assert (draft.year, draft.state, draft.process_from, draft.process_to) == (2021, "draft", "2021-05", "2021-11")
    old, new = scheme_view(source), scheme_view(draft)
    assert new.dimension_totals == old.dimension_totals
    for before, after in zip(old.indicators, new.indicators, strict=True):
        assert after.indicator.from_indicator_id == before.indicator.pk
        assert (after.indicator.name, after.indicator.basis) == (before.indicator.name, before.indicator.basis)
        assert after.carriers == before.carriers and after.scope.value == before.scope.value
        assert [(s.evaluator, s.share, s.figure.part) for s in after.shares] == [
            (s.evaluator, s.share, s.figure.part) for s in before.shares
        ]
        assert {z: f.value for z, f in after.weights.items()} == {z: f.value for z, f in before.weights.items()}
    assert len(new.figures) == len(old.figures)
    assert {f.status for f in new.figures} == {FigureStatus.ASSUMED}
    assert draft.figures.get(kind="weight", indicator__number=4, zone=new.zones[0]).note.startswith("沿用2020年：")
    assert AuditEntry.objects.filter(action="evaluation.draft.copied", subject=f"scheme:{draft.pk}").count() == 1


def test_a_second_press_says_that_it_exists(office, client):
    draft = copied(office)
    with pytest.raises(Conflict) as refusal:
        copied(office)
    assert refusal.value.code == "exists" and "2021年" in refusal.value.message and "草案" in refusal.value.message
    assert Scheme.objects.filter(year=2021).get() == draft


def test_from_a_draft_no_further_year_is_copied(office):
    from evaluation.drafting.services.copying import copy_scheme

    with pytest.raises(Refused):
        copy_scheme(actor=office, scheme_id=copied(office).pk, at=AT)
    assert not Scheme.objects.filter(year=2022).exists()


@pytest.mark.parametrize("username", ["shuiwu", "beizhuang", "lingdao", "guanliyuan", "shenji"])
def test_only_the_office_copies_and_sees(actor_for, office, username):
    with pytest.raises(NotAllowed):
        copied(actor_for(username))
    draft = copied(office)
    assert draft not in schemes_visible_to(actor_for(username))
    assert draft in schemes_visible_to(office)


def test_the_ranked_co_office_drafts_for_townships_only(office):
    organisation = Organisation.objects.get(code="fagai-wei")
    role = "evaluation_office"
    fagai = Actor(label="区发改委", user_id=0, organisation_id=organisation.pk, role=role, verbs=verbs_of(role))
    with pytest.raises(NotAllowed):
        copied(fagai, "department")
    assert copied(office, "department") not in schemes_visible_to(fagai)
    assert copied(fagai) in schemes_visible_to(fagai)


def test_a_draft_opens_no_period_and_is_found_by_no_look_up(office, actor_for):
    draft = copied(office)
    assert scheme_of("township", 2021) is None
    assert current_scheme("township") == draft.copied_from
    Scheme.objects.filter(in_force_at__isnull=False).update(in_force_at=AT)
    assert {code.year for code in due_periods(JUNE_2021)} == {2020}
    assert all(one.code.startswith("2020") for one in planned_periods(JUNE_2021, []))
    with pytest.raises(Refused) as refusal:
        open_period(actor=office, code=PeriodCode(2021, quarter=2), at=JUNE_2021)
    assert refusal.value.code == "no-scheme" and not Period.objects.filter(code__startswith="2021").exists()
    shuiwu = actor_for("shuiwu")
    before = shares_of(shuiwu.organisation_id)
    assert before == shares_of(shuiwu.organisation_id) and not shares_visible_to(shuiwu).filter(scheme=draft).exists()
    assert not shares_visible_to(office).filter(scheme=draft).exists()
    assert len(figures_citing("2020-13", "附件4·4")) == len(
        {(c.kind, c.label) for c in figures_citing("2020-13", "附件4·4")}
    )


def test_figures_of_a_draft_are_not_proposed_for_confirmation(office):
    figure = copied(office).figures.filter(kind="weight").first()
    assert figure is not None
    with pytest.raises(NotFound):
        propose_figures(
            actor=office,
            scheme_id=figure.scheme_id,
            wanted=[Wanted(figure.pk, figure.version, figure.value)],
            original_page="1",
            reason="核对",
            at=AT,
        )


@pytest.mark.parametrize("username", ["shuiwu", "beizhuang", "shenji"])
def test_its_pages_do_not_exist_for_others(client, office, username):
    from miyun_kpi.accounts.models import User

    draft = copied(office)
    figure = draft.figures.first()
    client.force_login(User.objects.get(username=username), backend="miyun_kpi.accounts.authentication.PeopleBackend")
    for name, arguments in (
        ("scheme", [2021, "township"]),
        ("carriers", [2021, "township"]),
        ("batches", [2021, "township"]),
        ("draft", [2021, "township"]),
        ("draft-carriers", [2021, "township"]),
        ("figure", [figure.pk]),
    ):
        assert client.get(reverse(f"evaluation:{name}", args=arguments)).status_code == 404, name
    assert "2021" not in client.get(reverse("evaluation:schemes")).content.decode().split("<main")[1]
    assert (
        client.post("/evaluation/rankings/compute/", {"scheme": draft.pk, "period": 1, "kind": "trial"}).status_code
        == 404
    )


def test_the_office_finds_the_draft_in_the_list_and_by_the_scheme_s_address(client, office):
    from miyun_kpi.accounts.models import User

    client.force_login(
        User.objects.get(username="zhengfuban1"), backend="miyun_kpi.accounts.authentication.PeopleBackend"
    )
    listed = client.get(reverse("evaluation:schemes")).content.decode()
    assert listed.count("拟定下一年度方案") == 2
    made = client.post(reverse("evaluation:copy-scheme", args=[2020, "township"]))
    assert made["Location"] == reverse("evaluation:draft", args=[2021, "township"])
    again = client.post(reverse("evaluation:copy-scheme", args=[2020, "township"]), follow=True)
    assert "已经有了，没有再建" in again.content.decode()
    assert client.get(reverse("evaluation:scheme", args=[2021, "township"]))["Location"] == made["Location"]
    assert Scheme.objects.filter(state=SchemeState.DRAFT).count() == 1


def test_two_years_stay_open_side_by_side(office):
    copied(office)
    opened = open_period(actor=SYSTEM, code=PeriodCode(2020, month=11), at=AT.replace(month=12))
    assert opened.duty_periods and Figure.objects.filter(scheme__year=2021).exists()
