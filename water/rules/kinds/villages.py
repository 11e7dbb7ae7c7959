"""三（一）: villages whose sewage is to be collected and treated. 198 is printed; which ones they are is not, nor the stages."""

from collections.abc import Mapping

from miyun_kpi.lib.errors import FieldError
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Kind, Stage
from water.enums import DOCUMENT

# 三（一）：“解决198个村庄的生活污水收集处理问题”.
VILLAGES = 198
# Dates in their order, and the stage that the last of them means (推定: the text prints no stages).
# A date is a fact; a stage that somebody sets would disagree with the dates beside it (decision 0036).
STEPS = (
    ("begun_on", "前期日期", "early", "前期"),
    ("designed_on", "设计日期", "design", "设计"),
    ("built_from", "开工日期", "building", "在建"),
    ("built_to", "完工日期", "built", "完工"),
    ("accepted_on", "验收日期", "accepted", "验收"),
    ("running_on", "运行日期", "running", "运行"),
)


def stage_of(values: Mapping[str, str]) -> str:
    """The stage of the last date entered; without any, 未启动."""
    reached = [code for name, _, code, _ in STEPS if values.get(name)]
    return reached[-1] if reached else "idle"


def order_of_dates(values: Mapping[str, str]) -> list[FieldError]:
    """A later stage cannot have an earlier date; a stage left out is allowed."""
    problems = []
    before = ("", "")
    for name, label, _, _ in STEPS:
        value = values.get(name, "")
        if value and value < before[0]:
            problems.append(FieldError(f"{label} {value} 早于{before[1]} {before[0]}。", "date-order", field=name))
        before = (value, label) if value else before
    return problems


VILLAGE = Kind(
    app="water",
    code="village",
    title="村庄污水治理",
    name="村庄",
    document=DOCUMENT,
    clause="三（一）",
    note="“解决198个村庄的生活污水收集处理问题”。村庄由区水务局、区农业农村局导入，系统不编造；阶段由填到的最后一个日期得出（推定）。",
    lasting=True,
    owner="town",
    town="town",
    unique=("town", "name"),
    limit=(VILLAGES, "beyond"),
    check=order_of_dates,
    stage_of=stage_of,
    fields=(
        Field("name", "村庄", required=True, longest=40),
        Field("town", "镇街", FieldType.TOWN, required=True),
        Field("way", "收集处理方式", FieldType.CHOICE, required=True, choices=(("pipe", "管网"), ("other", "非管网"))),
        Field(
            "focus",
            "重点类别",
            FieldType.CHOICE,
            choices=(
                ("source", "市、区水源地及上游河道两侧周边村庄"),
                ("folk", "民俗旅游村庄"),
                ("fringe", "城乡结合部"),
                ("dense", "人口密集村庄"),
                ("few", "人口较少村庄（含自然村）"),
            ),
            listed=False,
        ),
        Field("people", "人口", FieldType.NUMBER, unit="人", summed=True),
        *(
            Field(name, label, FieldType.DATE, listed=name in ("built_from", "running_on"))
            for name, label, _, _ in STEPS
        ),
        Field("beyond", "超出198个的理由", FieldType.LONG, listed=False, help="只在已录满 198 个以后再录时填写"),
        Field("note", "备注", FieldType.LONG, listed=False),
    ),
    stages=(
        Stage("idle", "未启动", "not_started"),
        *(
            Stage(code, label, "done" if code == "running" else "running", code == "running")
            for _, _, code, label in STEPS
        ),
    ),
)
KINDS = (VILLAGE,)
