"""博士后: applications, stays with their trips and contracts, figures, money; 人事: notices, appointments, decisions, the office."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from personnel.enums import ActKind, NoticeState, Outcome
from personnel.models import Act as Appointment
from personnel.models import Notice, Office, ProbationDecision
from personnel.services import drafts as notices
from personnel.services import issue, posts, probation
from postdoc.enums import Entry, Grant, Ground, Leaving, Level
from postdoc.enums import Notice as Told
from postdoc.models import Application, Award, Employment, Figure, LedgerLine, Stay, Trip
from postdoc.services import applications, awards, course, ledger, money, stations
from tests.doors.standings import Standing, filled, reversible, struck
from tests.doors.table import KEEPER, REPORTER, WHY, Act, Maker, asked, day, plain
from tests.evaluation.conftest import actor_named
from tests.postdoc.conftest import FACTS, LATE, STATION, enter

# ── 博士后 ───────────────────────────────────────────────────────────────────────────────────────────────────────


def on_stay(function: Any, role: str, given: Any, name: str = "") -> Act:
    """An act on the stay that the row is or hangs on."""

    def call(row: Any, at: datetime) -> dict[str, Any]:
        stay = row if isinstance(row, Stay) else row.stay
        return {"stay_id": stay.pk, "version": stay.version} | given(row, at)

    return asked(function, role, call, name)


def own_wish(row: Stay, at: datetime) -> dict[str, Any]:
    told = {"ground": Ground.OWN_WISH, "notice": Told.TOLD, "noticed_on": day(at), "explanation": ""}
    return {"left_on": day(at)} | told


def gone(row: Stay, earlier: int) -> dict[str, Any]:
    """So many days before the end; it lies back, so that its paper is named."""
    return {"left_on": row.ends_on - timedelta(days=earlier), "late": LATE}


def contract(row: Stay, at: datetime) -> dict[str, Any]:
    return {"employer": "某单位", "in_miyun": True, "from_day": row.left_on, "until": day(at) + timedelta(days=900)}


def stay_of(row: Stay, at: datetime) -> str:
    return "in" if row.left_on is None else str(row.leaving)


def put_right(row: Award, at: datetime) -> dict[str, Any]:
    level = Level.CITY if row.level == Level.NATIONAL else Level.NATIONAL
    given = {"level": level, "awarded_on": row.awarded_on, "document": row.document, "reason": WHY}
    return {"award_id": row.pk, "version": row.version} | given


def claimed(row: Award, at: datetime) -> dict[str, Any]:
    """The money that the award gives, as a draft."""
    station = row.station or row.stay.station
    grant = Grant.STATION_AWARD if row.stay is None else Grant.EXCELLENT
    given = {"stay_id": row.stay_id, "award_id": row.pk, "materials": [], "submit": False}
    return {"grant": grant, "station_id": station.pk} | given


def taken(kind: str) -> Any:
    return lambda row, at: {"what": f"{kind}-{row.pk}", "reason": WHY}


def on_application(function: Any, role: str, given: Any, name: str = "") -> Act:
    def call(row: LedgerLine, at: datetime) -> dict[str, Any]:
        one = row.application
        return {"application_id": one.pk, "version": one.version} | given(row, at)

    return asked(function, role, call, name)


# ── 人事 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def of_first_act(row: Notice, at: datetime) -> dict[str, Any]:
    return {"act_id": row.acts.filter(struck_at=None).order_by("pk")[0].pk, "reason": WHY}


def issued(row: Notice, at: datetime) -> dict[str, Any]:
    number = f"密政任〔{day(at).year}〕99号"
    return {"notice_id": row.pk, "version": row.version, "number": number, "dated": day(at)}


def act_of(row: Appointment, at: datetime) -> str:
    if row.struck_at is not None:
        return "struck"
    if row.notice is not None and row.notice.state != NoticeState.ISSUED:
        return "drafted"
    return "decided" if hasattr(row, "decision") else "standing"


def from_draft(row: Appointment, at: datetime) -> dict[str, Any]:
    notice = row.notice
    return {"notice_id": notice.pk if notice else 0, "version": notice.version if notice else 0, "act_id": row.pk}


def lost(row: ProbationDecision, at: datetime) -> dict[str, Any]:
    """A dismissal goes when its removal is taken out of the draft."""
    return from_draft(row.removal, at) if row.removal else {"notice_id": 0, "version": 0, "act_id": 0}


def removed(row: Appointment, actor: Actor, at: datetime) -> Any:
    """Whoever was appointed is removed by a later notice, whatever was decided of the probation."""
    if row.struck_at is not None:
        raise Refused("struck", "已经撤销。")
    draft = notices.create_draft(actor=actor, meeting="区政府某次常务会议", at=at)
    body, title = row.position.organisation.code, row.position.title
    given = notices.ActInput(ActKind.REMOVE, row.person.name, body, title, note=row.person.note, printed=row.printed)
    return notices.add_act(actor=actor, notice_id=draft.pk, version=draft.version, given=given, at=at)


def dismissal_issued(row: ProbationDecision, actor: Actor, at: datetime) -> Any:
    """Its draft is named, submitted by one of 人事 and issued by the other."""
    if row.removal is None or row.removal.notice.state == NoticeState.ISSUED:
        raise Refused("no-draft", "没有拟稿。")
    one = actor_named("renshi")
    draft, said = row.removal.notice, {"meeting": "区政府某次常务会议", "dated": None, "number": ""}
    notices.change_draft(actor=one, notice_id=draft.pk, version=draft.version, at=at, **said)
    draft.refresh_from_db()
    notices.submit(actor=one, notice_id=draft.pk, version=draft.version, at=at)
    draft.refresh_from_db()
    return issue.issue(actor=actor, at=at, **issued(draft, at))


def some_acts(model: type[models.Model]) -> list[Appointment]:
    found = Appointment.objects.select_related("notice", "decision").order_by("-pk")
    return [*found.filter(Q(notice__state=NoticeState.DRAFT))[:8], *found.filter(notice__state="issued")[:20]]


def moved(row: Office, at: datetime) -> dict[str, Any]:
    return {"version": row.version, "organisation": "区人社保局", "remind_days": 30}


ACTS: dict[type[models.Model], list[Act]] = {
    Application: [
        plain(applications.send, REPORTER, "application_id", materials=[], submit=True),
        plain(applications.review, KEEPER, "application_id", name="returned", decision="returned", opinion=WHY),
        plain(applications.review, KEEPER, "application_id", name="refuse", decision="refuse", opinion=WHY),
        plain(applications.review, KEEPER, "application_id", name="approve", decision="approve", opinion=""),
        plain(applications.cancel, "", "application_id", reason=WHY),
    ],
    Stay: [
        on_stay(
            course.record_trip,
            REPORTER,
            lambda row, at: {"purpose": WHY, "out_on": day(at), "return_by": day(at) + timedelta(days=9)},
        ),
        on_stay(course.leave, REPORTER, lambda row, at: gone(row, 0), name="leave: completed"),
        on_stay(course.leave, REPORTER, lambda row, at: gone(row, 60), name="leave: early"),
        on_stay(course.withdraw, REPORTER, own_wish),
        on_stay(course.decide_completed, KEEPER, lambda row, at: {"reason": WHY}),
        on_stay(course.record_employment, REPORTER, contract),
        on_stay(course.undo_leaving, KEEPER, lambda row, at: {"reason": WHY}),
    ],
    Trip: [
        on_stay(course.record_return, REPORTER, lambda row, at: {"trip_id": row.pk, "returned_on": row.out_on}),
        on_stay(course.take_back, KEEPER, taken("trip")),
    ],
    Employment: [
        on_stay(course.end_employment, REPORTER, lambda row, at: {"employment_id": row.pk, "ended_on": row.from_day}),
        on_stay(course.take_back, KEEPER, taken("employment")),
    ],
    Award: [
        asked(awards.change_award, KEEPER, put_right),
        asked(applications.create_application, REPORTER, claimed),
        plain(awards.strike_award, KEEPER, "award_id", reason=WHY),
    ],
    Figure: [plain(money.strike_figure, KEEPER, "figure_id", versioned=False, reason=WHY)],
    LedgerLine: [on_application(ledger.reverse_line, "", lambda row, at: {"line_id": row.pk, "reason": WHY})],
    Notice: [
        plain(notices.submit, KEEPER, "notice_id"),
        plain(notices.send_back, KEEPER, "notice_id", reason=WHY),
        asked(issue.issue, KEEPER, issued),
        plain(notices.discard, KEEPER, "notice_id"),
        asked(issue.strike_act, KEEPER, of_first_act),
    ],
    Appointment: [
        asked(notices.remove_act, KEEPER, from_draft),
        asked(issue.strike_act, KEEPER, lambda row, at: {"act_id": row.pk, "reason": WHY}),
        Act("add_act: 免", KEEPER, removed),
        asked(
            probation.record_decision,
            KEEPER,
            lambda row, at: {"act_id": row.pk, "outcome": Outcome.DISMISSED, "decided_on": day(at), "basis": WHY},
        ),
    ],
    ProbationDecision: [
        asked(notices.remove_act, KEEPER, lost),
        asked(probation.withdraw_decision, KEEPER, lambda row, at: {"act_id": row.act_id, "reason": WHY}),
        Act("issue", KEEPER, dismissal_issued),
    ],
    Office: [
        asked(posts.change_office, KEEPER, moved),
        asked(posts.receive_office, KEEPER, lambda row, at: {"version": row.version}),
    ],
}
STANDINGS: dict[type[models.Model], Standing] = {
    Stay: Standing(("in", *Leaving.values), stay_of),
    Trip: filled("returned_on", "out", "returned"),
    Employment: filled("ended_on", "running", "ended"),
    Award: struck(),
    Figure: struck(),
    LedgerLine: reversible(Entry.REVERSED, lambda row: hasattr(row, "reversal")),
    Appointment: Standing(("drafted", "standing", "decided", "struck"), act_of, some_acts),
    ProbationDecision: Standing(
        ("dismissing", *Outcome.values),
        lambda row, at: "dismissing" if row.removal and row.removal.notice.state != "issued" else str(row.outcome),
    ),
    Office: filled("proposed_id", "standing", "proposed"),
}


def a_station(at: datetime) -> Any:
    given = STATION | {"name": "走一遍的站", "approved_on": day(at) - timedelta(days=2000)}
    return stations.register_station(actor=actor_named("renshe"), given=given, at=at)


def a_stay(actor: Actor, at: datetime) -> Stay:
    """Somebody who came in two years ago, to the day."""
    entered = day(at) - timedelta(days=731)
    who = {
        "name": "某人",
        "document_kind": "passport",
        "document_number": "E00000001",
        "born_on": day(at).replace(year=1992),
        "phone": "",
        "account": "",
    }
    ends = entered.replace(year=entered.year + 2) - timedelta(days=1)
    facts = {"entered_on": entered, "ends_on": ends, "contract_on": entered, "degree_on": entered - timedelta(days=60)}
    return enter(actor, a_station(at), at=at, who=who, **(FACTS | facts | {"agreement_on": entered}))


def a_grant(actor: Actor, at: datetime) -> Application:
    """设站补助 of a station just registered with its first stay, as a draft."""
    station = a_stay(actor, at).station
    return applications.create_application(
        actor=actor, grant="station", station_id=station.pk, materials=[], submit=False, at=at
    )


def a_trip(actor: Actor, at: datetime) -> Trip:
    stay = a_stay(actor, at)
    days = {"out_on": day(at), "return_by": day(at)}
    return course.record_trip(actor=actor, stay_id=stay.pk, version=stay.version, purpose=WHY, at=at, **days)


def an_employment(actor: Actor, at: datetime) -> Employment:
    stay = a_stay(actor, at)
    stay = course.leave(actor=actor, stay_id=stay.pk, version=stay.version, at=at, **gone(stay, 0))
    return course.record_employment(actor=actor, stay_id=stay.pk, version=stay.version, at=at, **contract(stay, at))


def an_award(actor: Actor, at: datetime) -> Award:
    """Of a station that was just registered."""
    station = a_station(at)
    given = {"level": Level.CITY, "awarded_on": day(at), "document": WHY}
    return awards.add_award(actor=actor, station_id=station.pk, at=at, **given)


def a_figure(actor: Actor, at: datetime) -> Figure:
    return money.enter_figure(
        actor=actor,
        code="living_month",
        value=Decimal(9000),
        starts_on=day(at) + timedelta(days=400),
        document=WHY,
        at=at,
    )


def a_decision(outcome: str) -> Any:
    """Of somebody on probation."""

    def make(actor: Actor, at: datetime) -> ProbationDecision:
        act = an_appointment(at)
        given = {"outcome": outcome, "decided_on": day(at), "basis": WHY}
        return probation.record_decision(actor=actor, act_id=act.pk, at=at, **given)

    return make


def a_reversal(actor: Actor, at: datetime) -> LedgerLine:
    line = LedgerLine.objects.select_related("application").order_by("-pk")[0]
    one = line.application
    return ledger.reverse_line(
        actor=actor, application_id=one.pk, version=one.version, line_id=line.pk, reason=WHY, at=at
    )


def an_appointment(at: datetime) -> Appointment:
    """On probation since a year, by the two of 人事."""
    one, two, on = actor_named("renshi"), actor_named("renshi2"), day(at) - timedelta(days=400)
    draft = notices.create_draft(actor=one, meeting="区政府某次常务会议", at=at)
    given = notices.ActInput(ActKind.APPOINT, "某人甲", "区体育局", "科长", probation_months=12)
    act = notices.add_act(actor=one, notice_id=draft.pk, version=draft.version, given=given, at=at)
    draft.refresh_from_db()
    notices.submit(actor=one, notice_id=draft.pk, version=draft.version, at=at)
    draft.refresh_from_db()
    number = f"密政任〔{on.year}〕98号"
    said: dict[str, Any] = {"number": number, "dated": on, "late_reason": "上线后补齐"}
    issue.issue(actor=two, notice_id=draft.pk, version=draft.version, at=at, **said)
    return Appointment.objects.get(pk=act.pk)


MAKERS: dict[type[models.Model], list[Maker]] = {
    Application: [(REPORTER, a_grant)],
    Stay: [(REPORTER, a_stay)],
    Trip: [(REPORTER, a_trip)],
    Employment: [(REPORTER, an_employment)],
    Award: [(KEEPER, an_award)],
    Figure: [(KEEPER, a_figure)],
    LedgerLine: [("", a_reversal)],
    ProbationDecision: [(KEEPER, a_decision(Outcome.CONFIRMED)), (KEEPER, a_decision(Outcome.DISMISSED))],
    Appointment: [(KEEPER, lambda actor, at: an_appointment(at))],
}
