"""A change that was entered by mistake: who had ended stands again, and what went along goes back where it is open still (0146)."""

from datetime import timedelta

import pytest
from django.test import Client

from disclosure.access import visible_applications
from disclosure.models import Application
from disclosure.services import applications
from miyun_kpi.accounts.apart import joined_by
from miyun_kpi.api.models import Change as FeedLine
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.duties.models import DutyDocument
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations import services
from miyun_kpi.organisations.models import Affiliation, Organisation, Reorganisation
from miyun_kpi.organisations.queries import heir_id, resolve
from miyun_kpi.organisations.revoking import revoke_change
from miyun_kpi.organisations.services import NewOrganisation
from postdoc.models import Station
from postdoc.services import stations
from tests.disclosure.conftest import create, somebody
from tests.disclosure.conftest import step as publish
from tests.factories.markup import one_line
from tests.factories.rankings import BACKEND, person
from tests.organisations.test_changes import AT, DAY, PAPER, received, seen
from tests.postdoc.conftest import STATION

LATER = AT + timedelta(days=2)
WHY = "选错了并入的单位"
OLD, NEW = "区民政局", "区退役军人局"
pytestmark = pytest.mark.usefixtures("gazette")


@pytest.fixture
def merge(administrator):
    def act(source=OLD, into=NEW, number=PAPER, at=AT):
        return services.merge_organisations(
            actor=administrator, merged=[seen(source)], into=seen(into), number=number, on=at.date(), at=at
        )

    return act


@pytest.fixture
def revoke(administrator):
    def act(change, reason=WHY, at=LATER, actor=administrator):
        return revoke_change(actor=actor, reorganisation_id=change.pk, reason=reason, at=at)

    return act


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def test_who_had_ended_stands_again_and_acts_for_itself(merge, revoke):
    old, new = somebody(OLD, "reporter", 11), somebody(NEW, "reporter", 14)
    before = resolve(OLD)
    assert before.evaluated
    change = merge()
    revoke(change)
    now = resolve(OLD)
    assert (now.valid_to, now.evaluated, now.name) == (None, True, OLD) and now.version > before.version
    assert heir_id(now.pk) == now.pk and not Affiliation.objects.filter(organisation=now, kind="并入").exists()
    assert received(old).organisation_id == now.pk
    assert not visible_applications(new).exists()
    said = AuditEntry.objects.get(action="organisations.organisation.change-revoked")
    assert said.subject == f"organisation:{now.code}" and WHY in str(said.data)
    kept = fresh(change)
    assert (kept.revoked_by, kept.revoked_reason, kept.revoked_at) == ("系统管理员甲", WHY, LATER)
    told = [one.data for one in FeedLine.objects.order_by("pk")][-2:]
    assert {(one["act"], one["organisation"]) for one in told} == {
        ("change-revoked", now.code),
        ("change-revoked", resolve(NEW).code),
    }
    # The right one is entered under the same paper.
    again = merge(into="区财政局", at=LATER + timedelta(hours=1))
    assert heir_id(now.pk) == resolve("区财政局").pk and again.number == PAPER


def test_an_application_goes_back_under_its_number_and_one_that_was_filed_stays(merge, revoke):
    old, new = somebody(OLD, "reporter", 11), somebody(NEW, "reporter", 14)
    received(new), received(new)
    running, filed = received(old), received(old)
    own = received(new)
    change = merge()
    now = fresh(filed)
    assert (fresh(running).number, now.number) == (4, 5) and now.organisation_id == new.organisation_id
    given = {"application_id": filed.pk, "on": DAY, "at": AT}
    applications.answer(actor=new, version=now.version, outcome="granted", note="", **given)
    applications.archive(actor=new, version=now.version + 1, **given)
    made = revoke(change)
    back = fresh(running)
    assert (back.organisation.name, back.number) == (OLD, 1)
    assert (fresh(filed).organisation.name, fresh(filed).number) == (NEW, 5)
    assert fresh(own).organisation.name == NEW, "its own stays"
    assert (made.given_back["公开申请"], made.left["公开申请"]) == (1, 1)
    event = back.events.last()
    assert event.act == "机构并入撤销"
    assert event.note.startswith(f"机构并入撤销：于2026-11-04撤销并入的登记，由{NEW}退回{OLD}")
    assert visible_applications(old).get() == back and not visible_applications(new).filter(pk=back.pk).exists()
    # Nobody gives the numbers that letters bear a second time.
    assert received(old).number == 3 and received(new).number == 6


