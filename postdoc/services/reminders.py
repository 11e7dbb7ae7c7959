"""Notices of milestones that are due or overdue, of trips overdue, of money kept by a unit; each once, never a name."""

from datetime import date

from miyun_kpi.duties.services.reminders import office_of
from miyun_kpi.inbox.services import Message, send_due
from miyun_kpi.jobs.clock import Run, timed
from miyun_kpi.routes import to
from postdoc.enums import DOCUMENT, Phase
from postdoc.models import Application, Stay
from postdoc.queries.money import balance_of, waits_with_unit, with_lines
from postdoc.queries.stays import line_of, with_milestones
from postdoc.rules.leaving import ABROAD_DAYS
from postdoc.services._common import today_of

# 推定: 第二十七条 prints no days; after so many the unit is reminded. No printed basis: a month, and nothing follows from it.
HELD_DAYS = 30


@timed("postdoc.send_notices", "博士后在站节点和经费的提醒", tells=lambda: office_of(DOCUMENT))
def send_notices(run: Run) -> None:
    """To the unit that reports for the station."""
    today = today_of(run.at)
    stays = with_milestones(Stay.objects.filter(left_on__isnull=True).select_related("station", "person"))
    messages = run.gather(stays, lambda row: _of_stay(row, today), key=lambda row: f"stay:{row.pk}")
    paid = with_lines(Application.objects.filter(phase=Phase.APPROVED, received__gt=0).select_related("station"))
    messages += run.gather(paid, lambda row: _of_money(row, today), key=lambda row: f"application:{row.pk}")
    send_due(run, messages)


def _of_stay(row: Stay, today: date) -> list[Message]:
    messages = []
    line = line_of(row, today)
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


def _of_money(row: Application, today: date) -> list[Message]:
    days = waits_with_unit(row, balance_of(row), today)
    if days is None or days <= HELD_DAYS:
        return []
    return [
        Message(
            key=f"postdoc-held:{row.pk}:{row.lines.count()}",
            organisation_id=row.station.keeper_id,
            title=f"专项经费在单位已超过 {HELD_DAYS} 天：申报第 {row.number} 号",
            body="不得以任何理由截留；代缴个税后请直接拨付给本人，并登记凭证。",
            url=to("postdoc:application", row.pk),
            clause=f"{DOCUMENT}·第二十七条",
        )
    ]
