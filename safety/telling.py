"""城市安全 of the whole scene: every register in every stage, by the two of 区安委会办公室 and the town that is obliged."""

from datetime import datetime

from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.accounts.registry import DemoWindow
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.credit_code import of_nobody
from miyun_kpi.registers.demo import Book, Said, Typed
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services.records import change_record, strike_record

FIRST, SECOND, TOWN = "anwei", "anwei2", "beizhuang"
# Count tables of the projects: figures of two towns, who fills in the one that still waits.
TABLES: tuple[tuple[str, Typed, str], ...] = (
    ("crossings", {"crossings": "4", "rebuilt": "2", "removed": "1", "footways": "3"}, FIRST),
    ("corridors", {"length": "1.250", "plates": "36"}, FIRST),
    ("charging", {"shared": "12", "fast": "8", "parking": "20", "bicycle": "45"}, SECOND),
    ("enforcement", {"joint": "9", "recorded": "48", "trained": "3", "reviewed": "1"}, SECOND),
    ("standards", {"promoted": "61", "tracked": "40", "judged": "12"}, SECOND),
    ("risk-assessments", {"traffic": "6", "building": "11", "tourism": "9", "places": "12", "events": "2"}, SECOND),
    ("grassroots", {"volunteers": "2", "managers": "18", "brigades": "3", "shelters": "4"}, SECOND),
    ("platform", {"resources": "7", "systems": "2", "sensors": "130"}, SECOND),
)
INVENTED = "（演示）虚构的内容，不得引用"


def tell(at: datetime, window: DemoWindow) -> None:
    timeline = Timeline(at)
    book = Book(timeline, "safety")
    _tables(book)
    _risks(book)
    _hazards(book)
    _black_list(book)
    _red_list(book)
    _steps_of_units(book)
    _protected(book)
    _lists(book)
    timeline.tell()


def _tables(book: Book) -> None:
    """A town's own figures accepted, one given back once on the way; another town's still wait."""
    accept = Said(SECOND, "accept")
    back = Said(FIRST, "returned", "（演示）数字与上月相差较大，请核对")
    for place, (kind, figures, by) in enumerate((*TABLES, ("fire-stations", {"small": "1", "micro": "5"}, ""))):
        own = {"unit": "北庄镇", "town": "北庄镇", "as_of": -1, **figures}
        book.record(kind, TOWN, 40, own, [accept, back, accept] if place % 3 == 0 else [accept])
        if by:
            book.record(kind, by, 6, {**own, "unit": "太师屯镇", "town": "太师屯镇"})


def _risks(book: Book) -> None:
    risk = {"industry": "tourism", "department": "区文旅局", "measures": INVENTED, "assessed_on": -2, "level": "yellow"}
    gone = Said(SECOND, "remove", "（演示）设施已拆除，风险不复存在")
    again = Said(FIRST, "reopen", "（演示）又恢复营业，重新管控")
    late = {"title": "（演示）水上项目临时栈桥", "town": "溪翁庄镇", "next_on": book.timeline.day(8)}
    book.record("risks", FIRST, 120, {**risk, **late, "level": "red"})
    book.record("risks", FIRST, 90, {**risk, "title": "（演示）玻璃栈道超载", "town": "古北口镇"}, [gone])
    book.record("risks", FIRST, 70, {**risk, "title": "（演示）简易滑雪场", "town": "河南寨镇"}, [gone, again])
    book.record("risks", SECOND, 60, {**risk, "title": "（演示）夜间灯会人流", "level": "blue", "joint": "yes"})
    book.record("risks", SECOND, 55, {**risk, "title": "（演示）缆车停运"}, [Said(FIRST, "changed", act=_changed)])
    book.record("risks", FIRST, 54, {**risk, "title": "（演示）夜间灯会人流"}, [Said(FIRST, "struck", act=_struck)])


def _changed(actor: Actor, row: Record, at: datetime) -> None:
    typed = {"level": "orange", "measures": "（演示）增设备用电源"}
    change_record(actor=actor, app="safety", kind="risks", record_id=row.pk, version=row.version, typed=typed, at=at)


def _struck(actor: Actor, row: Record, at: datetime) -> None:
    strike_record(
        actor=actor, app="safety", kind="risks", record_id=row.pk, version=row.version, reason="（演示）重复登记", at=at
    )


