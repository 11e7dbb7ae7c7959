"""勘正 of the dated tables: a mistyped row is struck, with the right one in its place, and what was computed on it is settled.

The struck row stays to be read. Two persons do it (farmland/deciding.py): both see what `preview` lists beforehand.
"""

from datetime import date, datetime
from decimal import Decimal

from farmland import access
from farmland.enums import RATE_UNITS, Choice, RateKind
from farmland.models import Money, Rate, RulePeriod, Setting
from farmland.queries import tables
from farmland.queries.effects import Effects, beside, effects_of
from farmland.rules.fees import DatedRate, Span, rates_on
from farmland.rules.tables import DatedChoice, Tables
from farmland.services.tables import acting_on_tables, carry_out, put_period, put_rate, put_setting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotFound, Refused
from miyun_kpi.lib.reading import read_reason

Row = Rate | RulePeriod | Setting


def row_of(model: type[Row], row_id: int) -> Row:
    row = model.objects.filter(pk=row_id).first()
    if row is None:
        raise NotFound
    return row


def _strike(row: Row, reason: str, actor: Actor, at: datetime) -> str:
    said = read_reason(reason, "勘正要写录错了什么", most=300)
    if row.struck_at is not None:
        raise Conflict("struck", "这一行已经划去，没有执行。请刷新后再看。")
    if getattr(row, "printed", False):
        raise Refused("printed", "这一行是公报印出的，不能划去，没有执行。以后的变化请另录一行。", "21·第八条（一）")
    row.struck_at, row.struck_by, row.struck_for = at, actor.label[:200], said
    told = ["struck_at", "struck_by", "struck_for"]
    if isinstance(row, Rate):
        row.version += 1
        told.append("version")
    row.save(update_fields=told)
    return said


def strike_rate(
    *,
    actor: Actor,
    row_id: int,
    reason: str,
    value: Decimal | None,
    starts_on: date | None,
    ends_on: date | None,
    basis: str,
    at: datetime,
) -> Rate:
    """`value` None: no row takes its place yet; `starts_on` None: the day of the struck one."""
    access.require_money(actor)
    with acting_on_tables(actor, at) as (act, held):
        row, before = row_of(Rate, row_id), tables.read()
        assert isinstance(row, Rate)
        said = _strike(row, reason, actor, at)
        if value is not None:
            put_rate(actor, row.kind, value, starts_on or row.starts_on, ends_on, basis, at)
        carry_out(actor, effects_of(before, tables.read()), held, f"勘正{RateKind(row.kind).label}：{said}", at)
        act.record("farmland.rate.emended", f"farmland-rate:{row.kind}", starts_on=str(row.starts_on), reason=said)
    return row


def strike_period(
    *,
    actor: Actor,
    row_id: int,
    reason: str,
    starts_on: date | None,
    ends_on: date | None,
    basis: str,
    at: datetime,
) -> RulePeriod:
    """`ends_on` None: no period takes its place yet."""
    access.require_money(actor)
    with acting_on_tables(actor, at) as (act, held):
        row, before = row_of(RulePeriod, row_id), tables.read()
        assert isinstance(row, RulePeriod)
        said = _strike(row, reason, actor, at)
        if ends_on is not None:
            put_period(actor, starts_on or row.starts_on, ends_on, basis, at)
        carry_out(actor, effects_of(before, tables.read()), held, f"勘正规则期限：{said}", at)
        act.record("farmland.period.emended", "farmland-period", starts_on=str(row.starts_on), reason=said)
    return row


def strike_setting(
    *,
    actor: Actor,
    row_id: int,
    reason: str,
    value: bool | None,
    starts_on: date | None,
    basis: str,
    at: datetime,
) -> Setting:
    """`value` None: what was in force before it is so again."""
    access.require_office(actor)
    with acting_on_tables(actor, at) as (act, held):
        row, before = row_of(Setting, row_id), tables.read()
        assert isinstance(row, Setting)
        said = _strike(row, reason, actor, at)
        if value is not None:
            put_setting(actor, row.key, value, starts_on or row.starts_on, basis, at)
        carry_out(actor, effects_of(before, tables.read()), held, f"勘正设置：{said}", at)
        act.record("farmland.setting.emended", f"farmland-setting:{row.key}", starts_on=str(row.starts_on), reason=said)
    return row


