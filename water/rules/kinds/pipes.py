"""三（三）1, 三（四）2, 三（五）1 to 3: pipes, plants and what is paid for their running, each by its lead unit."""

from collections.abc import Mapping
from decimal import Decimal

from miyun_kpi.lib.errors import FieldError
from miyun_kpi.lib.relations import Relation
from miyun_kpi.lib.spans import Span
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Kind, Stage, Step
from water.enums import DOCUMENT

MENDING = (
    Stage("found", "已排查", "not_started"),
    Stage("mending", "治理中", "running"),
    Stage("mended", "待验收", "submitted"),
    Stage("closed", "已销号", "done", True),
)
MENDING_STEPS = (
    Step("start", "列入治理", ("found",), "mending", by_owner=True, needs=("plan",)),
    Step("report", "报治理完成", ("mending",), "mended", by_owner=True, needs=("done_on",)),
    Step("close", "验收销号", ("mended",), "closed", second_person=True, waiting=True),
    Step("returned", "退回治理", ("mended",), "mending", reason=True, once=("back",)),
)
MENDED = (
    Field("plan", "治理计划", FieldType.LONG, listed=False),
    Field("due_on", "计划完成", FieldType.DATE),
    Field("done_on", "完成日期", FieldType.DATE, past=True, listed=False),
)


def not_above(values: Mapping[str, str], part: tuple[str, str], whole: tuple[str, str]) -> list[FieldError]:
    """`part` and `whole` are (field, words); blanks are not compared."""
    less, more = values.get(part[0]), values.get(whole[0])
    if not less or not more or Decimal(less) <= Decimal(more):
        return []
    return [FieldError(f"{part[1]} {less} 大于{whole[1]} {more}。", "part-above-whole", field=part[0])]


CROSSING = Kind(
    app="water",
    code="crossing",
    title="雨污混接点",
    name="混接点",
    document=DOCUMENT,
    clause="三（三）1",
    note="“雨污管网混接治理。对规划城区雨污合流管道进行分流改造”；由区城管委登记。",
    owner="town",
    town="town",
    fields=(
        Field("place", "位置", FieldType.PLACE, required=True, longest=120),
        Field("town", "镇街", FieldType.TOWN, required=True),
        Field("found_on", "排查日期", FieldType.DATE, past=True, required=True),
        Field("length", "合流管道长度", FieldType.NUMBER, places=2, unit="米", summed=True),
        Field("holder", "产权单位", longest=60),
        *MENDED,
    ),
    stages=MENDING,
    steps=MENDING_STEPS,
    due="due_on",
    done="done_on",
)
DISCHARGE = Kind(
    app="water",
    code="discharge",
    title="污水乱排直排户",
    name="乱排户",
    document=DOCUMENT,
    clause="三（三）1",
    note="“对城区经营性单位和个体污水乱排直排问题进行治疗”（原文如此）；由区城管委登记。",
    owner="town",
    town="town",
    fields=(
        Field("name", "单位或字号", required=True, longest=80),
        Field("town", "镇街", FieldType.TOWN, required=True),
        Field("kind", "类别", FieldType.CHOICE, required=True, choices=(("unit", "经营性单位"), ("person", "个体"))),
        Field("place", "位置", FieldType.PLACE, longest=120),
        Field("found_on", "发现日期", FieldType.DATE, past=True, required=True),
        Field("contact", "联系方式", FieldType.SEALED, longest=60),
        *MENDED,
    ),
    stages=MENDING,
    steps=MENDING_STEPS,
    due="due_on",
    done="done_on",
)
NITROGEN = Kind(
    app="water",
    code="nitrogen",
    title="总氮处理能力改造",
    name="改造",
    document=DOCUMENT,
    clause="三（四）2",
    note="“对部分镇级污水处理厂进行提质改造，增加总氮处理能力”；哪些厂由区水务局定，原文没有写。",
    owner="town",
    town="town",
    unique=("plant",),
    fields=(
        Field("plant", "镇级污水处理厂", required=True, longest=60),
        Field("town", "镇街", FieldType.TOWN, required=True),
        Field("capacity", "处理能力", FieldType.NUMBER, places=2, unit="立方米/日", summed=True),
        Field("cost", "投资", FieldType.MONEY, unit="万元", summed=True),
        *MENDED,
    ),
    stages=(Stage("found", "拟改造", "not_started"), *MENDING[1:]),
    steps=MENDING_STEPS,
    due="due_on",
    done="done_on",
)


def _payment(values: Mapping[str, str]) -> list[FieldError]:
    return not_above(values, ("paid", "实付金额"), ("due", "应付金额"))


