"""Registers of 27号 beside the engine: 联席会, requests for services, checks and what is handed over. Pure.

Nobody is named in them: a person is 在站编号. Steps and the days of answering are not printed (推定):
without a day a request would never be late, and without a step nobody could see whose turn it is.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from miyun_kpi.lib.errors import FieldError
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import NO, Field, Kind, Stage, Step
from postdoc.enums import APP, DOCUMENT

_NOT_NAMED = "写在站编号，不写姓名和证件号码"
MEMBERS = Kind(
    app=APP,
    code="members",
    title="联席会成员",
    name="联席会成员",
    document=DOCUMENT,
    clause="第三条",
    owner="unit",
    unique=("unit", "from_day"),
    fields=(
        Field("unit", "成员单位", FieldType.ORGANISATION, required=True),
        Field("post", "职务", required=True, help="写职务，人员以任命为准"),
        Field("office", "在办公室", FieldType.BOOL),
        Field("from_day", "自", FieldType.DATE, required=True),
        Field("until", "至", FieldType.DATE),
    ),
)
MEETINGS = Kind(
    app=APP,
    code="meetings",
    title="联席会会议",
    name="联席会会议",
    document=DOCUMENT,
    clause="第三条",
    fields=(
        Field("title", "议题", required=True),
        Field("held_on", "日期", FieldType.DATE, required=True),
        Field("units", "参加单位", FieldType.LONG, required=True, listed=False),
        Field("minutes", "纪要", FieldType.LONG, required=True, listed=False),
        Field("decided", "议定事项", FieldType.LONG, listed=False),
    ),
)
_STAGES = (
    Stage("asked", "待办理", "submitted"),
    Stage("done", "已办结", "done", closed=True),
    Stage("refused", "不能办理", "refused", closed=True),
)
_STEPS = (
    Step("finish", "办结", ("asked",), "done", needs=("answer", "answered_on"), waiting=True),
    Step("refuse", "不能办理", ("asked",), "refused", reason=True),
    Step("reopen", "重新办理", ("done", "refused"), "asked", reason=True, once=("back",)),
)


Check = Callable[[Mapping[str, str]], list[FieldError]]


def _requests(code: str, title: str, clause: str, *more: Field, check: Check | None = None) -> Kind:
    return Kind(
        app=APP,
        code=code,
        title=title,
        name=title,
        document=DOCUMENT,
        clause=clause,
        owner="unit",
        due="by",
        fields=(
            Field("unit", "提出单位", FieldType.ORGANISATION, required=True),
            Field("stay", "在站编号", FieldType.NUMBER, required=True, help=_NOT_NAMED),
            *more,
            Field("need", "事由", FieldType.LONG, required=True, listed=False, help=_NOT_NAMED, secret=True),
            Field("asked_on", "提出日期", FieldType.DATE, required=True),
            Field("by", "希望办结", FieldType.DATE),
            Field("answer", "办理结果", FieldType.LONG, listed=False, secret=True),
            Field("answered_on", "办结日期", FieldType.DATE, listed=False),
        ),
        stages=_STAGES,
        steps=_STEPS,
        check=check,
        note="这里不写姓名和证件号码；个人材料线下转交。",
    )


def _relation(values: Mapping[str, str]) -> list[FieldError]:
    """第十一条: without the 人事关系 in the station's hands there is no 户口迁落."""
    if values.get("relation") == NO:
        return [
            FieldError(
                "未将人事关系（含人事档案、工资、社保）转至设站单位的，不予办理户口迁落手续（第十一条）。",
                "not-moved",
                field="relation",
            )
        ]
    return []


HOUSEHOLD = _requests(
    "household",
    "落户申请",
    "第十一条",
    Field(
        "who",
        "为谁办理",
        FieldType.CHOICE,
        required=True,
        choices=(("self", "本人"), ("spouse", "配偶"), ("child", "未成年子女")),
    ),
    Field("relation", "人事关系已转入", FieldType.BOOL, required=True),
    check=_relation,
)
SCHOOLING = _requests(
    "schooling",
    "子女入托入学申请",
    "第四条",
    Field(
        "level",
        "阶段",
        FieldType.CHOICE,
        required=True,
        choices=(("nursery", "入托"), ("primary", "小学"), ("middle", "初中"), ("high", "高中")),
    ),
)
SCIENCE = Kind(
    app=APP,
    code="science",
    title="科技服务申请",
    name="科技服务申请",
    document=DOCUMENT,
    clause="第四条",
    owner="unit",
    due="by",
    fields=(
        Field("unit", "提出单位", FieldType.ORGANISATION, required=True),
        Field("title", "所需服务", required=True),
        Field("need", "内容", FieldType.LONG, required=True, listed=False),
        Field("asked_on", "提出日期", FieldType.DATE, required=True),
        Field("by", "希望办结", FieldType.DATE),
        Field("answer", "办理结果", FieldType.LONG, listed=False),
        Field("answered_on", "办结日期", FieldType.DATE, listed=False),
    ),
    stages=_STAGES,
    steps=_STEPS,
)
INSPECTIONS = Kind(
    app=APP,
    code="inspections",
    title="专项资金检查",
    name="专项资金检查",
    document=DOCUMENT,
    clause="第二十六条",
    fields=(
        Field("station", "工作站", required=True),
        Field("checked_on", "检查日期", FieldType.DATE, required=True),
        Field("way", "方式", FieldType.CHOICE, required=True, choices=(("regular", "定期"), ("irregular", "不定期"))),
        Field("own_account", "专账管理与核算", FieldType.BOOL, required=True),
        Field(
            "found",
            "发现",
            FieldType.CHOICE,
            required=True,
            choices=(
                ("none", "没有问题"),
                ("false", "弄虚作假"),
                ("squeezed", "挤占"),
                ("diverted", "挪用"),
                ("kept", "截留"),
                ("charged", "收取费用"),
            ),
        ),
        Field("money", "涉及金额", FieldType.MONEY, unit="元", summed=True, most=Decimal("999999999.99")),
        Field("said", "情况", FieldType.LONG, listed=False),
    ),
    stages=(Stage("open", "待处理", "submitted"), Stage("closed", "已处理", "done", closed=True)),
    steps=(Step("close", "处理完毕", ("open",), "closed", reason=True, second_person=True, waiting=True),),
)
TRANSFERS = Kind(
    app=APP,
    code="transfers",
    title="移送",
    name="移送",
    document=DOCUMENT,
    clause="第二十九条",
    fields=(
        Field("station", "涉及工作站", required=True),
        Field("to", "移送机关", required=True),
        Field(
            "fact",
            "虚报、冒领、截留、挪用的事实",
            FieldType.LONG,
            required=True,
            listed=False,
            secret=True,
            help="不写姓名和证件号码",
        ),
        Field("sent_on", "移送日期", FieldType.DATE, required=True),
        Field("number", "移送文号"),
        Field("outcome", "处理结果", FieldType.LONG, listed=False, secret=True),
    ),
    stages=(Stage("sent", "已移送", "running"), Stage("closed", "有结果", "done", closed=True)),
    steps=(Step("close", "登记结果", ("sent",), "closed", needs=("outcome",)),),
)