def test_records_stations_and_documents_go_back_and_what_was_passed_on_stays(merge, revoke):
    old, new = somebody(OLD, "reporter", 11), somebody(NEW, "reporter", 14)
    row, other = create(old), create(new, unit=NEW, month="10")
    handler = somebody("区人社局", "register_office", 22)
    station = stations.register_station(actor=handler, given=STATION, at=AT)
    Station.objects.filter(pk=station.pk).update(keeper=resolve(OLD))
    document = DutyDocument.objects.get(document="2020-14")
    DutyDocument.objects.filter(pk=document.pk).update(office=resolve(OLD))
    change = merge()
    assert fresh(row).owner.name == fresh(station).keeper.name == fresh(document).office.name == NEW
    publish(new, fresh(row), "submitted")
    Station.objects.filter(pk=station.pk).update(keeper=resolve("区水务局"))
    made = revoke(change)
    back = fresh(row)
    # What was written meanwhile goes along.
    assert (back.owner.name, back.values["unit"], back.stage) == (OLD, resolve(OLD).code, "submitted")
    event = back.events.last()
    assert (event.step, event.before) == ("机构并入撤销", {"unit": resolve(NEW).code})
    assert fresh(other).owner.name == NEW and fresh(document).office.name == OLD
    assert fresh(station).keeper.name == "区水务局"
    assert made.left == {"博士后工作站": 1} and made.given_back["台账登记"] == 1


def test_what_was_dealt_out_after_a_closing_goes_back_from_whoever_has_it(administrator, revoke):
    old = somebody(OLD, "reporter", 11)
    row, item = received(old), create(old)
    change = services.close_organisation(actor=administrator, seen=seen(OLD), number=PAPER, on=DAY, at=AT)
    for label, to in (("公开申请", "区财政局"), ("台账登记", "区水务局")):
        services.deal_out(actor=administrator, reorganisation_id=change.pk, label=label, to=seen(to), at=AT)
    revoke(change)
    assert fresh(row).organisation.name == fresh(item).owner.name == OLD
    assert fresh(row).events.last().act == "机构撤并撤销" and fresh(row).number == 1
    with pytest.raises(Conflict, match="已经撤销"):
        services.deal_out(
            actor=administrator, reorganisation_id=change.pk, label="公开申请", to=seen("区财政局"), at=LATER
        )


def test_what_a_splitting_made_goes_into_the_body_that_stands_again_and_leaves_its_name_free(administrator, revoke):
    old = somebody(OLD, "reporter", 11)
    row = received(old)
    one = resolve(OLD)
    parts = [NewOrganisation(f"minzheng-{n}", f"区民政{n}局", one.category, evaluated=True) for n in ("yi", "er")]

    def split(at, parts=parts):
        return services.split_organisation(
            actor=administrator, seen=seen(OLD), parts=parts, number=PAPER, on=at.date(), at=at
        )

    change = split(AT)
    services.deal_out(actor=administrator, reorganisation_id=change.pk, label="公开申请", to=seen("minzheng-er"), at=AT)
    er = somebody("minzheng-er", "reporter", 22)
    own = received(er)
    revoke(change, at=AT)
    now = resolve(OLD)
    assert now.valid_to is None and now.evaluated
    assert {fresh(row).organisation_id, fresh(own).organisation_id} == {now.pk}
    assert (fresh(row).number, fresh(own).number) == (1, 2), "it has the number its letters bear"
    said = AuditEntry.objects.filter(action="organisations.organisation.voided")
    assert {one.subject for one in said} == {"organisation:minzheng-yi", "organisation:minzheng-er"}
    made = Organisation.objects.get(code="minzheng-er")
    assert (
        made.valid_to == DAY + timedelta(days=1)
        and not made.evaluated
        and made.name.startswith("区民政er局（分设撤销）")
    )
    assert heir_id(made.pk) == now.pk
    # Twice in vain, then the right one: under the right names.
    again = [NewOrganisation(f"{one.code}-2", one.name, one.category, evaluated=True) for one in parts]
    revoke(split(LATER, again), at=LATER)
    third = [NewOrganisation(f"{one.code}-3", one.name, one.category, evaluated=True) for one in parts]
    split(LATER + timedelta(days=2), third)
    assert resolve("区民政er局").code == "minzheng-er-3"


