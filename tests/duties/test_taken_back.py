"""A merger that was entered by mistake is taken back: what is owed goes back to who owed it, and is owed once (0146)."""

from datetime import timedelta

import pytest

from miyun_kpi.duties.enums import ReportState
from miyun_kpi.duties.models import DutyDocument, DutyPeriod, DutyUnit
from miyun_kpi.duties.queries.reports import missing_reports, owed_by, tally_faults
from miyun_kpi.duties.services import submit_reports
from miyun_kpi.duties.services.opening import open_due
from miyun_kpi.duties.services.settling import settle
from miyun_kpi.duties.services.units import end_unit, hand_over
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.models import Reorganisation
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.organisations.revoking import revoke_change
from miyun_kpi.organisations.services import Seen as SeenUnit
from miyun_kpi.organisations.services import close_organisation, deal_out, merge_organisations
from tests.duties.conftest import AT, acting, period_of
from tests.duties.test_merged import KEY, LOCKED, NEW, OLD, THIRD, Q, drafted, filed, merged

LATER = AT + timedelta(days=1)


def admin():
    return acting("区政府办公室", "system_admin")


def taken_back(at=LATER):
    # As on a site: the clock has opened everything up to now.
    DutyDocument.objects.update(opened_through=AT)
    change = Reorganisation.objects.latest("pk")
    return revoke_change(actor=admin(), reorganisation_id=change.pk, reason="选错了接收的镇", at=at)


def place(name):
    return DutyUnit.objects.get(duty__key=KEY, organisation=resolve(name))


def lines(name):
    """Of the quarter: how many lines the body's place has, and what is owed of it."""
    own = DutyPeriod.objects.filter(unit__duty__key=KEY, unit__organisation=resolve(name), period=Q)
    return [row.state for row in own], [row.pk for row in owed_by(resolve(name).pk, LATER).filter(pk__in=own)]


def test_where_both_had_a_place_each_has_its_own_again_and_owes_its_own(opened):
    before = {name: place(name).role for name in (OLD, NEW)}
    drafted(NEW, "北庄写的")
    merged()
    assert not place(OLD).active
    taken_back()
    for name in (OLD, NEW):
        now = place(name)
        assert (now.active, now.role, now.ended_on) == (True, before[name], None)
    # The blank line that the merger dropped is there again, and is due as before, though the clock has gone by.
    states, owed = lines(OLD)
    assert states == [ReportState.EXPECTED] and len(owed) == 1
    assert (
        lines(NEW)[0] == [ReportState.DRAFT]
        and DutyPeriod.objects.get(unit=place(NEW), period=Q).report.progress == "北庄写的"
    )
    assert resolve(OLD).pk in missing_reports(KEY, [Q], LOCKED)


def test_a_draft_that_went_along_comes_back_with_what_was_written_meanwhile(opened):
    row = drafted(OLD, "溪翁庄写到一半")
    merged()
    drafted(NEW, "北庄接着写完", version=row.report.version if hasattr(row, "report") else 1, row=row)
    taken_back()
    row = DutyPeriod.objects.select_related("unit__organisation", "report").get(pk=row.pk)
    assert (row.unit.organisation, row.state, row.report.progress) == (resolve(OLD), ReportState.DRAFT, "北庄接着写完")
    submit_reports(actor=acting(OLD, "reporter"), found=DutyPeriod.objects.filter(pk=row.pk), at=LATER)
    # The blank line that made way for it is owed by its body again.
    assert lines(NEW)[0] == [ReportState.EXPECTED]
    assert not list(tally_faults())


def test_a_draft_that_was_laid_down_is_owed_again(opened):
    row = drafted(OLD, "溪翁庄写到一半")
    filed(NEW, "北庄报的")
    merged()
    assert DutyPeriod.objects.get(pk=row.pk).state == ReportState.EXEMPT
    taken_back()
    assert lines(OLD) == ([ReportState.DRAFT], [row.pk])
    assert lines(NEW)[0] == [ReportState.FILED]