def _hazards(book: Book) -> None:
    day = book.timeline.day

    def add(number: int, title: str, by: str, ago: int, due: int, *steps: Said) -> None:
        typed = {
            "title": f"（演示）{title}",
            "place": f"（演示）某厂之{number}（虚构）",
            "town": "北庄镇",
            "unit": "北庄镇",
            "company": f"（演示）某公司之{number}（虚构）",
            "listed_by": "区安委会办公室",
            "requirement": INVENTED,
            "due_on": day(due),
        }
        book.record("hazards", by, ago, typed, steps)

    def listed(number: int, by: str = SECOND) -> Said:
        return Said(by, "list", typed={"number": f"（演示）{number}号"})

    longer = {"extension_to": day(-40), "extension_reason": "（演示）设备订货未到"}
    extend, ask = Said(TOWN, "extend", typed=longer), Said(TOWN, "ask", typed={"done": "（演示）已整改"})
    grant = Said(SECOND, "grant")
    add(2, "粉尘车间除尘系统失效", FIRST, 4, -30)
    add(3, "冷库制冷机房无泄漏报警", FIRST, 45, 2, listed(3), extend)
    add(4, "商场疏散通道上锁", FIRST, 50, -3, listed(4), ask)
    closed = Said(FIRST, "close", typed={"verified": "（演示）现场核验合格"})
    failed = Said(SECOND, "not-passed", "（演示）消防水压仍不足")
    add(
        5,
        "养老院电气线路老化",
        SECOND,
        110,
        50,
        listed(5, FIRST),
        extend,
        grant,
        ask,
        failed,
        ask,
        Said(SECOND, "close", typed={"verified": "（演示）现场核验合格"}),
    )
    add(6, "加油站卸油口距离不足", FIRST, 90, 45, listed(6), ask, closed)
    drop = Said(SECOND, "drop", "（演示）复核后不构成重大隐患")
    add(7, "仓库堆垛超高", FIRST, 75, 40, drop)
    refuse = Said(SECOND, "refuse", "（演示）理由不充分，按原期限整改")
    add(8, "游泳馆次氯酸钠存放不当", FIRST, 60, -20, listed(8), extend, refuse)


def _nothing(actor: Actor, row: Record, at: datetime) -> None:
    """Time goes by."""


def _black_list(book: Book) -> None:
    """Notice, objection and answer before anybody is listed; every way out of the list."""
    day = book.timeline.day

    def add(number: int, by: str, ago: int, *steps: Said) -> None:
        typed = {
            "name": f"（演示）某公司之{number}（虚构）",
            "code": of_nobody(number),
            "fact": INVENTED,
            "basis": "（演示）虚构的法律依据",
            "town": "十里堡镇",
        }
        book.record("black-list", by, ago, typed, steps, gap=10)

    told = {"noticed_on": 0, "noticed_how": "（演示）书面送达", "objection_until": 5}
    notice = Said(FIRST, "notice", typed=told)
    late_notice = Said(FIRST, "notice", typed={**told, "objection_until": day(-5)})
    listing = Said(SECOND, "list", typed={"listed_on": 0, "until": 365})
    brief = Said(SECOND, "list", typed={"listed_on": 0, "until": 15})
    contest = Said(FIRST, "object", typed={"objection": "（演示）当事人认为事实不符"})
    answer = Said(SECOND, "answer", typed={"answer": "（演示）经复核，事实成立"})
    add(11, FIRST, 3)
    add(12, FIRST, 14, late_notice)
    add(13, FIRST, 24, notice, contest)
    add(14, FIRST, 70, notice, listing)
    add(15, FIRST, 120, notice, contest, answer, listing)
    add(16, FIRST, 150, notice, listing, Said(FIRST, "repair", typed={"repair": "（演示）完成信用修复培训"}))
    add(17, FIRST, 140, notice, brief, Said(FIRST, "wait", act=_nothing), Said(FIRST, "expire"))
    add(18, FIRST, 65, notice, contest, Said(SECOND, "drop", "（演示）异议成立，不列入"))


def _red_list(book: Book) -> None:
    typed = {"reason": "（演示）连续三年无事故（虚构）", "town": "巨各庄镇"}
    listing = Said(SECOND, "list", typed={"listed_on": 0, "until": 365})
    gone = Said(FIRST, "remove", "（演示）发生一般事故（虚构）")
    for number, ago, steps in ((21, 5, ()), (22, 60, (listing,)), (23, 200, (listing, gone))):
        name = {"name": f"（演示）某企业之{number}（虚构）", "code": of_nobody(number)}
        book.record("red-list", FIRST, ago, {**typed, **name}, steps)


