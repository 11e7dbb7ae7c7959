"""The files of a year's 归档包 in a fixed order, and its index. There are no forms of leaders to put in: only sums."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import PurePath

from evaluation.adjustments.excel import adjustments_workbook
from evaluation.adjustments.models import Adjustment
from evaluation.adjustments.queries import EVIDENCE as ADJUSTMENT_FILES
from evaluation.adjustments.queries import lines_of
from evaluation.bulletin import queries as bulletins
from evaluation.bulletin.models import Bulletin
from evaluation.engine.models.ranking import Ranking, RankingRow
from evaluation.engine.queries.frozen import WHOLE, document_of, inputs_of, receipts_of
from evaluation.engine.rules.documents import canonical
from evaluation.enums import RankingKind
from evaluation.feedback.models.feedback import Feedback
from evaluation.feedback.queries.feedback import FeedbackPage, feedback_page
from evaluation.feedback.queries.sealed import notes_of
from evaluation.ranking.excel.rankings import ranking_workbook
from evaluation.ranking.queries.rankings import Viewer, ranking_page
from evaluation.scheme.models.scheme import Scheme
from evaluation.sheets.models.filing import SheetDecision
from evaluation.sheets.models.marks import MarkSheet
from evaluation.year.excel.year_close import effect_workbook
from evaluation.year.models.year_close import SelfReport
from evaluation.year.models.year_end import Deliberation
from evaluation.year.queries.leader_survey import effect_of
from evaluation.year.queries.self_reports import EVIDENCE as SELF_REPORT_FILES
from evaluation.year.queries.self_reports import report_document, report_page
from evaluation.year.queries.year_document import year_document
from evaluation.year.services.year_archive import Indexed, Item
from miyun_kpi.attachments.queries import attached, place_of
from miyun_kpi.audit.models import AuditEntry, AuditMaster
from miyun_kpi.documents.write import write_official
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook

OFFICE = "区政府办公室"


def archive_items(scheme: Scheme, *, audit: int, viewer: str, at: datetime) -> Iterator[Item]:
    """`audit`: the last entry of the chain when the archive was asked for."""
    rankings = list(
        Ranking.objects.filter(scheme=scheme, kind=RankingKind.OFFICIAL)
        .select_related("scheme", "period")
        .order_by("period__code", "number")
    )
    for one in rankings:
        yield from _ranking(one, viewer, at)
    yield from _feedbacks(rankings)
    yield from _bulletins(rankings)
    yield from _sheets(scheme, at)
    yield from _decisions(scheme, at)
    yield from _adjustments(scheme, viewer, at)
    yield from _deliberations(scheme, rankings)
    yield from _self_reports(scheme)
    effect = effect_of(scheme)
    if effect.released or effect.table:
        yield Item(
            "08-效果评价/汇总.xlsx",
            "效果评价汇总",
            _day(at),
            OFFICE,
            effect_workbook(scheme, effect, viewer=viewer, at=at),
        )
    entry = AuditEntry.objects.filter(seq=audit).first()
    head = f"审计第 {audit} 条\n{entry.hash if entry else ''}\n"
    master = AuditMaster.objects.filter(at__lte=at).order_by("-number").first()
    head += f"总链头第 {master.number} 号\n{master.hash}\n" if master else ""
    yield Item("09-审计/审计链头.txt", "审计链头", _day(at), OFFICE, head.encode())


def _day(at: datetime | None) -> str:
    return f"{at.astimezone():%Y-%m-%d}" if at else ""


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _ranking(one: Ranking, viewer: str, at: datetime) -> Iterator[Item]:
    place = f"01-排名/{one.period.code}-第{one.number}次"
    title = f"{one.period.label}排名（第 {one.number} 次核定）"
    day = _day(one.computed_at)
    yield Item(f"{place}-结果.json", f"{title}：冻结结果", day, one.computed_by, canonical(document_of(one)).encode())
    yield Item(f"{place}-输入清单.json", f"{title}：输入清单", day, one.computed_by, canonical(inputs_of(one)).encode())
    receipts = receipts_of(one, list(RankingRow.objects.filter(ranking=one).select_related("organisation")))
    yield Item(f"{place}-得分明细.json", f"{title}：得分明细", day, one.computed_by, _json(receipts))
    page = ranking_page(one, Viewer(WHOLE, ""))
    yield Item(f"{place}.xlsx", title, day, one.computed_by, ranking_workbook(one, page, viewer=viewer, at=at))


def _feedbacks(rankings: Sequence[Ranking]) -> Iterator[Item]:
    found = Feedback.objects.filter(check_round__ranking__in=rankings).select_related(
        "organisation", "check_round__ranking__period"
    )
    for one in found.order_by("check_round__ranking__period__code", "organisation__order", "pk"):
        ranking = one.check_round.ranking
        page = feedback_page(one)
        content = _json({"receipt": page.receipt, "notes": notes_of(one), "state": one.state})
        place = f"02-反馈单/{ranking.period.code}-第{ranking.number}次/{one.organisation.code}"
        title = f"{ranking.period.label}反馈单：{one.organisation.name}"
        at = one.signed_at or one.check_round.opened_at
        by = one.signed_by or OFFICE
        yield Item(f"{place}.xlsx", title, _day(at), by, _feedback_book(one, page, title, at))
        yield Item(f"{place}.json", f"{title}：冻结数据", _day(at), by, content)


def _feedback_book(one: Feedback, page: FeedbackPage, title: str, at: datetime) -> bytes:
    rows: list[Sequence[Cell]] = [
        [
            str(line.item["indicator"]["number"]),
            line.item["indicator"]["name"],
            line.evaluator,
            line.value or "",
            line.full or "",
            line.lost or "",
            line.problems,
            line.suggestions,
            due.isoformat() if due else "",
            review.get_state_display() if review else "",
        ]
        for line, due, review in page.rows
    ]
    heads = ("序号", "考评内容", "考评部门", "得分", "满分", "扣分", "存在问题", "改进建议", "整改时限", "复核")
    lines = [
        title,
        f"{one.get_state_display()}{f'　签收 {_day(one.signed_at)} {one.signed_by}' if one.signed_at else ''}",
    ]
    return _book("反馈单", heads, rows, lines, at)


def _book(title: str, heads: Sequence[str], rows: list[Sequence[Cell]], lines: Sequence[str], at: datetime) -> bytes:
    return workbook([Sheet(title, [Column(head, 20) for head in heads], rows, lines=lines)], title=lines[0], at=at)


def _bulletins(rankings: Sequence[Ranking]) -> Iterator[Item]:
    found = Bulletin.objects.filter(sources__ranking__in=rankings, state="final").distinct().select_related("period")
    for one in found.order_by("pk"):
        last = bulletins.newest_version(one)
        content = write_official(bulletins.paper(one, last.content, bulletins.snapshot(one)), at=last.saved_at)
        title = f"{one.period.label}{one.get_kind_display()}"
        yield Item(f"03-通报/{one.pk}-{title}.docx", f"{title}　{one.number}", _day(last.saved_at), OFFICE, content)


def _sheets(scheme: Scheme, at: datetime) -> Iterator[Item]:
    found = MarkSheet.objects.filter(scheme=scheme, state="filed").select_related("indicator", "evaluator", "period")
    for sheet in found.order_by("period__code", "indicator__number", "pk").prefetch_related("scans__attachment"):
        title = (
            f"{sheet.period.label}打分表 {sheet.indicator.number} {sheet.indicator.short_name}：{sheet.evaluator.name}"
        )
        place = f"04-打分表/{sheet.period.code}/{sheet.indicator.number:02}-{sheet.pk}"
        rows: list[Sequence[Cell]] = [
            [
                m.organisation.name,
                m.value,
                m.get_not_applicable_display() if m.not_applicable else "",
                m.problems,
                m.suggestions,
            ]
            for m in sheet.marks.select_related("organisation").order_by("order")
        ]
        columns = [
            Column("单位", 26),
            Column("得分", 10, 3),
            Column("不适用", 10),
            Column("存在问题", 40),
            Column("改进建议", 40),
        ]
        lines = [
            title,
            f"回执号 {sheet.receipt_number}　报送 {_day(sheet.filed_at)}　{sheet.filed_by}{'　迟报' if sheet.late else ''}",
        ]
        content = workbook([Sheet("打分表", columns, rows, lines=lines)], title=title, at=sheet.filed_at or at)
        yield Item(f"{place}.xlsx", title, _day(sheet.filed_at), sheet.filed_by, content)
        for scan in sheet.scans.all():
            file = scan.attachment
            name = f"{place}-盖章扫描件-{file.pk}{PurePath(file.name).suffix}"
            yield Item(name, f"{title}　盖章扫描件", _day(file.stored_at), file.stored_by, place_of(file))


def _decisions(scheme: Scheme, at: datetime) -> Iterator[Item]:
    found = SheetDecision.objects.filter(sheet__scheme=scheme).select_related("sheet__indicator", "sheet__period")
    listed: list[Sequence[Cell]] = [
        [
            one.sheet.period.label,
            f"{one.sheet.indicator.number} {one.sheet.indicator.short_name}",
            one.get_kind_display(),
            one.get_state_display(),
            one.reason,
            one.signer,
            one.signed_on.isoformat(),
            one.recorded_by,
            one.decided_by,
        ]
        for one in found.order_by("pk")
    ]
    heads = ("期间", "考评内容", "处理", "状态", "理由", "签批人", "签批日期", "登记人", "确认人")
    if listed:
        content = _book("缺表处理决定", heads, listed, ["缺表处理决定", f"{len(listed)} 件"], at)
        yield Item("04-打分表/缺表处理决定.xlsx", "缺表处理决定", "", OFFICE, content)


def _adjustments(scheme: Scheme, viewer: str, at: datetime) -> Iterator[Item]:
    found = list(
        Adjustment.objects.filter(scheme=scheme).select_related("scheme", "organisation", "proposed_for").order_by("pk")
    )
    if not found:
        return
    content = adjustments_workbook(lines_of(found), viewer=viewer, at=at)
    yield Item("05-加减分/加减分.xlsx", "加减分", _day(at), OFFICE, content)
    yield from _files("05-加减分/佐证", ADJUSTMENT_FILES, {one.pk: one.work for one in found})


def _files(folder: str, kind: str, titles: dict[int, str]) -> Iterator[Item]:
    for subject, files in sorted(attached(kind, list(titles)).items()):
        for file in sorted(files, key=lambda one: one.pk):
            name = f"{folder}/{subject}-{file.pk}{PurePath(file.name).suffix}"
            yield Item(name, f"{titles[subject]}：{file.name}", _day(file.stored_at), file.stored_by, place_of(file))


def _deliberations(scheme: Scheme, rankings: Sequence[Ranking]) -> Iterator[Item]:
    for one in (
        Deliberation.objects.filter(scheme=scheme)
        .order_by("number")
        .prefetch_related("outcomes__adjustment__organisation", "ties")
    ):
        rows: list[Sequence[Cell]] = [
            [
                "加减分",
                o.adjustment.organisation.name,
                o.adjustment.work,
                o.get_outcome_display(),
                o.points,
                o.tie_decision,
            ]
            for o in one.outcomes.all()
        ]
        rows += [
            ["并列", "、".join(str(one) for one in t.organisations), "", t.decision, None, ""] for t in one.ties.all()
        ]
        title = f"结果审议 第 {one.number} 次　{one.minutes_number}"
        said = f"{one.meeting}　{one.held_on}　{one.get_state_display()}　登记 {one.recorded_by}　确认 {one.confirmed_by or '–'}"
        columns = [
            Column(head, 24, 3 if head == "分数" else None)
            for head in ("审议事项", "单位", "工作", "决定", "分数", "并列的处理")
        ]
        sheet = Sheet("结果审议", columns, rows, lines=[title, said, *([one.note] if one.note else [])])
        content = workbook([sheet], title=title, at=one.recorded_at)
        yield Item(f"06-结果审议/第{one.number}次.xlsx", title, one.held_on.isoformat(), one.recorded_by, content)
    year = [one for one in rankings if one.period.code == str(scheme.year)]
    if year:
        content = write_official(year_document(scheme, year[-1]), at=year[-1].computed_at)
        yield Item("06-结果审议/报区委稿.docx", "报区委稿", _day(year[-1].computed_at), OFFICE, content)


def _self_reports(scheme: Scheme) -> Iterator[Item]:
    found = SelfReport.objects.filter(scheme=scheme, signed_at__isnull=False).select_related("organisation", "scheme")
    reports = list(found.order_by("organisation__order", "pk"))
    for one in reports:
        official = report_document(scheme, one.organisation, report_page(scheme, one.organisation))
        content = write_official(official, at=one.signed_at or one.drafted_at)
        title = f"自查报告：{one.organisation.name}"
        yield Item(f"07-自查报告/{one.organisation.code}.docx", title, _day(one.signed_at), one.signed_by, content)
    yield from _files(
        "07-自查报告/佐证", SELF_REPORT_FILES, {one.pk: f"自查报告：{one.organisation.name}" for one in reports}
    )


def archive_index(scheme: Scheme, listed: Sequence[Indexed], *, at: datetime) -> bytes:
    """归档目录. 保管期限 is left for the archive to fill in."""
    columns = [
        Column("件号", 7),
        Column("文件名", 50),
        Column("题名", 50),
        Column("日期", 12),
        Column("责任者", 26),
        Column("保管期限", 12),
        Column("大小（字节）", 14),
        Column("SHA-256", 68),
    ]
    rows: list[Sequence[Cell]] = [
        [number, one.item.name, one.item.title, one.item.day, one.item.responsible, "", one.size, one.sha256]
        for number, one in enumerate(listed, start=1)
    ]
    title = f"{scheme.year}年{scheme.get_track_display()}绩效考评归档目录"
    notes = ["区领导的单份评价不保存，不在包内。保管期限由档案部门填写。"]
    return workbook([Sheet("归档目录", columns, rows, lines=[title], notes=notes)], title=title, at=at)
