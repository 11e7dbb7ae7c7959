"""三（三）3, 三（五）5 to 7, 五: farms, firms, rubbish, cases, the reserve of projects, patrols and open days."""

from collections.abc import Mapping
from decimal import Decimal

from miyun_kpi.lib.errors import FieldError
from miyun_kpi.lib.relations import Relation
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Kind, Stage, Step
from water.enums import DOCUMENT
from water.rules.kinds.pipes import MENDED, MENDING, MENDING_STEPS, not_above


def _livestock(values: Mapping[str, str]) -> list[FieldError]:
    return not_above(values, ("used", "粪污综合利用量"), ("made", "粪污产生量"))


LIVESTOCK = Kind(
    app="water",
    code="livestock",
    title="规模化畜禽养殖场",
    name="养殖场",
    document=DOCUMENT,
    clause="三（三）3",
    note="“提高规模化畜禽养殖场污染治理设施配套率、粪污综合利用率”；由区农业农村局登记各场的数；两率由牵头单位另行计算。",
    owner="town",
    town="town",
    unique=("name", "year"),
    check=_livestock,
    fields=(
        Field("name", "养殖场", required=True, longest=60),
        Field("town", "镇街", FieldType.TOWN, required=True),
        Field("year", "年度", FieldType.NUMBER, required=True, least=Decimal(2019), most=Decimal(2100)),
        Field("equipped", "污染治理设施已配套", FieldType.BOOL, required=True),
        Field("made", "粪污产生量", FieldType.NUMBER, places=2, unit="吨", summed=True),
        Field("used", "粪污综合利用量", FieldType.NUMBER, places=2, unit="吨", summed=True),
    ),
)
CHEMICAL = Kind(
    app="water",
    code="chemical",
    title="化肥、农药使用量",
    name="使用量",
    document=DOCUMENT,
    clause="三（三）3",
    note="“推进化肥、农药减量增效”，使用量负增长；由区农业农村局按年登记，上年数一并填写。",
    owner="town",
    town="town",
    unique=("town", "year", "kind"),
    fields=(
        Field("kind", "种类", FieldType.CHOICE, required=True, choices=(("fertiliser", "化肥"), ("pesticide", "农药"))),
        Field("town", "镇街", FieldType.TOWN, required=True),
        Field("year", "年度", FieldType.NUMBER, required=True, least=Decimal(2019), most=Decimal(2100)),
        Field("before", "上年使用量", FieldType.NUMBER, places=3, unit="吨", summed=True),
        Field("used", "本年使用量", FieldType.NUMBER, places=3, unit="吨", required=True, summed=True),
    ),
    stages=(
        Stage("unknown", "无上年数", "blank"),
        Stage("less", "负增长", "done"),
        Stage("more", "未负增长", "running"),
    ),
    stage_of=lambda values: (
        "unknown"
        if not values.get("before")
        else "less"
        if Decimal(values["used"]) < Decimal(values["before"])
        else "more"
    ),
)
PERMIT = Kind(
    app="water",
    code="permit",
    title="工业企业排水",
    name="企业",
    document=DOCUMENT,
    clause="三（五）5",
    note="“排放污水的工业企业应依法持有排污许可证”；“导致出水不能稳定达标的，要限期退出”。由区生态环境局登记。",
    owner="town",
    town="town",
    unique=("name",),
    due="leave_by",
    fields=(
        Field("name", "企业", required=True, longest=80),
        Field("town", "镇街", FieldType.TOWN, required=True),
        Field("licence", "排污许可证编号", longest=60),
        Field("valid_to", "许可证有效期至", FieldType.DATE),
        Field("joined", "接入生活污水处理设施", FieldType.BOOL, required=True),
        Field("heavy", "含重金属、难以生化降解成分以及高盐度", FieldType.BOOL, listed=False),
        Field("above", "超标或超总量", FieldType.BOOL, listed=False),
        Field("measure", "整治措施", FieldType.LONG, listed=False),
        Field("assessed_on", "接入评估日期", FieldType.DATE, past=True),
        Field("finding", "评估结论", FieldType.LONG, listed=False),
        Field("leave_by", "限期退出", FieldType.DATE),
        Field("left_on", "退出日期", FieldType.DATE, past=True, listed=False),
    ),
    stages=(
        Stage("listed", "在册", "draft"),
        Stage("kept", "评估可接入", "accepted"),
        Stage("leaving", "限期退出", "due"),
        Stage("left", "已退出", "done", True),
    ),
    steps=(
        Step("keep", "评估可接入", ("listed",), "kept", needs=("assessed_on", "finding")),
        Step(
            "order",
            "责令限期退出",
            ("listed", "kept"),
            "leaving",
            reason=True,
            needs=("assessed_on", "finding", "leave_by"),
        ),
        Step("left", "核实已退出", ("leaving",), "left", second_person=True, waiting=True, needs=("left_on",)),
        Step(
            "again",
            "重新评估",
            ("kept", "left"),
            "listed",
            reason=True,
            sets=(("leave_by", ""), ("left_on", "")),
        ),
    ),
)
RUBBISH = Kind(
    app="water",
    code="rubbish",
    title="河道保护范围内垃圾堆放点",
    name="堆放点",
    document=DOCUMENT,
    clause="三（五）6",
    note="“对河道保护范围内的垃圾堆放点进行整治，规范垃圾转运站管理”；由区城管委登记。",
    owner="town",
    town="town",
    fields=(
        Field("place", "位置", FieldType.PLACE, required=True, longest=120),
        Field("town", "镇街", FieldType.TOWN, required=True),
        Field(
            "kind", "种类", FieldType.CHOICE, required=True, choices=(("heap", "垃圾堆放点"), ("station", "垃圾转运站"))
        ),
        Field("found_on", "发现日期", FieldType.DATE, past=True, required=True),
        Field("volume", "数量", FieldType.NUMBER, places=2, unit="吨", summed=True),
        *MENDED,
    ),
    stages=MENDING,
    steps=MENDING_STEPS,
    due="due_on",
)
CASE = Kind(
    app="water",
    code="case",
    title="水环境执法案件",
    name="案件",
    document=DOCUMENT,
    clause="三（五）7",
    note="“重点查处河道沿岸工业生产、餐饮、洗车、洗涤、医疗等单位超标排污和偷排污水行为”；由区生态环境局、区水务局登记。",
    town="town",
    unique=("number",),
    fields=(
        Field("number", "案号", required=True, longest=60),
        Field("party", "当事人", FieldType.SEALED, required=True, longest=80, findable=True),
        Field("town", "镇街", FieldType.TOWN, required=True),
        Field(
            "trade",
            "行业",
            FieldType.CHOICE,
            required=True,
            choices=(
                ("industry", "工业生产"),
                ("catering", "餐饮"),
                ("carwash", "洗车"),
                ("laundry", "洗涤"),
                ("medical", "医疗"),
                ("other", "其他"),
            ),
        ),
        Field(
            "act", "行为", FieldType.CHOICE, required=True, choices=(("above", "超标排污"), ("secretly", "偷排污水"))
        ),
        Field("trace", "溯源情况", FieldType.LONG, listed=False),
        Field("opened_on", "立案日期", FieldType.DATE, past=True, required=True),
        Field("fine", "罚款", FieldType.MONEY, unit="元", summed=True),
        Field("decided_on", "处罚日期", FieldType.DATE, past=True),
        Field("closed_on", "结案日期", FieldType.DATE, past=True, listed=False),
    ),
    stages=(
        Stage("opened", "已立案", "running"),
        Stage("decided", "已处罚", "submitted"),
        Stage("closed", "已结案", "done", True),
    ),
    steps=(
        Step("decide", "登记处罚", ("opened",), "decided", needs=("decided_on",)),
        Step("drop", "不予处罚结案", ("opened",), "closed", reason=True, needs=("closed_on",)),
        Step("close", "结案", ("decided",), "closed", second_person=True, waiting=True, needs=("closed_on",)),
    ),
)
RESERVE = Kind(
    app="water",
    code="reserve",
    title="建设项目规划储备库",
    name="储备项目",
    document=DOCUMENT,
    clause="五（一）",
    note="“各牵头单位”“将本方案确定的各项任务纳入建设项目规划储备库”；各牵头单位登记自己的。",
    owner="unit",
    town="town",
    unique=("name",),
    fields=(
        Field("name", "项目", required=True, longest=80),
        Field("unit", "牵头单位", FieldType.ORGANISATION, required=True),
        Field("town", "镇街", FieldType.TOWN),
        Field("clause", "对应任务", longest=20, help="例如 三（四）3"),
        Field("entered_on", "入库日期", FieldType.DATE, past=True),
        Field("cost", "估算投资", FieldType.MONEY, unit="万元", summed=True),
        Field("procedure", "手续办理", FieldType.LONG, listed=False),
    ),
    stages=(
        Stage("asked", "拟入库", "draft"),
        Stage("kept", "已入库", "accepted"),
        Stage("begun", "已开工", "running"),
        Stage("out", "已出库", "done", True),
    ),
    steps=(
        Step("enter", "登记入库", ("asked",), "kept", needs=("entered_on",)),
        Step("begin", "登记开工", ("kept",), "begun"),
        Step("leave", "出库", ("asked", "kept", "begun"), "out", reason=True),
        # Nobody keeps this register over its lead units, so the unit itself brings back what left too early.
        Step("again", "重新列入", ("out",), "asked", reason=True),
    ),
)
PATROL = Kind(
    app="water",
    code="patrol",
    title="清河行动",
    name="行动",
    document=DOCUMENT,
    clause="五（三）",
    note="“持续开展“清河行动””；原文没有写登记单位，按总体协调由区水务局登记（推定）。",
    owner="town",
    town="town",
    fields=(
        Field("held_on", "日期", FieldType.DATE, required=True),
        Field("town", "镇街", FieldType.TOWN, required=True, relation=Relation.STAYS),
        Field("reach", "河段", required=True, longest=100),
        Field("people", "参加人数", FieldType.NUMBER, unit="人", summed=True),
        Field("found", "发现问题", FieldType.NUMBER, unit="个", summed=True),
        Field("mended", "已解决", FieldType.NUMBER, unit="个", summed=True),
        Field("note", "情况", FieldType.LONG, listed=False),
    ),
    check=lambda values: not_above(values, ("mended", "已解决"), ("found", "发现问题")),
)
OPENING = Kind(
    app="water",
    code="opening",
    title="设施向公众开放",
    name="开放",
    document=DOCUMENT,
    clause="五（四）",
    note="“持续推进污水收集处理和再生水利用设施向公众开放”；原文没有写登记单位，按总体协调由区水务局登记（推定）。",
    town="town",
    fields=(
        Field("facility", "设施", required=True, longest=60),
        Field("town", "镇街", FieldType.TOWN, relation=Relation.STAYS),
        Field("held_on", "日期", FieldType.DATE, required=True),
        Field("visitors", "人数", FieldType.NUMBER, unit="人", summed=True),
        Field("audience", "对象", longest=60),
        Field("note", "情况", FieldType.LONG, listed=False),
    ),
)
PROJECT = Kind(
    app="water",
    code="project",
    title="分阶段项目",
    name="项目",
    document=DOCUMENT,
    clause="三（四）",
    note="三（四）1 至 4 和三（三）2 的项目；由该项任务的牵头单位登记，各阶段的计划和实际日期在“进度图”里填。",
    owner="unit",
    unique=("name",),
    fields=(
        Field("name", "项目", required=True, longest=80),
        Field(
            "task",
            "任务",
            FieldType.CHOICE,
            required=True,
            choices=(
                ("三（三）2", "城区调蓄设施规划"),
                ("三（四）1", "城区再生水利用管线建设项目前期工作"),
                ("三（四）2", "镇级污水处理厂提质改造"),
                ("三（四）3", "新城再生水厂二期建设工程"),
                ("三（四）4", "生命与健康科学小镇污水管网收集及处理方案研究"),
            ),
        ),
        Field("unit", "牵头单位", FieldType.ORGANISATION, required=True),
        Field("cost", "投资", FieldType.MONEY, unit="万元", summed=True),
        Field("note", "备注", FieldType.LONG, listed=False),
    ),
)
KINDS = (LIVESTOCK, CHEMICAL, PERMIT, RUBBISH, CASE, RESERVE, PATROL, OPENING, PROJECT)
