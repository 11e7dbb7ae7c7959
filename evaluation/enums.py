from django.db.models import TextChoices

from miyun_kpi.lib.citations import document_of

# The plan this code follows. A scheme cites its own document, see `Scheme.document`.
DOCUMENT = document_of("evaluation")


class SchemeState(TextChoices):
    DRAFT = "draft", "草案"
    IN_FORCE = "in_force", "在用"
    CLOSED = "closed", "已结束"


class ActState(TextChoices):
    """印发 and 修订: proposed by one person, confirmed or sent back by another."""

    PROPOSED = "proposed", "待第二人确认"
    CONFIRMED = "confirmed", "已确认"
    RETURNED = "returned", "已退回"


class FigureStatus(TextChoices):
    """Four words for a figure (docs/engine.md): how firmly it stands in the gazette."""

    PRINTED = "printed", "原文"
    DERIVED = "derived", "推算"
    ASSUMED = "assumed", "推定"
    UNREADABLE = "unreadable", "不可读"


UNSETTLED = (FigureStatus.ASSUMED, FigureStatus.UNREADABLE)


class FigureKind(TextChoices):
    WEIGHT = "weight", "分值"
    SHARE = "share", "考评部门与份额"
    CARRIED = "carried", "承担"
    SCOPE = "scope", "考评范围"
    ROW_READING = "row-reading", "整行取值"
    FULL_MARK = "full-mark", "打分满分"
    OWN_MARK = "own-mark", "评本单位"


class Scope(TextChoices):
    """考评范围 of an indicator (engine 3)."""

    QUARTER = "quarter", "季考"
    HALF_YEAR = "half", "半年考"
    YEAR = "year", "年考"


class FullMarkRule(TextChoices):
    HUNDRED = "hundred", "100 分，按权重折算"
    POINTS = "points", "按分值打分"


class OwnMarkRule(TextChoices):
    """评本单位 (engine 13)."""

    MARK = "mark", "照打并标注"
    AVERAGE = "average", "回避取平均分"


class BatchState(TextChoices):
    PROPOSED = "proposed", "待第二人确认"
    CHECKED = "checked", "已复核"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


class PeriodKind(TextChoices):
    MONTH = "month", "月"
    QUARTER = "quarter", "季"
    YEAR = "year", "年"


class SheetState(TextChoices):
    OPEN = "open", "填报中"
    SUBMITTED = "submitted", "待审核"
    FILED = "filed", "已报送"
    RETURNED = "returned", "退回"


class SheetEventKind(TextChoices):
    """What happened to a sheet as a whole, in the words of its trail."""

    SUBMITTED = "submitted", "送审"
    FILED = "filed", "报送"
    CERTIFIED = "certified", "审核通过"
    RETURNED = "returned", "审核退回"
    WITHDRAWN = "withdrawn", "撤回送审"
    REOPENED = "reopened", "退回重开"
    HANDED_OVER = "handed", "移交"


class ConditionKind(TextChoices):
    """与本期记录不符: what a mark is held against before it is filed (0118)."""

    MISSING = "missing", "缺报"
    OVERDUE = "overdue", "逾期"
    RETURNED = "returned", "退回未改"
    RUNNING = "running", "未销号"
    NOTHING = "nothing", "无记录"
    OWN_RULE = "own-rule", "与细则所算不同"


class ConditionState(TextChoices):
    DRAFT = "draft", "草稿"
    TRIED = "tried", "试过"
    ACTIVE = "active", "启用"
    WITHDRAWN = "withdrawn", "已撤回"


EDITABLE_STATES = (SheetState.OPEN, SheetState.RETURNED)


class NotApplicable(TextChoices):
    """不适用 of one cell: proposed by the evaluator, approved by the office (engine 8)."""

    NO = "", "适用"
    PROPOSED = "proposed", "不适用（待批准）"
    APPROVED = "approved", "不适用"


class RankingKind(TextChoices):
    TRIAL = "trial", "试算"
    OFFICIAL = "official", "正式"


class RankingState(TextChoices):
    COMPUTED = "computed", "已核定，未通报"
    PUBLISHED = "published", "已通报"


class DisclosureScope(TextChoices):
    """公开范围: what an evaluated unit sees of the others after 通报 (engine 18)."""

    RANK = "rank", "名次"
    TOTAL = "total", "名次和总分"
    DIMENSIONS = "dimensions", "分项"


