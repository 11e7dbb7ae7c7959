"""报区委: the year's result leaves as the 全面履职 part of 党建统领综合考核评价, never as a bulletin of its own (engine 16)."""

from datetime import date, datetime

from evaluation.engine.models.ranking import Ranking
from evaluation.engine.queries.holding import difference
from evaluation.engine.queries.year_results import undecided_adjustments
from evaluation.enums import DeliberationState, RankingKind, VetoState
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access.year_end import require_year_work, year_rankings
from evaluation.year.models.year_end import CommitteeReport, Deliberation
from evaluation.year.queries.sealed import seal_report
from evaluation.year.queries.year_end import settled_ties, ties_with, vetoes_since, year_rows
from miyun_kpi.acts.acting import acting, locked, require_other_hand, unless_taken
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, Refused, listed
from miyun_kpi.lib.numbering import require_plain

CLAUSE = "四（三）4"


def report_year(
    *, actor: Actor, scheme_id: int, ranking_id: int, number: str, sent_on: date, at: datetime
) -> CommitteeReport:
    """Record that the result went to 区委: official, deliberated, unchanged since, by a second person.

    Of a year that was reported before it is a 更正: the earlier report stays as it was sent.
    """
    scheme = one_of(Scheme.objects.filter(pk=scheme_id))
    require_year_work(actor, scheme)
    number = number.strip()
    with acting(actor, at) as act:
        locked(Scheme.objects.all(), scheme.pk)
        ranking = one_of(year_rankings(actor, scheme).filter(pk=ranking_id))
        deliberation = _require_deliberated(scheme, ranking)
        require_other_hand(
            actor,
            ranking.computed_by_id,
            "报区委要由核定人以外的另一个人登记，没有登记。请考评办的另一位同事办理。",
            at,
        )
        if not 2 <= len(number) <= 80 or "\x00" in number:
            raise Refused("number-missing", "请写报送文号（2 至 80 字），没有登记。")
        require_plain(number, "报送文号")
        if not deliberation.held_on <= sent_on <= at.astimezone().date():
            raise Refused("bad-date", f"报送日期须在审议日 {deliberation.held_on} 以后、今天以前，没有登记。")
        before = CommitteeReport.objects.filter(ranking__scheme=scheme).first()
        report = CommitteeReport(
            ranking=ranking,
            digest=ranking.digest,
            deliberation=deliberation,
            number=number,
            sent_on=sent_on,
            reported_by=actor.label,
            reported_by_id=actor.user_id,
            reported_at=at,
            computed_by_id=ranking.computed_by_id,
        )
        seal_report(report)
        with unless_taken(Conflict("number-taken", f"这次结果已经以 {number} 报区委，没有登记。更正请写新的文号。")):
            report.save()
        data: dict[str, object] = {
            "number": number,
            "sent_on": sent_on.isoformat(),
            "digest": ranking.digest,
            "seal": report.seal,
        }
        if before is not None:
            data["corrected_number"] = before.number
        act.record("evaluation.year.reported", f"ranking:{ranking.pk}", **data)
    return report


def _require_deliberated(scheme: Scheme, ranking: Ranking) -> Deliberation:
    """The last meeting, confirmed, over the very figures that are reported."""
    if ranking.kind != RankingKind.OFFICIAL:
        raise Refused("trial-only", "试算只供内部试用，不能报区委，没有登记。请先正式核定。", scheme.cite(CLAUSE))
    found = CommitteeReport.objects.filter(ranking__scheme=scheme).first()
    if found is not None and found.ranking_id == ranking.pk and not vetoes_since(found):
        raise Conflict("already-reported", f"这次结果已于 {found.sent_on} 以 {found.number} 报区委，没有再次登记。")
    undecided = undecided_adjustments(scheme)
    if undecided.adjustments:
        raise Refused(
            "undecided",
            f"还有 {undecided.adjustments} 条加减分没有审议，不能报区委。请先审议，或由提出单位撤回。",
            scheme.cite(CLAUSE),
        )
    if scheme.vetoes.filter(state=VetoState.PROPOSED).exists():
        raise Refused("veto-open", "有一票否决待第二人确认，不能报区委。请先确认或退回。")
    meetings = Deliberation.objects.filter(scheme=scheme).select_related("ranking").order_by("-number")
    last = meetings.first()
    if last is None or last.state != DeliberationState.CONFIRMED:
        raise Refused(
            "not-deliberated", "年度结果还没有经区政府党组会审议并由第二人确认，不能报区委。", scheme.cite(CLAUSE)
        )
    if difference(ranking):
        raise Conflict("inputs-changed", "核定之后打分、方案或加减分又有改动，没有登记。请重新正式核定。")
    bases = {row.code: row.base for row in year_rows(last.ranking)}
    moved = [row for row in year_rows(ranking) if bases.get(row.code) != row.base]
    if moved:
        raise Refused(
            "changed-since-meeting",
            f"审议之后有 {len(moved)} 个单位的年度得分又有变动，不能报区委。请把现在的结果再报一次审议。",
            scheme.cite(CLAUSE),
            errors=listed([FieldError(row.name, "moved", row.code) for row in moved]),
        )
    open_ties = [tie for tie in ties_with(ranking, {}, settled_ties(scheme)) if not tie.decision]
    if open_ties:
        raise Refused(
            "tie-open",
            f"还有 {len(open_ties)} 处并列没有审议怎样处理，不能报区委。请再登记一次审议。",
            scheme.cite(CLAUSE),
            errors=[FieldError("、".join(tie.names), "tie-open") for tie in open_ties],
        )
    return last
