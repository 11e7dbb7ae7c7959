"""申报与审核 (第二十四条): the station asks with its materials, 区人社局 decides by another person, within the budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError

from miyun_kpi.acts.acting import acting, lock_one, lock_only, require_other_hand, require_version
from miyun_kpi.acts.days import IN_TIME, Late, day_of_act, late_words
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, FieldError, NotFound, Refused
from postdoc import access
from postdoc.enums import DOCUMENT, Grant, Phase
from postdoc.models import Application, ApplicationEvent, Award, BudgetYear, Person, Station, Stay
from postdoc.queries.entitlement import finding_of, months_of, once_key, unclaimed
from postdoc.queries.figures import figures
from postdoc.rules.entitlement import Month, total
from postdoc.rules.money import MATERIALS, lacking
from postdoc.services._common import next_number, note, require_reason, today_of
from postdoc.services.holding import asked_of, occupy


@dataclass(frozen=True)
class Asked:
    """What an application rests on, before it is saved."""

    station: Station
    stay: Stay | None
    award: Award | None
    months: Sequence[Month]
    amount: Decimal
    reasons: Sequence[tuple[str, str]]


def _things(
    actor: Actor, grant: str, station_id: int, stay_id: int | None, award_id: int | None
) -> tuple[Station, Stay | None, Award | None]:
    if grant not in Grant.values:
        raise NotFound
    station = access.visible_station(actor, station_id)
    needs_stay = grant in (Grant.LIVING, Grant.EXCELLENT, Grant.LEAVING, Grant.CONVERSION)
    stay = access.visible_stay(actor, stay_id or 0) if needs_stay else None
    if stay is not None and stay.station_id != station.pk:
        raise NotFound
    award = None
    if grant in (Grant.STATION_AWARD, Grant.EXCELLENT):
        found = Award.objects.filter(pk=award_id or 0, stay=stay, station=None if stay else station)
        award = one_of(found.filter(struck_at__isnull=True))
    return station, stay, award


def ask(
    *,
    actor: Actor,
    grant: str,
    station_id: int,
    stay_id: int | None,
    award_id: int | None,
    first: str,
    last: str,
    on: date,
) -> Asked:
    """What would be asked for, with its reasons. Raises Refused with every condition that is not met."""
    station, stay, award = _things(actor, grant, station_id, stay_id, award_id)
    table = figures()
    if grant == Grant.LIVING:
        assert stay is not None
        months = [one for one in unclaimed(stay, table, on) if first <= one.month <= last]
        if not months:
            raise Refused(
                "nothing-due",
                f"{first or '？'} 至 {last or '？'} 没有可以申报的月份，没有保存。请看本人待遇页上每个月的说明。",
                clause=cite(DOCUMENT, "第二十条"),
            )
        return Asked(
            station, stay, award, months, total(months), [(f"{one.month}　{one.why}", one.clause) for one in months]
        )
    finding = finding_of(grant, station, stay, award, table, on)
    if not finding.entitled:
        errors = [FieldError(f"{one.text}（{one.clause}）。", "unmet") for one in finding.reasons if not one.met]
        raise Refused(
            "not-entitled",
            f"还不能申报{Grant(grant).label}，没有保存。请看下面没有满足的条件。",
            clause=cite(DOCUMENT, finding.reasons[0].clause),
            errors=errors,
        )
    return Asked(station, stay, award, [], finding.amount, [(one.text, one.clause) for one in finding.reasons])


def _register(actor: Actor, grant: str, asked: Asked, materials: list[str], at: datetime) -> Application:
    """The application, and the months it holds."""
    months = [one.month for one in asked.months]
    each = figures().on("award_each", today_of(at))
    row = Application.objects.create(
        number=next_number(Application),
        grant=grant,
        station=asked.station,
        stay=asked.stay,
        award=asked.award,
        first_month=months[0] if months else "",
        last_month=months[-1] if months else "",
        amount=asked.amount,
        once_key=once_key(grant, asked.station, asked.stay, asked.award, each),
        materials=materials,
        reasons=[list(one) for one in asked.reasons],
        asked=asked_of(asked.months),
        entered_by=actor.label,
        entered_by_id=actor.user_id,
        created_at=at,
        changed_by=actor.label,
    )
    occupy(row)
    return row


def create_application(
    *,
    actor: Actor,
    grant: str,
    station_id: int,
    stay_id: int | None = None,
    award_id: int | None = None,
    first: str = "",
    last: str = "",
    materials: Sequence[str] = (),
    submit: bool = False,
    at: datetime,
) -> Application:
    """Registered once: the months and the once-only key are held from here on."""
    on = today_of(at)
    access.require_enter(actor, access.visible_station(actor, station_id))
    given = _known(grant, materials)
    try:
        with acting(actor, at):
            if stay_id is not None:
                access.visible_stay(actor, stay_id)
                lock_one(Person.objects.filter(stays__pk=stay_id))
            if award_id is not None:
                # Who puts it right or strikes it at this moment waits for the application, or this for him.
                lock_one(Award.objects.filter(pk=award_id))
            asked = ask(
                actor=actor,
                grant=grant,
                station_id=station_id,
                stay_id=stay_id,
                award_id=award_id,
                first=first,
                last=last,
                on=on,
            )
            row = _register(actor, grant, asked, given, at)
            event(actor, row, "填报", f"{asked.amount:,.2f} 元", at)
            note(actor, "application.created", row, {"grant": grant, "amount": str(asked.amount)}, at)
            if submit:
                _submit(actor, row, at)
    except IntegrityError:
        raise Conflict(
            "already-asked", "这一项已经申报过，或同一时刻有别人在申报，没有再申报。请看申报列表。"
        ) from None
    return row


def _known(grant: str, materials: Sequence[str]) -> list[str]:
    return [code for code, _ in MATERIALS.get(grant, ()) if code in materials]


def _submit(actor: Actor, row: Application, at: datetime) -> None:
    missing = lacking(row.grant, row.materials)
    if missing:
        raise Refused(
            "materials-missing",
            f"还缺{'、'.join(missing)}，没有报送。请备齐后勾选。",
            clause=cite(DOCUMENT, "第二十四条（一）"),
        )
    row.phase, row.submitted_at = Phase.FILED, at
    save(actor, row)
    event(actor, row, "报送区人社局", "", at)


def send(
    *, actor: Actor, application_id: int, version: int, materials: Sequence[str], submit: bool, at: datetime
) -> Application:
    """Save the materials of a draft, and hand it in."""
    access.require_enter(actor, access.visible_application(actor, application_id).station)
    with acting(actor, at):
        row = locked(application_id, version)
        if row.phase not in (Phase.DRAFT, Phase.RETURNED):
            raise Conflict("wrong-state", f"现在是“{row.get_phase_display()}”，不能再改，没有保存。")
        row.materials = _known(row.grant, materials)
        if submit:
            # Whoever hands it in answers for it, and does not review it.
            row.entered_by, row.entered_by_id = actor.label, actor.user_id
            _submit(actor, row, at)
        else:
            save(actor, row)
        note(actor, "application.filed" if submit else "application.saved", row, {"materials": row.materials}, at)
    return row


def review(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    decision: str,
    opinion: str,
    on: date | None = None,
    late: Late = IN_TIME,
    at: datetime,
) -> Application:
    """第二十四条（二）: by a handler who did not enter it. A pass is checked anew and taken out of the year's budget.

    `on`: the day of its paper; what is due and which budget it is taken out of go by it.
    """
    access.visible_application(actor, application_id)
    access.require_handler(actor, "审核申报")
    said = opinion.strip() if decision == "approve" else require_reason(opinion, "退回和不予资助")
    day = day_of_act(on, at)
    words = late_words(day, at, late, clause=cite(DOCUMENT, "第二十四条（二）"))
    with acting(actor, at):
        row = locked(application_id, version)
        if row.phase != Phase.FILED:
            raise Conflict("wrong-state", f"现在是“{row.get_phase_display()}”，不在待审核，没有执行。")
        require_other_hand(actor, row.entered_by_id, "填报的人不能审核自己填报的申报，没有执行。请换一个人审核。", at)
        if row.submitted_at is not None and day < today_of(row.submitted_at):
            said_day = today_of(row.submitted_at)
            raise Refused("too-early", f"办理日期 {day} 早于报送日期 {said_day}，没有执行。请核对日期。")
        if decision == "approve":
            _still_due(row, day)
            _take_budget(row, day)
            row.phase = Phase.APPROVED
        elif decision in ("returned", "refuse"):
            row.phase = Phase.RETURNED if decision == "returned" else Phase.REFUSED
        else:
            raise Refused("decision-missing", "请选通过、退回或不予资助，没有执行。")
        occupy(row)
        row.reviewed_by, row.reviewed_by_id, row.reviewed_on, row.opinion = (
            actor.label,
            actor.user_id,
            day,
            said,
        )
        row.reviewed_office_id, row.reviewed_late = actor.organisation_id, words
        save(actor, row)
        told = "　".join(one for one in (said, words) if one)
        event(actor, row, row.get_phase_display() if decision != "approve" else "审核通过", told, at)
        note(actor, "application.reviewed", row, {"decision": decision, "amount": str(row.amount)}, at)
    return row


def _still_due(row: Application, on: date) -> None:
    """What it rests on may have changed since it was entered."""
    table = figures()
    if row.grant == Grant.LIVING:
        assert row.stay is not None
        now = {
            one.month: one.amount
            for one in months_of(row.stay.person, table, on)
            if one.entitled and one.stay == row.stay_id
        }
        same = all(now.get(one.month) == one.amount for one in row.months.all())
    else:
        finding = finding_of(row.grant, row.station, row.stay, row.award, table, on)
        same = finding.entitled and finding.amount == row.amount
    if not same:
        raise Refused(
            "changed-since",
            "申报所依据的事实或标准已经改变，没有通过。请退回，由工作站撤回后重新申报。",
            clause=cite(DOCUMENT, "第五章"),
        )


def _take_budget(row: Application, on: date) -> None:
    """第二十二条. 推定: nothing is approved beyond the budget of the year until it is raised."""
    # 第二十二条 puts the money into a yearly budget and prints no way past it.
    year = lock_one(BudgetYear.objects.filter(year=on.year))
    if year is None:
        raise Refused(
            "no-budget",
            f"没有录入 {on.year} 年度博士后专项经费预算，没有通过。请区财政局先在“预算和标准”里录入。",
            clause=cite(DOCUMENT, "第二十二条"),
        )
    left = year.total - year.used
    if row.amount > left:
        raise Refused(
            "beyond-budget",
            f"{on.year} 年度预算 {year.total:,.2f} 元，已核定 {year.used:,.2f} 元，还可核定 {left:,.2f} 元，这份 {row.amount:,.2f} 元，没有通过。请区财政局先调整预算。",
            clause=cite(DOCUMENT, "第二十二条"),
        )
    year.used += row.amount
    year.save()
    row.budget_year = on.year


def cancel(*, actor: Actor, application_id: int, version: int, reason: str, at: datetime) -> Application:
    """By the station before it was approved; by the handler afterwards, as long as nothing is paid. Frees months and key.

    What was paid and failed, or was reversed, is not paid: its lines stay with it.
    """
    seen = access.visible_application(actor, application_id)
    said = require_reason(reason, "撤回")
    with acting(actor, at):
        row = locked(application_id, version)
        if row.phase == Phase.APPROVED:
            access.require_handler(actor, "撤销核定")
            if row.received > 0:
                raise Conflict(
                    "paid",
                    f"已拨付 {row.received:,.2f} 元，不能撤销核定，没有执行。付出去的请办追回；没有付成的请区财政局登记退回或冲正。",
                )
            if row.budget_year is not None:  # None of what was imported as paid before
                year = lock_only(BudgetYear.objects.filter(year=row.budget_year))
                year.used -= row.amount
                year.save()
            row.budget_year = row.imported = None
        elif row.phase in (Phase.DRAFT, Phase.FILED, Phase.RETURNED):
            access.require_enter(actor, seen.station)
        else:
            raise Conflict("wrong-state", f"现在是“{row.get_phase_display()}”，不能撤回，没有执行。")
        row.phase = Phase.WITHDRAWN
        occupy(row)
        save(actor, row)
        event(actor, row, "撤回", said, at)
        note(actor, "application.withdrawn", row, {"reason": said}, at)
    return row


def locked(application_id: int, version: int) -> Application:
    found = Application.objects.select_related("station__keeper", "stay__person", "award")
    row = lock_only(found.filter(pk=application_id))
    require_version(row, version)
    return row


def save(actor: Actor, row: Application) -> None:
    row.version, row.changed_by = row.version + 1, actor.label
    row.save()


def event(actor: Actor, row: Application, act: str, text: str, at: datetime) -> None:
    ApplicationEvent.objects.create(application=row, act=act, note=text[:300], at=at, by=actor.label)
