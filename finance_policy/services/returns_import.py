"""The workbook of returns before go-live: read whole, all or nothing."""

from datetime import datetime
from typing import Any

from finance_policy import access
from finance_policy.rules.conditions import FIGURES
from finance_policy.rules.quarters import read_quarter
from finance_policy.services.returns import import_returns
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.sheets.table import read_table

HEADS = ("银行", "季度", *(words for _, words, _ in FIGURES))
SIGNED = frozenset({"increment", "increment_before"})
LARGEST_COUNT = 2**31 - 1


def import_workbook(*, actor: Actor, content: bytes, file_name: str, at: datetime) -> int:
    """Returns the number of returns made. Refuses every wrong cell at once."""
    access.require_office(actor, "季报历史的导入")
    table = read_table(content, file_name=file_name, titles=HEADS)
    rows: list[tuple[str, str, dict[str, Any]]] = []
    for row in table.rows:
        bank, typed = row.text("银行", longest=100, required=True), row.text("季度", longest=20, required=True)
        figures: dict[str, Any] = {}
        for name, words, unit in FIGURES:
            value = row.number_of(words, places=0 if unit == "户" else 2, signed=name in SIGNED)
            if unit == "户" and value is not None and value > LARGEST_COUNT:
                row.wrong(words, "too-large", "过大，请核对。")
                value = None
            figures[name] = int(value) if unit == "户" and value is not None else value
        try:
            period = str(read_quarter(typed)) if typed else ""
        except Refused as refusal:
            row.wrong("季度", refusal.code, refusal.message.replace("，没有保存", ""))
            period = ""
        rows.append((bank, period, figures))
    table.refuse_if_wrong()
    return import_returns(actor=actor, rows=rows, at=at)
