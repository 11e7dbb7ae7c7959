"""水环境 of the whole scene: every register in every stage, 五无 rounds, targets of every kind of source and judgement."""

from datetime import date, datetime
from decimal import Decimal

from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.accounts.registry import DemoWindow
from miyun_kpi.registers.demo import Book, Said, Told, Typed
from miyun_kpi.registers.services.moving import hand_over
from water.enums import Source, Target, Verdict
from water.rules.rounds import FIVE
from water.services.rounds import enter_round
from water.services.targets import Given, change_measure, enter_measure, judge, strike_measure

WATER, RIVERS, TOWN = "shuiwuban", "hezhangban", "beizhuang"
NATURE, NATURE_TOO, CITY, CITY_TOO = "shengtai", "huanbao", "chengguan", "chengguan2"
NOTE = "（演示）虚构的内容"


def tell(at: datetime, window: DemoWindow) -> None:
    timeline = Timeline(at)
    book = Book(timeline, "water")
    _villages(book)
    _bodies(book)
    _outfalls(book)
    _mending(book)
    _pipes(book)
    _permits_and_cases(book)
    _reserve(book)
    _plain(book)
    _targets(timeline)
    timeline.tell()


def _villages(book: Book) -> None:
    """One more for each stage that the dates lead to."""
    dates = ("begun_on", "designed_on", "built_from", "built_to", "accepted_on", "running_on")
    for count in range(len(dates) + 1):
        days: Typed = {name: book.timeline.day(400 - 50 * place) for place, name in enumerate(dates) if place < count}
        typed = {"name": f"演示{count + 1}村（虚构）", "town": "太师屯镇", "way": "pipe", "people": str(310 + count)}
        book.record("village", WATER, 60 - count, {**typed, **days})


def _bodies(book: Book) -> None:
    """Checked and reached, checked and failing, overdue for the next check, never checked."""
    timeline = book.timeline
    rows = (
        ("小河沟一段", "北庄镇", TOWN, 40, True, 60),
        ("村南坑塘", "北庄镇", TOWN, 60, False, -6),
        ("村西沟渠", "不老屯镇", RIVERS, 50, False, 5),
        ("入河口缓冲塘", "不老屯镇", RIVERS, 55, True, -12),
        ("道路边沟二段", "高岭镇", RIVERS, 45, True, 40),
    )
    for name, town, by, ago, good, next_in in rows:
        typed = {
            "name": f"（演示）{name}",
            "town": town,
            "kind": "ditch",
            "source": NOTE,
            "keeper": "（演示）某某（虚构）",
        }
        told = book.record("body", RIVERS, 90, typed)

        def check(at: datetime, told: Told = told, by: str = by, good: bool = good, next_in: int = next_in) -> None:
            found = {code: good or place > 1 for place, (code, _) in enumerate(FIVE)}
            enter_round(
                actor=timeline.actor(by),
                body_id=told.record.pk,
                day=at.astimezone().date(),
                found=found,
                note="" if good else "（演示）有少量生活污水和漂浮物",
                next_on=timeline.day(-next_in),
                checked_by="（演示）某某（虚构）",
                at=at,
            )

        timeline.on(ago, check)


def _outfalls(book: Book) -> None:
    day = book.timeline.day

    def add(number: int, by: str, ago: int, due: int, *steps: Said, unit: str = "北庄镇") -> Told:
        typed = {
            "code": f"演示-1{number:03d}",
            "name": f"（演示）排污口之{number}（虚构）",
            "water": "（演示）某河",
            "town": "北庄镇",
            "unit": unit,
            "direct": "yes",
            "measure": "（演示）截污纳管",
            "due_on": day(due),
        }
        return book.record("outfall", by, ago, typed, steps)

    def start(by: str = WATER) -> Said:
        return Said(by, "start")

    report = Said(TOWN, "report", typed={"finished_on": 0})
    closing = Said(NATURE, "close", typed={"result": "（演示）现场核实已封堵"})
    add(1, WATER, 20, -60)
    add(2, WATER, 70, 3, start())
    add(3, WATER, 50, -30, start(), report)
    add(4, NATURE, 120, 80, start(), report, closing)
    add(5, WATER, 100, -20, start(), report, Said(NATURE, "returned", "（演示）雨天仍有溢流，退回整治"))
    again = Said(NATURE, "reopen", "（演示）复查又有污水，重新整治")
    add(6, WATER, 140, -45, start(), report, closing, again)
    wrong = add(7, WATER, 80, -35, start(), unit="太师屯镇")
    book.timeline.on(20, lambda at: _hand_over(book, wrong, at))


def _hand_over(book: Book, told: Told, at: datetime) -> None:
    told.record.refresh_from_db()
    hand_over(
        actor=book.timeline.actor(WATER),
        app="water",
        kind="outfall",
        record_id=told.record.pk,
        version=told.record.version,
        to="北庄镇",
        from_day=at.astimezone().date(),
        reason="（演示）整治责任单位登记错了",
        at=at,
    )


