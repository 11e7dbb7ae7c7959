"""Plans, drills, teams, insurance and the further objects that 15号 names, each a small ledger of its responsible units."""

from dataclasses import replace

from miyun_kpi.lib.relations import Relation
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Kind, Stage
from safety.enums import DOCUMENT

UNIT = Field("unit", "单位", FieldType.ORGANISATION, required=True)
TOWN = Field("town", "镇街", FieldType.TOWN)
NOTE = Field("note", "说明", FieldType.LONG, listed=False)
WORK = (Stage("open", "进行中", "running"), Stage("done", "已完成", "done", closed=True))


def _ledger(
    code: str, clause: str, title: str, name: str, *fields: Field, unique: tuple[str, ...] = (), then: bool = False
) -> Kind:
    """`then`: of something that was done on its day, which a later merger does not make another unit's."""
    places = [replace(one, relation=Relation.STAYS if then else None) for one in (UNIT, TOWN)]
    return Kind(
        app="safety",
        code=code,
        title=title,
        name=name,
        document=DOCUMENT,
        clause=clause,
        owner="unit",
        town="town",
        unique=unique,
        fields=(*fields[:1], *places, *fields[1:], NOTE),
    )


def _date(name: str, label: str, *, required: bool = False) -> Field:
    return Field(name, label, FieldType.DATE, required=required)


def _number(name: str, label: str, unit: str, places: int = 0) -> Field:
    return Field(name, label, FieldType.NUMBER, unit=unit, places=places, summed=True)


PREPAREDNESS = (
    _ledger(
        "plans",
        "二（六）10",
        "应急救援预案",
        "预案",
        Field("title", "预案", required=True),
        _date("issued_on", "发布日期", required=True),
        _date("revised_on", "修订日期"),
    ),
    _ledger(
        "drills",
        "二（六）10",
        "应急演练",
        "演练",
        Field("title", "演练", required=True),
        Field(
            "kind",
            "类别",
            FieldType.CHOICE,
            choices=(("general", "应急演练"), ("school", "校园安全演练")),
            required=True,
        ),
        _date("held_on", "日期", required=True),
        _number("people", "参加", "人"),
        Field("findings", "发现的问题", FieldType.LONG),
        Field("measures", "改进措施", FieldType.LONG, listed=False),
        then=True,
    ),
    _ledger(
        "brigades",
        "二（六）11",
        "专职消防队",
        "消防队",
        Field("title", "名称", required=True),
        Field(
            "kind",
            "类别",
            FieldType.CHOICE,
            choices=(("town", "乡镇专职消防队"), ("company", "重点企业专职消防队"), ("forest", "森林火灾救援队伍")),
        ),
        _number("people", "人数", "人"),
        _date("founded_on", "建成日期"),
    ),
    _ledger(
        "insurance",
        "二（七）13",
        "安全生产责任保险",
        "投保单位",
        Field("title", "投保单位", required=True),
        Field("policy", "保单号", longest=60),
        _date("until", "保险期至", required=True),
        Field("insured", "保险金额", FieldType.MONEY, unit="万元", summed=True),
    ),
    _ledger(
        "models",
        "二（八）16",
        "示范单位",
        "示范单位",
        Field("title", "名称", required=True),
        Field(
            "kind",
            "类别",
            FieldType.CHOICE,
            choices=(("culture", "安全文化示范企业"), ("emergency", "应急管理示范单位"), ("youth", "青年安全示范岗")),
            required=True,
        ),
        _date("named_on", "命名日期"),
    ),
    _ledger(
        "special-plans",
        "二（一）1",
        "专项规划",
        "规划",
        Field("title", "规划", required=True),
        Field("reviewed", "专家论证", FieldType.BOOL, required=True),
        _date("reviewed_on", "论证日期"),
        _date("issued_on", "印发日期"),
    ),
    _ledger(
        "tailings",
        "二（一）2",
        "尾矿库销库",
        "尾矿库",
        Field("title", "尾矿库", required=True),
        _date("closed_on", "销库日期"),
    ),
    _ledger(
        "relocations",
        "二（一）2",
        "高危行业企业退城入园、搬迁改造和退出转产",
        "企业",
        Field("title", "企业", required=True),
        Field(
            "way",
            "方式",
            FieldType.CHOICE,
            choices=(("park", "退城入园"), ("move", "搬迁改造"), ("leave", "退出转产")),
            required=True,
        ),
        _date("done_on", "完成日期"),
    ),
    _ledger(
        "transfers",
        "二（三）5",
        "行政执法和刑事司法衔接",
        "移送案件",
        Field("title", "案件", required=True),
        _date("moved_on", "移送日期", required=True),
        _date("answered_on", "反馈日期"),
        Field("result", "处理结果"),
        then=True,
    ),
    _ledger(
        "old-houses",
        "二（五）9",
        "老旧房屋",
        "房屋",
        Field("title", "房屋", required=True),
        _date("assessed_on", "鉴定日期"),
        Field("grade", "鉴定结论"),
        Field("strengthened", "已加固", FieldType.BOOL),
    ),
    _ledger(
        "waterlogging",
        "二（五）9",
        "积水点易涝区治理",
        "积水点",
        Field("title", "积水点", required=True),
        Field("cause", "成因"),
        Field("treated", "已治理", FieldType.BOOL),
        _date("treated_on", "治理日期"),
    ),
)