def rate_preview(row: Rate, value: Decimal | None, starts_on: date | None, ends_on: date | None) -> list[str]:
    """What `strike_rate` will do to what was computed, line by line."""
    before = tables.read()
    rates = tables.rates(without=row.pk)
    if value is not None:
        rates.append(DatedRate(row.kind, value, starts_on or row.starts_on, ends_on, ""))
    after = Tables(rates, before.spans, before.chosen)
    rests = effects_of(before, Tables(tables.rates(without=row.pk), before.spans, before.chosen))
    return said_of(effects_of(before, after), rests, _beside(row.kind, before, after))


def _beside(kind: str, before: Tables, after: Tables) -> list[str]:
    """管护费 that was paid by a price that is another one now."""

    def touches(money: Money) -> bool:
        one, other = (rates_on(held.rates, money.day).get(RateKind.MAINTENANCE) for held in (before, after))
        return (one and one.value) != (other and other.value)

    return beside(touches) if kind == RateKind.MAINTENANCE else []


def period_preview(row: RulePeriod, starts_on: date | None, ends_on: date | None) -> list[str]:
    before = tables.read()
    spans = tables.spans(without=row.pk)
    if ends_on is not None:
        spans.append(Span(starts_on or row.starts_on, ends_on, ""))
    rests = effects_of(before, Tables(before.rates, tables.spans(without=row.pk), before.chosen))
    return said_of(effects_of(before, Tables(before.rates, spans, before.chosen)), rests, [])


def setting_preview(row: Setting, value: bool | None, starts_on: date | None) -> list[str]:
    before = tables.read()
    chosen = tables.chosen(without=row.pk)
    if value is not None:
        chosen.append(DatedChoice(row.key, value, starts_on or row.starts_on))
    rests = effects_of(before, Tables(before.rates, before.spans, tables.chosen(without=row.pk)))
    return said_of(effects_of(before, Tables(before.rates, before.spans, chosen)), rests, [])


def new_rate_preview(kind: str, value: Decimal, starts_on: date, ends_on: date | None) -> list[str]:
    """What `enter_rate` will do to what was computed: where a struck row stood, and where a price was lacking."""
    before = tables.read()
    after = Tables([*before.rates, DatedRate(kind, value, starts_on, ends_on, "")], before.spans, before.chosen)
    return said_of_new(effects_of(before, after), _beside(kind, before, after))


def new_period_preview(starts_on: date, ends_on: date) -> list[str]:
    before = tables.read()
    after = Tables(before.rates, [*before.spans, Span(starts_on, ends_on, "")], before.chosen)
    return said_of_new(effects_of(before, after), [])


def new_setting_preview(key: str, value: bool, starts_on: date) -> list[str]:
    before = tables.read()
    after = Tables(before.rates, before.spans, [*before.chosen, DatedChoice(key, value, starts_on)])
    return said_of_new(effects_of(before, after), [])


def said_of_new(found: Effects, more: list[str]) -> list[str]:
    """A row for days by which nothing was computed has nothing to say."""
    words = [*found.words, *more]
    if not words:
        return []
    count = f"录入以后重算核费 {len(found.fees)} 项、奖励 {len(found.rewards)} 项，确认后逐项按下列结果结算："
    return [count, *words]


def said_of(found: Effects, rests: Effects, more: list[str]) -> list[str]:
    """`rests`: what would be moved if nothing took the place of the row, so what was computed by it."""
    words = [*found.words, *more]
    if not words and rests.known:
        done = f"核费 {len(rests.fees)} 项、固定奖励 {len(rests.rewards)} 项"
        return [f"按这一行{done}；改正后算出的数都不变，结算没有差额。"]
    if not words:
        return ["没有按这一行核过费、固定过奖励，划去不影响任何一笔。"]
    count = f"按这一行核费 {len(found.fees)} 项、固定奖励 {len(found.rewards)} 项，确认后逐项按下列结果结算："
    return [count, *words]


def label_of(row: Row) -> str:
    """The row in words, for whoever decides on it."""
    if isinstance(row, Rate):
        return f"{RateKind(row.kind).label}自 {row.starts_on} 起 {row.value:,.2f} {RATE_UNITS[row.kind]}"
    if isinstance(row, RulePeriod):
        return f"{row.starts_on} 至 {row.ends_on} 的规则期限"
    return f"{Choice(row.key).label}自 {row.starts_on} 起：{'是' if row.value else '否'}"
