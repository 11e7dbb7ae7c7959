"""Invented rows of the demonstration, all marked （演示）; no village, plant or firm of them exists."""

from datetime import date, datetime
from decimal import Decimal

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import DemoAccount, DemoPart, DemoWindow
from miyun_kpi.lib.citations import document_label
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services.records import load_demo_record
from water.enums import DOCUMENT
from water.models import Measure, Phase

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
    (
        "选址研究（演示）",
        date(2020, 5, 1),
        date(2020, 9, 30),
        date(2020, 5, 12),
        date(2020, 10, 20),
        "（演示）选址比选延长",
    ),
    ("前期手续报批（演示）", date(2020, 10, 1), date(2021, 11, 30), date(2020, 11, 2), date(2021, 11, 26), ""),
    ("施工准备（演示）", date(2021, 12, 1), date(2022, 10, 31), date(2021, 12, 6), None, ""),
)


def load(at: datetime, window: DemoWindow) -> None:
    for name, town, way, people, dates in VILLAGES:
        typed = {"name": name, "town": town, "way": way, "people": people, **dates}
        load_demo_record(app="water", kind="village", typed=typed, at=at)
    body = {
        "name": "村东坑塘（演示）",
        "town": "北庄镇",
        "kind": "坑塘",
        "source": "（演示）散排生活污水",
        "holder": "（演示）村集体",
        "user": "（演示）村集体",
        "keeper": "（演示）管护员",
    }
    load_demo_record(app="water", kind="body", typed=body, at=at)
    load_demo_record(app="water", kind="body", typed=body | {"name": "道路边沟一段（演示）", "kind": "道路边沟"}, at=at)
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
    load_demo_record(app="water", kind="outfall", typed=outfall, at=at, stage="mending")
    project = {"name": "新城再生水厂二期（演示）", "task": "三（四）3", "unit": "区水务局"}
    _phases(load_demo_record(app="water", kind="project", typed=project, at=at))
    _measures(at)


def _phases(project: Record) -> None:
    """Goes with its project when that is removed."""
    for order, (name, start, end, began, ended, why) in enumerate(PHASES, 1):
        Phase.objects.create(
            project=project,
            order=order,
            name=name,
            planned_from=start,
            planned_to=end,
            actual_from=began,
            actual_to=ended,
            reason=why,
        )


def _measures(at: datetime) -> None:
    for target, day, numerator, denominator in MEASURES:
        if not Measure.objects.filter(target=target, day=day, struck_at__isnull=True).exists():
            Measure.objects.create(
                target=target,
                day=day,
                numerator=Decimal(numerator),
                denominator=Decimal(denominator),
                unit="（演示）",
                source_kind="statistics",
                source="（演示）编造的数",
                entered_at=at,
                entered_by="演示数据",
            )


PART = DemoPart(ACCOUNTS, load)
