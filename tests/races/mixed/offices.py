"""Acts of the offices that keep documents of their own: finance, water, postdoc, personnel, disclosure, duties."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from disclosure.models import Application as Inquiry
from disclosure.models import Package
from disclosure.services import applications as inquiries
from disclosure.services import handing, packages, reviews
from finance_policy.models import BankReturn, FundEntry, VetoNotice
from finance_policy.services import fund, library, returns, veto
from miyun_kpi.duties.access import reviewed_by
from miyun_kpi.duties.models import Duty, DutyPeriod, DutyUnit
from miyun_kpi.duties.services import units
from miyun_kpi.duties.services.reports import ReportInput, Seen, return_report, save_reports, submit_reports
from miyun_kpi.inbox.services import mark_all_read
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.models import Record
from personnel.models import Act, Notice
from personnel.services import drafts, issue
from postdoc.models import Application as Asked
from postdoc.models import Station, Stay
from postdoc.services import applications as grants
from postdoc.services import awards, clawback, course, ledger, money
from tests.postdoc.conftest import LATE
from tests.postdoc.test_money import ALL
from tests.races.mixed.hands import WHY, Hand, Move
from tests.races.mixed.interest import interest
from water.models import Measure, Phase, Round
from water.rules.rounds import FIVE
from water.services import phases, rounds, targets

Ways = Sequence[Callable[[], Any]]
OFFICES = ("zhengwu", "anwei", "shuiwuban", "jinrong")
JOINED = ("jinrong", "jinrong2")


def the_fund(hand: Hand) -> Any:
    actor = hand.one_of("caizheng", "caizhengnong")
    if hand.chance.random() < 0.2:
        row = hand.pick(FundEntry.objects.order_by("-number"))
        return fund.reverse(actor=actor, entry_id=row.pk, reason=WHY, at=hand.at)
    kind = hand.chance.choice(["paid-in", "loan-loss", "loan-loss", "bond-loss"])
    return fund.enter(
        actor=actor,
        kind=kind,
        amount=Decimal(hand.number(50000)),
        on=hand.ago(1),
        party="某银行",
        basis=f"文{hand.number(500)}",
        at=hand.at,
    )


def bank_return(hand: Hand) -> Any:
    actor = hand.one_of("yinhang", "yinhang2")
    if hand.chance.random() < 0.2:
        period = f"2020Q{hand.chance.randint(1, 4)}"
        return returns.open_return(actor=actor, period=period, at=hand.at)
    row = hand.newest(BankReturn)
    given: dict[str, Any] = {"return_id": row.pk, "version": hand.version(row), "at": hand.at}
    return hand.chance.choice(
        [
            lambda: returns.save_return(actor=actor, figures={"loans": Decimal(100)}, note=WHY, **given),
            lambda: returns.submit_return(actor=actor, **given),
            lambda: returns.decide_return(actor=hand.one_of(*JOINED), accept=hand.coin(), opinion=WHY, **given),
        ]
    )()


def grade(hand: Hand) -> Any:
    row = hand.pick(Record.objects.filter(kind="finance.enterprises", struck_at=None).order_by("pk"))
    return library.decide_grade(
        actor=hand.one_of("huanbao", "shengtai"),
        enterprise_id=row.pk,
        grade=hand.chance.choice(["green", "blue", "yellow"]),
        decided_on=hand.ago(hand.number(300)),
        basis=f"评定文{hand.number(9)}",
        at=hand.at,
    )


def no_credit(hand: Hand) -> Any:
    row = hand.newest(VetoNotice)
    bank = hand.one_of("yinhang", "yinhang2")
    return hand.chance.choice(
        [
            lambda: veto.receive(actor=bank, notice_id=row.pk, at=hand.at),
            lambda: veto.decide(actor=bank, notice_id=row.pk, decision="已停止新增授信", at=hand.at),
            lambda: veto.lift(
                actor=hand.one_of("huanbao", "shengtai"),
                notice_id=row.pk,
                version=hand.version(row),
                on=hand.today,
                reason=WHY,
                at=hand.at,
            ),
        ]
    )()


def measure(hand: Hand) -> Any:
    actor = hand.one_of("shuiwuban")
    given = targets.Given(hand.ago(hand.number(90)), Decimal(hand.number(99)), None, None, "", "statistics", "月统计表")
    if hand.chance.random() < 0.3:
        return targets.enter_measure(actor=actor, target="treated", given=given, at=hand.at)
    row = hand.pick(Measure.objects.filter(struck_at=None).order_by("-pk"))
    held: dict[str, Any] = {"target": row.target, "measure_id": row.pk, "version": hand.version(row), "at": hand.at}
    if hand.chance.random() < 0.2:
        return targets.strike_measure(actor=actor, reason=WHY, **held)
    return targets.change_measure(actor=actor, given=given, **held)


def water_round(hand: Hand) -> Any:
    body = hand.pick(Record.objects.filter(kind="water.body", struck_at=None).order_by("pk"), 2)
    actor = hand.chance.choice([hand.one_of("hezhangban"), hand.near([body.town_id or body.owner_id or 0], "reporter")])
    standing = Round.objects.filter(body=body, struck_at=None).order_by("-pk")
    if standing.exists() and hand.chance.random() < 0.3:
        return rounds.strike_round(
            actor=actor, body_id=body.pk, round_id=hand.pick(standing).pk, reason=WHY, at=hand.at
        )
    passes = hand.coin()
    return rounds.enter_round(
        actor=actor,
        body_id=body.pk,
        day=hand.ago(hand.number(200)),
        found={name: passes for name, _ in FIVE},
        note="" if passes else "有垃圾",
        next_on=None,
        checked_by="某人",
        late=LATE,
        at=hand.at,
    )


def phase(hand: Hand) -> Any:
    row = hand.pick(Phase.objects.select_related("project").order_by("pk"))
    actor = hand.near([row.project.owner_id or 0], "register_office")
    given = phases.Given(f"阶段{hand.number(99)}", hand.ago(90), hand.ago(10), hand.ago(80), None, WHY)
    if hand.chance.random() < 0.2:
        return phases.add_phase(actor=actor, project_id=row.project_id, given=given, late=LATE, at=hand.at)
    return phases.change_phase(
        actor=actor,
        project_id=row.project_id,
        phase_id=row.pk,
        version=hand.version(row),
        given=given,
        late=LATE,
        at=hand.at,
    )


def grant(hand: Hand) -> Any:
    station, stay = hand.pick(Station.objects.order_by("pk"), 1), hand.pick(Stay.objects.order_by("pk"))
    month = f"20{hand.chance.randint(20, 26)}-{hand.chance.randint(1, 12):02d}"
    kind = hand.chance.choice(["station", "living", "living"])
    return grants.create_application(
        actor=hand.one_of("yuanqu"),
        grant=kind,
        station_id=station.pk,
        stay_id=stay.pk if kind == "living" else None,
        first=month,
        last=f"{int(month[:4]) + 1}{month[4:]}",
        materials=ALL[kind],
        submit=hand.coin(),
        at=hand.at,
    )


def grant_course(hand: Hand) -> Any:
    row = hand.pick(Asked.objects.exclude(phase__in=["withdrawn", "refused"]).order_by("-pk"), 4)
    given: dict[str, Any] = {"application_id": row.pk, "version": hand.version(row), "at": hand.at}
    unit, office, purse = hand.one_of("yuanqu"), hand.one_of("renshe"), hand.one_of("caizheng")
    claws: dict[str, Any] = {"proof": f"凭{hand.number(9999)}"} | given
    pays: dict[str, Any] = {"on": hand.today} | claws
    whole = row.amount if hand.coin() else Decimal(hand.number(9000))
    lines = list(row.lines.order_by("-pk")[:2])
    filed: Ways = [
        lambda: grants.review(actor=office, decision="approve", opinion="", **given),
        lambda: grants.review(actor=office, decision="approve", opinion="", **given),
        lambda: grants.review(actor=office, decision="returned", opinion=WHY, **given),
        lambda: grants.cancel(actor=unit, reason=WHY, **given),
    ]
    approved: Ways = [
        lambda: ledger.write_line(actor=purse, kind="paid", amount=whole, **pays),
        lambda: ledger.write_line(actor=unit, kind="handed", amount=whole, note_text=WHY, **pays),
        lambda: clawback.claw_back(actor=office, ground="wrong", amount=whole, note_text=WHY, **claws),
        lambda: grants.cancel(actor=office, reason=WHY, **given),
    ]
    sends: Ways = [lambda: grants.send(actor=unit, materials=ALL.get(row.grant, []), submit=True, **given)]
    if lines and hand.chance.random() < 0.3:
        return ledger.reverse_line(actor=purse, line_id=hand.chance.choice(lines).pk, reason=WHY, **given)
    return hand.chance.choice({"filed": filed, "approved": approved}.get(row.phase, sends))()


def budget(hand: Hand) -> Any:
    return money.change_budget(
        actor=hand.one_of("caizheng"),
        year=hand.today.year,
        amount=Decimal(hand.chance.choice([-50000, 30000, 60000])),
        document=f"批复{hand.number(300)}",
        on=hand.today,
        at=hand.at,
    )


def stay_course(hand: Hand) -> Any:
    row = hand.pick(Stay.objects.order_by("pk"))
    given: dict[str, Any] = {"stay_id": row.pk, "version": hand.version(row), "at": hand.at}
    unit = hand.one_of("yuanqu")
    return hand.chance.choice(
        [
            lambda: course.record_milestone(
                actor=unit,
                code=hand.chance.choice(["opening", "half-year"]),
                done_on=hand.ago(3),
                result="passed",
                late=LATE,
                **given,
            ),
            lambda: course.record_trip(actor=unit, purpose=WHY, out_on=hand.ago(3), return_by=hand.today, **given),
            lambda: course.take_back(actor=hand.one_of("renshe"), what=f"trip-{hand.number(30)}", reason=WHY, **given),
        ]
    )()


def award(hand: Hand) -> Any:
    return awards.add_award(
        actor=hand.one_of("renshe"),
        level="national",
        awarded_on=hand.ago(hand.number(99)),
        document=f"京人社{hand.number(99)}",
        station_id=hand.pick(Station.objects.order_by("pk"), 1).pk,
        stay_id=None,
        at=hand.at,
    )


def notice(hand: Hand) -> Any:
    """Drafts of two people, naming the same few persons and posts."""
    actor = hand.one_of("renshi", "renshi2")
    open_ones = Notice.objects.exclude(state="issued").order_by("-pk")
    if open_ones.count() < 3 or hand.chance.random() < 0.05:
        return drafts.create_draft(actor=actor, meeting=f"第{hand.number(4)}次会议", at=hand.at)
    row = hand.pick(open_ones)
    given: dict[str, Any] = {"actor": actor, "notice_id": row.pk, "version": hand.version(row), "at": hand.at}
    wanted = drafts.ActInput(
        hand.chance.choice(["appoint", "appoint", "remove"]),
        f"任职{hand.chance.choice('甲乙丙')}",
        hand.chance.choice(["区水务局", "区民政局"]),
        hand.chance.choice(["副局长", "科长"]),
    )
    acts = list(row.acts.order_by("pk")[:2])
    paper: dict[str, Any] = {
        "number": f"密政发{hand.number(999)}号",
        "dated": hand.ago(hand.number(200)),
        "late_reason": "年底补齐",
    }
    drafting: Ways = [
        lambda: drafts.add_act(given=wanted, **given),
        lambda: drafts.add_act(given=wanted, **given),
        lambda: drafts.submit(**given),
        lambda: drafts.change_draft(meeting="第9次会议", dated=None, number=f"密政发{hand.number(4)}", **given),
    ]
    submitted: Ways = [
        lambda: issue.issue(**paper, **given),
        lambda: issue.issue(**paper, **given),
        lambda: drafts.send_back(reason=WHY, **given),
    ]
    if hand.chance.random() < 0.06:
        return drafts.discard(**given)
    if acts and hand.chance.random() < 0.3:
        return drafts.remove_act(act_id=hand.chance.choice(acts).pk, **given)
    return hand.chance.choice(submitted if row.state == "submitted" else drafting)()


def strike(hand: Hand) -> Any:
    row = hand.pick(Act.objects.standing().order_by("-pk"), 4)
    return issue.strike_act(actor=hand.one_of("renshi", "renshi2"), act_id=row.pk, reason=WHY, at=hand.at)


def inquiry(hand: Hand) -> Any:
    rows = list(Inquiry.objects.filter(answered_on=None).select_related("organisation").order_by("-pk")[:3])
    actor = hand.one_of("minzheng", "zhengwu")
    if len(rows) < 2 or hand.chance.random() < 0.25:
        return inquiries.receive(
            actor=actor,
            received_on=hand.today,
            way="post",
            applicant_kind="natural",
            applicant="某人",
            contact="",
            content="某项信息",
            at=hand.at,
        )
    row = hand.chance.choice(rows)
    given: dict[str, Any] = {"application_id": row.pk, "version": hand.version(row), "at": hand.at}
    unit = hand.one_of("minzheng" if row.organisation.code == "minzheng-ju" else "zhengwu")
    head = hand.near([row.organisation_id], "unit_head")
    ways: Ways = [
        lambda: inquiries.send_correction(actor=unit, on=hand.today, note=WHY, **given),
        lambda: inquiries.receive_correction(actor=unit, on=hand.today, **given),
        lambda: inquiries.ask_opinion(actor=unit, kind="third", on=hand.today, **given),
        lambda: inquiries.receive_opinion(actor=unit, kind="third", on=hand.today, **given),
        lambda: inquiries.deliberate(actor=unit, on=hand.today, note=WHY, **given),
        lambda: inquiries.ask_extension(actor=unit, days=5, reason=WHY, **given),
        lambda: inquiries.decide_extension(actor=head, approved=hand.coin(), opinion=WHY, **given),
        lambda: handing.hand_over(
            actor=unit, to=hand.chance.choice(["区民政局", "区政务服务中心"]), on=hand.today, reason=WHY, **given
        ),
    ]
    if hand.chance.random() < 0.2:
        return inquiries.answer(actor=unit, on=hand.today, outcome="granted", note="", **given)
    return hand.chance.choice(ways)()


def publication(hand: Hand) -> Any:
    rows = Record.objects.filter(kind__in=["disclosure.welfare", "disclosure.relief"], struck_at=None)
    act = hand.chance.choice(["review", "export", "export", "links", "organ"])
    office = hand.one_of("zhengwu", "minzheng", "minzhengfuze")
    if act == "links":
        package = hand.newest(Package)
        links = {item.pk: "https://www.bjmy.gov.cn/1" for item in package.items.all()}
        return packages.enter_links(
            actor=office, package_id=package.pk, links=links, published_on=hand.today, at=hand.at
        )
    row = hand.pick(rows.order_by("-pk"), 6)
    if act == "export":
        ready = hand.pick(rows.filter(stage="reviewed").order_by("-pk"))
        return packages.export_package(actor=office, record_ids=[ready.pk], at=hand.at)
    if act == "organ":
        place = Organisation.objects.get(code="shuiwu-ju")
        return reviews.ask_organ(actor=office, record_id=row.pk, organisation=place, asked_on=hand.today, at=hand.at)
    return reviews.review(
        actor=hand.one_of("minzhengfuze", "zhengwu"),
        record_id=row.pk,
        version=hand.version(row),
        decision=hand.chance.choice(["passed", "passed", "returned"]),
        checks=reviews.Check.values,
        opinion=WHY,
        at=hand.at,
    )


def duty(hand: Hand) -> Any:
    """Reports of the documents, saved, handed in, given back; and their units handed on."""
    found = DutyPeriod.objects.filter(unit__organisation__code="minzheng-ju", unit__active=True)
    found = found.exclude(unit__duty__key__startswith="tracked/").select_related("report").order_by("-pk")
    rows = list(found[:3])
    hand.chance.shuffle(rows)
    unit, office = hand.one_of("minzheng"), hand.one_of(*OFFICES)
    if not rows or hand.chance.random() < 0.1:
        place = hand.pick(DutyUnit.objects.filter(active=True, organisation__code="minzheng-ju").order_by("pk"))
        version = Duty.objects.values_list("version", flat=True).get(pk=place.duty_id)
        to = hand.chance.choice(["taishitun-zhen", "xiwengzhuang-zhen"])
        return units.hand_over(actor=office, unit_id=place.pk, version=version, to_code=to, reason=WHY, at=hand.at)
    filed = [one for one in rows if one.state == "filed"]
    if filed and hand.coin():
        seen = Seen(filed[0].pk, hand.version(filed[0].report))
        able = [one for one in OFFICES if reviewed_by(hand.people.named(one)).filter(pk=filed[0].pk).exists()]
        office = hand.one_of(*able) if able else office
        until = hand.at + timedelta(days=9)
        return return_report(
            actor=office, found=reviewed_by(office), seen=seen, observation=WHY, until=until, at=hand.at
        )
    if hand.chance.random() < 0.3:
        wanted = DutyPeriod.objects.filter(pk__in=[one.pk for one in rows])
        return submit_reports(actor=unit, found=wanted, at=hand.at, partly=True)
    reports = {
        one.pk: ReportInput(hand.version(one.report) if hasattr(one, "report") else 0, "on-course", "推进中" + hand.key)
        for one in [one for one in rows if one.state != "filed"] or rows
    }
    return save_reports(actor=unit, reports=reports, at=hand.at)


def read_all(hand: Hand) -> Any:
    return mark_all_read(actor=hand.one_of("zhengfuban1", "beizhuang", "minzheng"), at=hand.at)


FINANCE = [
    Move("finance/fund", the_fund, 3),
    Move("finance/return", bank_return, 2),
    Move("finance/grade", grade),
    Move("finance/veto", no_credit),
    Move("finance/interest", interest, 4),
]
WATER = [Move("water/measure", measure, 2), Move("water/round", water_round, 2), Move("water/phase", phase)]
POSTDOC = [
    Move("postdoc/grant", grant, 2),
    Move("postdoc/course", grant_course, 5),
    Move("postdoc/budget", budget),
    Move("postdoc/stay", stay_course),
    Move("postdoc/award", award, 0.3),
]
PERSONNEL = [Move("personnel/notice", notice, 6), Move("personnel/strike", strike)]
DISCLOSURE = [Move("disclosure/inquiry", inquiry, 3), Move("disclosure/publication", publication, 3)]
DUTIES = [Move("duties/report", duty, 3), Move("inbox/read", read_all, 0.5)]