def _steps_of_units(book: Book) -> None:
    day = book.timeline.day
    own = {"unit": "北庄镇", "town": "北庄镇", "task": "二（一）"}
    done = Said(TOWN, "finish", typed={"done_on": 0})
    book.record("roadmap", TOWN, 100, {"title": "（演示）编制镇应急预案", "planned_on": day(60), **own}, [done])
    book.record("roadmap", TOWN, 95, {"title": "（演示）微型消防站配齐器材", "planned_on": day(4), **own})
    book.record("roadmap", TOWN, 90, {"title": "（演示）老旧小区消防改造", "planned_on": day(-90), **own})
    for by, town, due in (("xiwengzhuang", "溪翁庄镇", -7), ("taishitun", "太师屯镇", 9)):
        typed = {"title": "（演示）微型消防站联勤联动", "unit": town, "town": town, "planned_on": day(due)}
        book.record("roadmap", by, 85, typed)
    again = Said(FIRST, "reopen", "（演示）材料不全，重新办理")
    book.record("roadmap", TOWN, 80, {"title": "（演示）避难场所标识", "planned_on": day(-60), **own}, [done, again])
    paper = {"unit": "区安委会办公室"}
    ask, issue = Said(FIRST, "ask"), Said(SECOND, "issue", typed={"number": "（演示）密安委1号"})
    book.record("deliverables", FIRST, 30, {"title": "（演示）一票否决细则（起草稿）", "due_on": day(-60), **paper})
    book.record("deliverables", FIRST, 60, {"title": "（演示）一票否决办法（征求意见稿）", **paper}, [ask])
    book.record("deliverables", FIRST, 120, {"title": "（演示）一票否决办法（试行）", **paper}, [ask, issue])


def _protected(book: Book) -> None:
    register = Said(SECOND, "register")
    cancel = Said(FIRST, "cancel", "（演示）设施已停用并清空")
    for number, by, steps in ((1, SECOND, ()), (2, FIRST, (register,)), (3, FIRST, (register, cancel))):
        typed = {
            "number": f"演示-源-{number}",
            "unit": "北庄镇",
            "town": "北庄镇",
            "name": f"（演示）储罐之{number}（虚构）",
            "place": "（演示）虚构的位置",
            "checked_on": -2,
        }
        book.record("sources", by, 50, typed, steps)
    book.record(
        "supplies", FIRST, 30, {"number": "演示-物-1", "unit": "区应急局", "item": "（演示）沙袋", "amount": "800"}
    )
    book.record("water-points", FIRST, 30, {"number": "演示-水-1", "town": "北庄镇", "place": "（演示）虚构的位置"})


def _lists(book: Book) -> None:
    """Registers without stages: a row of each."""
    for number, title in ((1, "（演示）隐患整改率"), (2, "（演示）预案覆盖率")):
        book.record("indicators", FIRST, 150, {"number": f"演示-{number}", "title": title, "full": "5"})
    found = {"indicator": "演示-1", "unit": "北庄镇", "on": 0, "result": "met", "score": "4", "evidence": INVENTED}
    book.record("assessments", FIRST, 30, found)
    own = {"unit": "北庄镇", "town": "北庄镇"}
    rows: tuple[tuple[str, str, Typed], ...] = (
        ("plans", "山洪灾害应急预案", {"issued_on": 0}),
        ("brigades", "专职消防队", {"people": "12", "founded_on": -400}),
        ("insurance", "安全生产责任保险", {"until": 120, "insured": "35"}),
        ("models", "安全文化建设示范单位", {"kind": "culture", "named_on": -30}),
        ("special-plans", "消防专项规划", {"reviewed": "yes", "reviewed_on": -60, "issued_on": -30}),
        ("tailings", "某尾矿库销库（虚构）", {"closed_on": -10}),
        ("relocations", "某作坊搬迁（虚构）", {"way": "park", "done_on": -20}),
        ("transfers", "某线索移送（虚构）", {"moved_on": -15, "result": "（演示）不予立案"}),
        ("old-houses", "某老旧房屋（虚构）", {"assessed_on": -12, "grade": "C级", "strengthened": "no"}),
        ("waterlogging", "某积水点（虚构）", {"cause": "（演示）管径偏小", "treated": "yes", "treated_on": -9}),
    )
    for kind, title, more in rows:
        book.record(kind, FIRST, 45, {"title": f"（演示）{title}", **own, **more})
