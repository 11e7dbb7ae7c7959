"""Plain ledgers of 第六条, declared: the yearly plan per town, and the towns' applications for 土地整治项目."""

from decimal import Decimal

from farmland.enums import DOCUMENT
from miyun_kpi.lib.relations import Relation
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Kind, Stage, Step

_YEAR = Field("year", "年度", FieldType.NUMBER, required=True, least=Decimal(2020), most=Decimal(2100))

PLAN = Kind(
    app="farmland",
    code="plans",
    title="年度占补平衡计划",
    name="计划",
    document=DOCUMENT,
    clause="第六条",
    owner="town",
    town="town",
    unique=("year", "town"),
    fields=(
        _YEAR,
        Field("town", "镇", FieldType.TOWN, required=True, relation=Relation.STAYS),
        Field("supply", "计划新增耕地", FieldType.AREA, required=True, unit="亩", summed=True),
        Field("use", "计划使用指标", FieldType.AREA, unit="亩", summed=True),
        Field("transfer", "各区之间交易需求", FieldType.AREA, unit="亩", summed=True),
        Field("number", "下达文号", required=True, longest=60),
        Field("issued_on", "下达日期", FieldType.DATE, required=True),
        Field("note", "说明", FieldType.LONG, listed=False),
    ),
    note="每年由区政府下达各镇政府；计划的项目和表样公报没有印（推定）。",
)

PROJECT = Kind(
    app="farmland",
    code="projects",
    title="土地整治项目申请",
    name="项目",
    document=DOCUMENT,
    clause="第六条",
    owner="town",
    town="town",
    fields=(
        Field("town", "镇", FieldType.TOWN, required=True),
        Field("name", "项目", required=True, longest=100),
        Field("place", "位置", FieldType.PLACE, longest=100),
        Field("area", "预计新增耕地", FieldType.AREA, required=True, unit="亩", summed=True),
        Field("applied_on", "申请日期", FieldType.DATE, required=True),
        Field("reserve", "耕地后备资源情况", FieldType.LONG, listed=False),
        Field("approval", "区政府同意文号", longest=60),
        Field("record_number", "备案号", longest=60),
    ),
    stages=(
        Stage("applied", "已申请", "submitted"),
        Stage("approved", "区政府已同意", "running"),
        Stage("on-record", "已备案实施", "running", once=("filed",)),
        Stage("accepted", "已验收入库", "done", closed=True),
        Stage("refused", "未同意", "ended", closed=True),
    ),
    steps=(
        Step("approve", "登记同意", ("applied",), "approved", needs=("approval",), waiting=True),
        Step("put-on-record", "登记备案", ("approved",), "on-record", needs=("record_number",), once=("file",)),
        Step("accept", "登记验收入库", ("on-record",), "accepted"),
        Step("refuse", "登记未同意", ("applied",), "refused", reason=True),
    ),
    note="各镇政府根据耕地后备资源情况向区政府申请；办理各步公报没有印（推定）。",
)

KINDS = (PLAN, PROJECT)
