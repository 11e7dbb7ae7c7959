"""Notices of milestones that are due or overdue, of trips overdue, of money kept by a unit; each once, never a name."""

from datetime import datetime

from miyun_kpi.inbox.services import Message, send
from miyun_kpi.routes import to
from postdoc.enums import DOCUMENT, Phase
from postdoc.models import Application, Stay
from postdoc.queries.money import balance_of, waits_with_unit, with_lines
from postdoc.queries.stays import line_of, with_milestones
from postdoc.rules.leaving import ABROAD_DAYS
from postdoc.services._common import today_of

# 推定: 第二十七条 prints no days; after so many the unit is reminded. No printed basis: a month, and nothing follows from it.
HELD_DAYS = 30


def send_notices(*, at: datetime) -> int:
    """To the unit that reports for the station. Returns new notices."""
    return send([*_stays(at), *_money(at)], at=at)


def _stays(at: datetime) -> list[Message]:
    found = Stay.objects.filter(left_on__isnull=True).select_related("station", "person")
    messages = []
    for row in with_milestones(found):
        line = line_of(row, today_of(at))
        for one in line.open:
            word = "已逾期" if one.state == "overdue" else "将到期"
            messages.append(
                _message(
                    row,
                    f"postdoc-{one.code}-{one.state}:{row.pk}:{one.by}",
                    f"{word}：{one.title}",
                    f"期限 {one.by}。",
                    one.clause,
                )
            )
        if line.trips_over > ABROAD_DAYS:
            body = f"出国逾期不归 {line.trips_over} 天，超过 {ABROAD_DAYS} 天；工作站在告知本人或公告后应当予以退站。"
            messages.append(_message(row, f"postdoc-abroad:{row.pk}", "出国逾期超过 30 天", body, "第十六条"))
    return messages


def _message(row: Stay, key: str, title: str, body: str, clause: str) -> Message:
    return Message(
        key=key,
        organisation_id=row.station.keeper_id,
        title=f"{title}（在站第 {row.number} 号）",
        body=body,
        url=to("postdoc:stay", row.pk),
        clause=f"{DOCUMENT}·{clause}",
    )


def _money(at: datetime) -> list[Message]:
    found = with_lines(Application.objects.filter(phase=Phase.APPROVED, received__gt=0).select_related("station"))
    messages = []
    for row in found:
        days = waits_with_unit(row, balance_of(row), today_of(at))
        if days is not None and days > HELD_DAYS:
            messages.append(
                Message(
                    key=f"postdoc-held:{row.pk}:{row.lines.count()}",
                    organisation_id=row.station.keeper_id,
                    title=f"专项经费在单位已超过 {HELD_DAYS} 天：申报第 {row.number} 号",
                    body="不得以任何理由截留；代缴个税后请直接拨付给本人，并登记凭证。",
                    url=to("postdoc:application", row.pk),
                    clause=f"{DOCUMENT}·第二十七条",
                )
            )
    return messages
