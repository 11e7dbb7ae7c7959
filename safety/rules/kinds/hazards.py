"""Risks, 重大隐患 under 挂牌督办, and what must not be collected in bulk (二（四）6 and 7)."""

from miyun_kpi.lib.relations import Relation
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Kind, Stage, Step
from safety.enums import DOCUMENT
from safety.rules.kinds.projects import INDUSTRIES

# 推定: the text prints no levels. The four colours are those in which risks are graded all over the country (红橙黄蓝).
LEVELS = (("red", "红"), ("orange", "橙"), ("yellow", "黄"), ("blue", "蓝"))

RISK = Kind(
    app="safety",
    code="risks",
    title="安全风险",
    name="风险",
    document=DOCUMENT,
    clause="二（四）6",
    owner="department",
    town="town",
    due="next_on",
    fields=(
        Field("title", "风险", required=True),
        Field("industry", "行业", FieldType.CHOICE, choices=INDUSTRIES, required=True),
        Field("town", "镇街", FieldType.TOWN),
        Field("level", "等级（推定）", FieldType.CHOICE, choices=LEVELS, required=True),
        Field("department", "风险管控的责任部门", FieldType.ORGANISATION, required=True),
        Field("unit", "责任单位"),
        Field("measures", "管控措施", FieldType.LONG, required=True, listed=False),
        Field("joint", "联防联控", FieldType.BOOL),
        Field("assessed_on", "辨识评估日期", FieldType.DATE, past=True, required=True),
        Field("next_on", "下次评估", FieldType.DATE),
    ),
    stages=(Stage("standing", "管控中", "running"), Stage("gone", "已消除", "done", closed=True)),
    steps=(
        Step("remove", "消除", ("standing",), "gone", reason=True, second_person=True),
        Step("reopen", "重新管控", ("gone",), "standing", reason=True, once=("return",)),
    ),
    note="“定期开展”没有印周期，下次评估由责任部门填；等级的四色为推定。",
)

HAZARD = Kind(
    app="safety",
    code="hazards",
    title="重大隐患挂牌督办",
    name="重大隐患",
    document=DOCUMENT,
    clause="二（四）7",
    owner="unit",
    town="town",
    due="due_on",
    fields=(
        Field("title", "隐患", required=True),
        Field("place", "地点", FieldType.PLACE, required=True),
        Field("town", "镇街", FieldType.TOWN),
        Field("unit", "督办的责任单位", FieldType.ORGANISATION, required=True),
        Field("company", "隐患所在单位"),
        Field("listed_by", "挂牌单位", FieldType.ORGANISATION, required=True, relation=Relation.MOVES),
        Field("number", "挂牌文号", FieldType.DOCUMENT, longest=60),
        Field("requirement", "整改要求", FieldType.LONG, required=True, listed=False),
        Field("due_on", "整改期限", FieldType.DATE, required=True),
        Field("extension_to", "申请延到", FieldType.DATE, listed=False),
        Field("extension_reason", "延期理由", listed=False),
        Field("done", "整改情况", FieldType.LONG, listed=False),
        Field("verified", "验收意见", FieldType.LONG, listed=False),
    ),
    stages=(
        Stage("proposed", "拟挂牌", "draft"),
        Stage("working", "整改中", "running", locked=True),
        Stage("extending", "申请延期", "to_confirm", locked=True),
        Stage("asked", "待验收", "submitted", locked=True),
        Stage("closed", "已销号", "done", closed=True, locked=True),
        Stage("dropped", "不挂牌", "ended", closed=True, locked=True),
    ),
    steps=(
        Step("list", "挂牌", ("proposed",), "working", second_person=True, needs=("number",), waiting=True),
        Step("drop", "不挂牌", ("proposed",), "dropped", reason=True, second_person=True),
        Step(
            "extend",
            "申请延期",
            ("working",),
            "extending",
            by_owner=True,
            needs=("extension_to", "extension_reason"),
            later=(("extension_to", "due_on"),),
        ),
        Step(
            "returned",
            "退回重拟",
            ("working", "dropped"),
            "proposed",
            reason=True,
            second_person=True,
            once=("relist",),
        ),
        Step(
            "grant",
            "同意延期",
            ("extending",),
            "working",
            second_person=True,
            needs=("extension_to",),
            sets=(("due_on", "extension_to"),),
            waiting=True,
        ),
        Step("refuse", "不同意延期", ("extending",), "working", reason=True, second_person=True),
        Step("ask", "报请验收", ("working",), "asked", by_owner=True, needs=("done",)),
        Step(
            "close",
            "验收销号",
            ("asked",),
            "closed",
            second_person=True,
            needs=("verified",),
            apart_from=("list", "ask"),
            waiting=True,
        ),
        Step("reopen", "重新整改", ("closed",), "working", reason=True, second_person=True),
        Step("not-passed", "验收未通过", ("asked",), "working", reason=True, second_person=True, once=("back",)),
    ),
    note=(
        "由挂牌单位验收销号；挂牌、报验的人不能验收。挂牌以后内容锁定，要改先由另一个人退回重拟；"
        "销号以后写错的办勘正，不该销号的由另一个人重新整改。"
    ),
)

# Points that must not be collected: shown one by one for a reason, each showing audited.
SOURCE = Kind(
    app="safety",
    code="sources",
    title="城市重大危险源",
    name="重大危险源",
    document=DOCUMENT,
    clause="二（四）6",
    owner="unit",
    town="town",
    unique=("number",),
    protected=True,
    fields=(
        Field("number", "编号", required=True, longest=40),
        Field("unit", "监管单位", FieldType.ORGANISATION, required=True),
        Field("town", "镇街", FieldType.TOWN),
        Field("name", "名称", required=True, listed=False),
        Field("place", "位置", FieldType.PLACE, required=True, listed=False),
        Field("content", "危险物质和数量", FieldType.LONG, listed=False),
        Field("file", "档案编号", listed=False),
        Field("checked_on", "最近检查", FieldType.DATE, past=True),
    ),
    stages=(
        Stage("declared", "已申报", "submitted"),
        Stage("registered", "已登记", "confirmed"),
        Stage("gone", "已注销", "ended", closed=True),
    ),
    steps=(
        Step("register", "登记", ("declared",), "registered", second_person=True, waiting=True),
        Step("cancel", "注销", ("registered",), "gone", reason=True, second_person=True),
    ),
)
SUPPLIES = Kind(
    app="safety",
    code="supplies",
    title="应急物资",
    name="物资",
    document=DOCUMENT,
    clause="二（六）12",
    owner="unit",
    town="town",
    protected=True,
    fields=(
        Field("number", "编号", required=True, longest=40),
        Field("unit", "储备单位", FieldType.ORGANISATION, required=True),
        Field("town", "镇街", FieldType.TOWN),
        Field("item", "物资", required=True, listed=False),
        Field("amount", "数量", FieldType.NUMBER, places=2, listed=False),
        Field("place", "存放地点", FieldType.PLACE, listed=False),
        Field("keeper", "保管人", FieldType.SEALED),
        Field("checked_on", "最近清点", FieldType.DATE, past=True),
    ),
)
WATER_POINT = Kind(
    app="safety",
    code="water-points",
    title="消防水源",
    name="点位",
    document=DOCUMENT,
    clause="附件·二",
    town="town",
    protected=True,
    fields=(
        Field("number", "编号", required=True, longest=40),
        Field("town", "镇街", FieldType.TOWN),
        Field("place", "位置", FieldType.PLACE, required=True, listed=False),
        Field("state", "状况", listed=False),
        Field("checked_on", "最近检查", FieldType.DATE, past=True),
    ),
)
