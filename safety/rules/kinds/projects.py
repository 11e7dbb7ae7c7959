"""附件：nine 重点工程, each a count table by town and day. A town counts its own; 区安委会办公室 accepts it."""

from decimal import Decimal

from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Kind, Stage, Step
from safety.enums import DOCUMENT

STAGES = (Stage("filled", "已填", "submitted"), Stage("accepted", "已接受", "accepted", closed=True))
STEPS = (
    Step("accept", "接受", ("filled",), "accepted", second_person=True, waiting=True),
    Step("returned", "退回重填", ("filled", "accepted"), "filled", reason=True, once=("back",)),
)


def _counted(name: str, label: str, unit: str = "处", places: int = 0) -> Field:
    return Field(name, label, FieldType.NUMBER, places=places, unit=unit, summed=True)


def _project(code: str, place: str, title: str, *columns: Field) -> Kind:
    """`place` is the number of the project in the annex (一 to 九)."""
    return Kind(
        app="safety",
        code=code,
        title=title,
        name="工程进展",
        document=DOCUMENT,
        clause=f"附件·{place}",
        owner="unit",
        town="town",
        unique=("unit", "town", "as_of"),
        fields=(
            Field("unit", "填报单位", FieldType.ORGANISATION, required=True),
            Field("town", "镇街", FieldType.TOWN),
            Field("as_of", "截至", FieldType.DATE, past=True, required=True),
            *columns,
            Field("note", "说明", FieldType.LONG, listed=False),
        ),
        cumulative=True,
        stages=STAGES,
        steps=STEPS,
        note="各数截至填报日累计；原文没有印目标数，由区安委会办公室另行下达。",
    )


PROJECTS = (
    _project(
        "crossings",
        "一",
        "城区铁路平交道口立交化改造工程",
        _counted("crossings", "铁路平交道口", "处"),
        _counted("rebuilt", "已立交化改造", "处"),
        _counted("removed", "人员密集区域已消除", "处"),
        _counted("footways", "完善行人过街安全设施", "处"),
    ),
    _project(
        "fire-stations",
        "二",
        "消防安全设施建设工程",
        _counted("special", "特勤消防站", "座"),
        _counted("ordinary", "普通消防站", "座"),
        _counted("small", "小型消防站", "座"),
        _counted("micro", "微型消防站", "座"),
        _counted("hydrants", "消防水源", "处"),
    ),
    _project(
        "corridors",
        "三",
        "地下综合管廊建设工程",
        _counted("length", "地下综合管廊", "千米", 3),
        _counted("plates", "永久性标牌", "块"),
    ),
    _project(
        "charging",
        "四",
        "电动车及电动自行车充电网络建设工程",
        _counted("shared", "集中式充电桩", "个"),
        _counted("fast", "快速充电桩", "个"),
        _counted("parking", "电动自行车集中停放场所", "处"),
        _counted("bicycle", "电动自行车充电设施", "处"),
    ),
    _project(
        "enforcement",
        "五",
        "安全生产执法检查效能提升工程",
        _counted("joint", "联合执法", "次"),
        _counted("recorded", "执法全过程记录", "件"),
        _counted("trained", "安全监管执法教育培训", "人次"),
        _counted("reviewed", "执法效果评估", "次"),
    ),
    _project(
        "standards",
        "六",
        "安全生产地方标准落地工程",
        Field("promoted", "89 项安全生产地方标准中已宣贯", FieldType.NUMBER, unit="项", most=Decimal(89)),
        Field("tracked", "纳入标准更新追踪", FieldType.NUMBER, unit="项", most=Decimal(89)),
        Field("judged", "已对标准实施效果进行评价", FieldType.NUMBER, unit="项", most=Decimal(89)),
    ),
    _project(
        "risk-assessments",
        "七",
        "城市安全风险管控工程",
        *(
            Field(code, f"{words}单位已评估", FieldType.NUMBER, unit="家", summed=True)
            for code, words in (
                ("traffic", "交通"),
                ("building", "建筑施工"),
                ("municipal", "市政"),
                ("commerce", "商务"),
                ("sports", "体育"),
                ("tourism", "文化旅游"),
                ("greening", "园林绿化"),
                ("industry", "工业"),
                ("chemicals", "危险化学品"),
            )
        ),
        _counted("places", "重点人员密集场所已评估", "处"),
        _counted("events", "大型群众性活动已评估", "场"),
    ),
    _project(
        "grassroots",
        "八",
        "基层应急救援能力提升工程",
        _counted("volunteers", "紧急救援志愿者服务站", "个"),
        _counted("managers", "消防安全经理人或楼长", "人"),
        _counted("brigades", "志愿消防队", "支"),
        _counted("shelters", "应急避难场所", "处"),
        _counted("communities", "安全社区", "个"),
    ),
    _project(
        "platform",
        "九",
        "综合应急信息平台建设工程",
        _counted("resources", "开放共享的数据资源", "项"),
        _counted("systems", "完成整合的系统", "个"),
        _counted("sensors", "感知网络接入点", "个"),
    ),
)
INDUSTRIES = tuple((field.name, field.label.removesuffix("单位已评估")) for field in PROJECTS[6].fields[3:12])