class FeedbackState(TextChoices):
    """单位核对 of one 季度反馈单."""

    OPEN = "open", "待核对"
    CONFIRMED = "confirmed", "核对无误"
    CONTESTED = "contested", "申请复核"


class ReviewState(TextChoices):
    """复核申请: the unit's head consents, the evaluator answers, two persons of the office decide."""

    CONSENT = "consent", "待单位负责人同意"
    REFUSED = "refused", "单位负责人未同意"
    WITHDRAWN = "withdrawn", "已撤回"
    ANSWER = "answer", "待考评部门答复"
    DECISION = "decision", "待区政府办决定"
    PROPOSED = "proposed", "待第二人确认"
    UPHELD = "upheld", "维持原分"
    CHANGED = "changed", "决定改分"


UNDECIDED = (ReviewState.ANSWER, ReviewState.DECISION, ReviewState.PROPOSED)


class ReviewOutcome(TextChoices):
    UPHELD = "upheld", "维持原分"
    CHANGED = "changed", "改分"


class AdjustmentGround(TextChoices):
    """Why points are added or taken at the year's end: 13号 四（三）4, 附件3·注 and 附件5·注, see rules/adjustments.py."""

    PROMOTION = "promotion", "有重大促进作用"
    CITY_BONUS = "city-bonus", "市级年度绩效考评取得加分"
    CITY_TOP = "city-top", "排名靠前"
    HARM = "harm", "造成重大不良影响"
    CITY_LAST = "city-last", "未完成市级任务且排名末位"
    CITY_NEAR_LAST = "city-near-last", "未完成市级任务且排名倒数第二、三名"


class AdjustmentState(TextChoices):
    """加减分: proposed, perhaps waiting for the city, checked by the office, decided by 区政府党组会."""

    CITY = "city", "待市级结果"
    PROPOSED = "proposed", "待考评办核对"
    RETURNED = "returned", "退回补正"
    WITHDRAWN = "withdrawn", "已撤回"
    CHECKED = "checked", "已核对，待审议"
    GRANTED = "granted", "审议同意"
    REFUSED = "refused", "审议不予"


# Its proposer may still change it.
AMENDABLE = (AdjustmentState.CITY, AdjustmentState.PROPOSED, AdjustmentState.RETURNED)
# Not decided yet: the year's result waits for these.
PENDING = (*AMENDABLE, AdjustmentState.CHECKED)


class MethodState(TextChoices):
    """年度计算办法 of a scheme: entered by one person, locked by a second."""

    PROPOSED = "proposed", "待第二人确认"
    LOCKED = "locked", "已锁定"
    RETURNED = "returned", "已退回"
    REPLACED = "replaced", "已被后来的办法取代"


class VetoState(TextChoices):
    """一票否决: a dated decision of another body, recorded and confirmed by two persons; it changes no score."""

    PROPOSED = "proposed", "待第二人确认"
    CONFIRMED = "confirmed", "已确认"
    RETURNED = "returned", "已退回"
    REVOKED = "revoked", "已撤销"


class DeliberationState(TextChoices):
    """结果审议: recorded from the minutes, confirmed by a second person; only then anything is decided."""

    PROPOSED = "proposed", "待第二人确认"
    CONFIRMED = "confirmed", "已确认"


class AdjustmentOutcome(TextChoices):
    GRANTED = "granted", "审议同意"
    OTHER = "other", "改为别的分数"
    REFUSED = "refused", "审议不予"


class BulletinKind(TextChoices):
    REPORT = "report", "情况通报"
    PRAISE = "praise", "通报表扬"
    CRITICISM = "criticism", "通报批评"


