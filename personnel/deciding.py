"""What stood before go-live is taken in by two persons of 人事: past notices as printed, and 期初任职."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from miyun_kpi.lib.actors import Actor
from miyun_kpi.proposals.declaring import DAY, page, right
from miyun_kpi.proposals.registry import Decision, Given, register_decision
from personnel import access
from personnel.enums import ActKind
from personnel.services.history import HistoryRow, record_history, unpacked
from personnel.services.posts import add_opening

HISTORY, OPENING = "personnel-history", "personnel-opening"


def _read(rows: Sequence[Sequence[Any]]) -> list[HistoryRow]:
    return [unpacked(values) for values in rows]


def _record(*, actor: Actor, rows: Sequence[Sequence[Any]], at: datetime) -> int:
    return record_history(actor=actor, rows=_read(rows), at=at)


def _history_said(given: Given) -> list[tuple[str, str]]:
    """Every row: the second person reads what the first has taken from the papers."""
    rows = _read(given["rows"])
    kinds = Counter(ActKind(row.kind).label for row in rows)
    found = [("项数", f"{len(rows)} 项，{'，'.join(f'{word} {number} 项' for word, number in kinds.items())}")]
    for row in rows:
        paper = f"{row.number}（{row.dated}）" if row.number else f"期初，自 {row.dated or '不明'}"
        more = f"，更正{row.corrects}，自 {row.effective} 起" if row.corrects else ""
        words = f"{row.person}{f'（{row.note}）' if row.note else ''} {ActKind(row.kind).label} {row.organisation}{row.title}"
        found.append((words, f"{paper}{more}"))
    return found


def _opening_said(given: Given) -> list[tuple[str, str]]:
    note = f"（{given['note']}）" if given["note"] else ""
    return [
        ("姓名", f"{given['person']}{note}"),
        ("职务", f"{given['organisation']}{given['title']}"),
        ("任职自", str(given["since"] or "日期不明")),
        ("依据", given["basis"]),
    ]


def _kind(code: str, word: str, **more: Any) -> Decision:
    shared: Mapping[str, Any] = {
        "subject": "personnel",
        "clause": "",
        "may": right(access.require_office),
        "placed": lambda given: ("personnel", "", ""),
    }
    return Decision(code, word, **{**shared, **more})


def register() -> None:
    register_decision(
        _kind(
            HISTORY,
            "导入历史任免",
            takes={"rows": list},
            run=_record,
            about=lambda given: f"历史任免 {len(given['rows'])} 项",
            key=lambda given: "personnel-history",
            address=page("personnel:history"),
            said=_history_said,
        ),
        _kind(
            OPENING,
            "登记期初任职",
            takes={
                **dict.fromkeys(("person", "note", "organisation", "title", "basis", "same"), str),
                "since": DAY,
            },
            run=add_opening,
            about=lambda given: f"{given['person']}期初任{given['organisation']}{given['title']}",
            key=lambda given: f"personnel-opening:{given['person']}:{given['organisation']}:{given['title']}"[:100],
            address=page("personnel:opening"),
            said=_opening_said,
        ),
    )
