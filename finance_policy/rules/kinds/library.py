"""三（一）1 绿色产业（项目）库: enterprises and projects. 认定标准、认定流程 are still to be drawn up by the offices; the steps are 推定.

The text prints 纳入, 动态管理, 定期复核: an entry, a check by other hands, a review and a way out are the least that mean it.
"""

from finance_policy.enums import Level
from finance_policy.rules.kinds.common import FOCUS, checks_focus, code_field, kind, money
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Stage, Step

IN_LIBRARY = "recognised"
# Still in the library, but 环保一票否决 or a black grade has stopped its support: entered and left by the fact, not by a step.
HALTED = "halted"
STAGES = (
    Stage("declared", "申报", "draft", once=("applied",)),
    Stage("checked", "初审通过", "to_confirm"),
    Stage(IN_LIBRARY, "已入库", "confirmed", locked=True),
    Stage(HALTED, "停止支持，待复核", "overdue", locked=True),
    Stage("refused", "不予认定", "ended", closed=True, locked=True),
    Stage("removed", "已移出", "ended", closed=True, locked=True),
)
# After a review the entered days move to their places and leave the boxes empty for the next one.
_REVIEWED = (("review_on", "next_review"), ("last_review", "reviewed_on"), ("next_review", ""), ("reviewed_on", ""))
STEPS = (
    Step("check", "初审通过", ("declared",), "checked", needs=("standard",), waiting=True),
    Step(
        "recognise",
        "认定入库",
        ("checked",),
        IN_LIBRARY,
        needs=("level", "recognised_on", "review_on"),
        apart_from=("created", "check"),
        later=(("review_on", "recognised_on"),),
        waiting=True,
    ),
    Step("returned", "退回补正", ("checked",), "declared", reason=True, once=("back",)),
    Step("refuse", "不予认定", ("declared", "checked"), "refused", reason=True, apart_from=("created",)),
    Step(
        "review",
        "复核通过",
        (IN_LIBRARY,),
        IN_LIBRARY,
        needs=("reviewed_on", "next_review"),
        later=(("reviewed_on", "recognised_on"), ("next_review", "reviewed_on")),
        sets=_REVIEWED,
    ),
    Step(
        "recheck",
        "复核（停止支持期间）",
        (HALTED,),
        HALTED,
        reason=True,
        needs=("reviewed_on", "next_review"),
        later=(("reviewed_on", "recognised_on"), ("next_review", "reviewed_on")),
        sets=_REVIEWED,
    ),
    Step("remove", "移出", (IN_LIBRARY, HALTED), "removed", reason=True, second_person=True),
    Step("again", "重新申报", ("refused", "removed"), "declared", reason=True),
)
RECOGNITION = (
    Field("standard", "认定所据标准", help="所依据的认定标准文件和条目，由认定部门填写", listed=False),
    Field("level", "级次", FieldType.CHOICE, choices=tuple(Level.choices)),
    Field("recognised_on", "认定日期", FieldType.DATE, past=True, listed=False),
    Field("review_on", "复核期限", FieldType.DATE),
    Field("last_review", "上次复核", FieldType.DATE, listed=False),
    Field("reviewed_on", "本次复核日期", FieldType.DATE, past=True, listed=False),
    Field("next_review", "下次复核期限", FieldType.DATE, listed=False),
)
_CLAUSE = "三（一）1"
ENTERPRISES = kind(
    "enterprises",
    _CLAUSE,
    "绿色产业（项目）库：企业",
    "企业",
    Field("name", "企业名称", required=True),
    code_field(),
    Field("town", "镇街", FieldType.TOWN),
    Field("industry", "行业", required=True, longest=60),
    *FOCUS,
    *RECOGNITION,
    town="town",
    unique=("code",),
    due="review_on",
    opened_apart=True,
    stages=STAGES,
    steps=STEPS,
    check=checks_focus,
    note="“将符合条件的企业（项目）纳入绿色产业（项目）库，并加强动态管理，定期复核”。认定标准和流程由责任单位制定；申报、初审、认定（第二人）、复核、移出各步和三级为推定。",
)
PROJECTS = kind(
    "projects",
    _CLAUSE,
    "绿色产业（项目）库：项目",
    "项目",
    Field("name", "项目名称", required=True),
    code_field("企业统一社会信用代码"),
    Field("town", "镇街", FieldType.TOWN),
    *FOCUS,
    money("amount", "总投资", required=True),
    money("loan", "绿色贷款金额"),
    *RECOGNITION,
    Field("progress", "进展", FieldType.LONG, listed=False),
    Field("effect", "支持效果评估", FieldType.LONG, listed=False),
    town="town",
    unique=("code", "name"),
    due="review_on",
    opened_apart=True,
    stages=STAGES,
    check=checks_focus,
    steps=(*STEPS, Step("follow", "登记进展和效果", (IN_LIBRARY,), IN_LIBRARY, needs=("progress", "effect"))),
    note="“跟踪绿色项目进展，定期评估支持效果”。所属企业须先在企业库登记。各步为推定。",
)
KINDS = (ENTERPRISES, PROJECTS)
