"""年度自查报告: what stands beside the unit's texts, indicator by indicator, and the report as a document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from evaluation.adjustments.models import Adjustment
from evaluation.adjustments.queries import signed
from evaluation.engine.models.ranking import RankingRow
from evaluation.engine.queries.frozen import receipts_of
from evaluation.enums import RankingState, SelfReportState
from evaluation.feedback.models.feedback import Feedback
from evaluation.feedback.queries.feedback import latest_of_each
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries.schemes import scheme_view
from evaluation.tracking.models import Rectification
from evaluation.tracking.rules import duty_prefix, tracked_of
from evaluation.year.models.year_close import SelfReport, SelfReportLine
from evaluation.year.queries.year_plan import planned_day
from miyun_kpi.documents.content import Block, Official, Paragraph
from miyun_kpi.duties.models import ProgressReport
from miyun_kpi.lib.periods import PeriodCode, label_of
from miyun_kpi.organisations.models import Organisation

EVIDENCE = "evaluation.self-report"
# Name in the product's vocabulary of states.
STATES = {
    SelfReportState.DRAFT: "draft",
    SelfReportState.SIGNING: "submitted",
    SelfReportState.FILED: "filed",
    SelfReportState.ACCEPTED: "accepted",
    SelfReportState.RETURNED: "returned",
}
Fact = Mapping[str, Any]


def facts_of(scheme: Scheme, organisation: Organisation) -> list[dict[str, Any]]:
    """One entry an indicator the unit carries, as JSON: scores from its own 反馈单, the last course, 整改. Then 加减分."""
    scores = _scores(scheme, organisation)
    courses, prefix = _courses(scheme, organisation), duty_prefix(scheme.year, scheme.track)
    rectified: dict[int, list[str]] = {}
    for row in Rectification.objects.filter(
        unit__organisation=organisation, unit__duty__key__startswith=prefix
    ).select_related("unit__duty", "opened_for"):
        words = f"{label_of(row.period)} {row.opened_for.name}发起，{row.get_state_display()}"
        rectified.setdefault(tracked_of(row.unit.duty.key).number, []).append(words)
    found = []
    for view in scheme_view(scheme).indicators:
        if organisation.pk not in view.carriers:
            continue
        one = view.indicator
        found.append(
            {
                "indicator": one.pk,
                "number": one.number,
                "name": one.short_name,
                "clause": one.clause,
                "offline": one.offline_only,
                "scores": scores.get(one.number, []),
                "course": [] if one.offline_only else courses.get(one.number, []),
                "rectifications": rectified.get(one.number, []),
            }
        )
    return found


def adjustments_of(scheme: Scheme, organisation: Organisation) -> list[str]:
    rows = Adjustment.objects.filter(scheme=scheme, organisation=organisation).exclude(state="withdrawn")
    return [f"{one.work}：{signed(one.points)} 分，{one.get_state_display()}" for one in rows.order_by("pk")]


def _scores(scheme: Scheme, organisation: Organisation) -> dict[int, list[str]]:
    """By indicator what the unit's own 反馈单 say; those checked and not yet published are marked so."""
    feedbacks = Feedback.objects.filter(
        organisation=organisation, check_round__ranking__scheme=scheme, check_round__ranking__corrected_by=None
    )
    found: dict[int, list[str]] = {}
    rounds = latest_of_each(feedbacks).values_list(
        "check_round__ranking_id", "check_round__ranking__period__code", "check_round__ranking__state"
    )
    shown = {pk: (code, state) for pk, code, state in rounds}
    # A bulletin older than 单位核对 has no 反馈单, but the unit sees its own 得分明细.
    published = RankingRow.objects.filter(
        ranking__scheme=scheme, ranking__state=RankingState.PUBLISHED, ranking__corrected_by=None
    )
    for pk, code in published.values_list("ranking_id", "ranking__period__code").distinct():
        shown.setdefault(pk, (code, RankingState.PUBLISHED))
    rows = RankingRow.objects.filter(organisation=organisation, ranking__in=shown)
    rows = rows.select_related("ranking__scheme", "ranking__period", "organisation")
    for row in sorted(
        rows.defer("ranking__document", "ranking__inputs"), key=lambda row: (shown[row.ranking_id][0], row.ranking_id)
    ):
        code, state = shown[row.ranking_id]
        label = PeriodCode.parse(code).label + ("" if state == RankingState.PUBLISHED else "（未通报）")
        for item in receipts_of(row.ranking, [row])[0]["items"]:
            if item["score"] is not None:
                words = f"{label} {item['score']} / {item['weight']}"
                found.setdefault(item["indicator"]["number"], []).append(words)
    return found


