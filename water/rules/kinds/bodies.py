"""三（二） and 三（五）4: small water bodies with their one rule each, and outfalls into rivers and the reservoir."""

from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import NO, Field, Kind, Stage, Step
from water.enums import DOCUMENT

BODY = Kind(
    app="water",
    code="body",
    title="小微水体",
    name="小微水体",
    document=DOCUMENT,
    clause="三（二）",
    note="“明确入河污水来源、小微水体所有者、使用者和管理养护者整治管理职责”；由区河长制办公室登记，镇街报“五无”核查。达标与否由最近一次核查得出。",
    owner="town",
    town="town",
    unique=("town", "name"),
    due="next_on",
    fields=(
        Field("name", "小微水体名称", required=True, longest=60),
        Field("town", "镇街", FieldType.TOWN, required=True),
        Field(
            "kind",
            "类型",
            FieldType.CHOICE,
            required=True,
            choices=(
                ("inflow", "入河污水"),
                ("ditch", "沟渠"),
                ("pond", "坑塘"),
                ("roadside", "道路边沟"),
                ("other", "其他小微水体"),
            ),
        ),
        Field("place", "位置", FieldType.PLACE, longest=120),
        Field(
            "reach",
            "所在范围",
            FieldType.CHOICE,
            choices=(
                ("upstream", "密云水库上游"),
                ("zone", "一、二级保护区"),
                ("rural", "农村地区"),
            ),
            listed=False,
        ),
        Field("source", "入河污水来源", longest=200),
        Field("holder", "所有者", longest=60),
        Field("user", "使用者", longest=60),
        Field("keeper", "管理养护者", longest=60),
        Field("purpose", "使用功能", longest=100, listed=False),
        Field("plan", "整治方案（一水一策）", FieldType.LONG, listed=False),
        Field("plan_on", "方案日期", FieldType.DATE, listed=False),
        Field("next_on", "下次核查不晚于", FieldType.DATE, help="逾期未核查的列在工作台"),
    ),
    stages=(
        Stage("unchecked", "未核查", "not_started"),
        Stage("failing", "未达标", "running"),
        Stage("reached", "五无达标", "done"),
    ),
)

OUTFALL = Kind(
    app="water",
    code="outfall",
    title="入河（库）排污口",
    name="排污口",
    document=DOCUMENT,
    clause="三（五）4",
    note="“对入河（库）排污口进行统一编码，明确管理单位和管理情况”。编码按主管部门的编码规则得出后填入，系统不编码；由区生态环境局、区水务局登记。",
    owner="unit",
    town="town",
    unique=("code",),
    due="due_on",
    done="finished_on",
    fields=(
        Field("code", "排污口编码", required=True, longest=40, help="照主管部门的编码规则填写，系统不生成"),
        Field("name", "排污口名称", required=True, longest=60),
        Field("water", "排入河（库）", required=True, longest=60),
        Field("town", "镇街", FieldType.TOWN, required=True),
        Field("unit", "管理单位", FieldType.ORGANISATION),
        Field("managed", "管理情况", FieldType.LONG, listed=False),
        Field("direct", "污水直排", FieldType.BOOL, required=True),
        Field("measure", "整治措施", FieldType.LONG, listed=False),
        Field("due_on", "整治期限", FieldType.DATE),
        Field("finished_on", "整治完成日期", FieldType.DATE, past=True, listed=False),
        Field("result", "验收情况", FieldType.LONG, listed=False),
    ),
    stages=(
        Stage("listed", "已登记", "not_started"),
        Stage("mending", "整治中", "running"),
        Stage("mended", "待验收", "submitted"),
        Stage("closed", "已销号", "done", True, locked=True),
    ),
    steps=(
        Step("start", "开始整治", ("listed",), "mending", needs=("unit", "measure", "due_on")),
        Step("report", "报整治完成", ("mending",), "mended", by_owner=True, needs=("finished_on",)),
        Step(
            "close",
            "验收销号",
            ("mended",),
            "closed",
            second_person=True,
            waiting=True,
            needs=("result",),
            settles=(("direct", NO),),
        ),
        Step("returned", "退回整治", ("mended",), "mending", reason=True, once=("back",)),
        Step("reopen", "重新整治", ("closed",), "mending", reason=True),
    ),
)
KINDS = (BODY, OUTFALL)
