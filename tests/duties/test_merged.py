"""What a body that ended left of its duties: seen, put right and handed in by the one that goes on, owed once (0078, 0141)."""

from datetime import datetime
from io import BytesIO

import pytest
from django.test import Client

from miyun_kpi.attachments.models import Attachment
from miyun_kpi.duties import access
from miyun_kpi.duties.desk import desk_items
from miyun_kpi.duties.enums import ReportState, StatementState
from miyun_kpi.duties.models import DutyDocument, DutyPeriod, DutyUnit, Statement
from miyun_kpi.duties.queries.reports import missing_reports, owed_by, tallies, tallies_by_document, tally_faults, total
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.duties.services import ReportInput, Seen, return_report, save_report, submit_reports
from miyun_kpi.duties.services.evidence import EVIDENCE, add_evidence
from miyun_kpi.duties.services.making_up import Paper, enter_from_paper, make_up
from miyun_kpi.duties.services.reminders import send_reminders
from miyun_kpi.duties.services.settling import settle
from miyun_kpi.duties.services.statements import file_statement
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.organisations.services import (
    NewOrganisation,
    close_organisation,
    deal_out,
    merge_organisations,
    split_organisation,
)
from miyun_kpi.organisations.services import Seen as SeenUnit
from tests.duties.conftest import AT, acting, period_of
from tests.factories.markup import one_line
from tests.factories.rankings import BACKEND, person

KEY, OLD, NEW, THIRD = "14/三（六）/1/1", "溪翁庄镇", "北庄镇", "大城子镇"
UNTIL = datetime(2020, 7, 15, 18, tzinfo=SHANGHAI)
LOCKED = datetime(2020, 9, 1, 10, tzinfo=SHANGHAI)
Q = "2020Q2"


def merged(source: str = OLD, into: str = NEW, at: datetime = AT) -> None:
    old, new = resolve(source), resolve(into)
    merge_organisations(
        number="密编〔2020〕1号",
        actor=acting("区政府办公室", "system_admin"),
        merged=[SeenUnit(old.code, old.version)],
        into=SeenUnit(new.code, new.version),
        on=at.date(),
        at=at,
    )


def said(text: str, version: int = 0) -> ReportInput:
    return ReportInput(version=version, course="done", progress=text)


def drafted(name: str, text: str, version: int = 0, at: datetime = AT, row: DutyPeriod | None = None) -> DutyPeriod:
    row = row or period_of(KEY, name, Q)
    save_report(actor=acting(name, "reporter"), duty_period_id=row.pk, report=said(text, version), at=at)
    return row


def filed(name: str, text: str = "开放镇长办公会一次") -> DutyPeriod:
    row = drafted(name, text)
    submit_reports(actor=acting(name, "reporter"), found=DutyPeriod.objects.filter(pk=row.pk), at=AT)
    return DutyPeriod.objects.select_related("report").get(pk=row.pk)


def given_back(row: DutyPeriod, office) -> DutyPeriod:
    seen = Seen(row.pk, row.report.version)
    found = access.reviewed_by(office)
    return return_report(actor=office, found=found, seen=seen, observation="请写列席人数", until=UNTIL, at=AT)


def seen_by(name: str, row: DutyPeriod, role: str = "reporter") -> bool:
    return access.reports_visible_to(acting(name, role)).filter(pk=row.pk).exists()


def client_of(username: str, name: str, role: str = "reporter") -> Client:
    client = Client()
    client.force_login(person(username, name, role), backend=BACKEND)
    return client


# ── what was given back ──────────────────────────────────────────────────────────────────────────
def test_one_given_back_is_put_right_by_the_one_that_goes_on_and_by_nobody_else(opened, office):
    filed(NEW, "本镇一次")
    row = given_back(filed(OLD), office)
    merged()
    row = DutyPeriod.objects.select_related("unit__organisation", "report").get(pk=row.pk)
    assert (row.unit.organisation, row.state) == (resolve(OLD), ReportState.RETURNED)
    assert seen_by(NEW, row) and row in owed_by(resolve(NEW).pk, AT)
    (item,) = [one for one in desk_items(acting(NEW, "reporter"), AT) if one.url == f"/duties/periods/{row.pk}/"]
    assert item.group == "returned" and f"{OLD}（已撤并） · " in item.context
    for stranger in (THIRD, OLD):
        assert not seen_by(stranger, row)
        with pytest.raises(NotFound):
            drafted(stranger, "别人写的", row.report.version, row=row)
    drafted(NEW, "列席代表 5 人", row.report.version, row=row)
    submit_reports(actor=acting(NEW, "reporter"), found=DutyPeriod.objects.filter(pk=row.pk), at=AT)
    assert DutyPeriod.objects.get(pk=row.pk).state == ReportState.FILED
    assert access.reviewed_by(office).filter(pk=row.pk).exists()


