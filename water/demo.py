"""Invented rows of the demonstration, all marked （演示）; no village, plant or firm of them exists."""

from datetime import date, datetime
from decimal import Decimal

from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import DemoAccount, DemoPart, DemoWindow
from miyun_kpi.acts.days import Late
from miyun_kpi.lib.citations import document_label
from miyun_kpi.registers.demo import Book, Said, Told
from water.enums import DOCUMENT, Source
from water.services.phases import Given as PhaseGiven
from water.services.phases import add_phase
from water.services.targets import Given, enter_measure
from water.telling import tell

NAMED = document_label(DOCUMENT)
ACCOUNTS = (
    DemoAccount(
        "hezhangban", "河长办（演示）", (("区河长制办公室", Role.REGISTER_OFFICE, "综合科"),), f"{NAMED}小微水体的登记"
    ),
    DemoAccount(
        "shengtai",
        "生态环境局水科（演示）",
        (("区生态环境局", Role.REGISTER_OFFICE, "水科"),),
        f"{NAMED}排污口、执法案件：第二个人",
    ),
    DemoAccount(
        "chengguan", "城管委排水科（演示）", (("区城管委", Role.REGISTER_OFFICE, "排水科"),), f"{NAMED}管网、混接点"
    ),
    DemoAccount(
        "chengguan2",
        "城管委排水科乙（演示）",
        (("区城管委", Role.REGISTER_OFFICE, "排水科"),),
        f"{NAMED}管网确权的第二个人",
    ),
)
VILLAGES: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    (
        "甲村（演示）",
        "北庄镇",
        "管网",
        "620",
        {"begun_on": "2020-05-06", "designed_on": "2020-07-01", "built_from": "2020-08-10"},
    ),
    ("乙村（演示）", "北庄镇", "非管网", "150", {"begun_on": "2020-06-01"}),
    (
        "丙村（演示）",
        "溪翁庄镇",
        "管网",
        "840",
        {"begun_on": "2020-04-28", "built_from": "2020-06-15", "built_to": "2020-09-20"},
    ),
    ("丁村（演示）", "太师屯镇", "非管网", "", {}),
)

MEASURES = (
    ("treated", date(2019, 12, 31), "832", "1000"),
    ("treated", date(2020, 6, 30), "851", "1000"),
    ("covered", date(2019, 12, 31), "118", "326"),
    ("covered", date(2020, 6, 30), "140", "326"),
)
PHASES = (
    PhaseGiven(
        "选址研究（演示）",
        date(2020, 5, 1),
        date(2020, 9, 30),
        date(2020, 5, 12),
        date(2020, 10, 20),
        "（演示）选址比选延长",
    ),
    PhaseGiven(
        "前期手续报批（演示）", date(2020, 10, 1), date(2021, 11, 30), date(2020, 11, 2), date(2021, 11, 26), ""
    ),
    PhaseGiven("施工准备（演示）", date(2021, 12, 1), date(2022, 10, 31), date(2021, 12, 6), None, ""),
)


def load(at: datetime, window: DemoWindow) -> None:
    timeline = Timeline(at)
    book = Book(timeline, "water")
    for name, town, way, people, dates in VILLAGES:
        book.record("village", "shuiwuban", 0, {"name": name, "town": town, "way": way, "people": people, **dates})
    body = {
        "name": "村东坑塘（演示）",
        "town": "北庄镇",
        "kind": "坑塘",
        "source": "（演示）散排生活污水",
        "holder": "（演示）村集体",
        "user": "（演示）村集体",
        "keeper": "（演示）管护员",
    }
    book.record("body", "hezhangban", 0, body)
    book.record("body", "hezhangban", 0, body | {"name": "道路边沟一段（演示）", "kind": "道路边沟"})
    outfall = {
        "code": "演示-0001",
        "name": "北桥排污口（演示）",
        "water": "（演示）某河",
        "town": "北庄镇",
        "unit": "北庄镇",
        "direct": "是",
        "measure": "（演示）截污纳管",
        "due_on": "2021-06-30",
    }
    book.record("outfall", "shuiwuban", 0, outfall, [Said("shuiwuban", "start")])
    typed = {"name": "新城再生水厂二期（演示）", "task": "三（四）3", "unit": "区水务局"}
    project = book.record("project", "shuiwuban", 0, typed)
    timeline.tell()
    _phases(timeline, project)
    _measures(timeline)


def _phases(timeline: Timeline, project: Told) -> None:
    for given in PHASES:
        late = Late("（演示）项目月报", "（演示）项目在本系统以前开工")
        actor = timeline.actor("shuiwuban")
        add_phase(actor=actor, project_id=project.record.pk, given=given, late=late, at=timeline.at)


def _measures(timeline: Timeline) -> None:
    for target, day, numerator, denominator in MEASURES:
        given = Given(
            day=day,
            share=None,
            numerator=Decimal(numerator),
            denominator=Decimal(denominator),
            unit="（演示）",
            source_kind=Source.STATISTICS,
            source="（演示）编造的数",
        )
        enter_measure(actor=timeline.actor("shuiwuban"), target=target, given=given, at=timeline.at)


PART = DemoPart(ACCOUNTS, load, tell)
