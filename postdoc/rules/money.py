"""The ledger of one application: what the lines add up to, and which line may follow (第二十至二十七条). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from postdoc.enums import Entry

ZERO = Decimal(0)


@dataclass(frozen=True)
class Asked:
    """A month that an application was asked for, with the reason it gave."""

    month: str
    slot: int
    amount: Decimal
    why: str
    clause: str


@dataclass(frozen=True)
class Line:
    """A line stands unless another one has taken it back."""

    kind: str
    amount: Decimal
    on: date
    reversed: bool = False


@dataclass(frozen=True)
class Balance:
    """`held`: with the station or employer, neither passed on nor given back. `owed`: decided to be given back and not yet here.

    What is given back comes out of what the unit holds, as far as that goes (推定). `free`: of it nothing is asked back, so
    that it is the person's.
    """

    paid: Decimal = ZERO
    failed: Decimal = ZERO
    tax: Decimal = ZERO
    handed: Decimal = ZERO
    clawback: Decimal = ZERO
    recovered: Decimal = ZERO
    last_paid_on: date | None = None
    passed_on: date | None = None

    @property
    def received(self) -> Decimal:
        return self.paid - self.failed

    @property
    def passed(self) -> Decimal:
        return self.tax + self.handed

    @property
    def held(self) -> Decimal:
        return max(self.received - self.passed - self.recovered, ZERO)

    @property
    def free(self) -> Decimal:
        return max(self.received - self.passed - self.clawback, ZERO)

    @property
    def sound(self) -> bool:
        """Whether the lines can stand as they are."""
        return min(self.received - self.passed, self.owed, self.received - self.clawback) >= 0

    @property
    def owed(self) -> Decimal:
        return self.clawback - self.recovered

    def days_held(self, today: date) -> int | None:
        """Days between the payment to the unit and that to the person, so far where it is still to come."""
        if self.last_paid_on is None:
            return None
        until = today if self.free > 0 else self.passed_on or today
        return max(0, (until - self.last_paid_on).days)


def balance(lines: Iterable[Line]) -> Balance:
    sums = dict.fromkeys(Entry.values, ZERO)
    paid_on = passed_on = None
    for one in lines:
        if one.reversed or one.kind == Entry.REVERSED:
            continue
        sums[one.kind] += one.amount
        if one.kind == Entry.PAID:
            paid_on = max(paid_on or one.on, one.on)
        if one.kind in (Entry.TAX, Entry.HANDED):
            passed_on = max(passed_on or one.on, one.on)
    return Balance(
        sums[Entry.PAID],
        sums[Entry.FAILED],
        sums[Entry.TAX],
        sums[Entry.HANDED],
        sums[Entry.CLAWBACK],
        sums[Entry.RECOVERED],
        paid_on,
        passed_on,
    )


def line_problem(kind: str, amount: Decimal, now: Balance, approved: Decimal, *, instalments: bool) -> str:
    """Why the line cannot be written, "" when it can. Nothing goes below zero and nothing above what was approved."""
    if amount <= 0:
        return "金额要大于 0"
    if kind == Entry.PAID:
        left = approved - now.received
        if amount > left:
            return f"核定 {approved:,.2f} 元，还可拨付 {left:,.2f} 元"
        if amount != left and not instalments:
            return f"应一次拨付 {left:,.2f} 元；分期拨付须先登记另行通知（第二十三条）"
    if kind == Entry.FAILED and amount > now.free:
        return f"在单位、没有决定追回的款项只有 {now.free:,.2f} 元，退回不能超过它"
    if kind in (Entry.TAX, Entry.HANDED) and amount > now.free:
        said = f"单位收到 {now.received:,.2f} 元，已付出 {now.passed:,.2f} 元"
        if now.clawback:
            said += f"，决定追回 {now.clawback:,.2f} 元（已退回 {now.recovered:,.2f} 元，待退回 {now.owed:,.2f} 元）"
        return f"{said}，还可付出 {now.free:,.2f} 元，不能付出 {amount:,.2f} 元"
    if kind == Entry.CLAWBACK and amount > now.received - now.clawback:
        return f"已拨付 {now.received:,.2f} 元，已决定追回 {now.clawback:,.2f} 元，至多再追回 {now.received - now.clawback:,.2f} 元"
    if kind == Entry.RECOVERED and amount > now.owed:
        return f"待追回余额 {now.owed:,.2f} 元，到账不能超过它"
    return ""


# Materials of 第二十四条（一）, in its words. 申报表 for all, then by grant. Where a grant rests on an award or an effect for which no
# paper is printed, the paper that shows it is asked for (推定): it could not be checked without.
_FORM = ("form", "《密云区博士后工作专项经费申报表》（一式三份）")
_RECORD = ("record", "《博士后研究人员备案证明》")
MATERIALS: dict[str, tuple[tuple[str, str], ...]] = {
    "station": (
        _FORM,
        ("record", "市人社局审核通过的《博士后研究人员备案证明》"),
        ("rules", "设站单位的博士后管理制度等相关材料"),
    ),
    "station-award": (
        _FORM,
        ("record", "市人社局审核通过的《博士后研究人员备案证明》"),
        ("rules", "设站单位的博士后管理制度等相关材料"),
        ("award", "表彰文件（推定）"),
    ),
    "living": (_FORM, _RECORD, ("project", "承担的科研项目报告书等科研项目相关材料")),
    "excellent": (_FORM, _RECORD, ("project", "承担的科研项目报告书等科研项目相关材料"), ("award", "评选文件（推定）")),
    "leaving": (_FORM, ("certificate", "《博士后证书》"), ("contract", "合同书等相关材料")),
    "conversion": (
        _FORM,
        ("certificate", "《博士后证书》"),
        ("contract", "合同书等相关材料"),
        ("benefit", "成果落地转化产生经济社会效益的材料（推定）"),
    ),
}


def lacking(grant: str, given: Iterable[str]) -> list[str]:
    have = set(given)
    return [words for code, words in MATERIALS[grant] if code not in have]