def _mending(book: Book) -> None:
    """The registers that are found, taken up, reported and closed; each with one overdue and one given back."""
    day = book.timeline.day
    kinds: tuple[tuple[str, str, Typed, str], ...] = (
        ("crossing", "place", {"found_on": -3, "length": "120.5", "holder": "（演示）某单位（虚构）"}, CITY),
        ("discharge", "name", {"found_on": -3, "kind": "unit", "place": NOTE}, CITY),
        ("rubbish", "place", {"found_on": -3, "kind": "heap", "volume": "18"}, CITY),
        ("nitrogen", "plant", {"capacity": "500", "cost": "260"}, WATER),
    )
    start, report = Said(TOWN, "start", typed={"plan": NOTE}), Said(TOWN, "report", typed={"done_on": 0})
    for kind, named, more, keeper in kinds:
        back = Said(keeper, "returned", "（演示）现场仍不达标，退回治理")
        lives = (
            ("一", 15, -50, ()),
            ("二", 60, 5 if kind == "crossing" else -70, (start,)),
            ("三", 40, -20, (start, report)),
            ("四", 100, 60, (start, report, Said(keeper, "close"))),
            ("五", 80, -25, (start, report, back)),
        )
        for number, ago, due, steps in lives:
            typed = {named: f"（演示）某处之{number}（虚构）", "town": "北庄镇", "due_on": day(due), **more}
            book.record(kind, TOWN, ago, typed, steps)

    for by, town, due in (("xiwengzhuang", "溪翁庄镇", -5), ("taishitun", "太师屯镇", 6)):
        typed = {"place": "（演示）河边某处（虚构）", "town": town, "kind": "heap", "found_on": -2, "due_on": day(due)}
        book.record("rubbish", by, 30, typed, (Said(by, "start", typed={"plan": NOTE}),))


def _pipes(book: Book) -> None:
    own = {"town": "北庄镇", "surveyed_on": -2, "kind": "rain", "length": "860"}
    start, known = Said(CITY, "start"), Said(CITY, "known", typed={"holder": "（演示）某公司（虚构）"})
    settle = Said(CITY_TOO, "settle", typed={"holder": "（演示）某镇（虚构）", "settled_on": 0})
    opening = Said(CITY_TOO, "start")
    rows = (
        (1, 20, "yes", ()),
        (2, 40, "yes", (start,)),
        (3, 80, "yes", (start, settle)),
        (4, 30, "no", (known,)),
        (5, 35, "yes", (opening,)),
    )
    for number, ago, ownerless, steps in rows:
        typed = {"section": f"（演示）管段{number}（虚构）", "ownerless": ownerless, **own}
        book.record("network", CITY, ago, typed, steps)
    agree, pay = Said(NATURE, "agree"), Said(WATER, "pay", typed={"paid": "98000", "paid_on": 0})
    for number, by, steps in (
        (2, WATER, (agree,)),
        (3, WATER, (agree, pay)),
        (4, WATER, (agree, Said(WATER, "returned", "（演示）水量有误，退回重核"))),
        (5, NATURE, ()),
    ):
        typed = {
            "facility": f"（演示）处理站之{number}（虚构）",
            "operator": "（演示）某运营公司（虚构）",
            "period": f"{book.timeline.today.year - 1}H1",
            "score": "92",
            "volume": "30000",
            "due": "98000",
            "town": "北庄镇",
            "basis": NOTE,
        }
        book.record("payment", by, 40, typed, steps)


def _permits_and_cases(book: Book) -> None:
    day = book.timeline.day
    finding: Typed = {"assessed_on": 0, "finding": "（演示）虚构的评估结论"}
    keep = Said(NATURE, "keep", typed=finding)
    order = Said(NATURE_TOO, "order", "（演示）含难降解成分，不能接入", {**finding, "leave_by": day(5)})
    left = Said(NATURE, "left", typed={"left_on": 0})
    again = Said(NATURE, "again", "（演示）工艺有变，重新评估")
    for number, steps in ((1, ()), (2, (keep,)), (3, (order,)), (4, (order, left)), (5, (keep, again))):
        typed = {"name": f"（演示）某企业之{number}（虚构）", "town": "十里堡镇", "joined": "yes", "heavy": "no"}
        book.record("permit", NATURE, 45 + number, typed, steps)
    decide = Said(WATER, "decide", typed={"fine": "20000", "decided_on": 0})
    fined = Said(NATURE, "decide", typed={"fine": "8000", "decided_on": 0})
    close = Said(NATURE, "close", typed={"closed_on": 0})
    drop = Said(NATURE, "drop", "（演示）情节轻微并已改正", {"closed_on": 0})
    for number, steps in ((1, ()), (2, (decide,)), (3, (decide, close)), (4, (drop,)), (5, (fined,))):
        about: Typed = {
            "number": f"（演示）案{number}号",
            "party": "（演示）某某（虚构）",
            "town": "十里堡镇",
            "trade": "carwash",
            "act": "above",
            "trace": NOTE,
            "opened_on": -1,
        }
        book.record("case", WATER, 50 + number, about, steps)


