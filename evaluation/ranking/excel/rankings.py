"""Rankings, 得分明细 and differences as workbooks."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from evaluation.engine.models.ranking import Ranking
from evaluation.engine.queries.codes import code_of
from evaluation.engine.queries.sealed import words_of
from evaluation.engine.rules.codes import Paper
from evaluation.enums import RankingKind
from evaluation.ranking.queries.attribution import Why
from evaluation.ranking.queries.corrections import Changes
from evaluation.ranking.queries.rankings import GROUP_SHORT, Page, in_fours
from evaluation.ranking.queries.receipts import ReceiptPage
from miyun_kpi.organisations.enums import Track, Zone
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook

STATUS_WORDS = {"printed": "原文", "derived": "推算", "assumed": "推定", "unreadable": "不可读", "confirmed": "已确认"}


BASIS_WORDS = {
    "marked": "打分",
    "average": "无专项任务，取平均分",
    "excused": "不适用，取平均分",
    "own-unit": "评本单位回避，取平均分",
    "missing": "缺分",
    "out-of-scope": "本期不考",
}


def kind_line(ranking: Ranking) -> str:
    """What the result is good for, in words, for every file."""
    if ranking.kind == RankingKind.OFFICIAL:
        word = "已通报" if ranking.published_at else "正式核定，尚未通报"
        return f"{word}（第 {ranking.number} 次核定）" + ("，已被后来的版本更正" if ranking.corrected_by_id else "")
    return f"试算件，不得引用、不得通报（第 {ranking.number} 次试算；未确认的方案数字和缺分见页面）"


def _evidence(ranking: Ranking, viewer: str, at: datetime, held: str = "", code: str = "") -> list[str]:
    return [
        *([held] if held else []),
        (f"核验码 {code}　" if code else "")
        + f"规则版本 {ranking.rule_version}　结果摘要 {in_fours(ranking.digest, 16)}",
        f"输入摘要 {in_fours(ranking.inputs_hash, 16)}",
        f"核算 {ranking.computed_at.astimezone():%Y-%m-%d %H:%M}　{ranking.computed_by}",
        f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}",
    ]


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def ranking_workbook(ranking: Ranking, page: Page, *, viewer: str, at: datetime, held: str = "") -> bytes:
    """The rows the viewer may see, four decimals; incomplete ones after the ranked as 暂列."""
    by_zone = ranking.scheme.track == Track.TOWNSHIP
    columns = [
        Column("名次", 6),
        Column("上期名次", 8),
        Column("考评对象", 26),
        Column("分区" if by_zone else "类别", 14),
        Column("分区位次" if by_zone else "类内位次", 9),
        *(Column(f"{head.name}（{head.fulls} 分）", 14, 4) for head in page.heads),
        *([Column("加减分", 9, 3)] if page.closed else []),
        Column("得分", 12, 4),
        Column("实考满分", 9),
        Column("合计", 12, page.document["rank_precision"]),
        Column("距前一名", 10, 4),
        Column("暂列得分", 10, 4),
        Column("暂列已有分值", 12),
    ]
    rows: list[Sequence[Cell]] = []
    for row in (*page.rows, *page.waiting):
        group = Zone(row.zone).label if row.zone else GROUP_SHORT.get(row.category, "")
        rows.append(
            [
                row.rank if row.rank is not None else "暂列",
                row.previous,
                row.name,
                str(group),
                row.group_rank if row.group_rank is not None else ("不排名" if row.group_size == 1 else None),
                *(_decimal(cell.score) if cell else None for cell in row.dimensions),
                *([row.added] if page.closed else []),
                _decimal(row.sum),
                Decimal(row.examined),
                row.total,
                row.gap,
                _decimal(row.partial_total),
                _decimal(row.partial_weight),
            ]
        )
    title = f"{ranking.scheme.get_track_display()}排名　{ranking.period.label}"
    sheet = Sheet(
        title="排名",
        columns=columns,
        rows=rows,
        lines=[
            title,
            kind_line(ranking),
            *_evidence(ranking, viewer, at, held, code_of(Paper.RANKING, ranking.pk, ranking.seal)),
        ],
        notes=[
            f"合计 ＝ 得分 ÷ 实考满分 × 100（折算百分）{'＋ 加减分' if page.closed else ''}，按精确值四舍五入一次到"
            f" {page.document['rank_precision']} 位小数，按印出的合计排名；合计相同同名次，次名顺延（1、2、2、4）。",
            "空白为无此数或不在可看的范围，不是 0。",
        ],
    )
    return workbook([sheet], title=title, at=at)


def _closing_lines(closing: Any) -> list[str]:
    """How more than the sheets made the total."""
    if not closing:
        return []
    parts = " ＋ ".join(
        f"{part['weight']} × {part['total']}"
        + (f" ÷ {part['examined_weight']} × 100" if part["examined_weight"] != "100" else "")
        + f"（{part['period']}）"
        for part in closing["parts"]
    )
    return [
        f"年度得分 ＝ {parts} ＝ {closing['base']}；合计 ＝ 年度得分 ＋ 加减分 {closing['added']}，按精确值四舍五入一次。"
    ]


_INPUTS = (
    Column("序", 5),
    Column("考评维度", 10),
    Column("考评内容", 26),
    Column("权重", 7),
    Column("权重状态", 9),
    Column("考评部门", 24),
    Column("份额", 7),
    Column("计分依据", 22),
    Column("得分", 9),
    Column("满分", 7),
    Column("平均分：得分之和", 14),
    Column("平均分：家数", 11),
    Column("本项得分（四位）", 14, 4),
    Column("条款", 18),
)
_MEMBERS = (
    Column("序", 5),
    Column("考评内容", 26),
    Column("考评部门", 24),
    Column("承担单位", 26),
    Column("得分", 10),
)
_WHY = (
    Column("原因", 14),
    Column("序", 5),
    Column("考评内容", 26),
    Column("原", 30),
    Column("现", 30),
    Column("影响", 12, 4),
    Column("条款", 18),
)


def _input_rows(page: ReceiptPage) -> list[Sequence[Cell]]:
    """A line for each evaluator's part; the score of the item stands on its first."""
    rows: list[Sequence[Cell]] = []
    for section in page.sections:
        for line in section.lines:
            for position, share in enumerate(line.item["shares"] or [None]):
                rows.append(
                    [
                        line.item["indicator"]["number"],
                        section.name,
                        line.item["indicator"]["name"],
                        Decimal(line.item["weight"]),
                        STATUS_WORDS[line.weight_status],
                        share["evaluator"]["name"] if share else "",
                        share["share"] if share else "",
                        BASIS_WORDS[line.basis if not share or share["basis"] == "average" else share["basis"]],
                        _decimal(share["value"]) if share else None,
                        _decimal(share["full_mark"]) if share else None,
                        _decimal(share["sum"]) if share else None,
                        int(share["divisor"]) if share and share["divisor"] else None,
                        _decimal(line.item["score"]) if position == 0 else None,
                        line.item["clause"],
                    ]
                )
    return rows