def test_a_place_the_merger_made_goes_back_whole_and_what_was_reported_there_is_not_asked_again(opened):
    DutyUnit.objects.filter(duty__key=KEY, organisation=resolve(NEW)).delete()
    row = period_of(KEY, OLD, Q)
    merged()
    filed(NEW, "北庄报的")
    assert place(NEW).added_by
    taken_back()
    assert (place(OLD).active, place(NEW).active) == (True, False)
    row.refresh_from_db()
    assert (row.unit.organisation, row.state) == (resolve(NEW), ReportState.FILED), (
        "what was reported stays where it was"
    )
    open_due(at=LATER)
    assert lines(OLD) == ([], []), "reported once"
    assert DutyPeriod.objects.filter(unit=place(OLD), period="2020Q3").exists()
    settle(LOCKED)
    missing = missing_reports(KEY, [Q], LOCKED)
    assert resolve(OLD).pk not in missing and resolve(NEW).pk not in missing
    # It is printed as before: nobody takes it off the list.
    with pytest.raises(Refused, match="原文所列单位"):
        end_unit(
            actor=acting("区政务服务中心", "register_office"),
            unit_id=place(OLD).pk,
            version=place(OLD).duty.version,
            reason="移出试试",
            at=LATER,
        )


def test_the_lead_is_who_led_before(opened):
    units = DutyUnit.objects.filter(duty__key=KEY)
    units.filter(role="lead").update(active=False)
    units.filter(organisation=resolve(OLD)).update(role="lead")
    was = place(NEW).role
    merged()
    assert place(NEW).role == "lead"
    taken_back()
    assert (place(OLD).role, place(NEW).role) == ("lead", was)


def test_what_was_let_pass_at_the_other_stays_and_is_charged_to_it(opened):
    """Taken back in September: the second quarter is over, nobody is late who could not report."""
    merged()
    settle(LOCKED)
    taken_back(at=LOCKED)
    assert place(OLD).active
    missing = missing_reports(KEY, [Q], LOCKED)
    assert resolve(OLD).pk not in missing and missing[resolve(NEW).pk] == 1


def test_what_a_third_was_given_since_stays_there_and_is_counted(opened, office):
    old = resolve(OLD)
    change = close_organisation(
        actor=admin(), seen=SeenUnit(old.code, old.version), number="密编〔2020〕1号", on=AT.date(), at=AT
    )
    to = resolve(NEW)
    deal_out(actor=admin(), reorganisation_id=change.pk, label="任务", to=SeenUnit(to.code, to.version), at=AT)
    given = {"to_code": resolve(THIRD).code, "reason": "职能划转", "at": AT}
    hand_over(actor=office, unit_id=place(NEW).pk, version=place(NEW).duty.version, **given)
    made = taken_back()
    assert made.left == {"任务": 1} and made.given_back["任务"] > 5
    assert (place(OLD).active, place(NEW).active, place(THIRD).active) == (False, False, True)


def both_into_the_third(role=""):
    rows = [resolve(name) for name in (OLD, NEW)]
    to = resolve(THIRD)
    if not role:
        DutyUnit.objects.filter(duty__key=KEY, organisation=to).delete()
    merge_organisations(
        number="密编〔2020〕1号",
        actor=admin(),
        merged=[SeenUnit(row.code, row.version) for row in rows],
        into=SeenUnit(to.code, to.version),
        on=AT.date(),
        at=AT,
    )


