"""The year's result as the part that goes to 区委: rows from the frozen document, the meeting, vetoes beside them."""

import json
from collections.abc import Mapping
from typing import Any

from evaluation.adjustments.queries import signed
from evaluation.engine.models.ranking import Ranking
from evaluation.engine.queries.codes import code_of
from evaluation.engine.rules.codes import Paper
from evaluation.enums import RankingKind
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.models.year_end import CommitteeReport, Deliberation
from evaluation.year.queries.year_end import report_of, settled_ties, vetoed, year_rows
from miyun_kpi.documents.content import Block, Official, Paragraph, Table, chinese_date
from miyun_kpi.organisations.enums import Category, Zone
from miyun_kpi.organisations.models import Organisation

GROUPS: dict[str, str] = {str(value): str(label) for value, label in (*Zone.choices, *Category.choices)}


def year_document(scheme: Scheme, ranking: Ranking, report: CommitteeReport | None = None) -> Official:
    """Marked as a draft until the result has been deliberated and sent. `report`: as it was sent then, by default the last."""
    report = report or report_of(ranking)
    meeting = report.deliberation if report else Deliberation.objects.filter(scheme=scheme, state="confirmed").first()
    rows = year_rows(ranking)
    marks = vetoed(scheme, report)
    names = {row.code: row.name for row in rows}
    blocks: list[Block] = [Paragraph(_opening(scheme, ranking))]
    if meeting is not None:
        words = f"区政府党组会（{meeting.meeting}，{chinese_date(meeting.held_on)}，纪要 {meeting.minutes_number}）"
        blocks.append(Paragraph(f"{words}已研究审议。{meeting.note}"))
    lines = [
        [
            "–" if row.rank is None else str(row.rank),
            row.name,
            GROUPS.get(row.group, ""),
            "–" if row.base is None else f"{row.base:.4f}",
            signed(row.added),
            "–" if row.total is None else f"{row.total:.4f}",
        ]
        for row in rows
    ]
    heads = ["名次", "考评对象", "分区" if scheme.track == "township" else "类别", "年度得分", "加减分", "合计"]
    blocks.append(Table("", heads, lines, [2, 6, 4, 3, 2, 3], "clcrrr"))
    blocks += [
        Paragraph(f"加减分：{row.name}，{one['work']}，{one['ground_name']}，{one['points']} 分。")
        for row in rows
        for one in row.adjustments
    ]
    blocks += [
        Paragraph(f"并列：{'、'.join(names[code] for code in key.split('+'))}，{said}。")
        for key, said in settled_ties(scheme, report).items()
        if all(code in names for code in key.split("+"))
    ]
    blocks += [
        Paragraph(
            f"一票否决（不改变得分）：{veto.organisation.name}，{veto.body} {chinese_date(veto.decided_on)} "
            f"{veto.number}，{veto.ground}。"
        )
        for veto in marks.values()
    ]
    blocks += [
        Paragraph(
            f"全年考评的处理：{names.get(one['organisation'], '')}，{_unit_words(one)}（{one['meeting']}，纪要 {one['minutes_number']}）。"
        )
        for one in json.loads(ranking.document).get("year", {}).get("units", ())
    ]
    trial = ranking.kind == RankingKind.TRIAL
    return Official(
        title=[f"{scheme.year}年{scheme.get_track_display()}全面履职考评结果"],
        addressee="区委办",
        blocks=blocks,
        signatory="北京市密云区人民政府办公室",
        dated=report.sent_on if report else None,
        stage="" if report else "未报区委",
        watermark="试算件　不得引用" if trial else "",
        source=f"{ranking.period.code} {scheme.track} {ranking.digest}",
        code=code_of(Paper.YEAR, report.pk, report.seal) if report else "",
    )


def _unit_words(one: Mapping[str, Any]) -> str:
    """承接密云镇的季度得分; 单列, 不排名."""
    if one["predecessor"] is None:
        return str(one["words"])
    name = Organisation.objects.filter(code=one["predecessor"]).values_list("name", flat=True).first()
    return f"{one['words']}{name or one['predecessor']}的季度得分"


def _opening(scheme: Scheme, ranking: Ranking) -> str:
    return (
        f"按照{scheme.document.document_number}文件要求，区政府办对{scheme.get_track_display()}{scheme.year}年全面履职考评情况进行了"
        "汇总，作为党建统领综合考核评价的全面履职部分，现将结果报上。"
        if scheme.document is not None
        else f"现将{scheme.get_track_display()}{scheme.year}年全面履职考评结果报上。"
    ) + ("（试算，不得引用。）" if ranking.kind == RankingKind.TRIAL else "")