def test_what_has_ended_since_is_taken_back_first(merge, revoke, administrator):
    first = merge()
    second = merge(source=NEW, into="区财政局", at=AT + timedelta(days=1))
    with pytest.raises(Refused, match=f"“{NEW}”后来又于 2026-11-03 撤并.*先撤销后面那一次"):
        revoke(first)
    revoke(second)
    revoke(first)
    assert resolve(OLD).valid_to is None and resolve(NEW).valid_to is None


def test_who_may_and_with_what_words(merge, revoke, administrator):
    change = merge()
    for actor in (somebody(NEW, "reporter", 14), somebody("区政府办公室", "security_admin", 15)):
        with pytest.raises(NotAllowed):
            revoke(change, actor=actor)
    for reason in ("", " 错 ", "错" * 501):
        with pytest.raises(Refused, match="4 至 500 字"):
            revoke(change, reason=reason)
    revoke(change)
    with pytest.raises(Conflict, match="已经撤销"):
        revoke(change)
    with pytest.raises(NotFound):
        revoke_change(actor=administrator, reorganisation_id=0, reason=WHY, at=LATER)
    named = services.rename_organisation(
        actor=administrator, seen=seen(OLD), name="区民政局（新）", number=PAPER, on=DAY, at=LATER
    )
    with pytest.raises(Refused, match="再更名一次"):
        revoke(named.reorganised.get(reorganisation__kind="renamed").reorganisation)


def test_a_change_of_before_is_taken_back_without_what_nobody_wrote_down(merge, revoke):
    old = somebody(OLD, "reporter", 11)
    row = received(old)
    change = merge()
    Reorganisation.objects.filter(pk=change.pk).update(taken=None)
    change.units.update(evaluated=None)
    made = revoke(change)
    assert resolve(OLD).valid_to is None and resolve(OLD).evaluated
    assert (
        made.taken is None
        and fresh(row).organisation.name == NEW
        and made.left["公开申请"] == 1
        and made.given_back == {}
    )


def test_two_offices_are_apart_again(merge, revoke):
    change = merge("区人社局", "区财政局")
    offices = ["renshebao-ju", "caizheng-ju"]
    assert {resolve("区人社局").code, resolve("区财政局").code} == set(offices)
    assert joined_by(resolve("区财政局").pk, offices) == change
    revoke(change)
    assert joined_by(resolve("区财政局").pk, offices) is None


def test_the_page_offers_it_keeps_what_was_typed_and_says_what_came_of_it(merge):
    received(somebody(OLD, "reporter", 11))
    change = merge()
    system, security = Client(), Client()
    system.force_login(person("xitong1", "区政府办公室", "system_admin"), backend=BACKEND)
    security.force_login(person("anquan1", "区政府办公室", "security_admin"), backend=BACKEND)
    address = f"/organisations/changes/{change.pk}/"
    assert "撤销这次并入" in system.get(address).content.decode()
    assert "撤销这次并入" not in security.get(address).content.decode()
    refused = system.post(f"{address}revoke/", {"reason": "错"})
    said = one_line(refused.content.decode())
    assert refused.status_code == 422 and 'value="错"' in said and '<details class="no-print" open>' in said
    assert system.post(f"{address}revoke/", {"reason": WHY}).headers["Location"] == address
    page = one_line(system.get(address).content.decode())
    assert f"撤销：{WHY}" in page and "公开申请 1 件" in page and "撤销这次并入" not in page and "转过去" not in page
    assert "登记已撤销" in system.get("/organisations/changes/").content.decode()
    assert Application.objects.get().organisation.name == OLD