def _reserve(book: Book) -> None:
    enter, begin = Said(WATER, "enter", typed={"entered_on": 0}), Said(WATER, "begin")
    leave = Said(WATER, "leave", "（演示）资金没有落实，出库")
    for number, steps in ((1, ()), (2, (enter,)), (3, (enter, begin)), (4, (enter, leave))):
        typed = {
            "name": f"（演示）储备项目之{number}（虚构）",
            "unit": "区水务局",
            "clause": "三（四）1",
            "cost": "3200",
        }
        book.record("reserve", WATER, 70, typed, steps)


def _plain(book: Book) -> None:
    year = book.timeline.today.year - 1
    town: Typed = {"town": "北庄镇"}
    for kind, used, before in (("fertiliser", "120.5", "131"), ("pesticide", "3.2", "3.1"), ("pesticide", "2.9", "")):
        when = str(year - 1 if not before else year)
        book.record("chemical", TOWN, 40, {"kind": kind, "year": when, "used": used, "before": before, **town})
    rows: tuple[tuple[str, str, Typed], ...] = (
        (
            "sludge",
            WATER,
            {"plant": "（演示）某厂（虚构）", "period": f"{year}-06", "made": "300", "used": "280", "garden": "120"},
        ),
        (
            "dredging",
            TOWN,
            {"estate": "（演示）某小区（虚构）", "work": "clear", "done_on": 0, "length": "400", **town},
        ),
        (
            "livestock",
            TOWN,
            {
                "name": "（演示）某养殖场（虚构）",
                "year": str(year),
                "equipped": "yes",
                "made": "900",
                "used": "810",
                **town,
            },
        ),
        (
            "patrol",
            TOWN,
            {"held_on": 0, "reach": "（演示）某河段", "people": "18", "found": "4", "mended": "4", **town},
        ),
        ("opening", WATER, {"facility": "（演示）某再生水厂（虚构）", "held_on": 0, "visitors": "46", **town}),
    )
    for kind, by, typed in rows:
        book.record(kind, by, 35, typed)


def _targets(timeline: Timeline) -> None:
    def of(target: str, by: str, ago: int, share: str, source: str) -> None:
        def enter(at: datetime) -> None:
            given = _given(timeline.day(ago), share, source)
            enter_measure(actor=timeline.actor(by), target=target, given=given, at=at)

        timeline.on(ago, enter)

    of(Target.TREATED, WATER, 200, "88.4", Source.STATISTICS)
    of(Target.COVERED, WATER, 190, "52.6", Source.SURVEY)
    of(Target.MIXED, CITY, 100, "41", Source.LETTER)
    of(Target.SLUDGE, WATER, 90, "93", Source.MONITORING)
    of(Target.SECTIONS, WATER, 80, "100", Source.MONITORING)
    timeline.on(70, lambda at: _corrected(timeline, at))
    for target, by, verdict in (
        (Target.ZONES, WATER, Verdict.NOT_YET),
        (Target.MIXED, CITY, Verdict.OPEN),
        (Target.SLUDGE, WATER, Verdict.REACHED),
        (Target.SECTIONS, WATER, Verdict.REACHED),
    ):

        def found(at: datetime, target: str = target, by: str = by, verdict: str = verdict) -> None:
            judge(
                actor=timeline.actor(by),
                target=target,
                day=at.astimezone().date(),
                verdict=verdict,
                reason="（演示）按现有数据判断",
                at=at,
            )

        timeline.on(60, found)


def _corrected(timeline: Timeline, at: datetime) -> None:
    """Two of one target: one put right, one voided."""
    actor, target = timeline.actor(WATER), Target.ZONES
    kept = enter_measure(actor=actor, target=target, given=_given(timeline.day(75), "71", Source.SURVEY), at=at)
    right = _given(timeline.day(75), "72.5", Source.SURVEY)
    change_measure(actor=actor, target=target, measure_id=kept.pk, version=kept.version, given=right, at=at)
    wrong = enter_measure(actor=actor, target=target, given=_given(timeline.day(74), "97", Source.LETTER), at=at)
    strike_measure(
        actor=actor, target=target, measure_id=wrong.pk, version=wrong.version, reason="（演示）录重了，作废", at=at
    )


def _given(day: date, share: str, source: str) -> Given:
    return Given(
        day=day,
        share=Decimal(share),
        numerator=None,
        denominator=None,
        unit="",
        source_kind=source,
        source="（演示）编造的数",
    )
