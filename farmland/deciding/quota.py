"""转让, its reward, and 冲正 of the ledger."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from farmland.deciding.common import SAYS, of_money, of_pool, paid_words
from farmland.enums import EntryKind
from farmland.models import Entry, Transfer
from farmland.services import ledger, opening, transfers
from miyun_kpi.lib.lists import first
from miyun_kpi.proposals.declaring import DATED, DAY, FIGURE, late_said, rest_said, row_of, yuan
from miyun_kpi.proposals.registry import Decision, Given
from miyun_kpi.routes import to

OPENINGS_SHOWN = 60


def _deal_said(given: Given) -> SAYS:
    deal = given["deal"]
    return [
        ("受让区", deal.district),
        ("面积", f"{deal.area:.4f} 亩"),
        ("协商单价", f"{deal.price:,.2f} 元/亩"),
        ("协议", deal.agreement),
        ("区政府批准", f"{deal.approval_number}　{deal.approval_on}"),
        *late_said(given),
    ]


def read_deal(stored: Mapping[str, Any]) -> transfers.Deal:
    facts = {"area": Decimal(stored["area"]), "price": Decimal(stored["price"])}
    return transfers.Deal(**{**stored, **facts, "approval_on": DAY(stored["approval_on"])})


_transfer = row_of(Transfer, "transfer_id")


def _entries(given: Given) -> list[Entry]:
    rows = Entry.objects.filter(act=given["number"]).select_related("lot", "application", "transfer")
    return list(rows.order_by("number"))


def _entries_said(given: Given) -> SAYS:
    rows = [(f"第 {row.number} 笔", _entry_words(row)) for row in _entries(given)]
    return [*rows, ("原因", given["reason"])]


def _entry_words(row: Entry) -> str:
    what = row.application.name if row.application else f"转让{row.transfer.district}" if row.transfer else ""
    return f"{row.get_kind_display()}　{row.lot.name}　{row.area:.4f} 亩　{what}".rstrip()


def _entries_warn(given: Given) -> list[str]:
    rows = _entries(given)
    posted = rows and rows[0].kind == EntryKind.POST
    return paid_words(rows[0].application, "冲正核销") if posted else []


def _entry_address(given: Given) -> str:
    return to("farmland:entries")


def read_rows(stored: Sequence[Mapping[str, Any]]) -> list[opening.OpeningRow]:
    return [opening.unpacked(one) for one in stored]


def _opening_said(given: Given) -> SAYS:
    rows: Sequence[opening.OpeningRow] = given["rows"]
    area, gone = sum(row.area for row in rows), sum(row.used + row.transferred for row in rows)
    shown = first(rows, OPENINGS_SHOWN)
    lots = [
        (
            f"{row.record_number}　{row.name}",
            f"{row.town}，{row.accepted_on} 验收（{row.acceptance_number}）{row.area:.4f} 亩，"
            f"已使用 {row.used:.4f}，已转让 {row.transferred:.4f}",
        )
        for row in shown
    ]
    found = [("合计", f"{len(rows)} 批，验收 {area:.4f} 亩，入库后可用 {area - gone:.4f} 亩"), *lots]
    return [*found, *rest_said(shown, "批")]


def quota() -> list[Decision]:
    common: dict[str, Any] = {"subject": "farmland"}
    return [
        Decision(
            opening.CODE,
            "导入期初和历史",
            clause="第五条",
            takes={"rows": read_rows},
            run=opening.import_opening,
            may=of_pool,
            about=lambda given: f"指标库期初 {len(given['rows'])} 批",
            key=lambda given: opening.CODE,
            address=lambda given: to("farmland:index"),
            said=_opening_said,
            **common,
        ),
        Decision(
            "farmland-transfer",
            "转让外区",
            clause="第八条（一）",
            takes={"deal": read_deal, **DATED},
            run=transfers.transfer_out,
            may=of_pool,
            about=lambda given: f"转让{given['deal'].district} {given['deal'].area:.4f} 亩",
            key=lambda given: f"farmland-deal:{given['deal'].approval_number}"[:80],
            address=lambda given: to("farmland:transfers"),
            said=_deal_said,
            **common,
        ),
        Decision(
            "farmland-agree-reward",
            "登记转让奖励",
            clause="第九条（三）",
            takes={"transfer_id": int, "version": int, "reward": FIGURE, "reward_number": str},
            run=transfers.agree_reward,
            may=of_money,
            about=lambda given: f"转让{_transfer(given).district}的奖励",
            key=lambda given: f"farmland-transfer:{given['transfer_id']}",
            address=lambda given: to("farmland:transfer", given["transfer_id"]),
            stands=lambda given: int(_transfer(given).version),
            said=lambda given: [("议定奖励", yuan(given["reward"])), ("区政府议定文号", given["reward_number"])],
            **common,
        ),
        Decision(
            "farmland-reverse-entry",
            "冲正账本",
            clause="第七条",
            takes={"number": int, "reason": str},
            run=ledger.reverse_act,
            may=of_pool,
            about=lambda given: f"账本第 {given['number']} 笔起的一次办理",
            key=lambda given: f"farmland-entry:{given['number']}",
            address=_entry_address,
            said=_entries_said,
            warns=_entries_warn,
            **common,
        ),
    ]
