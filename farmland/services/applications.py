"""指标使用: registered → 预留 → 核销; 撤回预留; 收回. Each act under the lock of the pool."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max

from farmland import access
from farmland.enums import DOCUMENT, EntryKind, FeeKind, Investor, RewardCause, State
from farmland.models import Application, Event, Fee, Lot, Pool
from farmland.queries import pool as pools
from farmland.queries.money import paid_of, standing
from farmland.queries.rewards import paid_for
from farmland.rules.allocation import Allocation, allocate, require_allowed
from farmland.rules.fees import require_tickets
from farmland.rules.limits import require_area
from farmland.rules.places import require_town
from farmland.rules.rewards import paid_note
from farmland.services import settling
from farmland.services.days import day_and_words, last_day, noted
from farmland.services.ledger import Move, append, lock_pool
from miyun_kpi.acts.acting import acting, locked
from miyun_kpi.acts.acting import record as audit
from miyun_kpi.acts.days import IN_TIME, Late
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.enums import Category
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve


@dataclass(frozen=True)
class Project:
    name: str
    applicant: str
    investor: str
    commercial: bool
    district_pays: bool
    public: bool
    town: str
    area: Decimal
    approval_number: str = ""
    approval_on: date | None = None
    request_number: str = ""
    request_on: date | None = None
    coordination: str = ""
    coordinated_compensation: bool | None = None


def place_named(text: str) -> Organisation:
    town = resolve(text)
    if town is None or town.category != Category.TOWNSHIP:
        raise Refused("unknown-town", f"没有叫“{text.strip()[:30]}”的镇街，没有保存。请写项目坐落的镇。")
    return town


def _checked(project: Project, at: datetime) -> dict[str, object]:
    if not project.name.strip() or not project.applicant.strip() or project.investor not in Investor.values:
        raise Refused("not-filled", "请填建设项目、建设单位和投资主体，没有保存。")
    town = place_named(project.town)
    require_town(town.name, project.coordination)
    require_area(project.area, "占用面积")
    if project.coordinated_compensation is not None and not project.coordination.strip():
        raise Refused(
            "no-coordination",
            "写了协调的缴费结论，没有写协调意见，没有保存。请补填协调意见的文号或日期。",
            "21·第十四条",
        )
    today = at.astimezone().date()
    for number, day, what in (
        (project.approval_number, project.approval_on, "区政府批准"),
        (project.request_number, project.request_on, "请示"),
    ):
        if bool(number.strip()) != (day is not None):
            raise Refused("half-filled", f"{what}的文号和日期要一起填，没有保存。请补齐。")
        if day is not None and day > today:
            raise Refused("future-day", f"{what}日期 {day} 晚于今天，没有保存。请核对日期。")
    given = {key: value.strip() if isinstance(value, str) else value for key, value in project.__dict__.items()}
    return given | {"town": town}


def register_application(*, actor: Actor, project: Project, at: datetime) -> Application:
    access.require_pool(actor)
    given = _checked(project, at)
    with acting(actor, at) as act:
        lock_pool()
        top = Application.objects.aggregate(top=Max("number"))["top"]
        row = Application.objects.create(
            **given,
            number=(top or 0) + 1,
            created_at=at,
            created_by=actor.label,
            changed_at=at,
            changed_by=actor.label,
        )
        event(actor, row, "登记", f"占用 {row.area:.4f} 亩", at)
        act.record("farmland.application.registered", f"farmland-application:{row.pk}", number=row.number)
    return row


def event(actor: Actor, row: Application, act: str, note: str, at: datetime) -> None:
    Event.objects.create(application=row, act=act, note=note[:500], at=at, by=actor.label)


@contextmanager
def acting_on(
    actor: Actor, application_id: int, version: int, at: datetime, *, act: str, states: tuple[str, ...], action: str
) -> Iterator[tuple[Application, Pool]]:
    """The application and the pool, both locked; what the block changed is saved with its event and audit."""
    access.visible_application(actor, application_id)
    with acting(actor, at):
        row = locked(Application.objects.select_related("town"), application_id)
        pool = lock_pool()
        if row.version != version:
            current = {"value": {"changed_by": row.changed_by}, "version": row.version}
            raise Conflict(
                "stale",
                f"这件申请刚被{row.changed_by}改过，没有执行。请刷新后看过再办。",
                errors=[FieldError("刚被改过。", "stale", current=current)],
            )
        if row.state not in states:
            raise Conflict("wrong-state", f"这件申请现在是“{row.get_state_display()}”，不能{act}，没有执行。")
        yield row, pool
        row.version, row.changed_at, row.changed_by = row.version + 1, at, actor.label
        row.save()
        audit(actor=actor, action=action, subject=f"farmland-application:{row.pk}", data={"state": row.state}, at=at)


def amend_application(*, actor: Actor, application_id: int, version: int, project: Project, at: datetime) -> None:
    """Before anything is reserved."""
    access.require_pool(actor)
    given = _checked(project, at)
    with acting_on(
        actor,
        application_id,
        version,
        at,
        act="修改",
        states=(State.REGISTERED,),
        action="farmland.application.amended",
    ) as (row, _):
        for key, value in given.items():
            setattr(row, key, value)
        event(actor, row, "修改", "", at)


def strike_application(*, actor: Actor, application_id: int, version: int, reason: str, at: datetime) -> None:
    access.require_pool(actor)
    read_reason(reason, "撤销要写原因", most=300)
    with acting_on(
        actor,
        application_id,
        version,
        at,
        act="撤销",
        states=(State.REGISTERED,),
        action="farmland.application.revoked",
    ) as (row, _):
        if has_paid(row):
            raise Refused("paid", "已经登记缴费票据，不能撤销，没有执行。请由区财政局先冲正票据。", "21·第八条（四）")
        row.state = State.REVOKED
        event(actor, row, "撤销", reason.strip(), at)


def reserve(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    at: datetime,
    on: date | None = None,
    late: Late = IN_TIME,
    asked_on: date | None = None,
) -> Allocation:
    """预留 by the order of 第九条（二）. Without 区政府's approval, or beyond what is free, nothing is written.

    `on` is not before the approval, what was done before on this project, or the acceptance of a lot that is used.
    """
    access.require_pool(actor)
    with acting_on(
        actor,
        application_id,
        version,
        at,
        act="预留",
        states=(State.REGISTERED,),
        action="farmland.application.reserved",
    ) as (row, pool):
        lots = {lot.pk: lot for lot in pools.standing()}
        found = allocate(row.area, row.town.code, row.town.name, [pools.facts_of(lot) for lot in lots.values()])
        require_allowed(
            found, public=row.public, request_number=row.request_number, approval_number=row.approval_number
        )
        used = [(step.lot.accepted_on, f"{step.lot.name}的验收日期") for step in found.steps]
        floors = [(row.approval_on, "批准日期"), (last_day(row), "上一次办理"), *used]
        day, words = day_and_words(on, at, late, floors, "21·第七条", asked_on)
        append(
            actor=actor,
            pool=pool,
            at=at,
            application=row,
            on=day,
            late=words,
            moves=[
                Move(lots[step.lot.lot_id], EntryKind.RESERVE, step.taken, step.reason, step.clause)
                for step in found.steps
            ],
        )
        row.state = State.RESERVED
        said = f"{len(found.steps)} 批 {row.area:.4f} 亩。{found.flag}"
        event(actor, row, "预留", noted(said, day, words, at), at)
    return found


def held(row: Application) -> list[tuple[Lot, Decimal]]:
    """What the application holds of each lot now, in the order of the ledger."""
    last = row.entries.filter(kind=EntryKind.RESERVE).order_by("-number").first()
    if last is None:
        return []
    entries = row.entries.filter(act=last.act).select_related("lot__town").order_by("number")
    return [(entry.lot, entry.area) for entry in entries]


def _moves(row: Application, kind: str, reason: str, clause: str) -> list[Move]:
    return [Move(lot, kind, area, reason, f"{DOCUMENT}·{clause}") for lot, area in held(row)]


def release(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    reason: str,
    at: datetime,
    on: date | None = None,
    late: Late = IN_TIME,
    asked_on: date | None = None,
) -> None:
    """撤回预留: the application is as before it."""
    access.require_pool(actor)
    said = read_reason(reason, "撤回预留要写原因", most=300)
    with acting_on(
        actor,
        application_id,
        version,
        at,
        act="撤回预留",
        states=(State.RESERVED,),
        action="farmland.application.released",
    ) as (row, pool):
        if has_paid(row):
            raise Refused(
                "paid",
                "已经登记缴费票据，不能撤回预留，没有执行。请先核销，再按第八条（三）收回；或由区财政局冲正票据。",
                "21·第八条（三）",
            )
        day, words = day_and_words(on, at, late, [(last_day(row), "预留的日期")], "21·第七条", asked_on)
        moves = _moves(row, EntryKind.RELEASE, said, "第七条")
        append(actor=actor, pool=pool, at=at, application=row, on=day, late=words, moves=moves)
        row.state = State.REGISTERED
        event(actor, row, "撤回预留", noted(said, day, words, at), at)


def assessed_now(row: Application) -> bool:
    """Whether both fees were assessed since the reservation that stands, and neither was voided by a 勘正 or a 协调意见."""
    since = row.entries.filter(kind=EntryKind.RESERVE).order_by("-number").values_list("at", flat=True).first()
    return assessed_since(row, since)


def assessed_since(row: Application, since: datetime | None) -> bool:
    """`since`: when the reservation that stands was made."""
    held = {fee.kind for fee in row.fees.all() if not fee.void and (since is None or fee.at >= since)}
    return held == set(FeeKind.values)


def has_paid(row: Application) -> bool:
    return any(paid_of(fee) > 0 for fee in row.fees.all())


def post(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    at: datetime,
    on: date | None = None,
    late: Late = IN_TIME,
    asked_on: date | None = None,
) -> None:
    """核销, when every fee that is due is assessed and paid with a ticket (第八条（四）); the rewards of its day fall due."""
    access.require_pool(actor)
    with acting_on(
        actor, application_id, version, at, act="核销", states=(State.RESERVED,), action="farmland.application.posted"
    ) as (row, pool):
        fees = list(row.fees.all())
        if not assessed_now(row):
            raise Refused(
                "not-assessed", "费用还没有核定，没有核销。请先由区财政局核费，缴费后登记票据。", "21·第八条（四）"
            )
        require_tickets([(fee.get_kind_display(), fee.owed, paid_of(fee)) for fee in fees])
        day, words = day_and_words(on, at, late, _rests_on(row, fees), "21·第八条（四）", asked_on)
        reason = f"缴费票据齐全，批准文号 {row.approval_number}"
        moves = _moves(row, EntryKind.POST, reason, "第八条（四）")
        append(actor=actor, pool=pool, at=at, application=row, on=day, late=words, moves=moves)
        row.state = State.POSTED
        settling.fix_due(actor, settling.uses_of(row), at)
        event(actor, row, "核销", noted(f"{row.area:.4f} 亩", day, words, at), at)


def _rests_on(row: Application, fees: Sequence[Fee]) -> list[tuple[date | None, str]]:
    """What a 核销 rests on: the reservation, the assessment, and the tickets."""
    paid = [one.day for fee in fees for one in standing(fee.payments.all())]
    return [
        (last_day(row), "预留的日期"),
        (max((fee.assessed_on for fee in fees), default=None), "核费日期"),
        (max(paid, default=None), "缴费日期"),
    ]


def reclaim(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    approval_number: str,
    approval_on: date,
    force_majeure: bool,
    coordination: str,
    at: datetime,
    on: date | None = None,
    late: Late = IN_TIME,
    asked_on: date | None = None,
) -> None:
    """第八条（三）: taken back without compensation, with approval. 不可抗力 is excepted: then 第十四条 settles the fees.

    Its rewards are no longer due; what was paid of them becomes a 追回, one a project and lot.
    """
    access.require_pool(actor)
    if not approval_number.strip():
        raise Refused("no-approval", "没有区政府批准文号，没有收回。请填批准文号和日期。", "21·第八条（三）")
    if approval_on > at.astimezone().date():
        raise Refused("future-day", f"批准日期 {approval_on} 晚于今天，没有执行。请核对日期。")
    said = coordination.strip()
    if force_majeure and not said:
        raise Refused(
            "force-majeure",
            "因国家政策调整等不可抗力未能报批的，不适用无偿收回；已缴费用怎样处理办法没有写明，没有收回。"
            "请由区规自分局、区财政局协调（第十四条），写明费用处理意见后再办。",
            "21·第八条（三）",
        )
    with acting_on(
        actor, application_id, version, at, act="收回", states=(State.POSTED,), action="farmland.application.reclaimed"
    ) as (row, pool):
        floors = [(last_day(row), "核销的日期"), (approval_on, "批准日期")]
        day, words = day_and_words(on, at, late, floors, "21·第八条（三）", asked_on)
        paid, uses = paid_note(paid_for(row)), settling.uses_of(row)
        row.reclaim_number, row.reclaim_on, row.force_majeure = approval_number.strip(), approval_on, force_majeure
        reason = (
            f"不可抗力，费用按协调意见处理：{said}"
            if force_majeure
            else "未正常进行征占地手续报批，无偿收回，已缴费用不退"
        )
        moves = _moves(row, EntryKind.RECLAIM, f"{reason}（批准文号 {row.reclaim_number}）", "第八条（三）")
        append(actor=actor, pool=pool, at=at, application=row, on=day, late=words, moves=moves)
        row.state = State.RECLAIMED
        event(actor, row, "收回", noted(f"{reason}。{paid}" if paid else reason, day, words, at), at)
        over = settling.take_back(actor, uses, RewardCause.RECLAIM, f"收回指标（{row.reclaim_number}）", at)
        settling.note_over(actor, over, at)