def _courses(scheme: Scheme, organisation: Organisation) -> dict[int, list[dict[str, str]]]:
    """The last submitted word of each line of 月跟踪, by indicator."""
    prefix = duty_prefix(scheme.year, scheme.track)
    reports = ProgressReport.objects.filter(
        duty_period__unit__organisation=organisation,
        duty_period__unit__duty__key__startswith=prefix,
        submitted_at__isnull=False,
    ).select_related("duty_period__unit__duty")
    last: dict[int, ProgressReport] = {}
    for report in reports.order_by("duty_period__period"):
        last[report.duty_period.unit_id] = report
    found: dict[int, list[dict[str, str]]] = {}
    for report in last.values():
        duty = report.duty_period.unit.duty
        words = {
            "title": duty.title.removeprefix("月跟踪："),
            "month": report.duty_period.period,
            "course": str(report.get_course_display()),
            "progress": report.progress,
            "problem": report.problem,
        }
        found.setdefault(tracked_of(duty.key).number, []).append(words)
    return found


@dataclass(frozen=True)
class ReportLine:
    """An indicator as the page shows it; `done` is prefilled from the last course while nothing of it is saved."""

    fact: Fact
    done: str
    problem: str
    prefilled: bool


@dataclass(frozen=True)
class ReportPage:
    report: SelfReport | None
    lines: list[ReportLine]
    adjustments: list[str]
    due_on: date


def report_page(scheme: Scheme, organisation: Organisation) -> ReportPage:
    report = SelfReport.objects.filter(scheme=scheme, organisation=organisation).first()
    written = {line.indicator_id: line for line in report.lines.all()} if report else {}
    frozen = report is not None and report.signed_at is not None and report.state != SelfReportState.RETURNED
    facts: Sequence[Fact] = report.facts if report and frozen else facts_of(scheme, organisation)
    return ReportPage(
        report=report,
        lines=[_line(fact, written.get(fact["indicator"]), frozen=frozen) for fact in facts],
        adjustments=adjustments_of(scheme, organisation),
        due_on=planned_day(scheme, "self-report"),
    )


def _line(fact: Fact, written: SelfReportLine | None, *, frozen: bool) -> ReportLine:
    if written is not None or frozen or fact["offline"]:
        return ReportLine(fact, written.done if written else "", written.problem if written else "", False)
    course = fact["course"]
    done = "\n".join(one["progress"] for one in course if one["progress"])
    problem = "\n".join(one["problem"] for one in course if one["problem"])
    return ReportLine(fact, done, problem, bool(done or problem))


def report_document(scheme: Scheme, organisation: Organisation, page: ReportPage) -> Official:
    """The report as an official document; until it is submitted it is marked as a draft."""
    report = page.report
    assert report is not None
    blocks: list[Block] = [Paragraph("一、年度绩效任务落实情况", 1), *_paragraphs(report.summary)]
    blocks.append(Paragraph("二、逐项梳理", 1))
    for line in page.lines:
        blocks.append(Paragraph(f"{line.fact['number']}. {line.fact['name']}", 3))
        if line.fact["scores"]:
            blocks.append(Paragraph("各期得分：" + "；".join(line.fact["scores"]) + "。"))
        if line.fact["offline"]:
            blocks.append(Paragraph("材料线下报送。"))
        if not line.prefilled:
            blocks += [*_paragraphs(line.done), *_paragraphs(line.problem, "问题和不足：")]
        blocks += (
            [Paragraph("整改：" + "；".join(line.fact["rectifications"]) + "。")] if line.fact["rectifications"] else []
        )
    blocks += [Paragraph("三、问题和不足", 1), *_paragraphs(report.problems)]
    blocks += [Paragraph("四、下一步措施", 1), *_paragraphs(report.measures)]
    if page.adjustments:
        blocks += [Paragraph("五、提出的加减分", 1), *(Paragraph(words) for words in page.adjustments)]
    handed = report.state in (SelfReportState.FILED, SelfReportState.ACCEPTED)
    return Official(
        title=[f"{scheme.year}年度全面履职绩效自查报告"],
        addressee="区政府办",
        blocks=blocks,
        signatory=organisation.name,
        dated=report.signed_at.astimezone().date() if handed and report.signed_at else None,
        stage="" if handed else "未报送",
        source=f"{scheme.year} {scheme.track} {organisation.code} {report.version}",
    )


def _paragraphs(text: str, head: str = "") -> list[Block]:
    lines = [one.strip() for one in text.splitlines() if one.strip()]
    return [Paragraph((head if number == 0 else "") + line) for number, line in enumerate(lines)]
