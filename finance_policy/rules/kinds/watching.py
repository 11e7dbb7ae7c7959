"""Registers of 19号 over what goes wrong, is shared or is paid out: 风险, 洗绿, 信息共享, 贴息, and of people and cases."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from finance_policy.rules.kinds.common import (
    all_of,
    checks_order,
    code_field,
    flow,
    kind,
    long,
    money,
    pairs,
)
from finance_policy.rules.subsidy import days_between
from miyun_kpi.lib.decimals import half_up
from miyun_kpi.lib.errors import FieldError
from miyun_kpi.lib.relations import Relation
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Step

DATE, CHOICE, TOWN, ORGANISATION = FieldType.DATE, FieldType.CHOICE, FieldType.TOWN, FieldType.ORGANISATION
LONG, NUMBER = FieldType.LONG, FieldType.NUMBER

TALENT = kind(
    "talent",
    "三（三）10",
    "绿色金融人才和创新奖励",
    "人才奖励",
    Field("title", "事由", required=True, help="不写个人证件号码"),
    Field("unit", "所在单位", required=True),
    Field("person", "姓名", FieldType.SEALED, required=True, longest=40, findable=True),
    Field("on", "决定日期", DATE, past=True),
    money("amount", "奖励额", unit="元"),
    Field("basis", "依据", listed=False),
    stages=flow(
        ("proposed", "拟奖励", "draft"), ("decided", "已决定", "done"), ("refused", "不奖励", "ended"), closed=2
    ),
    steps=(
        Step(
            "decide",
            "决定奖励",
            ("proposed",),
            "decided",
            needs=("on", "amount", "basis"),
            second_person=True,
            waiting=True,
        ),
        Step("refuse", "不奖励", ("proposed",), "refused", reason=True),
    ),
    note="“对贡献突出的绿色金融人才，给予适当的金融创新奖励”：数额原文没有印，须写依据。姓名只有登记单位看得到。",
)
CASES = kind(
    "cases",
    "五（四）",
    "典型案例和先进做法",
    "案例",
    Field("title", "案例", required=True),
    Field("unit", "报送单位", ORGANISATION, required=True),
    Field(
        "field",
        "领域",
        CHOICE,
        choices=pairs("生态建设", "环境保护", "产业发展", "能源开发", "环境资源权益交易", "其他"),
    ),
    Field("on", "报送日期", DATE, required=True, past=True),
    long("story", "做法和成效", required=True),
    owner="unit",
    stages=flow(("filed", "已报送", "submitted"), ("chosen", "入选", "accepted"), ("kept", "留存", "ended"), closed=2),
    steps=(Step("choose", "入选", ("filed",), "chosen", waiting=True), Step("keep", "留存", ("filed",), "kept")),
)
SHARING = kind(
    "sharing",
    "三（三）7",
    "绿色信息共享（企业环境信用）",
    "信息",
    Field("name", "企业名称", required=True),
    code_field(),
    Field(
        "sort",
        "类别",
        CHOICE,
        required=True,
        choices=pairs("污染排放信息", "环境违规记录", "环境信用评价", "安全生产", "参保情况", "重大环境与社会风险披露"),
    ),
    Field("on", "日期", DATE, required=True, past=True),
    long("content", "内容", required=True),
    Field("source", "来源单位", ORGANISATION, required=True, relation=Relation.STAYS),
    Field(
        "used",
        "用于",
        CHOICE,
        choices=pairs("授信和利率", "政府采购、招标投标", "市场准入", "资质认定", "政策扶持"),
        listed=False,
    ),
    owner="source",
    note="“建立企业污染排放信息、环境违规记录、环境信用评价、安全生产、参保情况”等信息共建共享机制。",
)
WASHING = kind(
    "washing",
    "五（三）",
    "“假绿”“伪绿”“洗绿”预警",
    "预警",
    Field("name", "企业或项目", required=True),
    code_field(),
    Field(
        "sign",
        "迹象",
        CHOICE,
        required=True,
        choices=pairs("资金用途不符", "环境违法未披露", "认证或材料不实", "项目未实施", "其他"),
    ),
    Field("on", "发现日期", DATE, required=True, past=True),
    long("finding", "情况", required=True),
    Field("due_on", "核查期限", DATE, required=True),
    long("result", "核查结果"),
    due="due_on",
    stages=flow(
        ("warned", "已预警", "overdue"),
        ("checked", "待定性", "to_confirm"),
        ("true", "属实", "refused"),
        ("false", "不属实", "done"),
        closed=2,
    ),
    steps=(
        Step("check", "登记核查结果", ("warned",), "checked", needs=("result",)),
        Step("true", "定为属实", ("checked",), "true", reason=True, second_person=True, waiting=True),
        Step("false", "定为不属实", ("checked",), "false", reason=True, second_person=True),
    ),
    note="“防止‘假绿’‘伪绿’‘洗绿’等行为”。预警不等于认定：属实与否由第二个人定。",
)
RISKY = kind(
    "risky",
    "二（三）8",
    "环境高风险企业名单和强制责任保险",
    "高风险企业",
    Field("name", "企业名称", required=True),
    code_field(),
    Field("town", "镇街", TOWN),
    Field("listed_on", "列入名单日期", DATE, required=True, past=True),
    Field("left_on", "移出名单日期", DATE, listed=False),
    Field("relisted_on", "重新列入日期", DATE, past=True, listed=False),
    Field("insurer", "承保机构"),
    Field("policy", "保单号", listed=False),
    Field("from_on", "保险起", DATE),
    Field("to_on", "保险止", DATE),
    money("cover", "责任限额"),
    town="town",
    unique=("code",),
    due="to_on",
    check=all_of(
        checks_order("from_on", "to_on", "保险止日早于起日。"),
        checks_order("listed_on", "left_on", "移出日期早于列入日期。"),
    ),
    stages=flow(("listed", "在名单", "running"), ("left", "已移出名单", "ended")),
    steps=(
        Step("leave", "移出名单", ("listed",), "left", needs=("left_on",), reason=True),
        # What was before stands in the event: the time off the list is counted as such (rules.coverage).
        Step(
            "again",
            "重新列入名单",
            ("left",),
            "listed",
            reason=True,
            needs=("relisted_on",),
            later=(("relisted_on", "left_on"),),
            sets=(("listed_on", "relisted_on"), ("left_on", ""), ("relisted_on", "")),
        ),
    ),
    note="“环境高风险企业参加环境污染强制责任保险全覆盖”（一（二），到2022年）。名单由区生态环境局等责任单位列。",
)


def _subsidy_as_computed(values: Mapping[str, str]) -> list[FieldError]:
    """贴息额 is what 试算 gives for these days and this rate, on a year of 360 or 365 days, with or without the last day."""
    first, last = date.fromisoformat(values["from_on"]), date.fromisoformat(values["to_on"])
    loan, rate, typed = (Decimal(values[name]) for name in ("loan", "rate", "amount"))
    found = {
        half_up(Fraction(loan) * Fraction(rate) / 100 * days_between(first, last, count_last=whole) / basis, 2)
        for basis in (360, 365)
        for whole in (False, True)
    }
    if typed in found:
        return []
    exact = "、".join(f"{one:,.2f}" for one in sorted(found))
    said = f"贴息额 {typed:,.2f} 元与本金、年率、天数不符，只能是 {exact} 元之一，请按“贴息试算”的数填。"
    return [FieldError(said, "not-as-computed", field="amount")]


SUBSIDIES = kind(
    "subsidies",
    "三（一）1",
    "贴息发放（旧登记）",
    "贴息",
    Field("project", "项目或企业", required=True),
    code_field(),
    Field("from_on", "计息起", DATE, required=True),
    Field("to_on", "计息止", DATE, required=True),
    money("loan", "贷款本金", required=True, unit="元"),
    Field("rate", "贴息年率", NUMBER, places=4, unit="%", required=True),
    money("amount", "贴息额", required=True, unit="元"),
    Field("paid_on", "拨付日期", DATE, past=True),
    unique=("project", "from_on", "to_on"),
    check=all_of(checks_order("from_on", "to_on", "计息止日早于起日。"), _subsidy_as_computed),
    stages=flow(
        ("asked", "已申请", "submitted"),
        ("decided", "已核定", "accepted"),
        ("paid", "已拨付", "done"),
        ("refused", "不予贴息", "ended"),
        closed=2,
    ),
    steps=(
        # What was asked for here before is given from the calculation or not at all.
        Step("refuse", "不予贴息", ("asked", "decided"), "refused", reason=True, waiting=True),
    ),
    note="“对绿色金融支持的绿色企业（项目）分级给予贴息支持”。这里是改为按测算核定以前登记的，留着备查，不再新增；没有拨付的不再在这里拨付，另行测算核定。",
)
KINDS = (SUBSIDIES, RISKY, WASHING, SHARING)
PEOPLE_AND_CASES = (TALENT, CASES)
