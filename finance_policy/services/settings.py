"""Settings of 19号: dated rows. A new one moves nothing that was released; a mistyped one is struck, and settled by difference."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import pairwise

from finance_policy import access
from finance_policy.enums import DOCUMENT, SubsidyState
from finance_policy.models import DatedSettings, Subsidy, SubsidyRate
from finance_policy.queries.granting import counted_anew, released
from finance_policy.queries.subsidy import chosen
from finance_policy.rules.granting import end_of
from finance_policy.rules.settings import DAY_BASES, LEAST_BANKS, Settings
from finance_policy.services.settling import settle_row
from miyun_kpi.acts.acting import Act, acting, lock_all, locked, unless_taken
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason

CLAUSE = cite(DOCUMENT, "三（一）1")


@contextmanager
def _acting_on_settings(actor: Actor, at: datetime) -> Iterator[Act]:
    """Who releases a 贴息 holds the rates of its level: nothing is released while settings change."""
    with acting(actor, at) as act:
        lock_all(SubsidyRate.objects.filter(struck_at__isnull=True))
        yield act


def enter_settings(*, actor: Actor, held: Settings, starts_on: date, basis: str, at: datetime) -> DatedSettings:
    """From a day on; what was released for days from then on stands, so a day on which it would move is refused."""
    access.require_office(actor, "设置")
    with _acting_on_settings(actor, at) as act:
        before = chosen()
        row = _put(act, held, starts_on, basis)
        moved = counted_anew(before, chosen())
        anew = DatedSettings.objects.filter(starts_on=starts_on, struck_at__isnull=False).exists()
        if moved and not anew:
            first = moved[0]
            said = (
                f"{starts_on} 以后已经按原来的设置核定 {len(moved)} 笔贴息（如：{first}，{first.from_on} 起），不能追溯改，"
                "没有保存。请另定起用日期；原来录错的，先作废那一次设定，按差额结。"
            )
            raise Refused("already-released", said, CLAUSE)
        _settle(act, moved, f"录入自 {starts_on} 起的设置")
    return row


def strike_settings(
    *,
    actor: Actor,
    row_id: int,
    version: int,
    reason: str,
    held: Settings | None = None,
    starts_on: date | None = None,
    basis: str = "",
    at: datetime,
) -> DatedSettings:
    """`held` None: what was in force before counts again; `starts_on` None: the day of the struck row."""
    access.require_office(actor, "设置")
    said = read_reason(reason, "作废要写理由", most=300)
    with _acting_on_settings(actor, at) as act:
        row, before = locked(DatedSettings.objects.all(), row_id), chosen()
        if row.version != version or row.struck_at is not None:
            raise Conflict("stale", "这一次设定刚被作废，没有执行。请刷新后再看。")
        row.struck_reason = said
        act.sign(row, "struck")
        act.save(row)
        act.record("finance.settings.struck", row, starts_on=str(row.starts_on), reason=said)
        if held is not None:
            _put(act, held, starts_on or row.starts_on, basis)
        _settle(act, counted_anew(before, chosen()), f"自 {row.starts_on} 起的设置作废：{said}")
    return row


def _put(act: Act, held: Settings, starts_on: date, basis: str) -> DatedSettings:
    if held.day_basis not in DAY_BASES or held.fewest_banks < LEAST_BANKS or not 1 <= held.due_days <= 60:
        said = f"一年按 360 或 365 天；汇总至少 {LEAST_BANKS} 家银行；季末后 1 至 60 日内报。没有保存，请改正。"
        raise Refused("bad-settings", said)
    words = basis.strip()
    if not 2 <= len(words) <= 200:
        raise Refused("no-basis", "请写依据的文件（2 至 200 字），没有保存。")
    told = f"自 {starts_on} 起已有一次设定，没有保存。请换起用日期；录错的先作废。"
    with unless_taken(Conflict("settings-taken", told)):
        row = DatedSettings.objects.create(
            **vars(held), starts_on=starts_on, basis=words, **act.signed(DatedSettings, "entered")
        )
    act.record("finance.settings.entered", row, **vars(held), starts_on=str(starts_on), basis=words)
    return row


def _settle(act: Act, moved: Sequence[Subsidy], cause: str) -> None:
    """Each 贴息 is counted the other way from now on."""
    counting = {one.pk: (one.day_basis, one.count_last) for one in moved}
    kept = lock_all(Subsidy.objects.filter(pk__in=counting, state=SubsidyState.RELEASED))
    for row in kept:
        row.day_basis, row.count_last = counting[row.pk]
        row.save(update_fields=["day_basis", "count_last"])
    _require_apart({row.record_id for row in kept})
    for row in kept:
        settle_row(act, row, cause)


def _require_apart(record_ids: set[int]) -> None:
    """Where the last day is counted from now on, the next 贴息 may begin on it."""
    for one, other in pairwise(released(record_ids).order_by("record_id", "from_on")):
        shares = one.record_id == other.record_id and end_of(one.to_on, count_last=one.count_last) > other.from_on
        if shares:
            said = (
                f"改后{one}和{other}（{one.name}）都计 {other.from_on} 这一天，没有执行。请先撤销其中一笔，再改设置。"
            )
            raise Refused("overlap", said, CLAUSE)
