"""What 依申请公开 shows of a unit on its page: numbers and days, never who asked or for what."""

from collections.abc import Sequence

from django.db.models import QuerySet

from disclosure.access import visible_applications
from disclosure.enums import DOCUMENT
from disclosure.models import Application
from disclosure.queries.applications import Line, line_of
from miyun_kpi.lib.citations import document_label
from miyun_kpi.lib.lists import first
from miyun_kpi.organisations.unit_record import Asked, Block, Cell, Count, Part
from miyun_kpi.routes import to

SHOWN = 20


def _seen(asked: Asked) -> QuerySet[Application]:
    return visible_applications(asked.actor).filter(organisation=asked.organisation)


def _open(asked: Asked) -> list[Line]:
    found = _seen(asked).filter(answered_on__isnull=True)
    today = asked.at.astimezone().date()
    return [line_of(row, today) for row in found.prefetch_related("extensions").order_by("received_on", "pk")]


def present(asked: Asked) -> bool:
    return _seen(asked).exists()


def counts(asked: Asked) -> list[Count]:
    lines = _open(asked)
    late = sum(line.clock.state == "overdue" for line in lines)
    return [Count(DOCUMENT, document_label(DOCUMENT), "依申请公开", len(lines), late, to("disclosure:applications"))]


def blocks(asked: Asked) -> Sequence[Block]:
    listed, number = first(_open(asked), SHOWN), _seen(asked).count()
    return [
        Block(
            "依申请公开：没有答复的",
            ["编号", "收到日期", "答复期限", "状态"],
            [
                [
                    Cell(f"第 {line.row.number} 号", to("disclosure:application", line.row.pk)),
                    Cell(line.row.received_on),
                    Cell(line.clock.due_on or "等补正"),
                    Cell(line.word, state=line.status),
                ]
                for line in listed
            ],
            end=f"收到 {number} 件",
            rest=listed.rest,
            empty="都已答复",
        )
    ]


PART = Part("registers", 31, present=present, blocks=blocks, counts=counts)