def test_what_it_filed_is_read_by_the_one_that_goes_on(opened, office):
    row = filed(OLD, "开放镇长办公会两次")
    merged()
    page = f"/duties/periods/{row.pk}/"
    assert "开放镇长办公会两次" in client_of("north", NEW).get(page).content.decode()
    for username, name in (("third", THIRD), ("old", OLD)):
        assert client_of(username, name).get(page).status_code == 404


def test_one_that_was_let_pass_before_is_made_up_by_the_one_that_goes_on(opened, office):
    row = filed(OLD)
    given_back(row, office)
    filed(NEW)
    merged(at=LOCKED)
    version = DutyPeriod.objects.select_related("report").get(pk=row.pk).report.version
    given = {
        "duty_period_id": row.pk,
        "report": said("补上列席人数", version),
        "reason": "并镇期间没有报",
        "at": LOCKED,
    }
    with pytest.raises(NotFound):
        make_up(actor=acting(THIRD, "reporter"), **given)
    assert make_up(actor=acting(NEW, "reporter"), **given).state == ReportState.FILED


def test_of_what_is_entered_from_paper_the_one_that_goes_on_is_told(opened, office):
    filed(NEW)
    row = given_back(filed(OLD), office)
    merged()
    enter_from_paper(
        actor=office,
        found=access.reviewed_by(office),
        duty_period_id=row.pk,
        report=said("纸质件", row.report.version),
        paper=Paper("溪政函〔2020〕8号", AT.date()),
        at=AT,
    )
    assert Notice.objects.get(key__startswith=f"report-from-paper/{row.pk}/").organisation == resolve(NEW)


def test_one_given_back_stays_beside_the_blank_line_of_the_one_that_goes_on(opened, office):
    """Its shorter time and its 迟报 are of the body that reported it."""
    row, own = filed(OLD), period_of(KEY, NEW, Q)
    DutyPeriod.objects.filter(pk=row.pk).update(late=True)
    given_back(row, office)
    merged()
    row, own = (DutyPeriod.objects.select_related("unit__organisation").get(pk=one.pk) for one in (row, own))
    assert (row.unit.organisation, row.state, row.late) == (resolve(OLD), ReportState.RETURNED, True)
    assert (own.unit.organisation, own.state, own.late) == (resolve(NEW), ReportState.EXPECTED, False)
    assert own.reopened_until is None and {row, own} <= set(owed_by(resolve(NEW).pk, AT))


def test_one_whose_statement_was_revoked_stays_beside_too(opened, office):
    """Nothing is written in it, and it has a time of its own."""
    row, own = period_of(KEY, OLD, Q), period_of(KEY, NEW, Q)
    DutyPeriod.objects.filter(pk=row.pk).update(reopened_until=UNTIL)
    merged()
    assert DutyPeriod.objects.filter(pk=row.pk, unit__organisation=resolve(OLD)).exists()
    assert DutyPeriod.objects.filter(pk=own.pk, unit__organisation=resolve(NEW)).exists()