PAYMENT = Kind(
    app="water",
    code="payment",
    title="运营考核付费",
    name="付费",
    document=DOCUMENT,
    clause="三（五）1",
    note="“建立污水收集处理考核付费制度”；考核得分、应付金额按考核暂行办法算出后填入，系统不代算。由区水务局、区生态环境局登记。",
    town="town",
    unique=("facility", "period"),
    check=_payment,
    fields=(
        Field("facility", "设施", required=True, longest=60),
        Field("town", "镇街", FieldType.TOWN),
        Field("operator", "运营单位", required=True, longest=60),
        Field(
            "period",
            "考核期间",
            FieldType.PERIOD,
            required=True,
            periods=(Span.QUARTER, Span.HALF, Span.YEAR, Span.MONTH),
        ),
        Field("score", "考核得分", FieldType.NUMBER, places=2),
        Field("volume", "处理水量", FieldType.NUMBER, places=2, unit="立方米", summed=True),
        Field("due", "应付金额", FieldType.MONEY, unit="元", required=True, summed=True),
        Field("paid", "实付金额", FieldType.MONEY, unit="元", summed=True),
        Field("paid_on", "付费日期", FieldType.DATE, past=True),
        Field("basis", "依据", FieldType.LONG, listed=False),
    ),
    stages=(
        Stage("scored", "已考核", "draft"),
        Stage("agreed", "已审定", "submitted", locked=True),
        Stage("paid", "已付费", "done", True, locked=True),
    ),
    steps=(
        Step("agree", "审定应付金额", ("scored",), "agreed", second_person=True, waiting=True, needs=("score",)),
        Step("pay", "登记付费", ("agreed",), "paid", needs=("paid", "paid_on")),
        Step("returned", "退回重核", ("agreed", "paid"), "scored", reason=True, once=("back",)),
    ),
)


def _sludge(values: Mapping[str, str]) -> list[FieldError]:
    return [
        *not_above(values, ("used", "资源化利用量"), ("made", "产生量")),
        *not_above(values, ("garden", "用于园林绿化"), ("used", "资源化利用量")),
    ]


SLUDGE = Kind(
    app="water",
    code="sludge",
    title="污泥处置",
    name="污泥处置",
    document=DOCUMENT,
    clause="三（五）2",
    note="“推进污泥资源化利用、逐步增加污泥产品在园林绿化中的使用量”；由区水务局登记。",
    unique=("plant", "period"),
    check=_sludge,
    fields=(
        Field("plant", "污水处理厂", required=True, longest=60),
        Field("period", "月份", FieldType.PERIOD, required=True, periods=(Span.MONTH,)),
        Field("made", "产生量", FieldType.NUMBER, places=3, unit="吨", required=True, summed=True),
        Field("used", "资源化利用量", FieldType.NUMBER, places=3, unit="吨", summed=True),
        Field("garden", "用于园林绿化", FieldType.NUMBER, places=3, unit="吨", summed=True),
        Field("site", "处置去向", longest=100),
    ),
)
NETWORK = Kind(
    app="water",
    code="network",
    title="排水管网权属普查与确权",
    name="管段",
    document=DOCUMENT,
    clause="三（五）3（1）",
    note="“开展排水管网权属普查，有序推进无主管网的确权工作”；由区城管委登记。",
    owner="town",
    town="town",
    unique=("section",),
    fields=(
        Field("section", "管段", required=True, longest=80),
        Field("town", "镇街", FieldType.TOWN, required=True),
        Field("kind", "种类", FieldType.CHOICE, choices=(("rain", "雨水"), ("sewage", "污水"), ("both", "合流"))),
        Field("length", "长度", FieldType.NUMBER, places=2, unit="米", summed=True),
        Field("surveyed_on", "普查日期", FieldType.DATE, past=True, required=True),
        Field("ownerless", "无主管网", FieldType.BOOL, required=True),
        Field("holder", "权属单位", longest=60),
        Field("settled_on", "确权日期", FieldType.DATE, past=True),
    ),
    stages=(
        Stage("surveyed", "已普查", "not_started"),
        Stage("settling", "确权中", "running"),
        Stage("settled", "权属明确", "done", True),
    ),
    steps=(
        Step("start", "启动确权", ("surveyed",), "settling"),
        Step("known", "权属本已明确", ("surveyed",), "settled", needs=("holder",)),
        Step(
            "settle", "确权", ("settling",), "settled", needs=("holder", "settled_on"), second_person=True, waiting=True
        ),
    ),
)
DREDGING = Kind(
    app="water",
    code="dredging",
    title="专用排水管网清掏养护",
    name="清掏养护",
    document=DOCUMENT,
    clause="三（五）3（2）",
    note="“建立居住小区等专用排水管网定期清掏、养护和改造工作机制”；由区住建委登记，周期由其确定，原文没有写。",
    owner="town",
    town="town",
    fields=(
        Field("estate", "居住小区", required=True, longest=60),
        Field("town", "镇街", FieldType.TOWN, required=True, relation=Relation.STAYS),
        Field(
            "work",
            "事项",
            FieldType.CHOICE,
            required=True,
            choices=(("clear", "清掏"), ("keep", "养护"), ("rebuild", "改造")),
        ),
        Field("done_on", "日期", FieldType.DATE, past=True, required=True),
        Field("length", "长度", FieldType.NUMBER, places=2, unit="米", summed=True),
        Field("by", "实施单位", longest=60),
        Field("next_on", "下次不晚于", FieldType.DATE),
    ),
)
KINDS = (CROSSING, DISCHARGE, NITROGEN, PAYMENT, SLUDGE, NETWORK, DREDGING)
