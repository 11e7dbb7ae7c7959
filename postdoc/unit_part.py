"""What 27号 shows of a unit on its page: the stations it keeps and how many are there on the day. No person is named."""

from collections.abc import Sequence
from typing import cast

from django.db.models import Count, Q

from miyun_kpi.lib.citations import document_label
from miyun_kpi.lib.lists import first
from miyun_kpi.organisations.unit_record import Asked, Block, Cell, Part
from miyun_kpi.routes import to
from postdoc.access import visible_stations
from postdoc.enums import DOCUMENT
from postdoc.models import Station

SHOWN = 30


def _stations(asked: Asked) -> Sequence[Station]:
    if "stations" not in asked.kept:
        there = Q(stays__entered_on__lte=asked.on) & (Q(stays__left_on=None) | Q(stays__left_on__gt=asked.on))
        found = visible_stations(asked.actor).filter(keeper=asked.organisation, approved_on__lte=asked.on)
        asked.kept["stations"] = list(found.annotate(there=Count("stays", filter=there)))
    return cast("Sequence[Station]", asked.kept["stations"])


def present(asked: Asked) -> bool:
    return bool(_stations(asked))


def blocks(asked: Asked) -> Sequence[Block]:
    stations = _stations(asked)
    shown = first(stations, SHOWN)
    rows = [
        [
            Cell(row.name, to("postdoc:station", row.pk)),
            Cell(row.get_kind_display()),
            Cell(row.approved_on),
            Cell(getattr(row, "there", 0)),
        ]
        for row in shown
    ]
    heads = ["工作站", "类别", "批准设立", "在站:num"]
    return [
        Block(
            f"{document_label(DOCUMENT)} {asked.on} 的工作站", heads, rows, end=f"{len(stations)} 个站", rest=shown.rest
        )
    ]


PART = Part("registers", 50, present=present, blocks=blocks)