# ── drafts ───────────────────────────────────────────────────────────────────────────────────────
def test_a_draft_goes_over_where_the_one_that_goes_on_has_begun_nothing(opened, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    row = drafted(OLD, "溪翁庄写到一半")
    with BytesIO(b"%PDF-1.4 x") as file:
        add_evidence(actor=acting(OLD, "reporter"), duty_period_id=row.pk, file=file, name="x.pdf", at=AT)
    blank = period_of(KEY, NEW, Q)
    merged()
    (one,) = DutyPeriod.objects.filter(
        unit__duty__key=KEY, unit__organisation__in=[resolve(OLD), resolve(NEW)], period=Q
    )
    assert (one.pk, one.unit.organisation, one.state) == (row.pk, resolve(NEW), ReportState.DRAFT)
    assert one.report.progress == "溪翁庄写到一半" and not DutyPeriod.objects.filter(pk=blank.pk).exists()
    assert Attachment.objects.get(kind=EVIDENCE).subject_id == one.pk
    submit_reports(actor=acting(NEW, "reporter"), found=DutyPeriod.objects.filter(pk=row.pk), at=AT)


def test_a_file_without_a_word_is_not_dropped_either(opened, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    row = period_of(KEY, OLD, Q)
    with BytesIO(b"%PDF-1.4 x") as file:
        add_evidence(actor=acting(OLD, "reporter"), duty_period_id=row.pk, file=file, name="x.pdf", at=AT)
    merged()
    assert DutyPeriod.objects.get(pk=row.pk).unit.organisation == resolve(NEW)


@pytest.mark.parametrize("begun", ["draft", "filed"])
def test_where_both_have_begun_the_period_is_owed_once_and_the_other_draft_is_charged_to_nobody(opened, begun):
    row = drafted(OLD, "溪翁庄写到一半")
    own = drafted(NEW, "北庄写的") if begun == "draft" else filed(NEW, "北庄写的")
    merged()
    row = DutyPeriod.objects.select_related("unit__organisation", "report").get(pk=row.pk)
    assert (row.unit.organisation, row.state, row.report.progress) == (
        resolve(OLD),
        ReportState.EXEMPT,
        "溪翁庄写到一半",
    )
    assert row not in owed_by(resolve(NEW).pk, AT)
    if begun == "draft":
        submit_reports(actor=acting(NEW, "reporter"), found=DutyPeriod.objects.filter(pk=own.pk), at=AT)
    both = DutyPeriod.objects.filter(pk__in=[row.pk, own.pk])
    counted = total(tallies(both, LOCKED).values())
    assert (counted.missing, counted.exempt, counted.on_time) == (0, 1, 1)
    units = DutyUnit.objects.filter(pk__in=[row.unit_id, own.unit_id])
    before = tallies_by_document(units, LOCKED)
    settle(LOCKED)
    assert tallies_by_document(units, LOCKED) == before
    # It stays to be read, beside the own one and by itself.
    client = client_of("north", NEW)
    text = one_line(client.get(f"/duties/periods/{own.pk}/").content.decode())
    assert f'名下的，免报：<a href="/duties/periods/{row.pk}/">看所写的' in text and "书面说明，不报" not in text
    text = one_line(client.get(f"/duties/periods/{row.pk}/").content.decode())
    assert "溪翁庄写到一半" in text and "这一期由接手的单位报送" in text and "已作书面说明" not in text
    assert client_of("third", THIRD).get(f"/duties/periods/{row.pk}/").status_code == 404


def test_one_settled_as_missed_by_a_merger_told_late_is_lifted_out_of_the_tally(opened):
    """The merger of July is entered in September, when the night has counted the draft as 逾期未报."""
    row = drafted(OLD, "溪翁庄写到一半")
    filed(NEW)
    settle(LOCKED)
    assert DutyPeriod.objects.get(pk=row.pk).settled
    old, new = resolve(OLD), resolve(NEW)
    merge_organisations(
        number="密编〔2020〕1号",
        actor=acting("区政府办公室", "system_admin"),
        merged=[SeenUnit(old.code, old.version)],
        into=SeenUnit(new.code, new.version),
        on=AT.date(),
        at=LOCKED,
    )
    counted = tallies_by_document(DutyUnit.objects.filter(pk=row.unit_id), LOCKED)["2020-14"]
    assert (counted.missing, counted.exempt) == (0, 1)


def test_a_draft_that_was_let_pass_while_its_body_stood_stays_what_it_was(opened):
    row = drafted(OLD, "溪翁庄写到一半")
    drafted(NEW, "北庄写的")
    merged(at=LOCKED)
    row = DutyPeriod.objects.select_related("unit__organisation").get(pk=row.pk)
    assert (row.unit.organisation, row.state) == (resolve(OLD), ReportState.DRAFT)
    assert total(tallies(DutyPeriod.objects.filter(pk=row.pk), LOCKED).values()).missing == 1
    send_reminders(at=LOCKED)
    assert not Notice.objects.filter(organisation=resolve(OLD)).exists()


@pytest.mark.parametrize("listed", [True, False])
def test_a_blank_one_that_was_let_pass_is_charged_to_its_own_body_and_to_nobody_else(opened, listed):
    """Whether the one that goes on had the period or not."""
    row = period_of(KEY, OLD, Q)
    if listed:
        filed(NEW)
    else:
        DutyUnit.objects.filter(duty__key=KEY, organisation=resolve(NEW)).delete()
    settle(LOCKED)
    merged(at=LOCKED)
    row = DutyPeriod.objects.select_related("unit__organisation").get(pk=row.pk)
    assert (row.unit.organisation, row.state, row.unit.active) == (resolve(OLD), ReportState.EXPECTED, False)
    counted = tallies(DutyPeriod.objects.filter(unit__duty__key=KEY, period=Q), LOCKED)
    assert counted[resolve(OLD).pk, Q].missing == 1
    assert (resolve(NEW).pk, Q) not in counted or counted[resolve(NEW).pk, Q].missing == 0
    missing = missing_reports(KEY, [Q], LOCKED)
    assert missing[resolve(OLD).pk] == 1 and resolve(NEW).pk not in missing
    assert not list(tally_faults())
    # What its window held open goes over.
    assert DutyPeriod.objects.filter(unit__duty__key=KEY, unit__organisation=resolve(NEW), period="2020Q3").exists()


def test_what_a_place_let_pass_after_it_had_ended_is_charged_to_nobody(opened):
    """The merger of July: by September nobody counts what was a draft beside a report, nor a line left in an ended place."""
    row = period_of(KEY, OLD, Q)
    merged()
    DutyPeriod.objects.filter(unit__duty__key=KEY, unit__organisation=resolve(NEW), period=Q).update(state="filed")
    unit = DutyUnit.objects.get(duty__key=KEY, organisation=resolve(OLD))
    dates = {name: getattr(row, name) for name in ("starts_at", "due_at", "late_until", "locks_at")}
    DutyPeriod.objects.create(unit=unit, period=Q, **dates)
    assert resolve(OLD).pk not in missing_reports(KEY, [Q], LOCKED)


def test_a_statement_that_waits_is_given_back_where_the_other_reports(opened):
    row, own = period_of(KEY, OLD, Q), period_of(KEY, NEW, Q)
    give = {"duty_period_id": row.pk, "version": 0, "reason": "本镇没有这样的会议，不开展", "at": AT}
    file_statement(actor=acting(OLD, "reporter"), **give)
    save_report(actor=acting(NEW, "reporter"), duty_period_id=own.pk, report=said("北庄写的"), at=AT)
    merged()
    row.refresh_from_db()
    assert row.state == ReportState.EXEMPT
    kept = Statement.objects.get(duty_period=row)
    assert kept.state == StatementState.RETURNED and "并入" in kept.opinion


# ── what is dealt out ──
@pytest.mark.parametrize("change", ["分设", "撤并"])
def test_what_is_dealt_out_says_by_what_change(opened, change):
    """Nothing went into another body."""
    old, admin = resolve(OLD), acting("区政府办公室", "system_admin")
    given = {"actor": admin, "seen": SeenUnit(old.code, old.version), "number": "密编〔2020〕1号", "at": AT}
    if change == "分设":
        parts = [NewOrganisation(f"xi-{n}", f"溪翁庄{n}镇", old.category, zone=old.zone) for n in ("yi", "er")]
        made, name = split_organisation(parts=parts, on=AT.date(), **given), parts[0].name
    else:
        made, name = close_organisation(on=AT.date(), **given), NEW
    to = resolve(name)
    seen = SeenUnit(to.code, to.version)
    assert deal_out(actor=admin, reorganisation_id=made.pk, label="任务", to=seen, at=AT)
    unit = DutyUnit.objects.get(duty__key=KEY, organisation=old)
    assert unit.ended_reason == f"{OLD}{change}，转给{name}"
    assert owed_by(to.pk, AT).filter(unit__duty__key=KEY, period=Q, unit__organisation=to).exists()


# ── who decides ──────────────────────────────────────────────────────────────────────────────────
def test_a_lead_unit_does_not_decide_on_what_it_puts_right_for_a_body_that_ended_into_it(opened, office):
    units = DutyUnit.objects.filter(duty__key=KEY)
    units.filter(role="lead").update(active=False)
    units.filter(organisation=resolve(NEW)).update(role="lead")
    lead, row = acting(NEW, "register_office"), filed(OLD)
    assert access.reviewed_by(lead).filter(pk=row.pk).exists()
    assert not access.reviewed_by(office).filter(pk=row.pk).exists()
    merged()
    assert not access.reviewed_by(lead).filter(pk=row.pk).exists()
    assert access.reviewed_by(office).filter(pk=row.pk).exists()


@pytest.mark.parametrize("role", ["responsible", "lead"])
def test_an_office_that_goes_on_for_the_body_does_not_accept_its_report_where_another_leads(opened, role):
    units = DutyUnit.objects.filter(duty__key=KEY)
    units.filter(role="lead").update(active=False)
    units.filter(organisation=resolve(THIRD)).update(role="lead")
    units.filter(organisation=resolve(OLD)).update(role=role)
    DutyDocument.objects.filter(document="2020-14").update(office=resolve(NEW))
    row, own = filed(OLD), filed(NEW)
    merged()
    office, lead = acting(NEW, "register_office"), acting(THIRD, "register_office")
    assert not access.reviewed_by(office).filter(pk__in=[row.pk, own.pk]).exists()
    assert access.reviewed_by(lead).filter(pk__in=[row.pk, own.pk]).count() == 2


def test_an_office_that_leads_alone_decides_on_what_ended_into_it_as_on_its_own(opened):
    """Nobody else is there."""
    units = DutyUnit.objects.filter(duty__key=KEY)
    units.filter(role="lead").update(active=False)
    units.filter(organisation=resolve(NEW)).update(role="lead")
    DutyDocument.objects.filter(document="2020-14").update(office=resolve(NEW))
    row, own = filed(OLD), filed(NEW)
    merged()
    assert access.reviewed_by(acting(NEW, "register_office")).filter(pk__in=[row.pk, own.pk]).count() == 2
