"""The list of rankings as a workbook."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.engine.models.ranking import Ranking
from evaluation.enums import RankingKind
from evaluation.scheme.excel import _line, _stamp
from miyun_kpi.organisations.enums import TRACK_WORDS
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook


def rankings_workbook(found: Sequence[Ranking], *, viewer: str, at: datetime) -> bytes:
    """Every computation the viewer may see, with the digest by which it is known."""
    columns = [
        Column("期间", 16),
        Column("类别", 10),
        Column("种类", 8),
        Column("第几次", 8),
        Column("状态", 14),
        Column("核算", 18),
        Column("核算人", 30),
        Column("通报", 18),
        Column("规则版本", 14),
        Column("结果摘要", 66),
    ]
    rows: list[list[Cell]] = [
        [
            one.period.label,
            TRACK_WORDS[one.scheme.track],
            one.get_kind_display(),
            one.number,
            one.get_state_display() if one.kind == RankingKind.OFFICIAL else "试算，不得引用",
            _stamp(one.computed_at),
            one.computed_by,
            _stamp(one.published_at),
            one.rule_version,
            one.digest,
        ]
        for one in found
    ]
    return workbook([Sheet("排名", columns, rows, lines=("排名", _line(viewer, at)))], title="排名", at=at)
