"""政务公开 of the whole scene: every register in every stage, consultations, packages for the website, applications of every outcome."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from disclosure.enums import APP, Answer, Applicant, Check, Decision, Finding, Ground, HoldKind, Outcome, Way
from disclosure.models import Application, Challenge, PackageItem
from disclosure.rules.clocks import ANSWER_DAYS
from disclosure.rules.kinds import PUBLISHED
from disclosure.services import applications as acts
from disclosure.services import challenges
from disclosure.services.packages import enter_links, export_package
from disclosure.services.reviews import answer_party, ask_organ, ask_party, confirm_organ, review
from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.accounts.registry import DemoWindow
from miyun_kpi.acts.days import Late
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers.demo import Book, Said, Told, Typed
from miyun_kpi.registers.models import Record

WRITER, HEAD, OFFICE, TOWN = "minzheng", "minzhengfuze", "zhengwu", "beizhuang"
# What 区民政局 would make public under each register; the lists of villages are 北庄镇's.
SUBJECTS = {
    "welfare": "低保和特困人员情况",
    "relief": "临时救助情况",
    "freshmen": "高等教育新生入学救助",
    "charities": "慈善组织认定",
    "topics": "养老服务设施建设进展",
    "agency-notices": "养老机构评估中介服务采购",
    "guides": "临时救助办事指南",
    "criteria": "社会组织成立登记审查标准",
    "decision-list": "本年度重大决策事项",
    "previews": "养老设施布局规划（征求意见稿）",
    "opinions": "养老设施布局规划征集意见情况",
    "execution": "实事项目执行情况",
    "enforcement": "社会组织执法公示",
    "both-publicities": "社会组织成立登记许可",
    "random-checks": "养老机构双随机抽查",
    "effects": "临时救助政策执行效果",
    "norms": "临时救助实施细则",
    "directories": "信息公开指南",
    "lists": "社会救助领域公开清单",
    "village-lists": "村务公开事项",
    "interpretations": "临时救助政策解读",
}
ALL_CHECKS = tuple(Check.values)


def more_of(kind: str, number: int, today: date) -> Typed:
    """What a register asks for besides title, unit and channel; `number` keeps what must differ apart."""
    year, month = today.year - 1, f"{number + 1:02d}"
    quarter = {"year": str(year - number // 4), "quarter": f"Q{number % 4 + 1}"}
    parts: Mapping[str, Typed] = {
        "welfare": {
            "year": str(year),
            "month": month,
            "low_income": str(4180 - number),
            "low_income_money": "5123400.50",
            "destitute": "610",
            "destitute_money": "1220000",
        },
        "relief": {**quarter, "people": str(31 + number), "money": f"{62400 + number * 1000}"},
        "freshmen": {"school_year": f"{year - number}-{year - number + 1}学年", "people": "12", "money": "48000"},
        "charities": {"organisation": f"（演示）慈善协会之{number + 1}（虚构）", "recognised_on": -40},
        "topics": {"topic": ("livelihood", "reform", "city", "quality", "region")[number % 5]},
        "agency-notices": {"project": "（演示）养老服务设施评估", "announced_on": -1},
        "guides": {"matter": "（演示）临时救助", "agrees": "yes", "updated_on": -3},
        "criteria": {"matter": "（演示）社会组织成立登记", "updated_on": -3},
        "decision-list": {"year": str(today.year), "item": f"（演示）决策事项之{number + 1}"},
        "previews": {"item": "（演示）养老设施布局规划", "basis": "（演示）虚构的依据", "opens_on": 1, "closes_on": 31},
        "opinions": {
            "item": "（演示）养老设施布局规划",
            "views": "（演示）建议增加日间照料",
            "received": "12",
            "adopted": "9",
            "reasons": "（演示）其余三条不属于本规划的范围",
        },
        "execution": {**quarter, "source": ("report", "projects", "tasks")[number % 3], "task": "（演示）新建养老驿站"},
        "enforcement": {"part": ("duty", "basis", "procedure", "result", "supervision")[number % 5]},
        "both-publicities": {"act": "licence", "number": f"（演示）民许〔{year}〕{number + 1}号", "decided_on": -2},
        "random-checks": {"part": ("list", "result")[number % 2]},
        "effects": {"policy": "（演示）临时救助办法", "feedback": "（演示）建议简化材料", "assessed_on": -5},
        "norms": {
            "number": f"（演示）民发〔{year}〕{number + 1}号",
            "act": ("made", "changed", "repealed")[number % 3],
            "acted_on": -6,
        },
        "directories": {"part": ("column", "guide", "directory")[number % 3], "updated_on": -1, "complete": "yes"},
        "lists": {"area": "（演示）社会救助", "matter": f"（演示）公开事项之{number + 1}"},
        "village-lists": {"committee": f"（演示）某村之{number + 1}（虚构）", "matter": "（演示）村级收支"},
        "interpretations": {
            "policy": "（演示）临时救助办法",
            "form": ("qa", "chart", "media", "briefing", "other")[number % 5],
            "organised": "yes",
            "signed": "yes",
            "deployed": "yes",
            "copied": "no",
            "head": "yes",
            "speaker": "（演示）主要负责人",
            "held_on": -4,
        },
    }
    return parts[kind]


def tell(at: datetime, window: DemoWindow) -> None:
    timeline = Timeline(at)
    book = Book(timeline, APP)
    _information(timeline, book)
    _interaction(book)
    _applications(timeline)
    timeline.tell()


def passed(by: str) -> Said:
    def deed(actor: Actor, row: Record, at: datetime) -> None:
        review(
            actor=actor,
            record_id=row.pk,
            version=row.version,
            decision=Decision.PASSED,
            checks=ALL_CHECKS,
            opinion="（演示）审核通过",
            at=at,
        )

    return Said(by, "approve", act=deed)


def _given_back(by: str) -> Said:
    def deed(actor: Actor, row: Record, at: datetime) -> None:
        review(
            actor=actor,
            record_id=row.pk,
            version=row.version,
            decision=Decision.RETURNED,
            checks=(),
            opinion="（演示）请补充数据来源后再报",
            at=at,
        )

    return Said(by, "returned", act=deed)


def _information(timeline: Timeline, book: Book) -> None:
    """Five of each register: draft, waiting, reviewed, published, taken down; every third draft is one given back."""
    out: dict[str, list[Told]] = {WRITER: [], TOWN: []}
    waiting: list[Told] = []
    down: list[tuple[str, str, Told]] = []
    for place, kind in enumerate(PUBLISHED):
        by, unit = (TOWN, "北庄镇") if kind == "village-lists" else (WRITER, "区民政局")
        reviewer = OFFICE if by == TOWN else HEAD

        def add(number: int, ago: int, *steps: Said, kind: str = kind, by: str = by, unit: str = unit) -> Told:
            title = f"（演示）{SUBJECTS[kind]}之{number + 1}"
            asked = {"third": "yes"} if kind == "topics" and number in (3, 4) else {}
            typed = {
                "title": title,
                "unit": unit,
                "channel": "site",
                "agencies": "no",
                "third": "no",
                "body": "（演示）虚构的内容，不得引用。",
                **more_of(kind, number, timeline.today),
                **asked,
            }
            return book.record(kind, by, ago, typed, steps, gap=3)

        submitted = Said(by, "submitted")
        back = (submitted, _given_back(reviewer)) if place % 3 == 0 else ()
        add(0, 20, *back)
        add(1, 12, submitted)
        waiting.append(add(2, 30, submitted, passed(reviewer)))
        published = [add(number, 96, submitted, passed(reviewer)) for number in (3, 4)]
        out[by] += published
        down.append((kind, by, published[1]))
        if kind == "topics":
            _parties(timeline, published)
        if kind == "guides":
            _organs(timeline, WRITER, add(5, 8), {"区卫健委": True, "区财政局": False})
        if kind == "village-lists":
            for number in (5, 6, 7):
                _organs(timeline, TOWN, add(number, 8), {"区河长制办公室": False})
    for by, told in out.items():
        _publish(timeline, by, told)
    timeline.on(
        5,
        lambda at: export_package(
            actor=timeline.actor(WRITER), record_ids=[one.record.pk for one in waiting[:3]], at=at
        ),
    )
    for kind, by, one in down:
        step = Said(by, "take-down", "（演示）数据有更正，撤下修订")
        book.step(40, one, kind, step)


def _parties(timeline: Timeline, told: list[Told]) -> None:
    """Third parties of every ground and every answer, asked before the audit."""
    interest = "（演示）不公开会影响老年人选择机构，对公共利益有重大影响"
    rows = (
        (told[0], Ground.SECRET, Answer.AGREED, ""),
        (told[0], Ground.PRIVACY, Answer.REFUSED, interest),
        (told[1], Ground.OTHER, Answer.SILENT, interest),
    )
    for number, (one, ground, said, why) in enumerate(rows, start=1):

        def asked(
            at: datetime, one: Told = one, ground: str = ground, said: str = said, why: str = why, number: int = number
        ) -> None:
            actor, day = timeline.actor(WRITER), at.astimezone().date()
            party = ask_party(
                actor=actor,
                record_id=one.record.pk,
                name=f"（演示）某运营公司之{number}",
                ground=ground,
                asked_on=day,
                at=at,
            )
            answer_party(
                actor=actor,
                party_id=party.pk,
                answer=said,
                public_interest=why,
                at=at,
                answered_on=None if said == Answer.SILENT else day,
            )

        timeline.on(95, asked)


def _organs(timeline: Timeline, by: str, told: Told, confirmed: Mapping[str, bool]) -> None:
    """Organs asked before the audit; some have confirmed, others are still waited for."""

    def asked(at: datetime) -> None:
        actor, day = timeline.actor(by), at.astimezone().date()
        for name, confirms in confirmed.items():
            made = ask_organ(actor=actor, record_id=told.record.pk, organisation=_organ(name), asked_on=day, at=at)
            if confirms:
                confirm_organ(
                    actor=actor, consultation_id=made.pk, confirmed_by="（演示）办公室", confirmed_on=day, at=at
                )

    timeline.on(7, asked)


def _organ(name: str) -> Organisation:
    found = resolve(name)
    assert found is not None, name
    return found


def _publish(timeline: Timeline, by: str, told: list[Told]) -> None:
    """One package to the website, and the addresses that came back."""

    def export(at: datetime) -> None:
        actor = timeline.actor(by)
        package = export_package(actor=actor, record_ids=[one.record.pk for one in told], at=at)
        links = {
            pk: f"https://example.invalid/yanshi/{pk}"
            for pk in PackageItem.objects.filter(package=package).values_list("pk", flat=True)
        }
        enter_links(actor=actor, package_id=package.pk, links=links, published_on=at.astimezone().date(), at=at)

    timeline.on(82, export)


def _interaction(book: Book) -> None:
    own = {"unit": "区民政局"}
    inquiry = {"way": "phone", "received_on": 0, "first": "（演示）值班员", "detail": "（演示）虚构的咨询", **own}
    told = Said(WRITER, "tell", typed={"responsible": "区人社保局", "told_on": 0})
    answered = Said(WRITER, "answer", typed={"answer": "（演示）已电话答复", "answered_on": 0})
    book.record("inquiries", WRITER, 20, {"question": "（演示）养老助残卡补办", **inquiry}, [told])
    book.record("inquiries", WRITER, 33, {"question": "（演示）社会组织年检", **inquiry}, [told, answered])
    book.record("inquiries", WRITER, 31, {"question": "（演示）婚姻登记预约", **inquiry}, [answered])
    for kind, typed in (
        ("pushes", {"title": "（演示）助残政策推送", "sent_on": 0, "to": "（演示）某企业", "reached": "35"}),
        ("answers", {"title": "（演示）养老政策答疑", "held_on": 0, "where": "community", "people": "40"}),
        ("open-days", {"title": "（演示）政务开放日", "held_on": 0, "people": "26"}),
        ("trainings", {"title": "（演示）公开业务培训", "held_on": 0, "topic": "request", "people": "18"}),
        ("measures", {"title": "（演示）本单位具体措施", "year": str(book.timeline.today.year)}),
    ):
        book.record(kind, WRITER, 50, {**typed, **own})
    reviewed = {"number": "演示1号", "reviewed_on": 0, "outcome": "keep", "reason": "（演示）仍属内部事务"}
    book.record("policy-reviews", OFFICE, 15, {**reviewed, **own})


class Case:
    """One 依申请公开 as it is handled, act after act."""

    def __init__(self, timeline: Timeline, ago: int, content: str, *, kind: str = "natural", way: str = "net") -> None:
        self.timeline, self.content = timeline, content
        self.pk = 0
        self._kind, self._way = kind, way
        timeline.on(ago, self._receive)

    def _receive(self, at: datetime) -> None:
        row = acts.receive(
            actor=self.timeline.actor(WRITER),
            received_on=at.astimezone().date(),
            way=self._way,
            applicant_kind=self._kind,
            applicant="（演示）某某（虚构）",
            contact="（演示）",
            content=self.content,
            at=at,
        )
        self.pk = row.pk

    @property
    def version(self) -> int:
        return Application.objects.values_list("version", flat=True).get(pk=self.pk)

    def on(self, ago: int, act: str, *, by: str = WRITER, dated: bool = True, **more: object) -> "Case":
        def deed(at: datetime) -> None:
            day = {"on": at.astimezone().date()} if dated else {}
            getattr(acts, act)(
                actor=self.timeline.actor(by), application_id=self.pk, version=self.version, at=at, **day, **more
            )

        self.timeline.on(ago, deed)
        return self

    def dispute(self, ago: int, kind: str, number: str) -> "Case":
        self.timeline.on(ago, lambda at: self._challenged(challenges.notify, at, kind=kind, number=number))
        return self

    def settled(self, ago: int, finding: str, number: str, again: int | None) -> "Case":
        def deed(at: datetime) -> None:
            pending = Challenge.objects.get(application_id=self.pk, decided_on__isnull=True)
            given = {"challenge_id": pending.pk, "finding": finding, "decision_number": number, "again_days": again}
            self._challenged(challenges.settle, at, **given)

        self.timeline.on(ago, deed)
        return self

    def _challenged(self, service: Callable[..., object], at: datetime, **more: object) -> None:
        common = {"actor": self.timeline.actor(WRITER), "application_id": self.pk, "version": self.version}
        service(on=at.astimezone().date(), at=at, **common, **more)


def _applications(timeline: Timeline) -> None:
    kinds, ways = Applicant.values, Way.values
    for number, outcome in enumerate(Outcome.values):
        ago = 260 - 8 * number
        kind, way = kinds[number % len(kinds)], ways[number % len(ways)]
        case = Case(timeline, ago, f"（演示）所需信息之{number + 1}（虚构）", kind=kind, way=way)
        if outcome == Outcome.NOT_CORRECTED:
            case.on(ago - 3, "send_correction", note="（演示）请写明所需信息的年度")
        if outcome == Outcome.THIRD:
            case.on(ago - 2, "ask_opinion", kind=HoldKind.THIRD).on(ago - 9, "receive_opinion", kind=HoldKind.THIRD)
        if outcome == Outcome.UNCLEAR:
            case.on(ago - 2, "deliberate", note="（演示）与有关部门会商，意见一致")
        case.on(ago - 12, "answer", outcome=outcome, note="（演示）答复要点")
        if number % 3:
            case.on(ago - 20, "archive")
    # Late, corrected, held, extended, refused to extend, waiting for the head.
    Case(timeline, 90, "（演示）历年救助标准（虚构）").on(30, "answer", outcome=Outcome.GRANTED, note="（演示）迟答")
    case = Case(timeline, 60, "（演示）养老机构名录（虚构）").on(57, "send_correction", note="（演示）请写明范围")
    case.on(50, "receive_correction").on(40, "answer", outcome=Outcome.PARTIAL, note="（演示）")
    Case(timeline, 6, "（演示）某项目预算（虚构）").on(4, "send_correction", note="（演示）请写明项目")
    Case(timeline, 9, "（演示）某协议文本（虚构）").on(7, "ask_opinion", kind=HoldKind.ORGAN)

    # So long ago that two working days are left.
    def left(ago: int) -> int:
        return workdays.working_days_between(timeline.today, workdays.add_working_days(timeline.day(ago), ANSWER_DAYS))

    near = next(ago for ago in range(1, 90) if left(ago) <= 2)
    Case(timeline, near, "（演示）培训经费（虚构）")
    for ago, approved in ((24, True), (22, False), (14, None)):
        case = Case(timeline, ago, f"（演示）统计资料之{ago}（虚构）")
        case.on(ago - 6, "ask_extension", dated=False, days=10, reason="（演示）材料较多，需要核对")
        if approved is not None:
            case.on(ago - 8, "decide_extension", by=HEAD, dated=False, approved=approved, opinion="（演示）")
    _disputes(timeline)


def _disputes(timeline: Timeline) -> None:
    """One upheld, one that orders a new answer, one before the court; and an act that was registered late."""
    for number, (kind, finding, again) in enumerate(
        (
            ("review", Finding.UPHELD, None),
            ("review", Finding.CORRECTED, 10),
            ("suit", Finding.OTHER, None),
            ("suit", "", None),
        )
    ):
        ago = 150 - 9 * number
        case = Case(timeline, ago, f"（演示）有争议的信息之{number + 1}（虚构）")
        case.on(ago - 12, "answer", outcome=Outcome.INTERNAL, note="（演示）原答复")
        case.dispute(ago - 20, kind, f"（演示）争议{number + 1}号")
        if finding:
            case.settled(ago - 60, finding, f"（演示）决定{number + 1}号", again)
        if again:
            case.on(ago - 66, "answer", outcome=Outcome.GRANTED, note="（演示）重新答复")
    late = Late("（演示）补正告知书存根", "（演示）经办人外出")
    case = Case(timeline, 70, "（演示）补登的一件（虚构）")
    case.on(60, "send_correction", dated=False, on=timeline.day(66), note="（演示）请写明年度", late=late)