class BulletinState(TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "送审稿"
    FINAL = "final", "定稿"


class Openness(TextChoices):
    """公开属性 of a document."""

    OPEN = "open", "主动公开"
    ON_REQUEST = "on_request", "依申请公开"
    CLOSED = "closed", "不予公开"


class RectificationState(TextChoices):
    OPEN = "open", "整改中"
    ANSWERED = "answered", "待验收"
    CLOSED = "closed", "已销号"


class DecisionKind(TextChoices):
    """缺表处理 (engine 10): what the office can decide about a sheet that is not filed."""

    EXTEND = "extend", "延期"
    LEAVE_OUT = "leave_out", "本期不计并折算"
    PAPER = "paper", "代录"


class DecisionState(TextChoices):
    PROPOSED = "proposed", "待第二人确认"
    CONFIRMED = "confirmed", "已确认"
    RETURNED = "returned", "已退回"
    REPLACED = "replaced", "已被后来的决定取代"


class RequestState(TextChoices):
    """申请开锁."""

    WAITING = "waiting", "待区政府办答复"
    APPROVED = "approved", "已同意"
    REFUSED = "refused", "不同意"


class SigningTitle(TextChoices):
    """Whose signature on paper a bulletin needs; each signs once (engine 19)."""

    OFFICE_HEAD = "区政府办主任", "区政府办主任"
    LEADER = "分管区领导", "分管区领导"


class SupervisionSource(TextChoices):
    """Where an item comes from: 13号附件2第10项 prints them as the basis of the mark; 会议 is added (推定).

    What a meeting has resolved is supervised too, and would otherwise have to be entered under a source it is not from.
    """

    CITY_TASK = "city_task", "市级绩效任务"
    WORK_REPORT = "work_report", "政府工作报告"
    PRACTICAL = "practical", "实事"
    INSTRUCTION = "instruction", "领导批示"
    ASSIGNED = "assigned", "领导交办"
    MEETING = "meeting", "会议议定"


class SupervisionRole(TextChoices):
    LEAD = "lead", "主办"
    CO = "co", "协办"


class SupervisionState(TextChoices):
    RUNNING = "running", "在办"
    FINISHED = "finished", "办结，待销号"
    CLOSED = "closed", "已销号"


class SupervisionAct(TextChoices):
    FEEDBACK = "feedback", "反馈"
    URGE = "urge", "催办"
    EXTENSION = "extension", "申请延期"
    FINISHED = "finished", "办结"
    CLOSED = "closed", "销号"
    RETURNED = "returned", "退回续办"
    HANDED_OVER = "handed", "移交"


class ExtensionState(TextChoices):
    WAITING = "waiting", "待答复"
    APPROVED = "approved", "同意"
    REFUSED = "refused", "不同意"


class DataRows(TextChoices):
    """What a row of a monthly data table is."""

    UNIT = "unit", "承担单位"
    SERIES = "series", "分指标"


class SelfReportState(TextChoices):
    DRAFT = "draft", "起草中"
    SIGNING = "signing", "待负责人签发"
    FILED = "filed", "已报送"
    ACCEPTED = "accepted", "已接收"
    RETURNED = "returned", "退回"


class VisitState(TextChoices):
    PLANNED = "planned", "已安排"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


class SurveyState(TextChoices):
    OPEN = "open", "填写中"
    CLOSED = "closed", "已截止"


class RectificationOrigin(TextChoices):
    """Where the problem was found; 年终 ones stand on the whole year."""

    TRACKING = "tracking", "月跟踪"
    FEEDBACK = "feedback", "反馈报告"
    SELF_REPORT = "self-report", "自查报告"
    VISIT = "visit", "现场考评"


# Where 年终 finds what is to be put right.
YEAR_ORIGINS = (RectificationOrigin.FEEDBACK, RectificationOrigin.SELF_REPORT, RectificationOrigin.VISIT)


class UnitChange(TextChoices):
    """考评对象调整 within a running period (engine 21)."""

    LEAVE_OUT = "leave-out", "本期不列入考评"
    TAKE_IN = "take-in", "本期列入考评"


class UnitChangeState(TextChoices):
    PROPOSED = "proposed", "待第二人确认"
    CONFIRMED = "confirmed", "已确认"
    RETURNED = "returned", "已退回"
    REVOKED = "revoked", "已撤销"


class YearUnitKind(TextChoices):
    """The year of a unit that did not exist all year (engine 21)."""

    CONTINUES = "continues", "承接"
    APART = "apart", "单列"
    UNRANKED = "unranked", "不排名"


class Standing(TextChoices):
    """Whether what is in force still follows from its inputs (engine 22). Only the office and the auditor see CHANGED."""

    HOLDS = "holds", "现行"
    CHANGED = "changed", "之后有改动"
    CORRECTED = "corrected", "已更正"
    BROKEN = "broken", "核对未通过"