def receipt_workbook(
    ranking: Ranking, page: ReceiptPage, *, viewer: str, at: datetime, code: str, held: str = "", why: Why | None = None
) -> bytes:
    """Everything the total of one organisation follows from: a line per evaluator's part, the averages' members, and why it
    is another than the time before."""
    rows = _input_rows(page)
    rows += [
        ["", "加减分", one["work"], *[None] * 4, one["ground_name"], *[None] * 4, Decimal(one["points"]), one["clause"]]
        for one in page.receipt["adjustments"]
    ]
    total = page.receipt["total"]
    title = f"得分明细输入清单　{page.receipt['name']}　{ranking.period.label}"
    how = [
        "本项得分 ＝ 权重 × Σ 份额 × 得分率；打分的得分率 ＝ 得分 ÷ 满分，取平均分的得分率 ＝ 得分之和 ÷ 家数 ÷ 满分。",
        "计算中不舍入；每项得分按四位小数印出，合计按精确值四舍五入一次。"
        f"各项印出的得分之和与{'得分合计' if page.partly_examined else '合计'}相差的是尾差：{page.receipt['rounding_difference'] or '–'}。",
        *(
            [f"得分 {page.receipt['sum']}，实考满分 {page.receipt['examined_weight']}，合计为折算百分。"]
            if page.partly_examined
            else []
        ),
        *_closing_lines(page.receipt.get("closing")),
        f"合计 {total}，第 {page.receipt['rank']} 名 / {page.ranked}"
        if total
        else f"尚有缺分，没有合计；已有得分 {page.receipt['partial_total']} / {page.receipt['partial_weight']}",
    ]
    lines = [title, kind_line(ranking), *_evidence(ranking, viewer, at, held, code)]
    sheets = [Sheet(title="输入清单", columns=_INPUTS, rows=rows, lines=lines, notes=how)]
    members: list[Sequence[Cell]] = [
        [used.number, used.indicator, used.averaged.evaluator, name, mark]
        for used in page.averages
        for name, mark in used.members
    ]
    if members:
        sheets.append(Sheet(title="平均分成员", columns=_MEMBERS, rows=members, lines=[title, kind_line(ranking)]))
    if why is not None:
        sheets.append(_why_sheet(why, [title, kind_line(ranking)]))
    return workbook(sheets, title=title, at=at)


