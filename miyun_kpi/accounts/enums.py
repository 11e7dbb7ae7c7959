from django.db.models import TextChoices


class Verb(TextChoices):
    """What a post allows. Services ask for verbs, never for roles."""

    MANAGE_ORGANISATIONS = "manage-organisations", "维护机构"
    MANAGE_ACCOUNTS = "manage-accounts", "维护账号"
    GRANT_POSTS = "grant-posts", "授予岗位"
    MANAGE_TOKENS = "manage-tokens", "发放接口令牌"
    READ_AUDIT = "read-audit", "查阅审计"
    READ_ALL_MARKS = "read-all-marks", "查看全部打分"
    READ_UNPUBLISHED = "read-unpublished", "查看未通报的排名"
    CONFIRM_FIGURES = "confirm-figures", "确认方案数字"
    OPEN_PERIODS = "open-periods", "开启期间"
    COMPUTE_RANKINGS = "compute-rankings", "试算与核定"
    PUBLISH_RANKINGS = "publish-rankings", "通报"
    REOPEN_SHEETS = "reopen-sheets", "退回重开打分表"
    ENTER_FROM_PAPER = "enter-from-paper", "代录"
    DECIDE_FILING = "decide-filing", "缺表处理与开锁"
    APPROVE_NOT_APPLICABLE = "approve-not-applicable", "批准不适用"
    ENTER_MARKS = "enter-marks", "打分"
    FILE_SHEETS = "file-sheets", "报送打分表"
    KEEP_RULEBOOK = "keep-rulebook", "维护考评细则"
    CERTIFY_SHEETS = "certify-sheets", "审核打分表"
    KEEP_SETTINGS = "keep-settings", "维护方案设置"
    DRAFT_SCHEMES = "draft-schemes", "拟定、印发与修订考评方案"
    REPORT_PROGRESS = "report-progress", "填报月报"
    REVIEW_REPORTS = "review-reports", "审核月报"
    READ_ALL_TRACKING = "read-all-tracking", "查看全部月跟踪"
    KEEP_TASKS = "keep-tasks", "维护绩效任务清单"
    KEEP_SUPERVISION = "keep-supervision", "登记督办台账"
    KEEP_DATA_TABLES = "keep-data-tables", "维护月度数据表"
    PRESS_FOR_CORRECTION = "press-for-correction", "督促整改"
    CHECK_FEEDBACK = "check-feedback", "核对与签收反馈单"
    ASK_REVIEWS = "ask-reviews", "申请复核"
    CONSENT_REVIEWS = "consent-reviews", "同意申请复核"
    ANSWER_REVIEWS = "answer-reviews", "答复复核申请"
    DECIDE_REVIEWS = "decide-reviews", "决定复核申请"
    PROPOSE_ADJUSTMENTS = "propose-adjustments", "提出加减分"
    CHECK_ADJUSTMENTS = "check-adjustments", "核对加减分"
    KEEP_REGISTERS = "keep-registers", "维护任务和登记簿"
    REVIEW_DISCLOSURE = "review-disclosure", "审核公开信息和延期答复"
    KEEP_YEAR_METHOD = "keep-year-method", "维护年度计算办法"
    RECORD_DELIBERATION = "record-deliberation", "登记结果审议与一票否决"
    CLOSE_YEAR = "close-year", "办理自查报告、效果评价、年度计划和归档"
    SIGN_SELF_REPORTS = "sign-self-reports", "签发自查报告"
    PLAN_VISITS = "plan-visits", "安排现场考评"
    FILL_LEADER_FORM = "fill-leader-form", "填写效果评价"
    PROPOSE_ACCOUNTS = "propose-accounts", "提请本单位的账号和岗位"


class Role(TextChoices):
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDITOR = "auditor", "审计员"
    EVALUATION_OFFICE = "evaluation_office", "考评办"
    EVALUATOR = "evaluator", "考评经办"
    CERTIFIER = "certifier", "审核人"
    REPORTER = "reporter", "填报人"
    UNIT_HEAD = "unit_head", "单位负责人"
    LEADER = "leader", "区领导"
    REGISTER_OFFICE = "register_office", "主管办公室"
    LIAISON = "liaison", "联络员"


