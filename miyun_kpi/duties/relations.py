"""Duties go over with what nobody has reported yet; so does the keeping of a document's duties."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from miyun_kpi.acts.acting import record
from miyun_kpi.duties.models import DutyDocument, DutyUnit
from miyun_kpi.duties.services.units import held_beside, hold_lines, move_on_merge
from miyun_kpi.organisations.registry import Reorganised, moves, register_relations


def _note_documents(rows: Sequence[Any], done: Reorganised) -> None:
    for row in rows:
        subject = f"document:{row.document}"
        record(actor=done.actor, action="duties.document.handed-over", subject=subject, data=done.data, at=done.at)


def register() -> None:
    document = moves("文件主管单位", why="任务、登记簿的主管一并转。", noted=_note_documents)
    register_relations(DutyDocument, {"office": document})
    unit = moves(
        "任务",
        why="没有报送、没有过补报截止的各期一并转。",
        rows=Q(active=True),
        mover=move_on_merge,
        beside=held_beside,
        hold=hold_lines,
    )
    register_relations(DutyUnit, {"organisation": unit})
