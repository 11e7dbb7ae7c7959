"""The dated tables of 21号 and the readings of the office: entered for days to come, never for days by which something was fixed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, Q

from farmland import access
from farmland.enums import RATE_UNITS, Choice, RateKind
from farmland.models import Application, Fee, Rate, RulePeriod, Setting
from farmland.queries import tables
from farmland.queries.effects import Effects, effects_of
from farmland.rules.limits import LARGEST_RATE, require_not_too_large
from farmland.rules.tables import Tables
from farmland.services import settling
from farmland.services.applications import event
from farmland.services.ledger import lock_pool
from miyun_kpi.acts.acting import Act, acting, lock_all
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Busy, Conflict, NotFound, Refused
from miyun_kpi.lib.numbering import folded

# The year and number of a 发文字号.
_DOCUMENT = re.compile(r"\((?P<year>\d{4})\)第?\d+号")


@contextmanager
def acting_on_tables(actor: Actor, at: datetime) -> Iterator[tuple[Act, set[int]]]:
    """Every project with a fee, then the pool: a table may move what was computed for any of them. Answers which are held."""
    with acting(actor, at) as act:
        charged = Application.objects.filter(pk__in=Fee.objects.values("application_id"))
        held = {row.pk for row in lock_all(charged)}
        lock_pool()
        yield act, held


def carry_out(actor: Actor, found: Effects, held: set[int], why: str, at: datetime) -> None:
    """Fees that are not paid stand as assessed anew, paid ones are settled by difference; rewards get lines of difference."""
    if not {one.fee.application_id for one in found.fees} <= held:
        raise Busy("刚才又有核费，没有执行。请再办一次。")
    for one in found.fees:
        one.after.save(update_fields=["rate", "amount", "waived", "void", "reason"])
        event(actor, one.fee.application, "费用重算", f"{why}：{one.words}", at)
    changed = {one.fee.application_id for one in found.fees}
    Application.objects.filter(pk__in=changed).update(version=F("version") + 1, changed_at=at, changed_by=actor.label)
    rows = {due.entry.pk: due.entry for due in found.rewards}
    touched = [(due.entry.pk, due.part) for due in found.rewards]
    for due in found.rewards:
        if due.before is not None and due.entry.application is not None:
            event(actor, due.entry.application, "奖励重算", f"{why}：{due.words}", at)
    over = settling.settle_difference(actor, list(rows.values()), touched, why, at)
    settling.note_over(actor, over, at)


def settle_new_row(
    actor: Actor, before: Tables, held: set[int], what: str, starts_on: date, at: datetime, *, anew: bool
) -> dict[str, int]:
    """A new row moves nothing that was computed, unless it stands where a struck one stood (`anew`): both persons see what.

    For the audit: how much it moved (services/striking lists it beforehand).
    """
    found = effects_of(before, tables.read())
    if found.known and not anew:
        first = next(iter(found.words), "")
        raise Refused(
            "already-charged",
            f"{starts_on} 以后已经按原来的{what}核费或固定奖励 {found.known} 项（如：{first}），不能追溯改，没有保存。"
            "请另定起用日期；原来录错的，用“勘正”划去，按差额结算。",
        )
    carry_out(actor, found, held, f"录入{what}", at)
    return {"moved": found.number} if found.number else {}


def checked_rate(kind: str, value: Decimal, starts_on: date, ends_on: date | None, basis: str) -> None:
    if kind not in RateKind.values:
        raise NotFound("没有这张表。")
    if value <= 0:
        raise Refused("bad-rate", "数值须大于 0，没有保存。请核对。")
    require_not_too_large(value, "数值", LARGEST_RATE, RATE_UNITS[kind])
    if not basis.strip():
        raise Refused("no-basis", "没有写依据（文号或会议），没有保存。请补填依据。")
    if ends_on is not None and ends_on < starts_on:
        raise Refused("bad-days", f"止用日期 {ends_on} 早于起用日期 {starts_on}，没有保存。请核对日期。")


def _require_own_document(kind: str, starts_on: date, ends_on: date | None, basis: str) -> None:
    """A printed row holds for its days; a document of its own takes over from a day on, and no island is laid over it."""
    printed = Rate.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), kind=kind, printed=True, struck_at__isnull=True
    )
    if ends_on is not None:
        printed = printed.filter(starts_on__lte=ends_on)
    row = printed.first()
    if row is None:
        return
    head = f"“{RateKind(kind).label}”{row.starts_on} 至 {row.ends_on} 公报印有 {row.value:,.2f} {RATE_UNITS[kind]}"
    said = _DOCUMENT.search(folded(basis))
    if starts_on <= row.starts_on or (ends_on is not None and (row.ends_on is None or ends_on < row.ends_on)):
        raise Refused(
            "over-printed",
            f"{head}，不能在它中间另插一段，没有保存。另有文件改价的，自文件定的一天起录入，止用日期不填。",
            "21·第八条（一）",
        )
    if said is None or starts_on.year < int(said["year"]):
        raise Refused(
            "over-printed",
            f"{head}，要改须有文件：依据写明发文字号（例如 密政发〔2021〕3号），起用日期不早于发文的年份，没有保存。",
            "21·第八条（一）",
        )


def put_rate(
    actor: Actor, kind: str, value: Decimal, starts_on: date, ends_on: date | None, basis: str, at: datetime
) -> Rate:
    checked_rate(kind, value, starts_on, ends_on, basis)
    if Rate.objects.filter(kind=kind, starts_on=starts_on, struck_at__isnull=True).exists():
        raise Conflict(
            "rate-taken",
            f"“{RateKind(kind).label}”自 {starts_on} 起的一行已经录入，没有保存。请换起用日期；录错的先用“勘正”划去。",
        )
    _require_own_document(kind, starts_on, ends_on, basis)
    facts = {"kind": kind, "value": value, "starts_on": starts_on, "ends_on": ends_on, "basis": basis.strip()}
    return Rate.objects.create(**facts, created_at=at, created_by=actor.label)


def enter_rate(
    *, actor: Actor, kind: str, value: Decimal, starts_on: date, ends_on: date | None, basis: str, at: datetime
) -> Rate:
    """A new dated row; the one before it is found by its later start, so nothing already charged or fixed changes."""
    access.require_money(actor)
    checked_rate(kind, value, starts_on, ends_on, basis)
    with acting_on_tables(actor, at) as (act, held):
        before = tables.read()
        row = put_rate(actor, kind, value, starts_on, ends_on, basis, at)
        anew = Rate.objects.filter(kind=kind, starts_on=starts_on, struck_at__isnull=False).exists()
        moved = settle_new_row(actor, before, held, str(RateKind(kind).label), starts_on, at, anew=anew)
        told = {"value": f"{value:.2f}", "starts_on": str(starts_on)} | moved
        act.record("farmland.rate.entered", f"farmland-rate:{kind}", **told)
    return row


def put_period(actor: Actor, starts_on: date, ends_on: date, basis: str, at: datetime) -> RulePeriod:
    if not basis.strip():
        raise Refused("no-basis", "没有写后续办法的文号，没有保存。请补填文号。", "21·第十六条")
    if ends_on < starts_on:
        raise Refused("bad-days", f"止日 {ends_on} 早于起日 {starts_on}，没有保存。请核对日期。")
    standing = RulePeriod.objects.filter(struck_at__isnull=True, starts_on__lte=ends_on, ends_on__gte=starts_on)
    other = standing.first()
    if other is not None:
        raise Conflict(
            "overlaps",
            f"与 {other.starts_on} 至 {other.ends_on} 的规则期限重叠，没有保存。请改起止日期；那一行录错的先用“勘正”改。",
            "21·第十六条",
        )
    facts = {"starts_on": starts_on, "ends_on": ends_on, "basis": basis.strip()}
    return RulePeriod.objects.create(**facts, created_at=at, created_by=actor.label)


def enter_period(*, actor: Actor, starts_on: date, ends_on: date, basis: str, at: datetime) -> RulePeriod:
    """The days of a successor rule (第十六条); they do not overlap others."""
    access.require_money(actor)
    with acting_on_tables(actor, at) as (act, held):
        before = tables.read()
        row = put_period(actor, starts_on, ends_on, basis, at)
        moved = settle_new_row(actor, before, held, "规则期限", starts_on, at, anew=True)
        told = {"starts_on": str(starts_on), "ends_on": str(ends_on)} | moved
        act.record("farmland.period.entered", "farmland-period", **told)
    return row


def put_setting(actor: Actor, key: str, value: bool, starts_on: date, basis: str, at: datetime) -> Setting:
    if key not in Choice.values:
        raise NotFound("没有这项设置。")
    if not basis.strip():
        raise Refused("no-basis", "改设置要写依据，没有保存。请补填依据。", "21·第十四条")
    if Setting.objects.filter(key=key, starts_on=starts_on, struck_at__isnull=True).exists():
        raise Conflict(
            "setting-taken",
            f"“{Choice(key).label}”自 {starts_on} 起的取值已经录入，没有保存。请换起用日期；录错的先用“勘正”划去。",
            "21·第十四条",
        )
    return Setting.objects.create(key=key, value=value, starts_on=starts_on, basis=basis.strip(), at=at, by=actor.label)


def choose(*, actor: Actor, key: str, value: bool, starts_on: date, basis: str, at: datetime) -> Setting:
    """A reading that the text leaves open, from a day on; the office says on what it rests."""
    access.require_office(actor)
    with acting_on_tables(actor, at) as (act, held):
        before = tables.read()
        row = put_setting(actor, key, value, starts_on, basis, at)
        anew = Setting.objects.filter(key=key, starts_on=starts_on, struck_at__isnull=False).exists()
        moved = settle_new_row(actor, before, held, "设置", starts_on, at, anew=anew)
        told = {"value": value, "starts_on": str(starts_on)} | moved
        act.record("farmland.setting.chosen", f"farmland-setting:{key}", **told)
    return row