# 三权分立: administrators neither mark nor confirm nor read unpublished results; nobody holds two of the three.
SEPARATED_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
# What none of the three may hold beside it.
MARKING_ROLES = frozenset(
    {
        Role.EVALUATION_OFFICE,
        Role.EVALUATOR,
        Role.CERTIFIER,
        Role.UNIT_HEAD,
        Role.REPORTER,
        Role.LEADER,
        Role.REGISTER_OFFICE,
        # Who proposes accounts and posts is nobody who releases them.
        Role.LIAISON,
    }
)

# Granted, handed over and lent by two administrators: who decides over others, or is somebody's second person.
STRONG_ROLES = SEPARATED_ROLES | {Role.EVALUATION_OFFICE, Role.CERTIFIER, Role.REGISTER_OFFICE, Role.LEADER}

VERBS_BY_ROLE: dict[str, frozenset[str]] = {
    Role.SYSTEM_ADMIN: frozenset({Verb.MANAGE_ORGANISATIONS, Verb.MANAGE_ACCOUNTS}),
    Role.SECURITY_ADMIN: frozenset({Verb.GRANT_POSTS, Verb.MANAGE_TOKENS}),
    Role.AUDITOR: frozenset({Verb.READ_AUDIT, Verb.READ_UNPUBLISHED}),
    Role.EVALUATION_OFFICE: frozenset(
        {
            Verb.READ_ALL_MARKS,
            Verb.READ_UNPUBLISHED,
            Verb.CONFIRM_FIGURES,
            Verb.KEEP_SETTINGS,
            Verb.DRAFT_SCHEMES,
            Verb.OPEN_PERIODS,
            Verb.COMPUTE_RANKINGS,
            Verb.PUBLISH_RANKINGS,
            Verb.REOPEN_SHEETS,
            Verb.ENTER_FROM_PAPER,
            Verb.DECIDE_FILING,
            Verb.APPROVE_NOT_APPLICABLE,
            Verb.READ_ALL_TRACKING,
            Verb.KEEP_TASKS,
            Verb.KEEP_SUPERVISION,
            Verb.PRESS_FOR_CORRECTION,
            Verb.DECIDE_REVIEWS,
            Verb.PROPOSE_ADJUSTMENTS,
            Verb.CHECK_ADJUSTMENTS,
            Verb.KEEP_YEAR_METHOD,
            Verb.RECORD_DELIBERATION,
            Verb.CLOSE_YEAR,
        }
    ),
    Role.EVALUATOR: frozenset(
        {
            Verb.ENTER_MARKS,
            Verb.FILE_SHEETS,
            Verb.KEEP_RULEBOOK,
            Verb.ANSWER_REVIEWS,
            Verb.REVIEW_REPORTS,
            Verb.KEEP_DATA_TABLES,
            Verb.KEEP_TASKS,
            Verb.KEEP_SUPERVISION,
            Verb.PRESS_FOR_CORRECTION,
            Verb.PROPOSE_ADJUSTMENTS,
            Verb.PLAN_VISITS,
        }
    ),
    Role.CERTIFIER: frozenset({Verb.CERTIFY_SHEETS}),
    Role.REPORTER: frozenset({Verb.REPORT_PROGRESS, Verb.CHECK_FEEDBACK, Verb.ASK_REVIEWS, Verb.PROPOSE_ADJUSTMENTS}),
    Role.UNIT_HEAD: frozenset(
        {
            Verb.REPORT_PROGRESS,
            Verb.CHECK_FEEDBACK,
            Verb.CONSENT_REVIEWS,
            Verb.PROPOSE_ADJUSTMENTS,
            Verb.SIGN_SELF_REPORTS,
            Verb.REVIEW_DISCLOSURE,
        }
    ),
    Role.LEADER: frozenset({Verb.READ_UNPUBLISHED, Verb.READ_ALL_TRACKING, Verb.FILL_LEADER_FORM}),
    Role.REGISTER_OFFICE: frozenset({Verb.KEEP_REGISTERS, Verb.REVIEW_DISCLOSURE}),
    Role.LIAISON: frozenset({Verb.PROPOSE_ACCOUNTS}),
}


class ActivationState(TextChoices):
    """A one-time activation: asked for by one administrator, released by another, finished by whose account it is."""

    ASKED = "asked", "待放行"
    RELEASED = "released", "待激活"
    USED = "used", "已激活"
    STRUCK = "struck", "已作废"
