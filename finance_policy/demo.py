"""绿色金融 of the demonstration: a library, banks with two years of returns, a fund. Everything is invented and says so."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from finance_policy.enums import APP, DOCUMENT, EntryKind
from finance_policy.rules.quarters import last_ended, year_before
from finance_policy.services.banks import save_bank
from finance_policy.services.library import decide_grade
from finance_policy.services.releasing import release
from finance_policy.services.returns import import_returns, open_return, save_return, submit_return
from finance_policy.services.veto import issue
from finance_policy.telling import tell
from finance_policy.telling_banks import code_of
from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import DemoAccount, DemoPart, DemoWindow
from miyun_kpi.accounts.services import grant_post
from miyun_kpi.acts.days import IN_TIME
from miyun_kpi.lib.citations import document_label
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.enums import Category
from miyun_kpi.organisations.services import NewOrganisation, create_organisation
from miyun_kpi.proposals.services import by_two
from miyun_kpi.registers.demo import Book, Said, Told

ACCOUNTS = (
    DemoAccount(
        "jinrong",
        "金融办甲（演示）",
        (("区金融办", Role.REGISTER_OFFICE, "综合科"),),
        f"{document_label(DOCUMENT)}绿色金融的主管：登记、审核银行季报",
    ),
    DemoAccount(
        "jinrong2",
        "金融办乙（演示）",
        (("区金融办", Role.REGISTER_OFFICE, "综合科"),),
        f"{document_label(DOCUMENT)}的第二个人：认定入库、移出",
    ),
    DemoAccount(
        "huanbao",
        "生态环境局（演示）",
        (("区生态环境局", Role.REGISTER_OFFICE, "综合科"),),
        "评定绿色信用等级，发出一票否决信息",
    ),
    # The posts of the banks are granted in `load`, once the administrator has added the banks.
    DemoAccount("yinhang", "甲银行填报（演示）", (), "银行填报人：填绿色信贷季报、签收信息"),
    DemoAccount("yinhang2", "乙银行填报（演示）", (), "另一家银行的填报人：有被退回的季报"),
)
# What the administrator adds for the two banks that report themselves, and who reports.
REPORTING = (
    ("yanshi-jia-yinhang", "甲银行（演示）", "yinhang"),
    ("yanshi-yi-yinhang", "乙银行（演示）", "yinhang2"),
)
BANKS = (
    ("yanshi-1", "（演示）甲银行", "yanshi-jia-yinhang"),
    ("yanshi-2", "（演示）乙银行", "yanshi-yi-yinhang"),
    ("yanshi-3", "（演示）丙银行", ""),
)


def load(at: datetime, window: DemoWindow) -> None:
    timeline = Timeline(at)
    book = Book(timeline, APP)
    first, second = _enterprises(book)
    _other_records(book, last_ended(timeline.today))
    _grades_and_rates(timeline, first, second)
    _banks(timeline)
    _fund(timeline)
    timeline.on(3, lambda at: _veto(timeline, at))
    timeline.tell()


def _veto(timeline: Timeline, at: datetime) -> None:
    issue(
        actor=timeline.actor("huanbao"),
        name="（演示）某建材厂",
        code=code_of(9),
        fact="（演示）超标排放，受到行政处罚，整改期内。",
        basis="（演示）某处罚决定",
        issued_on=at.astimezone().date(),
        at=at,
    )


def _enterprises(book: Book) -> tuple[Told, Told]:
    """Recognised by the second person a year ago; one is near its review, one past it, one has only been declared."""
    day = book.timeline.day
    told = {"standard": "（演示）绿色产业指导目录 2.1"}

    def recognised(level: str, review_on: date) -> list[Said]:
        typed = {"level": level, "recognised_on": 0, "review_on": review_on}
        return [Said("jinrong", "check"), Said("jinrong2", "recognise", typed=typed)]

    water = {"name": "（演示）碧水环保公司", "code": code_of(1), "town": "北庄镇", "industry": "污水处理", "focus": "6"}
    farm = {
        "name": "（演示）云蒙生态农业公司",
        "code": code_of(2),
        "town": "石城镇",
        "industry": "有机农业",
        "focus": "4",
    }
    first = book.record("enterprises", "jinrong", 365, {**water, **told}, recognised("1", day(-10)))
    second = book.record("enterprises", "jinrong", 365, {**farm, **told}, recognised("2", day(5)))
    new = {"name": "（演示）新材料公司", "code": code_of(3), "town": "十里堡镇", "industry": "新材料", "focus": "3"}
    book.record("enterprises", "jinrong", 0, new)
    project = {
        "name": "（演示）再生水利用",
        "code": code_of(1),
        "town": "北庄镇",
        "focus": "6",
        "more_focus": "四（一）",
        "amount": "1800",
        "loan": "1200",
    }
    book.record("projects", "jinrong", 365, {**project, **told}, recognised("1", day(-120)))
    return first, second


def _grades_and_rates(timeline: Timeline, first: Told, second: Told) -> None:
    def grade(at: datetime, one: Told, found: str) -> None:
        decide_grade(
            actor=timeline.actor("huanbao"),
            enterprise_id=one.record.pk,
            grade=found,
            decided_on=at.astimezone().date(),
            basis="（演示）年度评价",
            at=at,
        )

    def rate(at: datetime, level: str, percent: str) -> None:
        by_two(
            first=timeline.actor("jinrong"),
            second=timeline.actor("jinrong2"),
            code="finance-rate",
            level=level,
            from_on=date(2020, 5, 1),
            until=None,
            percent=Decimal(percent),
            basis="（演示）某办法",
            at=at,
        )

    timeline.on(90, lambda at: grade(at, first, "green"))
    timeline.on(90, lambda at: grade(at, second, "yellow"))
    timeline.on(350, lambda at: rate(at, "1", "1.5"))
    timeline.on(350, lambda at: rate(at, "2", "1.0"))


def _other_records(book: Book, period: PeriodCode) -> None:
    day = book.timeline.day
    for number, (name, town, insured) in enumerate(
        (
            ("（演示）甲化工", "十里堡镇", True),
            ("（演示）乙电镀", "河南寨镇", True),
            ("（演示）丙建材", "太师屯镇", False),
        ),
        start=11,
    ):
        policy = {"insurer": "（演示）某保险公司", "from_on": day(200), "to_on": day(-165), "cover": "500"}
        typed = {"name": name, "code": code_of(number), "town": town, "listed_on": "2020-05-01"}
        book.record("risky", "huanbao", 199, {**typed, **(policy if insured else {})})
    office = {"name": "（演示）绿色支行", "bank": "（演示）甲银行", "form": "2", "town": "鼓楼街道", "opened_on": 0}
    book.record("offices", "jinrong", 30, office)
    for back, (balance, bonds) in enumerate((("52300", "8000"), ("49800", "5000"), ("47100", "5000"), ("46000", "0"))):
        quarter = period.year * 4 + (period.quarter or 1) - 1 - back
        said = f"{quarter // 4}Q{quarter % 4 + 1}"
        for indicator, value in (("credit-balance", balance), ("bond-issued", bonds)):
            typed = {"period": said, "indicator": indicator, "value": value, "source": "（演示）银行季报"}
            book.record("indicators", "jinrong", 0, typed)


def _banks(timeline: Timeline) -> None:
    """Three banks: what they reported a year ago is history brought in and given out; this time the first still owes,
    the second waits for the office, the third has come with the history.
    """
    at, office = timeline.at, timeline.actor("jinrong")
    period = str(last_ended(timeline.today))
    _reporting_banks(timeline)
    history = []
    for number, (code, name, organisation) in enumerate(BANKS, start=1):
        save_bank(
            actor=office, bank_id=None, version=0, code=code, name=name, organisation=organisation, active=True, at=at
        )
        now = _figures(number)
        before = {key: value * 9 // 10 for key, value in now.items()}
        history.append((code, year_before(period), _with_bases(now, before)))
        if number == 3:
            later = {key: value * 11 // 10 for key, value in now.items()}
            history.append((code, period, _with_bases(later, now)))
    import_returns(actor=office, rows=history, at=at)
    release(actor=timeline.actor("jinrong2"), period=year_before(period), at=at)
    bank = timeline.actor("yinhang2")
    row = open_return(actor=bank, period=period, at=at)
    figures = {key: value * 11 // 10 for key, value in _figures(2).items()}
    row = save_return(actor=bank, return_id=row.pk, version=row.version, figures=figures, note="", at=at)
    submit_return(actor=bank, return_id=row.pk, version=row.version, at=at)


def _reporting_banks(timeline: Timeline) -> None:
    """Banks that no gazette names: their organisations by the administrator, the posts of their reporters by the security office."""
    for order, (code, name, username) in enumerate(REPORTING):
        made = create_organisation(
            actor=timeline.actor("guanliyuan"),
            new=NewOrganisation(code, name, Category.BODY, order=990 + order, note="演示：虚构的银行"),
            at=timeline.at,
        )
        grant_post(
            actor=timeline.actor("anquan"),
            username=username,
            organisation=made,
            role=Role.REPORTER,
            title="信贷部",
            starts_on=timeline.today,
            ends_on=None,
            at=timeline.at,
        )


def _figures(number: int) -> dict[str, Any]:
    return {
        "loans": Decimal(90000 * number),
        "green": Decimal(16000 * number),
        "increment": Decimal(1500 * number),
        "customers": 40 * number,
    }


def _with_bases(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    return now | {f"{key}_before": value for key, value in before.items()}


def _fund(timeline: Timeline) -> None:
    entries = ((EntryKind.PAID_IN, "5000000.00", "区财政局"), (EntryKind.LOAN_LOSS, "120000.00", "（演示）甲银行"))
    for number, (kind, amount, party) in enumerate(entries, start=1):

        def book(at: datetime, kind: str = kind, amount: str = amount, party: str = party) -> None:
            by_two(
                first=timeline.actor("jinrong"),
                second=timeline.actor("jinrong2"),
                code="finance-fund",
                kind=kind,
                amount=Decimal(amount),
                on=at.astimezone().date(),
                party=party,
                basis="（演示）",
                late=IN_TIME,
                asked_on=at.astimezone().date(),
                at=at,
            )

        timeline.on(60 - number, book)


PART = DemoPart(ACCOUNTS, load, tell)
