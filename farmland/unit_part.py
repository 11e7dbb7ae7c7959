"""What 21号 shows of a town on its page: its lots in the pool as they stand now, within the reader's scope."""

from collections.abc import Sequence
from typing import cast

from farmland.access import visible_lots
from farmland.enums import DOCUMENT
from farmland.models import Lot
from farmland.queries.pool import summed
from miyun_kpi.lib.citations import document_label
from miyun_kpi.lib.lists import first
from miyun_kpi.organisations.enums import Category
from miyun_kpi.organisations.unit_record import Asked, Block, Cell, Part
from miyun_kpi.routes import to

SHOWN = 30


def _lots(asked: Asked) -> Sequence[Lot]:
    """Only a town has lots; those taken in by the day. Read once a page."""
    if asked.organisation.category != Category.TOWNSHIP:
        return ()
    if "lots" not in asked.kept:
        found = visible_lots(asked.actor).filter(town=asked.organisation, struck_at__isnull=True)
        asked.kept["lots"] = list(found.filter(accepted_on__lte=asked.on))
    return cast("Sequence[Lot]", asked.kept["lots"])


def present(asked: Asked) -> bool:
    return bool(_lots(asked))


def blocks(asked: Asked) -> Sequence[Block]:
    lots = _lots(asked)
    shown = first(lots, SHOWN)
    rows = [
        [
            Cell(lot.name, to("farmland:lot", lot.pk)),
            Cell(lot.accepted_on),
            *(Cell(part) for part in (lot.accepted, lot.reserved, lot.used, lot.transferred, lot.free)),
        ]
        for lot in shown
    ]
    heads = ["批次", "验收日期", "验收:num", "预留:num", "已用:num", "转让:num", "可用:num"]
    end = f"{len(lots)} 批，可用 {summed(lots).free} 亩"
    return [Block(f"{document_label(DOCUMENT)}指标库里的批次（亩，现在的余额）", heads, rows, end=end, rest=shown.rest)]


PART = Part("registers", 40, present=present, blocks=blocks)
