"""绿色金融 of the whole scene: every register in every stage, returns given back and drafted, grades of every colour."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from finance_policy.enums import APP, EntryKind
from finance_policy.models import FundEntry, SubsidyRate
from finance_policy.rules.quarters import last_ended
from finance_policy.services.library import decide_grade
from finance_policy.services.opening import CODE
from finance_policy.telling_banks import code_of, tell_banks
from finance_policy.telling_subsidies import Hands, tell_subsidies
from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.accounts.registry import DemoWindow
from miyun_kpi.acts.days import IN_TIME
from miyun_kpi.proposals.services import by_two
from miyun_kpi.registers.demo import Book, Said, Told, Typed
from miyun_kpi.registers.services.records import ImportRow

ONE, TWO, NATURE = "jinrong", "jinrong2", "huanbao"
STANDARD = {"standard": "（演示）绿色产业指导目录（虚构的引用）"}


def tell(at: datetime, window: DemoWindow) -> None:
    timeline = Timeline(at)
    book = Book(timeline, APP)
    _opened(timeline)
    _grades(timeline, _library(book))
    _support(book)
    _watched(book)
    _decided(book)
    _plain(book)
    _fund(timeline)
    _rates(timeline)
    tell_subsidies(timeline)
    tell_banks(timeline)
    timeline.tell()


def _library(book: Book) -> list[Told]:
    """Enterprises and projects through every door of the library; the recognised ones get a colour."""
    check = Said(ONE, "check", typed=STANDARD)
    known = Said(TWO, "recognise", typed={"level": "3", "recognised_on": 0, "review_on": 360})
    again = {"reviewed_on": 0, "next_review": 390}
    review = Said(ONE, "review", typed=again)
    lives: tuple[tuple[str, int, tuple[Said, ...]], ...] = (
        ("智能制造", 20, (check,)),
        ("有机肥料", 300, (check, known)),
        ("节能建材", 390, (check, known, review)),
        ("再生塑料", 310, (check, known)),
        ("水处理剂", 200, (check, Said(TWO, "refuse", "（演示）主营业务不在目录内"))),
        (
            "光伏安装",
            330,
            (check, known, Said(TWO, "wait", act=_nothing), Said(ONE, "remove", "（演示）已停产（虚构）")),
        ),
        ("生态养殖", 60, (check, Said(TWO, "returned", "（演示）请补充能耗数据"), check, known)),
    )
    told = []
    for number, (trade, ago, steps) in enumerate(lives, start=31):
        typed = {
            "name": f"（演示）{trade}公司",
            "code": code_of(number),
            "town": "十里堡镇",
            "industry": trade,
            "focus": str(number % 7 + 1),
        }
        told.append(book.record("enterprises", ONE, ago, typed, steps, gap=12))
    follow = Said(ONE, "follow", typed={"progress": "（演示）主体完工", "effect": "（演示）年节水二十万方"})
    projects: tuple[tuple[str, int, int, tuple[Said, ...]], ...] = (
        ("雨水收集", 33, 8, ()),
        ("屋顶光伏", 33, 25, (check,)),
        ("污泥制肥", 33, 210, (check, known, follow)),
        ("电镀园区扩建", 33, 180, (check, Said(TWO, "refuse", "（演示）不符合绿色项目标准"))),
        ("旧矿复绿", 33, 260, (check, known, Said(ONE, "remove", "（演示）项目终止（虚构）"))),
        # Of the firm whose grade turns black: its support stops.
        ("塑料回收线", 34, 230, (check, known)),
    )
    for name, firm, ago, steps in projects:
        typed = {
            "name": f"（演示）{name}项目",
            "code": code_of(firm),
            "town": "太师屯镇",
            "focus": "7",
            "amount": "2600",
            "loan": "900",
        }
        row = book.record("projects", ONE, ago, typed, steps, gap=8)
        if firm == 34:
            book.step(95, row, "projects", Said(ONE, "recheck", "（演示）复核：整改未完", again))
    return [told[1], told[2], told[3]]


def _opened(timeline: Timeline) -> None:
    """期初导入 of what had been recognised on paper."""

    def opened(at: datetime) -> None:
        values = {
            "name": "（演示）老牌环保公司",
            "code": code_of(39),
            "town": "河南寨镇",
            "industry": "环保",
            "focus": "6",
            "level": "2",
            "recognised_on": timeline.day(500).isoformat(),
            "review_on": timeline.day(-200).isoformat(),
            **STANDARD,
        }
        by_two(
            first=timeline.actor(ONE),
            second=timeline.actor(TWO),
            code=CODE,
            kind="enterprises",
            rows=[ImportRow(None, 0, values)],
            basis="（演示）期初名单（虚构）",
            at=at,
        )

    timeline.on(362, opened)


def _nothing(*_: object) -> None:
    """Time goes by."""


def _grades(timeline: Timeline, told: list[Told]) -> None:
    for one, grade in zip(told, ("blue", "red", "black"), strict=True):

        def decide(at: datetime, one: Told = one, grade: str = grade) -> None:
            actor, day = timeline.actor(NATURE), at.astimezone().date()
            said: dict[str, Any] = {
                "enterprise_id": one.record.pk,
                "decided_on": day,
                "basis": "（演示）年度评价（虚构）",
                "at": at,
            }
            made = decide_grade(actor=actor, grade="yellow" if grade == "red" else grade, **said)
            if grade == "red":
                decide_grade(actor=actor, grade=grade, corrects=made.pk, reason="（演示）原评定录错", **said)

        timeline.on(100, decide)


def _support(book: Book) -> None:
    """Money: bonds, defaults shared."""
    ask = Said(ONE, "ask", typed={"certifier": "（演示）某认证公司", "cost": "200000"})
    grant = Said(TWO, "grant", typed={"granted": "60000", "basis": "（演示）某会议"})
    refuse = Said(TWO, "refuse", "（演示）债券未发行")
    for number, steps in ((1, ()), (2, (ask,)), (3, (ask, grant)), (4, (ask, refuse))):
        typed = {
            "name": f"（演示）绿债之{number}",
            "issuer": "（演示）某公司",
            "code": code_of(60 + number),
            "sort": "1",
            "amount": "5000",
            "issued_on": -30,
        }
        book.record("bonds", ONE, 50, typed, steps)
    judge = Said(ONE, "judge", typed={"shared": "300000", "basis": "（演示）某协议"})
    paid, not_shared = Said(ONE, "pay"), Said(ONE, "refuse", "（演示）不在分担范围")
    for number, steps in ((1, ()), (2, (judge,)), (3, (judge, paid)), (4, (not_shared,))):
        typed = {
            "name": f"（演示）贷款之{number}",
            "debtor": "（演示）某公司",
            "code": code_of(70 + number),
            "sort": "2",
            "on": -20,
            "amount": "1000000",
        }
        book.record("defaults", TWO, 45, typed, steps)


def _watched(book: Book) -> None:
    """What has a day: 洗绿 warnings, 环保体检, insured plants, the reserve of listings."""
    day = book.timeline.day
    check = Said(ONE, "check", typed={"result": "（演示）虚构的核查结果"})
    true, false = Said(TWO, "true", "（演示）核实资金挪作他用"), Said(TWO, "false", "（演示）经核实用途相符")
    rows = ((1, 30, 3, ()), (2, 40, -40, (check,)), (3, 60, 30, (check, true)), (4, 62, 30, (check, false)))
    for number, ago, due, steps in rows:
        typed: Typed = {
            "name": f"（演示）某项目之{number}",
            "code": code_of(80 + number),
            "sign": str(number),
            "on": -1,
            "finding": "（演示）虚构的迹象",
            "due_on": day(due),
        }
        book.record("washing", ONE, ago, typed, steps)
    mend = Said(NATURE, "mend", "（演示）现场复核已整改")
    for number, due, done in ((1, -60, ()), (2, 20, (mend,))):
        typed = {
            "name": f"（演示）某厂之{number}",
            "code": code_of(90 + number),
            "insurer": "（演示）某保险公司",
            "on": 0,
            "findings": "（演示）危废标识不全",
            "mend_by": day(due),
            "town": "河南寨镇",
        }
        book.record("checkups", NATURE, 50, typed, done)
    leave = Said(NATURE, "leave", "（演示）已搬迁（虚构）", {"left_on": 0})
    gone = {"name": "（演示）丁印染", "code": code_of(95), "town": "河南寨镇", "listed_on": -5}
    book.record("risky", NATURE, 70, gone, [leave])
    declare, listed = Said(ONE, "declare"), Said(ONE, "list", typed={"listed_on": 0, "raised": "8000"})
    out = Said(ONE, "out", "（演示）暂缓上市（虚构）")
    for number, steps in ((1, ()), (2, (declare,)), (3, (declare, listed)), (4, (out,))):
        typed = {
            "name": f"（演示）某科技公司之{number}",
            "code": code_of(100 + number),
            "board": "1",
            "reformed_on": -90,
        }
        book.record("listing", ONE, 60, typed, steps)


def _decided(book: Book) -> None:
    """What one proposes and another settles."""
    year = str(book.timeline.today.year - 1)
    settle, back = Said(TWO, "settle"), Said(ONE, "returned", "（演示）得分计算有误，重评")
    # The returned one stands for the first stage too.
    rated: tuple[tuple[int, tuple[Said, ...]], ...] = ((2, (settle,)), (3, (settle, back)))
    for number, steps in rated:
        typed: Typed = {
            "bank": f"（演示）评价银行之{number}",
            "year": year,
            "score": "86",
            "opinion": "（演示）虚构的意见",
        }
        book.record("ratings", ONE, 30, typed, steps)
    reward = Said(ONE, "decide", typed={"on": 0, "amount": "20000", "basis": "（演示）某会议"})
    for number, steps in ((1, ()), (2, (reward,)), (3, (Said(ONE, "refuse", "（演示）不符合奖励条件"),))):
        typed = {
            "title": "（演示）绿色金融产品创新",
            "unit": "（演示）某机构",
            "person": f"某某{'甲乙丙'[number - 1]}（虚构）",
        }
        book.record("talent", TWO, 30, typed, steps)
    for number, steps in ((1, ()), (2, (Said(ONE, "choose"),)), (3, (Said(ONE, "keep"),))):
        typed = {
            "title": f"（演示）先进做法之{number}",
            "unit": "区园林绿化局",
            "field": "1",
            "on": 0,
            "story": "（演示）虚构的做法和成效",
        }
        book.record("cases", ONE, 25, typed, steps)


def _plain(book: Book) -> None:
    year, period = str(book.timeline.today.year - 1), str(last_ended(book.timeline.today))
    rows: tuple[tuple[str, str, Typed], ...] = (
        (
            "sharing",
            NATURE,
            {
                "name": "（演示）某厂",
                "code": code_of(111),
                "sort": "1",
                "on": 0,
                "content": "（演示）虚构",
                "source": "区生态环境局",
            },
        ),
        (
            "guarantees",
            ONE,
            {
                "guarantor": "（演示）某担保公司",
                "debtor": "（演示）某公司",
                "code": code_of(112),
                "amount": "500",
                "from_on": 0,
                "to_on": 365,
                "fast": "yes",
            },
        ),
        (
            "agri-insurance",
            ONE,
            {"insurer": "（演示）某保险公司", "sort": "生猪", "period": period, "premium": "12.5", "town": "河南寨镇"},
        ),
        (
            "ecovalue",
            NATURE,
            {
                "year": year,
                "product": "（演示）水源涵养",
                "value": "12000",
                "method": "（演示）某方法",
                "body": "区园林绿化局",
            },
        ),
        (
            "cluster",
            ONE,
            {
                "name": "（演示）某基金公司",
                "code": code_of(113),
                "sort": "1",
                "place": "（演示）某楼",
                "entered_on": 0,
                "capital": "3000",
            },
        ),
    )
    for kind, by, typed in rows:
        book.record(kind, by, 35, typed)


def _fund(timeline: Timeline) -> None:
    hands = Hands(timeline)

    def entered(at: datetime, kind: str, amount: str) -> None:
        hands.both(
            at,
            "finance-fund",
            kind=kind,
            amount=Decimal(amount),
            on=at.astimezone().date(),
            party="（演示）乙银行",
            basis=f"（演示）{EntryKind(kind).label}",
            late=IN_TIME,
            asked_on=at.astimezone().date(),
        )

    def wrong(at: datetime) -> None:
        entered(at, EntryKind.LOAN_LOSS, "9900.00")
        made = FundEntry.objects.latest("number")
        hands.both(at, "finance-fund-reverse", entry_id=made.pk, reason="（演示）金额录错，冲正")

    timeline.on(50, lambda at: entered(at, EntryKind.BOND_LOSS, "80000.00"))
    timeline.on(30, lambda at: entered(at, EntryKind.RECOVERED, "15000.00"))
    timeline.on(20, wrong)


def _rates(timeline: Timeline) -> None:
    def rates(at: datetime) -> None:
        hands = Hands(timeline)
        said: dict[str, Any] = {"level": "3", "until": None, "from_on": timeline.day(300)}
        hands.both(at, "finance-rate", percent=Decimal("5"), basis="（演示）虚构的办法", **said)
        wrong = SubsidyRate.objects.latest("pk")
        strike: dict[str, Any] = {"rate_id": wrong.pk, "version": wrong.version, "reason": "（演示）年率录错，作废"}
        hands.both(at, "finance-rate-strike", percent=Decimal("0.5"), basis="（演示）虚构的办法", **strike)

    timeline.on(300, rates)
