"""What duties show of a unit on its page: the duties it has are public, its reports are within the reader's scope."""

from collections.abc import Sequence
from functools import partial

from django.db.models import Count as Counted
from django.db.models import Q, QuerySet

from miyun_kpi.duties.access import reports_visible_to, units_visible_to
from miyun_kpi.duties.enums import WRITABLE, UnitRole
from miyun_kpi.duties.models import DutyPeriod, DutyUnit
from miyun_kpi.duties.queries.reports import standing_of, tallies, tallies_by_document
from miyun_kpi.duties.registry import page_of
from miyun_kpi.duties.rules.cadence import SHANGHAI, label_of
from miyun_kpi.duties.rules.standing import Tally
from miyun_kpi.lib.citations import document_label
from miyun_kpi.lib.lists import first
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.unit_record import Asked, Block, Cell, Count, Part
from miyun_kpi.routes import to

SHOWN, MONTHS = 30, 12


def _held(asked: Asked) -> QuerySet[DutyUnit]:
    """On the day; a place that ended later was held on it."""
    stood = Q(active=True) | Q(ended_on__gt=asked.on)
    return DutyUnit.objects.filter(stood, organisation=asked.organisation, duty__withdrawn_on__isnull=True)


def _seen(asked: Asked) -> QuerySet[DutyPeriod]:
    return reports_visible_to(asked.actor).filter(unit__organisation=asked.organisation)


def _units(asked: Asked) -> QuerySet[DutyUnit]:
    return units_visible_to(asked.actor).filter(organisation=asked.organisation)


def present(asked: Asked) -> bool:
    """Also of a body that has none any more: what it reported or let pass stays under its name (0141)."""
    return _held(asked).exists() or _seen(asked).exists()


def counts(asked: Asked) -> list[Count]:
    """Begun and not handed in, by document; overdue what has passed its day or was let pass."""
    found = []
    for document, tally in sorted(tallies_by_document(_units(asked), asked.at).items()):
        late = tally.late_open + tally.missing
        found.append(
            Count(
                document=document,
                label=document_label(document),
                what="任务",
                open=tally.reporting + tally.returned + late,
                overdue=late,
                address=_of_unit(asked, document),
            )
        )
    return found


def _of_unit(asked: Asked, document: str) -> str:
    return to("duties:document", document, organisation=asked.organisation.name)


def blocks(asked: Asked) -> Sequence[Block]:
    return [_open(asked), _by_document(asked)] if _seen(asked).exists() else [_by_document(asked)]


def _by_document(asked: Asked) -> Block:
    rows = _held(asked).order_by().values("duty__document", "role").annotate(number=Counted("pk"))
    by_document: dict[str, dict[str, int]] = {}
    for row in rows:
        by_document.setdefault(row["duty__document"], {})[row["role"]] = row["number"]
    return Block(
        "承担的任务",
        ["文件", *(f"{label}:num" for _, label in UnitRole.choices)],
        [
            [
                Cell(document_label(document), _of_unit(asked, document)),
                *(Cell(own.get(role) or "–") for role in UnitRole.values),
            ]
            for document, own in sorted(by_document.items())
        ],
        end="任务人人可见",
    )


def _open(asked: Asked) -> Block:
    begun = _seen(asked).filter(state__in=WRITABLE, starts_at__lte=asked.at)
    listed = first(begun.order_by("due_at", "unit__duty__key"), SHOWN)
    return Block(
        "没有报送的",
        ["任务", "条款", "期间", "报送截止", "状态"],
        [
            [
                Cell(row.unit.duty.title[:60], page_of(row)),
                Cell(f"{document_label(row.unit.duty.document)}·{row.unit.duty.clause}"),
                Cell(label_of(row.period)),
                Cell(row.due_at.astimezone(SHANGHAI).date()),
                Cell("", state=standing_of(row, asked.at)),
            ]
            for row in listed
        ],
        end=f"{listed.number} 项",
        rest=listed.rest,
        empty="没有应报未报的",
    )


def summary(asked: Asked) -> Sequence[Block]:
    """及时率 of the last twelve months with reports whose time has come."""
    months = _last_months(asked)
    monthly = _seen(asked).filter(period__in=months)
    by_month: dict[str, Tally] = {}
    for (_, period), tally in tallies(monthly, asked.at).items():
        by_month.setdefault(period, Tally()).plus(tally)
    told = [(month, by_month[month]) for month in months if month in by_month and by_month[month].decided]
    if not told:
        return []
    cells = partial(map, Cell)
    return [
        Block(
            "逐月报送",
            ["月份", "应报:num", "按时:num", "迟报:num", "逾期未报:num", "退回:num", "按时率:num"],
            [
                [
                    *cells((label_of(month), one.decided, one.on_time, one.late, one.missing, one.returned)),
                    Cell(f"{one.on_time * 1000 // one.decided / 10:.1f}%"),
                ]
                for month, one in reversed(told)
            ],
            end=f"近 {MONTHS} 个月",
        )
    ]


def _last_months(asked: Asked) -> list[str]:
    """The twelve months to that of the day, oldest first."""
    last = asked.on.year * 12 + asked.on.month - 1
    found = (divmod(last - back, 12) for back in reversed(range(MONTHS)))
    return [str(PeriodCode(year, month=month + 1)) for year, month in found]


PART = Part("duties", 20, present=present, blocks=blocks, summary=summary, counts=counts)
