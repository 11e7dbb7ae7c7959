"""Land lies where it lies: what was accepted and paid stays in the name of its town; an application that runs goes on."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from farmland.enums import State
from farmland.models import Application, Lot, Money, Warrant
from farmland.services.applications import event
from miyun_kpi.organisations.registry import Reorganised, audited, moves, register_relations, stays

# Once lots are reserved, the proof of the allocation names the town; it stays with it and is read by the successor.
RUNNING = Q(state=State.REGISTERED)


def _note(rows: Sequence[Any], done: Reorganised) -> None:
    for row in rows:
        event(done.actor, row, done.step, done.words, done.at)
    audited("farmland.application.handed-over", "farmland-application")(rows, done)


def register() -> None:
    register_relations(
        Application,
        {
            "town": moves(
                "指标使用申请",
                why="没有预留的转到接收的镇；已预留的按原镇的分配证明办完。",
                rows=RUNNING,
                noted=_note,
                address="farmland:applications",
            )
        },
    )
    register_relations(Lot, {"town": stays("入库批次", "按验收时的镇记账、算奖励；接收的镇看得到。")})
    register_relations(Warrant, {"town": stays("付款核定", "付给批次所在的镇；镇并入以后由接收的镇收付。")})
    register_relations(Money, {"town": stays("收支", "账不改写；冲正和补付仍按原来的镇。")})
