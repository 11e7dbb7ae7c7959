"""The small registers of 19号, each by its clause. What the text does not print is entered by the office, never invented."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from finance_policy.rules.kinds.common import all_of, checks_code, checks_order, code_field, kind, money
from finance_policy.rules.subsidy import days_between
from miyun_kpi.lib.decimals import half_up
from miyun_kpi.lib.errors import FieldError
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Stage, Step

DATE, CHOICE, TOWN, ORGANISATION = FieldType.DATE, FieldType.CHOICE, FieldType.TOWN, FieldType.ORGANISATION
LONG, NUMBER = FieldType.LONG, FieldType.NUMBER


def _pairs(*words: str) -> tuple[tuple[str, str], ...]:
    return tuple((str(number), one) for number, one in enumerate(words, start=1))


def _long(name: str, label: str, *, required: bool = False) -> Field:
    return Field(name, label, LONG, required=required, listed=False)


def _flow(*stages: tuple[str, str, str], closed: int = 1) -> tuple[Stage, ...]:
    last = len(stages) - closed
    return tuple(Stage(code, words, state, closed=place >= last) for place, (code, words, state) in enumerate(stages))


OFFICES = kind(
    "offices", "二（一）4", "绿色金融专营机构", "专营机构",
    Field("name", "机构名称", required=True), Field("bank", "所属金融机构", required=True),
    Field("form", "形式", CHOICE, required=True, choices=_pairs("绿色金融事业部", "绿色分支行", "绿色网点", "绿色小额贷款公司", "绿色融资担保公司", "“村口银行”服务点", "其他")),
    Field("town", "镇街", TOWN), Field("opened_on", "设立日期", DATE, required=True, past=True), Field("closed_on", "撤销日期", DATE, listed=False),
    town="town", unique=("name",), check=checks_order("opened_on", "closed_on", "撤销日期早于设立日期。"),
    note="到2022年“实现绿色信贷专营机构零的突破并稳步增加”（一（二））。",
)  # fmt: skip
LISTING = kind(
    "listing", "二（二）6", "绿色企业上市挂牌后备资源库", "后备企业",
    Field("name", "企业名称", required=True), code_field(), Field("town", "镇街", TOWN),
    Field("board", "拟上市板块", CHOICE, choices=_pairs("主板", "创业板", "科创板", "新三板", "地方股权交易中心")),
    Field("reformed_on", "改制完成日期", DATE, past=True, listed=False), Field("listed_on", "上市挂牌日期", DATE, past=True),
    money("raised", "融资额"),
    town="town", unique=("code",), check=checks_code,
    stages=_flow(("pool", "在库培育", "running"), ("filed", "已申报", "submitted"), ("listed", "已上市挂牌", "done"), ("out", "出库", "struck"), closed=2),
    steps=(
        Step("file", "登记申报", ("pool",), "filed"), Step("list", "登记上市挂牌", ("filed",), "listed", needs=("listed_on",)),
        Step("out", "出库", ("pool", "filed"), "out", reason=True),
    ),
    note="“建立和完善绿色企业上市挂牌后备资源库”。",
)  # fmt: skip
BONDS = kind(
    "bonds", "二（三）7", "绿色债券和认证成本补贴", "债券",
    Field("name", "债券名称", required=True), Field("issuer", "发行人", required=True), code_field("发行人统一社会信用代码"),
    Field("sort", "品种", CHOICE, required=True, choices=_pairs("企业债", "公司债", "绿色债券", "中小企业集合票据", "短期融资券", "非公开定向发行债务融资工具（PPN）", "绿色金融债券", "绿色信贷资产证券化产品")),
    Field("issued_on", "发行日期", DATE, past=True), money("amount", "发行额", required=True),
    Field("certifier", "第三方认证机构", listed=False), money("cost", "认证成本", unit="元"), money("granted", "认证补贴", unit="元"),
    Field("basis", "补贴依据", help="所出台政策的文号和条款", listed=False),
    unique=("name", "code"), check=checks_code,
    stages=_flow(("known", "已登记", "draft"), ("asked", "申请补贴", "submitted"), ("granted", "已核定补贴", "done"), ("refused", "不予补贴", "struck"), closed=2),
    steps=(
        Step("ask", "申请补贴", ("known",), "asked", needs=("certifier", "cost")),
        Step("grant", "核定补贴", ("asked",), "granted", needs=("granted", "basis"), second_person=True, waiting=True),
        Step("refuse", "不予补贴", ("asked",), "refused", reason=True, second_person=True),
    ),
    note="“出台相关政策，补贴发行人绿债认证成本”：补贴标准原文没有印，核定须写所据文件。",
)  # fmt: skip
DEFAULTS = kind(
    "defaults", "三（二）4", "绿色债券和信贷违约", "违约",
    Field("name", "债券或贷款", required=True), Field("debtor", "债务人", required=True), code_field("债务人统一社会信用代码"),
    Field("sort", "类别", CHOICE, required=True, choices=_pairs("绿色债券", "绿色信贷")),
    Field("on", "违约日期", DATE, required=True, past=True), money("amount", "违约本金", required=True), money("shared", "拟分担额"),
    Field("basis", "分担依据", listed=False),
    check=checks_code,
    stages=_flow(("known", "已登记", "overdue"), ("judged", "已认定分担", "to_confirm"), ("paid", "已补偿", "done"), ("refused", "不予分担", "struck"), closed=2),
    steps=(
        Step("judge", "认定分担", ("known",), "judged", needs=("shared", "basis"), second_person=True, waiting=True),
        Step("pay", "登记已补偿", ("judged",), "paid"), Step("refuse", "不予分担", ("known", "judged"), "refused", reason=True),
    ),
    note="“将绿色债券违约纳入风险补偿基金支持范围，合理分担符合条件的绿色债券违约风险”。补偿的钱在风险补偿基金台账里记。",
)  # fmt: skip
AGRICULTURE = kind(
    "agri-insurance", "二（三）8", "农业保险和病死牲畜联动", "农业保险",
    Field("insurer", "保险机构", required=True), Field("sort", "险种", required=True), Field("town", "镇街", TOWN),
    Field("period", "期间", required=True, help="如 2020Q3", longest=7), money("premium", "保费"), money("insured", "保额"), money("paid", "赔付"),
    Field("dead", "报案病死牲畜", NUMBER, unit="头", summed=True), Field("treated", "其中无害化处理", NUMBER, unit="头", summed=True),
    town="town", unique=("insurer", "sort", "town", "period"),
    note="“推动农业保险‘增品、提标、扩面’，完善农业保险理赔与病死牲畜无害化处理联动机制”。",
)  # fmt: skip
CHECKUPS = kind(
    "checkups", "二（三）8", "“环保体检”", "体检",
    Field("name", "企业名称", required=True), code_field(), Field("town", "镇街", TOWN), Field("insurer", "保险机构", required=True),
    Field("on", "体检日期", DATE, required=True, past=True), _long("findings", "发现的环境风险", required=True), Field("mend_by", "整改期限", DATE),
    town="town", due="mend_by", check=checks_code,
    stages=_flow(("found", "待整改", "running"), ("mended", "已整改", "done")),
    steps=(Step("mend", "登记整改完成", ("found",), "mended", reason=True),),
)  # fmt: skip
VALUES = kind(
    "ecovalue", "三（一）2", "生态产品价值核算", "核算",
    Field("year", "年度", required=True, longest=4), Field("product", "生态产品", required=True), Field("town", "镇街", TOWN),
    money("value", "核算价值", required=True), Field("method", "核算方法", required=True, listed=False), Field("body", "核算单位", ORGANISATION, required=True),
    money("realised", "已实现"), Field("path", "实现路径", listed=False),
    town="town", unique=("year", "product", "town"),
    note="“建立符合本区生态资源禀赋的科学合理的生态产品价值核算评估体系”：核算方法由责任单位定，逐条写明。",
)  # fmt: skip
GUARANTEES = kind(
    "guarantees", "三（二）3", "绿色担保", "担保",
    Field("guarantor", "担保机构", required=True), Field("debtor", "被担保企业", required=True), code_field("被担保企业统一社会信用代码"),
    money("amount", "担保额", required=True), Field("from_on", "起", DATE, required=True), Field("to_on", "止", DATE, required=True),
    Field("counter", "反担保措施", listed=False), Field("fast", "快捷审批", FieldType.BOOL),
    check=all_of(checks_code, checks_order("from_on", "to_on", "担保止日早于起日。")),
)  # fmt: skip
RATINGS = kind(
    "ratings", "三（二）5", "金融机构绿色金融工作评价", "评价",
    Field("bank", "金融机构", required=True), Field("year", "年度", required=True, longest=4),
    Field("score", "得分", NUMBER, places=2), _long("opinion", "评价意见", required=True), Field("support", "政策扶持", listed=False),
    unique=("bank", "year"),
    stages=_flow(("draft", "初评", "draft"), ("final", "已定", "done")),
    steps=(Step("settle", "定评", ("draft",), "final", second_person=True, waiting=True), Step("back", "退回初评", ("final",), "draft", reason=True)),
    note="“建立对金融机构在绿色金融服务本区发展方面的工作评价机制”：评价办法原文没有印，分数由评价人给，系统不编公式。",
)  # fmt: skip
CLUSTER = kind(
    "cluster", "三（三）9", "绿色金融集聚区入驻机构", "机构",
    Field("name", "机构名称", required=True), code_field(), Field("sort", "类型", CHOICE, required=True, choices=_pairs("银行", "证券", "保险", "基金", "担保、小贷", "中介服务", "其他")),
    Field("place", "入驻地点", required=True), Field("entered_on", "入驻日期", DATE, required=True, past=True), Field("left_on", "迁出日期", DATE),
    money("capital", "注册资本"), unique=("code",),
    check=all_of(checks_code, checks_order("entered_on", "left_on", "迁出日期早于入驻日期。")),
)  # fmt: skip
TALENT = kind(
    "talent", "三（三）10", "绿色金融人才和创新奖励", "人才奖励",
    Field("title", "事由", required=True, help="不写个人证件号码"), Field("unit", "所在单位", required=True),
    Field("person", "姓名", required=True, secret=True, longest=40), Field("on", "决定日期", DATE, past=True), money("amount", "奖励额", unit="元"),
    Field("basis", "依据", listed=False),
    stages=_flow(("proposed", "拟奖励", "draft"), ("decided", "已决定", "done"), ("refused", "不奖励", "struck"), closed=2),
    steps=(
        Step("decide", "决定奖励", ("proposed",), "decided", needs=("on", "amount", "basis"), second_person=True, waiting=True),
        Step("refuse", "不奖励", ("proposed",), "refused", reason=True),
    ),
    note="“对贡献突出的绿色金融人才，给予适当的金融创新奖励”：数额原文没有印，须写依据。姓名只有登记单位看得到。",
)  # fmt: skip
CASES = kind(
    "cases", "五（四）", "典型案例和先进做法", "案例",
    Field("title", "案例", required=True), Field("unit", "报送单位", ORGANISATION, required=True), Field("field", "领域", CHOICE, choices=_pairs("生态建设", "环境保护", "产业发展", "能源开发", "环境资源权益交易", "其他")),
    Field("on", "报送日期", DATE, required=True, past=True), _long("story", "做法和成效", required=True),
    owner="unit",
    stages=_flow(("sent", "已报送", "submitted"), ("chosen", "入选", "accepted"), ("kept", "留存", "struck"), closed=2),
    steps=(Step("choose", "入选", ("sent",), "chosen", waiting=True), Step("keep", "留存", ("sent",), "kept")),
)  # fmt: skip
SHARING = kind(
    "sharing", "三（三）7", "绿色信息共享（企业环境信用）", "信息",
    Field("name", "企业名称", required=True), code_field(),
    Field("sort", "类别", CHOICE, required=True, choices=_pairs("污染排放信息", "环境违规记录", "环境信用评价", "安全生产", "参保情况", "重大环境与社会风险披露")),
    Field("on", "日期", DATE, required=True, past=True), _long("content", "内容", required=True), Field("source", "来源单位", ORGANISATION, required=True),
    Field("used", "用于", CHOICE, choices=_pairs("授信和利率", "政府采购、招标投标", "市场准入", "资质认定", "政策扶持"), listed=False),
    owner="source", check=checks_code,
    note="“建立企业污染排放信息、环境违规记录、环境信用评价、安全生产、参保情况”等信息共建共享机制。",
)  # fmt: skip
WASHING = kind(
    "washing", "五（三）", "“假绿”“伪绿”“洗绿”预警", "预警",
    Field("name", "企业或项目", required=True), code_field(), Field("sign", "迹象", CHOICE, required=True, choices=_pairs("资金用途不符", "环境违法未披露", "认证或材料不实", "项目未实施", "其他")),
    Field("on", "发现日期", DATE, required=True, past=True), _long("finding", "情况", required=True), Field("due_on", "核查期限", DATE, required=True), _long("result", "核查结果"),
    due="due_on", check=checks_code,
    stages=_flow(("warned", "已预警", "overdue"), ("checked", "待定性", "to_confirm"), ("true", "属实", "refused"), ("false", "不属实", "done"), closed=2),
    steps=(
        Step("check", "登记核查结果", ("warned",), "checked", needs=("result",)),
        Step("true", "定为属实", ("checked",), "true", reason=True, second_person=True, waiting=True),
        Step("false", "定为不属实", ("checked",), "false", reason=True, second_person=True),
    ),
    note="“防止‘假绿’‘伪绿’‘洗绿’等行为”。预警不等于认定：属实与否由第二个人定。",
)  # fmt: skip
RISKY = kind(
    "risky", "二（三）8", "环境高风险企业名单和强制责任保险", "高风险企业",
    Field("name", "企业名称", required=True), code_field(), Field("town", "镇街", TOWN), Field("listed_on", "列入名单日期", DATE, required=True, past=True), Field("left_on", "移出名单日期", DATE, listed=False),
    Field("insurer", "承保机构"), Field("policy", "保单号", listed=False), Field("from_on", "保险起", DATE), Field("to_on", "保险止", DATE), money("cover", "责任限额"),
    town="town", unique=("code",), due="to_on",
    check=all_of(checks_code, checks_order("from_on", "to_on", "保险止日早于起日。"), checks_order("listed_on", "left_on", "移出日期早于列入日期。")),
    stages=_flow(("listed", "在名单", "running"), ("left", "已移出名单", "struck")),
    steps=(Step("leave", "移出名单", ("listed",), "left", needs=("left_on",), reason=True),),
    note="“环境高风险企业参加环境污染强制责任保险全覆盖”（一（二），到2022年）。名单由区生态环境局等责任单位列。",
)  # fmt: skip


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
    least, most = min(found), max(found)
    said = (
        f"贴息额 {typed:,.2f} 元与本金、年率、天数不符，应在 {least:,.2f} 至 {most:,.2f} 元之间，请按“贴息试算”的数填。"
    )
    return [FieldError(said, "not-as-computed", field="amount")]


SUBSIDIES = kind(
    "subsidies", "三（一）1", "贴息发放", "贴息",
    Field("project", "项目或企业", required=True), code_field(), Field("from_on", "计息起", DATE, required=True), Field("to_on", "计息止", DATE, required=True),
    money("loan", "贷款本金", required=True, unit="元"), Field("rate", "贴息年率", NUMBER, places=4, unit="%", required=True), money("amount", "贴息额", required=True, unit="元"),
    Field("paid_on", "拨付日期", DATE, past=True),
    unique=("project", "from_on", "to_on"),
    check=all_of(checks_code, checks_order("from_on", "to_on", "计息止日早于起日。"), _subsidy_as_computed),
    stages=_flow(("asked", "已申请", "submitted"), ("decided", "已核定", "accepted"), ("paid", "已拨付", "done"), ("refused", "不予贴息", "struck"), closed=2),
    steps=(
        Step("decide", "核定", ("asked",), "decided", second_person=True, waiting=True),
        Step("pay", "登记拨付", ("decided",), "paid", needs=("paid_on",)), Step("refuse", "不予贴息", ("asked", "decided"), "refused", reason=True),
    ),
    note="“对绿色金融支持的绿色企业（项目）分级给予贴息支持”。先在“贴息试算”算出，再登记。",
)  # fmt: skip
KINDS = (
    SUBSIDIES, RISKY, WASHING, SHARING, OFFICES, LISTING, BONDS, DEFAULTS, GUARANTEES, RATINGS, AGRICULTURE, CHECKUPS,
    VALUES, CLUSTER, TALENT, CASES,
)  # fmt: skip
