"""History and opening balances: stays by the station, money by 区人社局. Tried first and taken back, then kept; all or nothing.

Every row goes through the same acts as the pages. A problem is told by row number, never by what stands in the row.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from miyun_kpi.acts.acting import acting
from miyun_kpi.acts.days import Late
from miyun_kpi.db.sealed import KeyMissing, Sealed, seal
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, FieldError, Refused, listed
from miyun_kpi.lib.periods import code_of
from postdoc import access
from postdoc.enums import DOCUMENT, TO_PERSONS, Entry, Grant, Phase
from postdoc.models import Application, Award, LedgerLine, Stay
from postdoc.queries.entitlement import finding_of, once_key, unclaimed
from postdoc.queries.figures import figures
from postdoc.rules.entitlement import total
from postdoc.rules.money import MATERIALS
from postdoc.services import course, stays
from postdoc.services._common import next_number, note, require_past, today_of
from postdoc.services.applications import event, locked
from postdoc.services.holding import asked_of, occupy
from postdoc.services.ledger import require_apart, settle

# What of an imported row its payment is made of.
BOOKED = ("amount", "paid_on", "tax", "handed", "handed_on", "proof")
VALID_SECONDS = 2 * 3600
# What a history is: entered long after its day, by the list that was kept until now.
BEFORE = Late("期初导入的工作簿", "启用本系统以前办理的，一次导入")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Done:
    """What one row became; shown in the preview without a personal datum."""

    number: int
    words: str
    remark: str = ""


def _every(actor: Actor, at: datetime, rows: Sequence[Row], act: Callable[[Row], Done], *, keep: bool) -> list[Done]:
    """All rows or none, as one act; every row is tried, so that all that is wrong is said at once."""
    done: list[Done] = []
    problems: list[FieldError] = []
    with transaction.atomic():
        with acting(actor, at):
            for row in rows:
                try:
                    with acting(actor, at):
                        done.append(act(row))
                except (Refused, IntegrityError) as refused:
                    said = refused if isinstance(refused, Refused) else Refused("twice", "已经登记过，没有保存。")
                    more = "".join(one.message for one in said.errors)
                    problems.append(FieldError(f"第 {row['row']} 行：{said.message}{more}", said.code))
            if problems:
                raise Refused(
                    "rows-refused",
                    f"有 {len(problems)} 行不能写入，一行也没有导入。请在工作簿里改好再上传。",
                    errors=listed(problems),
                )
        if not keep:
            transaction.set_rollback(True)
    return done


def import_stays(*, actor: Actor, station_id: int, rows: Sequence[Row], keep: bool, at: datetime) -> list[Done]:
    """`keep` False: only tried."""
    access.require_enter(actor, access.visible_station(actor, station_id))

    def act(row: Row) -> Done:
        who = stays.Identity(**{name: row[name] for name in stays.Identity.__annotations__})
        made = stays.register_stay(actor=actor, station_id=station_id, who=who, given=row, late=BEFORE, at=at)
        if row.get("left_on"):
            common: dict[str, Any] = {
                "late": BEFORE,
                "actor": actor,
                "stay_id": made.pk,
                "version": made.version,
                "left_on": row["left_on"],
                "at": at,
            }
            if row.get("ground"):
                if row.get("noticed_on") is None:
                    raise Refused("not-told", "退站的要写告知日期，没有保存。", clause=cite(DOCUMENT, "第十六条"))
                made = course.withdraw(
                    **common,
                    ground=row["ground"],
                    notice=row["notice"],
                    noticed_on=row["noticed_on"],
                    explanation=row.get("explanation", ""),
                )
            else:
                made = course.leave(**common)
        soft = [one["text"] for one in made.checks if one["level"] == "soft"]
        left = f"，{made.left_on} {made.get_leaving_display()}" if made.left_on else "，在站"
        return Done(row["row"], f"{made.person.masked}　{made.entered_on} 进站{left}", "；".join(soft))

    return _every(actor, at, rows, act, keep=keep)


def import_money(*, actor: Actor, rows: Sequence[Row], keep: bool, at: datetime) -> list[Done]:
    """What was paid before the register was opened: approved rows with their months, outside any budget.

    The payments are 区财政局's: they are kept as imported until it has found them in its books (`confirm_paid`).
    """
    access.require_handler(actor, "导入历史拨付")
    return _every(actor, at, rows, lambda row: _paid_before(actor, row, at), keep=keep)


def _paid_before(actor: Actor, row: Row, at: datetime) -> Done:
    station = access.visible_stations(actor).filter(name=row["station"]).first()
    if station is None:
        raise Refused("unknown-station", "没有这个名称的工作站，没有保存。请照“工作站”里的名称写。")
    grant, stay = Grant(row["grant"]), None
    if grant in TO_PERSONS:
        stay = access.visible_stays(actor).filter(number=row["stay"] or 0, station=station).first()
        if stay is None:
            raise Refused("unknown-stay", "这个工作站没有这个在站编号，没有保存。请核对在站编号。")
    award = None
    if grant in (Grant.STATION_AWARD, Grant.EXCELLENT):
        found = Award.objects.filter(stay=stay, station=None if stay else station, level=row["level"])
        award = found.filter(struck_at__isnull=True).first()
        if award is None:
            raise Refused("unknown-award", "没有登记这个级别的表彰，没有保存。请先在工作站或在站页登记表彰。")
    for name, what in (("reviewed_on", "审核日期"), ("paid_on", "拨付日期"), ("handed_on", "付给日期")):
        require_past(row[name], at, what)
    if row["paid_on"] < row["reviewed_on"] or (row["handed_on"] and row["handed_on"] < row["paid_on"]):
        raise Refused("bad-order", "日期应依次是审核、拨付、付给本人，没有保存。请核对日期。")
    return _book(actor, row, grant, station, stay, award, at)


def _book(
    actor: Actor, row: Row, grant: Grant, station: Any, stay: Stay | None, award: Award | None, at: datetime
) -> Done:
    table, on, amount = figures(), row["reviewed_on"], row["amount"]
    months = []
    if grant == Grant.LIVING:
        assert stay is not None
        first, last = code_of(row["first"]), code_of(row["last"])
        months = [one for one in unclaimed(stay, table, today_of(at)) if first <= one.month <= last]
        due, reasons = total(months), [[f"{one.month}　{one.why}", one.clause] for one in months]
    else:
        finding = finding_of(grant, station, stay, award, table, on)
        due, reasons = finding.amount, [[one.text, one.clause] for one in finding.reasons]
    if due != amount:
        raise Refused(
            "amount-differs",
            f"按登记的事实和标准应为 {due:,.2f} 元，表里是 {amount:,.2f} 元，没有保存。请核对月份、事实或标准。",
        )
    passed = row["tax"] + row["handed"]
    if grant not in TO_PERSONS and passed:
        raise Refused("for-the-station", "这一项由工作站使用，不付给个人，没有保存。请把代缴个税和付给本人留空。")
    if passed > amount or (passed and row["handed_on"] is None):
        raise Refused("bad-amount", "代缴个税和付给本人之和不能超过金额，付过的要写付给日期，没有保存。")
    made = Application.objects.create(
        number=next_number(Application),
        grant=grant,
        station=station,
        stay=stay,
        award=award,
        first_month=months[0].month if months else "",
        last_month=months[-1].month if months else "",
        amount=amount,
        once_key=once_key(grant, station, stay, award, table.on("award_each", on)),
        materials=[code for code, _ in MATERIALS[grant]],
        reasons=reasons,
        asked=asked_of(months),
        phase=Phase.APPROVED,
        entered_by=f"{actor.label}（历史导入）",
        reviewed_on=on,
        reviewed_office_id=actor.organisation_id,
        reviewed_by_id=actor.user_id,
        imported={name: _plain_one(row[name]) for name in BOOKED},
        created_at=at,
        changed_by=actor.label,
    )
    occupy(made)
    event(actor, made, "历史导入", f"{amount:,.2f} 元，待区财政局核对", at)
    note(actor, "application.imported", made, {"grant": grant, "amount": str(amount)}, at)
    return Done(row["row"], f"{grant.label}　{station.name}　{amount:,.2f} 元", f"{len(months)} 个月" if months else "")


def confirm_paid(*, actor: Actor, application_id: int, version: int, at: datetime) -> Application:
    """区财政局 finds an imported payment in its books: its lines are written as they were imported (第二十四条)."""
    access.visible_application(actor, application_id)
    access.require_treasury(actor, "核对历史拨付")
    with acting(actor, at):
        made = locked(application_id, version)
        if made.imported is None:
            raise Conflict("confirmed", "这份历史拨付已经核对，或不是导入的，没有执行。请刷新后再看。")
        apart = require_apart(actor, made, at.astimezone().date())
        row = {name: _back(value) for name, value in made.imported.items()}
        made.imported = None
        _pay(actor, made, row, at)
        settle(actor, made)
        event(actor, made, "核对历史拨付", "　".join([f"{made.received:,.2f} 元", *apart.values()]), at)
        note(actor, "money.written", made, {"kind": Entry.PAID, "amount": str(made.received)} | apart, at)
    return made


def _pay(actor: Actor, made: Application, row: Row, at: datetime) -> None:
    for kind, sum_, day in (
        (Entry.PAID, row["amount"], row["paid_on"]),
        (Entry.TAX, row["tax"], row["handed_on"]),
        (Entry.HANDED, row["handed"], row["handed_on"]),
    ):
        if sum_:
            LedgerLine.objects.create(
                application=made,
                kind=kind,
                amount=sum_,
                on=day,
                proof=row["proof"],
                note="历史导入",
                by=actor.label,
                by_id=actor.user_id,
                at=at,
            )


def pack(what: str, actor: Actor, rows: Sequence[Row], at: datetime) -> str:
    """What was previewed, sealed: the page that carries it to the confirmation tells nothing."""
    body = {"what": what, "user": actor.user_id, "at": at.timestamp(), "rows": [_plain(row) for row in rows]}
    return seal(json.dumps(body, ensure_ascii=False)).token


def unpack(what: str, actor: Actor, token: str, at: datetime) -> list[dict[str, Any]]:
    """Raises Refused for another preview, another person's, or one that is too old."""
    try:
        body = json.loads(Sealed(token).open() or "{}")
    except (KeyMissing, ValueError):
        body = {}
    fits = (body.get("what"), body.get("user")) == (what, actor.user_id) and actor.user_id is not None
    if not fits or at.timestamp() - body["at"] > VALID_SECONDS:
        raise Refused("preview-gone", "预览已超过两小时、不完整，或不是为您作的，没有导入。请重新上传工作簿。")
    return [{name: _back(value) for name, value in row.items()} for row in body["rows"]]


def _plain(row: Row) -> dict[str, Any]:
    return {name: _plain_one(value) for name, value in row.items()}


def _plain_one(value: Any) -> Any:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return {"sum": str(value)} if isinstance(value, Decimal) else value


def _back(value: Any) -> Any:
    if isinstance(value, dict):
        return date.fromisoformat(value["day"]) if "day" in value else Decimal(value["sum"])
    return value
