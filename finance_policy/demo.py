"""绿色金融 of the demonstration: a library, banks with two years of returns, a fund. Everything is invented and says so."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from finance_policy.enums import DOCUMENT, EntryKind, ReturnState
from finance_policy.models import Bank, BankReturn, FundEntry, GradeDecision, Release, SubsidyRate, VetoNotice
from finance_policy.queries.returns import figures_of, to_text
from finance_policy.rules.conditions import summed
from finance_policy.rules.credit_code import check_digit
from finance_policy.rules.quarters import last_ended, year_before
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import DemoAccount, DemoPart, DemoWindow
from miyun_kpi.lib.citations import document_label
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services.records import load_demo_record

INVENTED = "演示数据"
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
    DemoAccount(
        "yinhang",
        "某银行填报（演示）",
        (("建设银行", Role.REPORTER, "信贷部"),),
        "银行填报人：填绿色信贷季报、签收信息",
    ),
)
# The only bank among the organisations of the gazette (附件·14) stands in for the reporting one.
BANKS = (
    ("yanshi-1", "（演示）甲银行", "jianshe-yinhang"),
    ("yanshi-2", "（演示）乙银行", ""),
    ("yanshi-3", "（演示）丙银行", ""),
)


def code_of(number: int) -> str:
    """A well-formed code of nobody: the registrar 000000 does not exist."""
    body = f"91000000MA{number:07d}"
    return body + check_digit(body)


def load(at: datetime, window: DemoWindow) -> None:
    day = at.astimezone().date()
    _library(at, day)
    _banks(at, day)
    _fund(at, day)
    VetoNotice.objects.create(
        name="（演示）某建材厂",
        code=code_of(9),
        fact="（演示）超标排放，受到行政处罚，整改期内。",
        basis="（演示）某处罚决定",
        issued_on=day - timedelta(days=3),
        issued_at=at,
        issued_by=INVENTED,
    )


def _library(at: datetime, day: date) -> None:
    def add(code: str, stage: str = "", /, **typed: str) -> Record:
        return load_demo_record(app="finance", kind=code, typed=typed, at=at, stage=stage)

    def shifted(days: int) -> str:
        return (day + timedelta(days=days)).isoformat()

    first, second = _enterprises(add, shifted)
    _grades_and_rates(first, second, at, day)
    _other_records(add, shifted, last_ended(day))


def _enterprises(add: Callable[..., Record], shifted: Callable[[int], str]) -> tuple[Record, Record]:
    standing = {"standard": "（演示）绿色产业指导目录 2.1", "recognised_on": shifted(-355)}
    first = add(
        "enterprises",
        "recognised",
        name="（演示）碧水环保公司",
        code=code_of(1),
        town="北庄镇",
        industry="污水处理",
        focus="6",
        level="1",
        review_on=shifted(10),
        **standing,
    )
    second = add(
        "enterprises",
        "recognised",
        name="（演示）云蒙生态农业公司",
        code=code_of(2),
        town="石城镇",
        industry="有机农业",
        focus="4",
        level="2",
        review_on=shifted(-5),
        **standing,
    )
    add("enterprises", name="（演示）新材料公司", code=code_of(3), town="十里堡镇", industry="新材料", focus="3")
    add(
        "projects",
        "recognised",
        name="（演示）再生水利用",
        code=code_of(1),
        town="北庄镇",
        focus="6",
        more_focus="四（一）",
        amount="1800",
        loan="1200",
        level="1",
        review_on=shifted(120),
        **standing,
    )
    return first, second


def _grades_and_rates(first: Record, second: Record, at: datetime, day: date) -> None:
    for enterprise, grade in ((first, "green"), (second, "yellow")):
        GradeDecision.objects.create(
            enterprise=enterprise,
            grade=grade,
            decided_on=day - timedelta(days=90),
            basis="（演示）年度评价",
            entered_at=at,
            entered_by=INVENTED,
        )
    for level, percent in (("1", "1.5"), ("2", "1.0")):
        SubsidyRate.objects.create(
            level=level,
            from_on=date(2020, 5, 1),
            percent=Decimal(percent),
            basis="（演示）某办法",
            entered_at=at,
            entered_by=INVENTED,
        )


def _other_records(add: Callable[..., Record], shifted: Callable[[int], str], period: PeriodCode) -> None:
    for number, (name, town, insured) in enumerate(
        (
            ("（演示）甲化工", "十里堡镇", True),
            ("（演示）乙电镀", "河南寨镇", True),
            ("（演示）丙建材", "太师屯镇", False),
        ),
        start=11,
    ):
        policy = {"insurer": "（演示）某保险公司", "from_on": shifted(-200), "to_on": shifted(165), "cover": "500"}
        add("risky", name=name, code=code_of(number), town=town, listed_on="2020-05-01", **(policy if insured else {}))
    add("offices", name="（演示）绿色支行", bank="（演示）甲银行", form="2", town="鼓楼街道", opened_on=shifted(-30))
    for back, (balance, bonds) in enumerate((("52300", "8000"), ("49800", "5000"), ("47100", "5000"), ("46000", "0"))):
        quarter = period.year * 4 + (period.quarter or 1) - 1 - back
        said = f"{quarter // 4}Q{quarter % 4 + 1}"
        for indicator, value in (("credit-balance", balance), ("bond-issued", bonds)):
            add("indicators", period=said, indicator=indicator, value=value, source="（演示）银行季报")


def _banks(at: datetime, day: date) -> None:
    period = str(last_ended(day))
    organisations = dict(Organisation.objects.values_list("code", "pk"))
    rows = []
    for number, (code, name, organisation) in enumerate(BANKS, start=1):
        bank = Bank.objects.create(
            code=code,
            name=name,
            organisation_id=organisations.get(organisation),
            changed_at=at,
            changed_by=INVENTED,
        )
        figures: dict[str, Any] = {
            "loans": Decimal(90000 * number),
            "green": Decimal(16000 * number),
            "increment": Decimal(1500 * number),
            "customers": 40 * number,
        }
        common = {"bank": bank, "saved_at": at, "saved_by": INVENTED}
        base = {
            f"{key}_before": value * 9 // 10 if key == "customers" else value * Decimal("0.9")
            for key, value in figures.items()
        }
        BankReturn.objects.create(period=year_before(period), state=ReturnState.ACCEPTED, **common, **figures, **base)
        if number > 1:
            now = {
                key: value * 11 // 10 if key == "customers" else value * Decimal("1.1")
                for key, value in figures.items()
            }
            before = {f"{key}_before": value for key, value in figures.items()}
            state = ReturnState.FILED if number == 2 else ReturnState.ACCEPTED
            BankReturn.objects.create(period=period, state=state, **common, **now, **before)
        rows.append(figures)
    earlier = list(BankReturn.objects.filter(period=year_before(period)).order_by("bank__code"))
    Release.objects.create(
        period=year_before(period),
        number=1,
        bank_codes=[row.bank.code for row in earlier],
        figures=to_text(summed([figures_of(row) for row in earlier])),
        released_at=at,
        released_by=INVENTED,
    )


def _fund(at: datetime, day: date) -> None:
    entries = ((EntryKind.PAID_IN, "5000000.00", "区财政局"), (EntryKind.LOAN_LOSS, "-120000.00", "（演示）甲银行"))
    balance = Decimal(0)
    for number, (kind, amount, party) in enumerate(entries, start=1):
        balance += Decimal(amount)
        FundEntry.objects.create(
            number=number,
            kind=kind,
            amount=Decimal(amount),
            balance=balance,
            on=day - timedelta(days=60 - number),
            party=party,
            basis="（演示）",
            entered_at=at,
            entered_by=INVENTED,
        )


PART = DemoPart(ACCOUNTS, load)
