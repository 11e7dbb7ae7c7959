"""What evaluation hangs on the floors below, in one place."""

from evaluation.tracking.rules import TRACKED


def register() -> None:
    from evaluation import relations, sentences
    from evaluation.adjustments.access import may_read_adjustment_evidence
    from evaluation.adjustments.queries import EVIDENCE as ADJUSTMENT_EVIDENCE
    from evaluation.bulletin.desk import bulletin_items
    from evaluation.drafting.desk import drafting_items
    from evaluation.drafting.queries.pages import ISSUE_FILES
    from evaluation.engine.access import may_read_signing_scan
    from evaluation.engine.models.ranking import SIGNING_SCAN
    from evaluation.feedback.desk.feedback import feedback_items
    from evaluation.feedback.desk.reviews import review_items
    from evaluation.figures.desk import figure_items
    from evaluation.filing.desk import filing_items
    from evaluation.frame import concerns, notice_of_page
    from evaluation.loading import load_schemes
    from evaluation.ranking.desk import changed_items
    from evaluation.scheme.access.drafts import may_read_issue
    from evaluation.scheme.queries.citing import figures_citing
    from evaluation.sheets.access import may_read_scan
    from evaluation.sheets.desk import sheet_items
    from evaluation.sheets.services.scans import EVIDENCE as SHEET_SCAN
    from evaluation.tasks.desk import supervision_items
    from evaluation.tracking.access import may_read_evidence, tracked_units_visible_to
    from evaluation.tracking.desk import desk_items as tracking_items
    from evaluation.tracking.queries.tracking import EVIDENCE, tracked_address
    from evaluation.wording import RENAMED, WORDS
    from evaluation.year.access.self_reports import may_read_self_report_evidence
    from evaluation.year.desk.year_close import year_close_items
    from evaluation.year.desk.year_end import year_end_items
    from evaluation.year.queries.self_reports import EVIDENCE as SELF_REPORT_EVIDENCE
    from miyun_kpi.attachments.registry import register_keeper
    from miyun_kpi.audit.wording import register_words
    from miyun_kpi.duties.registry import register_scope
    from miyun_kpi.gazette.registry import register_citing, register_loader
    from miyun_kpi.inbox.registry import register_concern, register_desk
    from miyun_kpi.web.registry import register_notice, register_subject

    _follow()
    relations.register()
    register_words(WORDS, RENAMED)
    _register_seals()
    sentences.register()
    register_loader("evaluation", load_schemes, order=50)
    register_citing(figures_citing)
    for items in (
        *(sheet_items, figure_items, tracking_items, feedback_items, review_items, filing_items),
        *(bulletin_items, drafting_items, year_end_items, year_close_items, supervision_items),
        changed_items,
    ):
        register_desk(items)
    register_concern(concerns)
    register_notice(notice_of_page)
    register_subject("evaluation", "绩效考评", order=110, short="考评")
    register_keeper(EVIDENCE, may_read_evidence)
    register_keeper(SHEET_SCAN, may_read_scan)
    register_keeper(ISSUE_FILES, may_read_issue)
    register_keeper(SIGNING_SCAN, may_read_signing_scan)
    register_keeper(ADJUSTMENT_EVIDENCE, may_read_adjustment_evidence)
    register_keeper(SELF_REPORT_EVIDENCE, may_read_self_report_evidence)
    register_scope(TRACKED, tracked_units_visible_to, tracked_address, evidence=EVIDENCE)


def register_emendables() -> None:
    from evaluation.adjustments.emending import ADJUSTMENT
    from evaluation.drafting.services.emending import AMENDMENT, ISSUE
    from evaluation.feedback.services.emending import REVIEW
    from evaluation.ranking.emending import SIGNING
    from evaluation.tasks.services.emending import ITEM
    from evaluation.tracking.services.emending import RECTIFICATION
    from evaluation.year.services.emending import SELF_REPORT, SURVEY, VISIT
    from miyun_kpi.emendations.registry import register_emendable

    for one in (ADJUSTMENT, ISSUE, AMENDMENT, REVIEW, ITEM, RECTIFICATION, SELF_REPORT, SURVEY, VISIT):
        register_emendable(one.emendable())
    register_emendable(SIGNING)


def _register_seals() -> None:
    from evaluation.bulletin import guards as bulletin_guards
    from evaluation.bulletin.queries import sealed_bulletins
    from evaluation.bulletin.verification import bulletin_faults
    from evaluation.engine import guards
    from evaluation.engine.queries.sealed import sealed_rankings
    from evaluation.feedback.queries.sealed import feedback_faults, sealed_feedback
    from evaluation.leaders import guards as leader_guards
    from evaluation.leaders.queries.sealed import paper_faults, sealed_papers
    from evaluation.ranking.queries.verification import all_rankings
    from evaluation.sheets.queries.held import mark_faults
    from evaluation.year.adoption import adopt
    from evaluation.year.queries.sealed import report_faults, sealed_reports
    from miyun_kpi.audit.keyless import register_sealed
    from miyun_kpi.audit.verifying import register_adoption, register_check

    guards.register()
    leader_guards.register()
    bulletin_guards.register()
    register_adoption("evaluation", adopt)
    register_check("每一格打分与审计的最后一次记录", mark_faults)
    register_check("排名、得分明细的封和通报、更正、审签", all_rankings)
    register_check("定稿的通报", bulletin_faults)
    register_check("反馈单", feedback_faults)
    register_check("通报时的领导首页", paper_faults)
    register_check("报区委的年度结果", report_faults)
    for name, source in (
        *(("rankings", sealed_rankings), ("bulletins", sealed_bulletins)),
        *(("feedback", sealed_feedback), ("reports", sealed_reports)),
        ("leader-papers", sealed_papers),
    ):
        register_sealed(name, source)


def _follow() -> None:
    """What follows of itself when inputs move or a setting changes, what two persons decide in a closed period, and 单位页."""
    from evaluation.engine.services import after_inputs_moved
    from evaluation.leaders.desk import signing_items
    from evaluation.leaders.queries.overdue import overdue
    from evaluation.leaders.services import keep_papers
    from evaluation.periods.models import Period
    from evaluation.periods.registry import register_after_inputs_moved
    from evaluation.periods.services import scheme_moved
    from evaluation.ranking.registry import register_after_publication
    from evaluation.ranking.unit_part import PART as UNIT_PART
    from evaluation.scheme.models.scheme import Scheme
    from evaluation.scheme.registry import register_after_settings
    from evaluation.scheme.services.cells import units_came
    from evaluation.tasks.on_record import PROVIDERS
    from evaluation.year import deciding
    from miyun_kpi.acts.order import Rank, register_rank
    from miyun_kpi.inbox.registry import register_desk
    from miyun_kpi.organisations.leader_parts import register_overdue
    from miyun_kpi.organisations.on_record import register_provider
    from miyun_kpi.organisations.registry import register_after_beginning
    from miyun_kpi.organisations.unit_record import register_unit_part

    register_unit_part(UNIT_PART)
    for provider in PROVIDERS:
        register_provider(provider)
    register_overdue(overdue)
    register_after_publication(keep_papers)
    register_desk(signing_items)
    register_rank(Rank.SCHEME, Scheme)
    register_rank(Rank.PERIOD, Period)
    register_after_inputs_moved(after_inputs_moved)
    register_after_settings(scheme_moved)
    register_after_beginning(units_came)
    deciding.register()