@pytest.mark.parametrize("had", [True, False])
def test_of_two_that_went_into_one_in_one_act_each_is_there_again(opened, had):
    own = drafted(OLD, "溪翁庄写到一半")
    units = DutyUnit.objects.filter(duty__key=KEY)
    units.filter(role="lead").update(role="responsible")
    units.filter(organisation=resolve(OLD)).update(role="lead")
    was = {name: place(name).role for name in (OLD, NEW, THIRD)}
    both_into_the_third("kept" if had else "")
    assert place(THIRD).role == "lead"
    taken_back()
    assert {name: (place(name).active, place(name).role) for name in (OLD, NEW)} == {
        name: (True, was[name]) for name in (OLD, NEW)
    }
    assert place(THIRD).active is had and (not had or place(THIRD).role == was[THIRD])
    assert lines(OLD) == ([ReportState.DRAFT], [own.pk]) and lines(NEW)[0] == [ReportState.EXPECTED]
    assert not had or lines(THIRD)[0] == [ReportState.EXPECTED]


def test_into_a_place_the_mistake_made_another_has_come_rightly(opened):
    DutyUnit.objects.filter(duty__key=KEY, organisation=resolve(THIRD)).delete()
    merged(source=OLD, into=THIRD)
    mistake = Reorganisation.objects.latest("pk")
    merged(source=NEW, into=THIRD)
    revoke_change(actor=admin(), reorganisation_id=mistake.pk, reason="选错了接收的镇", at=LATER)
    assert place(OLD).active and place(THIRD).active and not place(NEW).active
    assert len(lines(OLD)[0]) == 1 and DutyPeriod.objects.filter(unit=place(THIRD), period="2020Q3").exists()


def test_what_went_elsewhere_under_the_same_paper_has_nothing_to_do_with_it(opened):
    """The place that the mistake made goes back whole, though another town rightly went into a third that day."""
    DutyUnit.objects.filter(duty__key=KEY, organisation=resolve(NEW)).delete()
    merged()
    mistake = Reorganisation.objects.latest("pk")
    merged(source="不老屯镇", into=THIRD)
    revoke_change(actor=admin(), reorganisation_id=mistake.pk, reason="选错了接收的镇", at=LATER)
    assert place(OLD).active and not place(NEW).active


@pytest.mark.parametrize(("comes", "stays"), [("responsible", "responsible"), ("lead", "lead")])
def test_who_led_through_the_mistake_alone_leads_no_more(opened, comes, stays):
    units = DutyUnit.objects.filter(duty__key=KEY)
    units.filter(role="lead").update(role="responsible")
    units.filter(organisation=resolve(THIRD)).delete()
    units.filter(organisation=resolve(OLD)).update(role="lead")
    merged(source=OLD, into=THIRD)
    mistake = Reorganisation.objects.latest("pk")
    units.filter(organisation=resolve(NEW)).update(role=comes)
    merged(source=NEW, into=THIRD)
    revoke_change(actor=admin(), reorganisation_id=mistake.pk, reason="选错了接收的镇", at=LATER)
    assert (place(OLD).role, place(THIRD).role) == ("lead", stays)


def test_what_fell_due_in_between_is_not_asked_of_who_could_not_report(opened):
    own = period_of(KEY, OLD, Q)
    DutyPeriod.objects.filter(unit__duty__key=KEY, period=Q).update(due_at=AT + timedelta(hours=1))
    merged()
    assert not DutyPeriod.objects.filter(pk=own.pk).exists() and own.late_until > LATER
    taken_back()
    assert lines(OLD) == ([], []) and len(lines(NEW)[1]) == 1


def test_who_was_given_the_lead_since_keeps_it(opened, office):
    units = DutyUnit.objects.filter(duty__key=KEY)
    units.filter(role="lead").update(role="responsible")
    units.filter(organisation=resolve(THIRD)).update(role="lead")
    merged()
    given = {"to_code": resolve(NEW).code, "reason": "职能划转", "at": AT}
    hand_over(actor=office, unit_id=place(THIRD).pk, version=place(THIRD).duty.version, **given)
    assert place(NEW).role == "lead"
    taken_back()
    assert (place(NEW).role, place(OLD).role) == ("lead", "responsible")