def _why_sheet(why: Why, lines: list[str]) -> Sheet:
    """升降归因: the parts with their sum, then who passed whom as far as the viewer may see it."""
    rows: list[Sequence[Cell]] = [
        [part.words, part.number, part.subject, part.before, part.after, part.printed, part.clause]
        for part in why.found.parts
    ]
    found = why.found
    rows.append(["合计", None, "", str(found.total_before), str(found.total_after), found.difference, ""])
    for one in why.places:
        way = "超过本单位" if one.over else "被本单位追平" if one.level else "被本单位超过"
        totals = [None if total is None else str(total) for total in (one.total_before, one.total_after)]
        ranks = [f"第 {rank} 名" if rank else "没有名次" for rank in (one.rank_before, one.rank_after)]
        texts = [f"{rank}　{total}" if total else rank for rank, total in zip(ranks, totals, strict=True)]
        rows.append([way, None, one.name, *texts, one.gained, one.dimension or ""])
    compared = f"{words_of(why.after)}对{words_of(why.before)}：{why.sentence}"
    notes = [
        "影响各按精确值四舍五入到四位，相加等于合计之差；合计和各部分印出时的舍入列为尾差。单位一行的影响是相对本单位变动最多的维度。"
    ]
    return Sheet(title="升降归因", columns=_WHY, rows=rows, lines=[*lines, compared], notes=notes)


def _computation(ranking: Ranking) -> str:
    return "正式核定" if ranking.kind == RankingKind.OFFICIAL else "试算"


def changes_workbook(changes: Changes, *, viewer: str, at: datetime) -> bytes:
    """Who moved between two versions, totals before and after; rows the viewer may not see stay blank."""
    columns = [
        Column("考评对象", 26),
        Column("原名次", 8),
        Column("现名次", 8),
        Column("升降", 7),
        Column("原合计", 12, 4),
        Column("现合计", 12, 4),
        Column("差", 10, 4),
        Column("变动的项目", 60),
    ]
    rows: list[Sequence[Cell]] = [
        [
            row.name,
            row.rank_before,
            row.rank_after,
            row.moved,
            row.total_before,
            row.total_after,
            row.delta,
            "；".join(row.items),
        ]
        for row in changes.changed
    ]
    before, after = changes.before, changes.after
    title = f"差异表　{after.scheme.get_track_display()}　{after.period.label}"
    lines = [
        title,
        f"第 {after.number} 次{_computation(after)}对第 {before.number} 次{_computation(before)}",
        kind_line(after),
        *_evidence(after, viewer, at),
    ]
    notes = ["只列名次、合计或项目得分有变动的单位。升降为正是前移。空白为不在可看的范围，不是 0。"]
    sheet = Sheet(title="差异", columns=columns, rows=rows, lines=lines, notes=notes)
    return workbook([sheet], title=title, at=at)
