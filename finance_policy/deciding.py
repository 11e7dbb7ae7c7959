"""The acts of 19号 over money that one person proposes and another of the deciding office carries out."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from finance_policy import access
from finance_policy.enums import Level
from finance_policy.models import DatedSettings, Loan, Subsidy, SubsidyLine, SubsidyRate
from finance_policy.queries.granting import counted_anew, now_due, released
from finance_policy.queries.subsidies import months, resting_on_rate
from finance_policy.queries.subsidy import chosen, held_in, rates
from finance_policy.rules.settings import Dated, Settings
from finance_policy.rules.subsidy import Rate
from finance_policy.services import library, loans, settings, subsidies
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.decimals import plain
from miyun_kpi.proposals.declaring import DAY, page, reconciliation, right, row_of, yuan
from miyun_kpi.proposals.registry import Decision, Given, register_decision
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import kind_of, record_address

SUBSIDY: dict[str, Any] = {"subject": "finance_policy", "clause": access.SUBSIDY_CLAUSE}


_of_rates = right(access.require_office, "贴息率表")
_of_subsidies = right(access.require_subsidies, "贴息的核定、冲正和撤销")


def _changes(rows: Iterable[tuple[Subsidy, Decimal]]) -> list[str]:
    """What becomes of what was released: fixed as it was, the difference paid or given back."""
    said = []
    for row, due in rows:
        left = due - row.paid
        then = f"待拨付 {yuan(left)}" if left > 0 else f"待追回 {yuan(-left)}" if left < 0 else "已付清"
        said.append(f"{row}（{row.name}）由 {yuan(row.due)} 变为 {yuan(due)}，已拨付 {yuan(row.paid)}，{then}。")
    return said


# ── 贴息率 ───────────────────────────────────────────────────────────────────────────────────────────────────────


_rate = row_of(SubsidyRate, "rate_id")


def _again(level: str, table: list[Rate]) -> list[str]:
    found = Subsidy.objects.filter(level=level, state="released").select_related("record").order_by("number")
    return _differences(found, table)


def _differences(found: Iterable[Subsidy], table: list[Rate]) -> list[str]:
    made = []
    for row in found:
        given = now_due(row, table)
        due = given.amount if given else Decimal(0)
        if due != row.due:
            made.append((row, due))
    return _changes(made)


def _rate_warns(given: Given) -> list[str]:
    new = Rate(given["level"], given["from_on"], given["until"], given["percent"], given["basis"])
    return _again(given["level"], [*rates(), new])


def _strike_warns(given: Given) -> list[str]:
    row = _rate(given)
    table = [one for one in rates() if (one.level, one.from_on) != (row.level, row.from_on)]
    if given["percent"] is not None:
        table.append(Rate(row.level, row.from_on, row.until, given["percent"], given["basis"]))
    resting = resting_on_rate(row)
    paid = sum((one.paid for one in resting), Decimal(0))
    head = [f"按它核定了 {len(resting)} 笔贴息，已拨付 {yuan(paid)}；作废以后按差额结。"] if resting else []
    return [*head, *_again(row.level, table)]


def _rate_said(given: Given) -> list[tuple[str, str]]:
    return [
        ("级次", Level(given["level"]).label),
        ("贴息年率", f"{plain(given['percent'])}%"),
        ("起", str(given["from_on"])),
        ("止", str(given["until"] or "至下一条起日为止")),
        ("依据", given["basis"]),
    ]


def _strike_said(given: Given) -> list[tuple[str, str]]:
    row = _rate(given)
    instead = f"{plain(given['percent'])}%，{given['basis']}" if given["percent"] is not None else "不改，只作废"
    return [
        ("作废的一条", f"{row.get_level_display()}自 {row.from_on} 起 {plain(row.percent)}%，{row.basis}"),
        ("改为", instead),
        ("理由", given["reason"]),
    ]


# ── 设置 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


_of_settings = right(access.require_office, "设置")


def _read_settings(stored: Mapping[str, Any]) -> Settings:
    return Settings(**stored)


_settings = row_of(DatedSettings, "row_id")


def _settings_said(given: Given) -> list[tuple[str, str]]:
    return [("起用日期", str(given["starts_on"])), *given["held"].said, ("依据", given["basis"])]


def _settings_strike_said(given: Given) -> list[tuple[str, str]]:
    row = _settings(given)
    was = "，".join(f"{name} {value}" for name, value in held_in(row).said)
    instead = _settings_said(given) if given["held"] else [("改为", "不改，只作废，以前的设置重新有效")]
    return [("作废的一次", f"自 {row.starts_on} 起：{was}，{row.basis}"), *instead, ("理由", given["reason"])]


def _settings_strike_warns(given: Given) -> list[str]:
    """What was released on the row and is counted otherwise without it."""
    row = _settings(given)
    table = chosen(without=row.pk)
    if given["held"]:
        table.append(Dated(given["starts_on"] or row.starts_on, given["held"]))
    return _differences(counted_anew(chosen(), table), rates())


def _settings_warns(given: Given) -> list[str]:
    """What was released by a row of that day that was struck since, and is counted otherwise by this one."""
    table = [*chosen(), Dated(given["starts_on"], given["held"])]
    return _differences(counted_anew(chosen(), table), rates())


# ── 贷款和贴息 ───────────────────────────────────────────────────────────────────────────────────────────────────


_record = row_of(Record, "record_id")


def _record_page(given: Given) -> str:
    row = _record(given)
    return record_address(kind_of(row)[0], row.pk)


def _loan(given: Given) -> Loan:
    return one_of(Loan.objects.select_related("record").filter(pk=given["loan_id"]))


def _loan_page(given: Given) -> str:
    row = _loan(given).record
    return record_address(kind_of(row)[0], row.pk)


def _resting(record: Record) -> list[str]:
    return [
        f"{row}（{row.from_on} 至 {row.to_on}，{yuan(row.due)}，已拨付 {yuan(row.paid)}）按改后的贷款重算，差额待补或待追回。"
        for row in released([record.pk]).order_by("number")
    ]


def _loan_warns(given: Given) -> list[str]:
    record = _record(given)
    lent = sum((one.principal for one in record.loans.filter(struck_at__isnull=True)), given["principal"])
    planned = record.values.get("loan", "")
    above = bool(planned) and lent > Decimal(planned) * 10_000
    said = f"登记的本金合计 {yuan(lent)}，超过项目的绿色贷款金额 {planned} 万元，请核对是否重复登记。"
    return [*([said] if above else []), *_resting(record)]


def _loan_said(given: Given) -> list[tuple[str, str]]:
    return [
        ("企业或项目", _record(given).values["name"]),
        ("贷款银行", given["lender"]),
        ("贷款合同号", given["contract"]),
        ("贷款本金", yuan(given["principal"])),
        ("放款日期", str(given["drawn_on"])),
        ("到期日期", str(given["due_on"])),
    ]


def _release_said(given: Given) -> list[tuple[str, str]]:
    """The sum as it stands now; the confirmation computes it anew."""
    record = _record(given)
    found = subsidies.reckon(record, given["from_on"], given["to_on"])
    return [
        ("企业或项目", record.values["name"]),
        ("计息起止", f"{given['from_on']} 至 {given['to_on']}"),
        ("贴息额", yuan(found.amount)),
        ("算式", found.words),
        ("贴息率依据", found.rate.basis),
    ]


_subsidy = row_of(Subsidy, "subsidy_id")


def _revoke_said(given: Given) -> list[tuple[str, str]]:
    row = _subsidy(given)
    return [("贴息", f"{row}（{row.name}，{yuan(row.due)}）"), ("理由", given["reason"])]


def _revoke_warns(given: Given) -> list[str]:
    row = _subsidy(given)
    return [f"已拨付 {yuan(row.paid)}，撤销以后全部待追回。"] if row.paid else []


def _line_said(given: Given) -> list[tuple[str, str]]:
    line = one_of(SubsidyLine.objects.filter(pk=given["line_id"], subsidy_id=given["subsidy_id"]))
    what = f"{line.on} {line.get_kind_display()} {yuan(line.amount)}，凭证 {line.proof}"
    return [("冲正的一笔", what), ("理由", given["reason"])]


RATES = (
    Decision(
        "finance-rate",
        "录入贴息率",
        takes={"level": str, "from_on": DAY, "until": DAY, "percent": Decimal, "basis": str},
        run=library.enter_rate,
        may=_of_rates,
        about=lambda given: f"{Level(given['level']).label}自 {given['from_on']} 起的贴息率",
        key=lambda given: f"finance-rate:{given['level']}:{given['from_on']}",
        address=page("finance_policy:rates"),
        said=_rate_said,
        warns=_rate_warns,
        **SUBSIDY,
    ),
    Decision(
        "finance-rate-strike",
        "作废贴息率",
        takes={"rate_id": int, "version": int, "reason": str, "percent": Decimal, "basis": str},
        run=library.strike_rate,
        may=_of_rates,
        about=lambda given: f"{_rate(given).get_level_display()}自 {_rate(given).from_on} 起的贴息率",
        key=lambda given: f"finance-rate-row:{given['rate_id']}",
        address=page("finance_policy:rates"),
        said=_strike_said,
        warns=_strike_warns,
        **SUBSIDY,
    ),
)
SETTINGS = (
    Decision(
        "finance-settings",
        "录入设置",
        takes={"held": _read_settings, "starts_on": DAY, "basis": str},
        run=settings.enter_settings,
        may=_of_settings,
        about=lambda given: f"自 {given['starts_on']} 起的绿色金融设置",
        key=lambda given: f"finance-settings:{given['starts_on']}",
        address=page("finance_policy:settings"),
        said=_settings_said,
        warns=_settings_warns,
        **SUBSIDY,
    ),
    Decision(
        "finance-settings-strike",
        "作废设置",
        takes={
            "row_id": int,
            "version": int,
            "reason": str,
            "held": _read_settings,
            "starts_on": DAY,
            "basis": str,
        },
        run=settings.strike_settings,
        may=_of_settings,
        about=lambda given: f"自 {_settings(given).starts_on} 起的绿色金融设置",
        key=lambda given: f"finance-settings-row:{given['row_id']}",
        address=page("finance_policy:settings"),
        said=_settings_strike_said,
        warns=_settings_strike_warns,
        **SUBSIDY,
    ),
)
LOANS = (
    Decision(
        "finance-loan",
        "登记绿色贷款",
        takes={"record_id": int, "lender": str, "contract": str, "principal": Decimal, "drawn_on": DAY, "due_on": DAY},
        run=loans.enter_loan,
        may=_of_subsidies,
        about=lambda given: f"{_record(given).values['name']}的贷款 {given['contract']}",
        key=lambda given: f"finance-loan-of:{given['record_id']}:{given['contract'][:30]}",
        address=_record_page,
        said=_loan_said,
        warns=_loan_warns,
        **SUBSIDY,
    ),
    Decision(
        "finance-loan-repay",
        "登记贷款提前还清",
        takes={"loan_id": int, "version": int, "repaid_on": DAY},
        run=loans.repay_loan,
        may=_of_subsidies,
        about=lambda given: f"{_loan(given).record.values['name']}的贷款 {_loan(given).contract}",
        key=lambda given: f"finance-loan:{given['loan_id']}",
        stands=lambda given: int(_loan(given).version),
        address=_loan_page,
        said=lambda given: [("贷款", str(_loan(given))), ("提前还清日期", str(given["repaid_on"]))],
        warns=lambda given: _resting(_loan(given).record),
        **SUBSIDY,
    ),
    Decision(
        "finance-loan-strike",
        "作废贷款登记",
        takes={"loan_id": int, "version": int, "reason": str},
        run=loans.strike_loan,
        may=_of_subsidies,
        about=lambda given: f"{_loan(given).record.values['name']}的贷款 {_loan(given).contract}",
        key=lambda given: f"finance-loan:{given['loan_id']}",
        stands=lambda given: int(_loan(given).version),
        address=_loan_page,
        said=lambda given: [("贷款", str(_loan(given))), ("理由", given["reason"])],
        warns=lambda given: _resting(_loan(given).record),
        **SUBSIDY,
    ),
)
SUBSIDIES = (
    Decision(
        "finance-subsidy",
        "核定贴息",
        takes={"record_id": int, "from_on": DAY, "to_on": DAY},
        run=subsidies.release,
        may=_of_subsidies,
        about=lambda given: f"{_record(given).values['name']} {given['from_on']} 至 {given['to_on']}",
        key=lambda given: f"finance-subsidy-of:{given['record_id']}",
        address=_record_page,
        said=_release_said,
        **SUBSIDY,
    ),
    Decision(
        "finance-subsidy-revoke",
        "撤销贴息",
        takes={"subsidy_id": int, "version": int, "reason": str},
        run=subsidies.revoke,
        may=_of_subsidies,
        about=lambda given: str(_subsidy(given)),
        key=lambda given: f"finance-subsidy:{given['subsidy_id']}",
        stands=lambda given: int(_subsidy(given).version),
        address=page("finance_policy:subsidy", "subsidy_id"),
        said=_revoke_said,
        warns=_revoke_warns,
        **SUBSIDY,
    ),
    Decision(
        "finance-subsidy-reverse",
        "冲正贴息凭证",
        takes={"subsidy_id": int, "version": int, "line_id": int, "reason": str},
        run=subsidies.reverse_line,
        may=_of_subsidies,
        about=lambda given: f"{_subsidy(given)}的一笔",
        key=lambda given: f"finance-subsidy:{given['subsidy_id']}",
        stands=lambda given: int(_subsidy(given).version),
        address=page("finance_policy:subsidy", "subsidy_id"),
        said=_line_said,
        **SUBSIDY,
    ),
    reconciliation(
        "finance-reconciliation",
        "贴息对账",
        "贴息流水",
        months=months,
        address="finance_policy:subsidy-months",
        run=subsidies.reconcile,
        may=_of_subsidies,
        **SUBSIDY,
    ),
)


def register() -> None:
    register_decision(*RATES, *SETTINGS, *LOANS, *SUBSIDIES)
