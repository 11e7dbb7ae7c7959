"""期初已办 (14号三（六）、三（三）; 0098): what was settled on paper before the site went live, by two persons."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.duties import access
from miyun_kpi.duties.desk import desk_items
from miyun_kpi.duties.models import DutyPeriod, DutyUnit, Opening
from miyun_kpi.duties.queries.owing import went_live
from miyun_kpi.duties.queries.reports import missing_reports, standing_of, tallies, total
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.duties.services import ReportInput, open_past, save_report
from miyun_kpi.duties.services.making_up import Paper, enter_from_paper, make_up
from miyun_kpi.duties.services.reminders import send_reminders
from miyun_kpi.duties.services.statements import file_statement
from miyun_kpi.duties.services.taking_in import BACK, CODE
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.organisations.services import Seen, merge_organisations
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import by_two, decide, propose
from tests.duties.conftest import acting, period_of

KEY, TOWN = "14/三（六）/1/1", "北庄镇"
# The site goes live on the first of September: the second quarter was due on 15 July.
LIVE = datetime(2020, 9, 1, 10, tzinfo=SHANGHAI)
BASIS = "政务公开台账第 3 页"
REPORT = ReportInput(version=0, course="done", progress="6月18日开放镇长办公会一次，列席代表5人。")


@pytest.fixture
def second(office):
    return replace(office, user_id=2, label="第二人（区政务服务中心）")


def unit_of(key=KEY, name=TOWN):
    return DutyUnit.objects.get(duty__key=key, organisation=resolve(name))


def row(period="2020Q2", key=KEY, name=TOWN, **given):
    return {
        "unit": str(unit_of(key, name).pk),
        "period": period,
        "how": "filed",
        "on": "2020-07-14",
        "basis": BASIS,
    } | given


def proposed(office, *rows, at=LIVE, document="2020-14"):
    return propose(actor=office, code=CODE, document=document, rows=list(rows), at=at)


def taken(office, second, *rows, at=LIVE):
    by_two(first=office, second=second, code=CODE, document="2020-14", rows=list(rows), at=at)
    return period_of(KEY, TOWN, "2020Q2")


# ── What it does ─────────────────────────────────────────────────────────────────────────────────
def test_what_was_settled_on_paper_is_neither_owed_nor_late_and_no_report_is_invented(office, second):
    assert not DutyPeriod.objects.exists(), "nobody has to open it as owed first"
    found = taken(office, second, row(), row(name="溪翁庄镇"))
    assert (found.state, found.late, found.missed) == ("opening", False, False)
    assert not hasattr(found, "report") and standing_of(found, LIVE) == "opening"
    assert (found.opening.how, found.opening.on, found.opening.basis) == ("filed", date(2020, 7, 14), BASIS)
    assert found.opening.entered_by == second.label
    assert DutyPeriod.objects.count() == 2
    counted = total(tallies(DutyPeriod.objects.all(), LIVE).values())
    assert (counted.opening, counted.owed, counted.missing, counted.decided) == (2, 0, 0, 0)
    assert missing_reports(KEY, ["2020Q2"], LIVE) == {}


def test_an_opened_period_that_stood_as_let_pass_stands_so_no_more(office, second):
    open_past(actor=office, document="2020-14", first=date(2020, 6, 3), last=date(2020, 6, 30), at=LIVE)
    before = total(tallies(DutyPeriod.objects.all(), LIVE).values()).missing
    number = DutyPeriod.objects.count()
    found = taken(office, second, row())
    assert standing_of(found, LIVE) == "opening" and DutyPeriod.objects.count() == number
    assert total(tallies(DutyPeriod.objects.all(), LIVE).values()).missing == before - 1


def test_nobody_is_reminded_of_it_and_it_stands_on_no_desk(office, second):
    """While its late days still ran: the site went live on the day after it was due."""
    at = datetime(2020, 7, 16, 10, tzinfo=SHANGHAI)
    open_past(actor=office, document="2020-14", first=date(2020, 6, 3), last=date(2020, 6, 30), at=at)
    town, other = acting(TOWN, "reporter"), acting("溪翁庄镇", "reporter")
    taken(office, second, row(), at=at)
    titles = {name: [one.title for one in desk_items(actor, at)] for name, actor in (("in", town), ("out", other))}
    assert any("会议开放" in one for one in titles["out"]) and not any("会议开放" in one for one in titles["in"])
    Notice.objects.all().delete()
    send_reminders(at=at)
    reminded = Notice.objects.filter(url=f"/duties/periods/{period_of(KEY, TOWN, '2020Q2').pk}/")
    assert not reminded.exists() and Notice.objects.exists()
    # The clock opens nothing beside it, and an office that opens past spans does not either.
    open_past(actor=office, document="2020-14", first=date(2020, 6, 3), last=date(2020, 6, 30), at=at)
    assert period_of(KEY, TOWN, "2020Q2").state == "opening"


def test_the_unit_hears_of_it_and_every_period_has_its_entry(office, second):
    found = taken(office, second, row(), row(name="溪翁庄镇"))
    told = Notice.objects.filter(organisation=resolve(TOWN), key__startswith="duty-opening/")
    assert told.count() == 1 and BASIS in told.get().body
    entry = AuditEntry.objects.get(action="duties.opening.entered", subject=f"duty-period:{found.pk}")
    assert BASIS in entry.data and entry.actor_user_id == second.user_id


def test_exempted_on_paper_only_where_the_text_allows_it(office, second):
    with pytest.raises(Refused, match="没有允许这项任务免报"):
        proposed(office, row(period="2020-06", key="14/二（五）/3/1", name="区民政局", how="exempt"))
    found = taken(office, second, row(how="exempt"))
    assert found.opening.how == "exempt" and standing_of(found, LIVE) == "opening"


# ── Two persons ──────────────────────────────────────────────────────────────────────────────────
def test_two_persons_of_the_office_and_nothing_before_the_second(office, second):
    made = proposed(office, row())
    assert not DutyPeriod.objects.exists() and not Notice.objects.filter(key__startswith="duty-opening/").exists()
    given = {"proposal_id": made.pk, "version": made.version, "confirm": True, "note": "", "at": LIVE}
    with pytest.raises(NotAllowed):
        decide(actor=office, **given)
    with pytest.raises(NotFound):
        decide(actor=acting("区安委会办公室", "register_office"), **given)
    decide(actor=second, **given)
    assert period_of(KEY, TOWN, "2020Q2").state == "opening"


@pytest.mark.parametrize(
    ("name", "role"), [("区安委会办公室", "register_office"), (TOWN, "reporter"), ("区政务服务中心", "reporter")]
)
def test_only_the_office_of_the_document_takes_in(office, name, role):
    with pytest.raises(NotAllowed, match="区政务服务中心"):
        proposed(acting(name, role), row())
    assert not Proposal.objects.exists()


def test_both_persons_read_every_row(office):
    made = proposed(office, row(), row(name="溪翁庄镇", how="exempt"))
    words = dict(made.said)
    assert "2 期" in words["期数"] and "已免报 1 期" in words["期数"]
    assert "2020年第二季度" in words[resolve(TOWN).name] and BASIS in words[resolve(TOWN).name]


# ── What is refused ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"period": "2020Q3"}, "报送截止在上线日 2020-09-01 以前"),
        ({"period": "2019Q4"}, "报送截止在上线日"),
        ({"period": "nonsense"}, "报送截止在上线日"),
        ({"unit": "0"}, "报送截止在上线日"),
        ({"unit": "十二"}, "报送截止在上线日"),
        ({"how": ""}, "期初情形没有选"),
        ({"how": "accepted"}, "期初情形没有选"),
        ({"on": ""}, "纸面日期没有填"),
        ({"on": "2020-09-02"}, "不晚于上线日 2020-09-01"),
        ({"on": "2020-03-31"}, "须在这一期开始"),
        ({"basis": " "}, "期初依据"),
        ({"basis": "账" * 201}, "期初依据"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_proposed(office, given, words):
    with pytest.raises(Refused) as refusal:
        proposed(office, row(name="溪翁庄镇"), row(**given))
    assert words in refusal.value.message
    assert not Proposal.objects.exists() and not DutyPeriod.objects.exists()


def test_another_documents_period_is_not_taken_in_under_this_one(office):
    other = DutyUnit.objects.filter(duty__document="2020-15", active=True).first()
    with pytest.raises(Refused, match="不是本文件"):
        proposed(office, row() | {"unit": str(other.pk)})


def test_one_period_once_and_not_too_many(office, second):
    with pytest.raises(Refused, match="写了两次"):
        proposed(office, row(), row(on="2020-07-13"))
    with pytest.raises(Refused, match="1 至 500"):
        proposed(office)
    taken(office, second, row())
    with pytest.raises(Refused, match="已经登记为期初已办"):
        proposed(office, row())


def test_what_was_reported_here_is_not_settled_on_paper(office):
    at = datetime(2020, 7, 10, 10, tzinfo=SHANGHAI)
    open_past(actor=office, document="2020-14", first=date(2020, 6, 3), last=at.date(), at=at)
    made = period_of(KEY, TOWN, "2020Q2")
    stated = period_of(KEY, "溪翁庄镇", "2020Q2")
    make_up(actor=acting(TOWN, "reporter"), duty_period_id=made.pk, report=REPORT, reason="经办人病休", at=LIVE)
    given = {"version": 0, "reason": "本单位职责不涉及公共利益和公众权益", "at": LIVE}
    file_statement(actor=acting("溪翁庄镇", "reporter"), duty_period_id=stated.pk, **given)
    for name, words in ((TOWN, "已有填报"), ("溪翁庄镇", "已有书面说明")):
        with pytest.raises(Refused, match=words):
            proposed(office, row(name=name))


def test_a_report_that_comes_before_the_confirmation_wins(office, second):
    open_past(actor=office, document="2020-14", first=date(2020, 6, 3), last=date(2020, 6, 30), at=LIVE)
    made = proposed(office, row(), row(name="溪翁庄镇"))
    found = period_of(KEY, TOWN, "2020Q2")
    make_up(actor=acting(TOWN, "reporter"), duty_period_id=found.pk, report=REPORT, reason="经办人病休", at=LIVE)
    with pytest.raises(Refused, match="已有填报"):
        decide(actor=second, proposal_id=made.pk, version=made.version, confirm=True, note="", at=LIVE)
    assert not Opening.objects.exists(), "all rows or none"


def test_the_site_went_live_with_its_first_report(office):
    """What fell due since is reported, entered from paper or made up; an office cannot wave it through."""
    assert went_live(LIVE) == LIVE.date()
    at = datetime(2020, 7, 10, 10, tzinfo=SHANGHAI)
    open_past(actor=office, document="2020-14", first=date(2020, 6, 3), last=at.date(), at=at)
    save_report(
        actor=acting("溪翁庄镇", "reporter"),
        duty_period_id=period_of(KEY, "溪翁庄镇", "2020Q2").pk,
        report=REPORT,
        at=at,
    )
    assert went_live(LIVE) == at.date()
    with pytest.raises(Refused, match="报送截止在上线日 2020-07-10 以前"):
        proposed(office, row())
    welfare = row(period="2020-06", key="14/二（五）/3/1", name="区民政局", on="2020-07-03")
    assert proposed(office, welfare).pk


def test_nothing_is_written_into_it_afterwards(office, second):
    found = taken(office, second, row())
    town = acting(TOWN, "reporter")
    with pytest.raises(Conflict, match="期初已办"):
        save_report(actor=town, duty_period_id=found.pk, report=REPORT, at=LIVE)
    with pytest.raises(Conflict, match="期初已办"):
        make_up(actor=town, duty_period_id=found.pk, report=REPORT, reason="经办人病休", at=LIVE)
    with pytest.raises(Conflict, match="期初已办"):
        given = {"version": 0, "reason": "本单位职责不涉及公共利益和公众权益", "at": LIVE}
        file_statement(actor=town, duty_period_id=found.pk, **given)
    with pytest.raises(Conflict, match="期初已办"):
        enter_from_paper(
            actor=office,
            found=access.reviewed_by(office),
            duty_period_id=found.pk,
            report=REPORT,
            paper=Paper("北政函〔2020〕8号"),
            at=LIVE,
        )


# ── Units that went ──────────────────────────────────────────────────────────────────────────────
def merged(source, into, on=LIVE):
    merge_organisations(
        number="密编〔2020〕1号",
        actor=acting("区政府办公室", "system_admin"),
        merged=[Seen(source.code, source.version)],
        into=Seen(into.code, into.version),
        on=on.date(),
        at=LIVE,
    )


def test_a_merger_before_the_confirmation_is_told_and_the_one_that_goes_on_stands_for_it(office, second):
    """What the merged unit still owed on that day went over to who goes on (as everywhere); there it is taken in."""
    open_past(actor=office, document="2020-14", first=date(2020, 6, 3), last=date(2020, 6, 30), at=LIVE)
    town, target = resolve(TOWN), resolve("太师屯镇")
    made = proposed(office, row())
    merged(town, target, on=datetime(2020, 7, 10, 10, tzinfo=SHANGHAI))
    with pytest.raises(Refused, match="并入时还能报的请登记在接手的单位名下"):
        decide(actor=second, proposal_id=made.pk, version=made.version, confirm=True, note="", at=LIVE)
    decide(actor=second, proposal_id=made.pk, version=made.version, confirm=False, note="单位已并入", at=LIVE)
    given = row(name="太师屯镇")
    by_two(first=office, second=second, code=CODE, document="2020-14", rows=[given], at=LIVE)
    assert DutyPeriod.objects.get(unit=given["unit"], period="2020Q2").state == "opening"


def test_what_was_let_pass_before_the_merger_is_taken_in_under_its_own_name(office, second):
    """It stays where it was; the one that goes on is told."""
    open_past(actor=office, document="2020-14", first=date(2020, 6, 3), last=date(2020, 6, 30), at=LIVE)
    made = proposed(office, row())
    merged(resolve(TOWN), resolve("太师屯镇"))
    decide(actor=second, proposal_id=made.pk, version=made.version, confirm=True, note="", at=LIVE)
    assert period_of(KEY, TOWN, "2020Q2").state == "opening"
    assert period_of(KEY, "太师屯镇", "2020Q2").state == "expected"
    told = Notice.objects.filter(title__contains="登记为期初已办")
    assert {one.organisation.name for one in told} == {"太师屯镇"}


def test_what_was_taken_in_stays_with_who_did_it_when_the_unit_is_merged(office, second):
    found = taken(office, second, row())
    merged(resolve(TOWN), resolve("太师屯镇"))
    found = DutyPeriod.objects.select_related("unit").get(pk=found.pk)
    assert found.state == "opening" and not found.unit.active
    assert standing_of(found, LIVE) == "opening"
    # An office that looks at it later can still take it back.
    by_two(first=office, second=second, code=BACK, duty_period_id=found.pk, reason="看错一行", at=LIVE)
    assert not Opening.objects.exists()
    told = Notice.objects.filter(title__contains="期初已办撤销")
    assert {one.organisation.name for one in told} == {"太师屯镇"}


# ── Taken back ───────────────────────────────────────────────────────────────────────────────────
def test_taken_back_by_two_it_is_owed_again_and_can_be_taken_in_anew(office, second):
    found = taken(office, second, row())
    made = propose(actor=office, code=BACK, duty_period_id=found.pk, reason="看错一行，没有报过", at=LIVE)
    assert period_of(KEY, TOWN, "2020Q2").state == "opening"
    with pytest.raises(NotAllowed):
        decide(actor=office, proposal_id=made.pk, version=made.version, confirm=True, note="", at=LIVE)
    decide(actor=second, proposal_id=made.pk, version=made.version, confirm=True, note="", at=LIVE)
    found = period_of(KEY, TOWN, "2020Q2")
    assert (found.state, standing_of(found, LIVE)) == ("expected", "missing") and not Opening.objects.exists()
    entry = AuditEntry.objects.get(action="duties.opening.revoked")
    assert BASIS in entry.data and "看错一行" in entry.data, "what stood there is kept"
    assert Notice.objects.filter(organisation=resolve(TOWN), body__contains="看错一行").exists()
    again = taken(office, second, row(on="2020-07-13"))
    assert again.opening.on == date(2020, 7, 13)


def test_only_what_was_taken_in_is_taken_back_by_its_office_with_a_reason(office, second):
    found = taken(office, second, row())
    with pytest.raises(NotAllowed):
        propose(
            actor=acting("区安委会办公室", "register_office"),
            code=BACK,
            duty_period_id=found.pk,
            reason="看错一行",
            at=LIVE,
        )
    with pytest.raises(Refused, match="理由"):
        propose(actor=office, code=BACK, duty_period_id=found.pk, reason="错", at=LIVE)
    by_two(first=office, second=second, code=BACK, duty_period_id=found.pk, reason="看错一行", at=LIVE)
    with pytest.raises(Refused, match="不是期初已办"):
        propose(actor=office, code=BACK, duty_period_id=found.pk, reason="看错一行", at=LIVE)
