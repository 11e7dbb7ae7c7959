"""绿色金融: everybody signed in reads the registers; 区金融办 and the printed units of the clause write."""

from datetime import date
from typing import Any

from django.utils import timezone

from finance_policy.models import (
    Bank,
    BankReading,
    BankReturn,
    DatedSettings,
    FundEntry,
    Loan,
    Subsidy,
    SubsidyRate,
    VetoNotice,
)
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers.models import SavedView
from tests.factories.records import HANDED, bare_record

EXTRA = ("区金融办", "区生态环境局", "区水务局")
ENTERPRISE = {"name": "绿水公司", "code": "91350100M000100Y43", "industry": "污水处理", "focus": "6"}
SETTINGS = {"day_basis": "360", "fewest_banks": "3", "due_days": "15", "basis": "某次会议"}
BODIES: dict[str, Any] = {
    "finance_policy:save-record": {"version": "1", **ENTERPRISE},
    "finance_policy:step-record": {"version": "1", "step": "check", "standard": "目录 2.1"},
    "finance_policy:hand-over-record": HANDED,
    "finance_policy:strike-record": {"version": "1", "reason": "登记有误"},
    "finance_policy:save-view": {"name": "视图", "query": "stage=applied"},
    "finance_policy:grade": {"grade": "green", "decided_on": "2020-06-01", "basis": "年度评价"},
    "finance_policy:rates": {"level": "1", "percent": "1.5", "from_on": "2020-06-01", "basis": "某文"},
    "finance_policy:strike-rate": {"version": "1", "reason": "录入有误"},
    "finance_policy:settings": SETTINGS | {"starts_on": "2021-05-02"},
    "finance_policy:strike-settings": SETTINGS | {"version": "1", "reason": "录错了", "starts_on": "2021-05-01"},
    "finance_policy:open-return": {"period": "2020Q1"},
    "finance_policy:release-returns": {"period": "2020Q1"},
    "finance_policy:save-return": {"version": "1", "customers": "9"},
    "finance_policy:decide-return": {"version": "1", "accept": "accept"},
    "finance_policy:banks": {"version": "0", "code": "b-9", "name": "某银行", "active": "on"},
    "finance_policy:fund": {"kind": "paid-in", "amount": "1", "party": "区财政局", "basis": "某文"},
    "finance_policy:reverse-entry": {"reason": "金额录错"},
    "finance_policy:vetoes": {
        "name": "某厂",
        "code": "91350100M000100Y43",
        "fact": "超标排放",
        "basis": "某文",
        "issued_on": "2020-06-01",
    },
    "finance_policy:act-on-veto": {"receive": "1"},
    "finance_policy:new-subsidy": {"record_id": "1", "from_on": "2020-06-01", "to_on": "2020-07-01"},
    "finance_policy:subsidy-months": {"month": "2020-06"},
    "finance_policy:pay-subsidy": {"version": "1", "proof": "凭1"},
    "finance_policy:recover-subsidy": {"version": "1", "proof": "凭1", "amount": "1"},
    "finance_policy:reverse-subsidy-line": {"version": "1", "line_id": "1", "reason": "登记有误"},
    "finance_policy:revoke-subsidy": {"version": "1", "reason": "登记有误"},
    "finance_policy:loans": {
        "lender": "甲银行",
        "contract": "9号",
        "principal": "100",
        "drawn_on": "2020-06-01",
        "due_on": "2021-06-01",
    },
    "finance_policy:repay-loan": {"version": "1", "repaid_on": "2020-09-01"},
    "finance_policy:strike-loan": {"version": "1", "reason": "登记有误"},
    "finance_policy:open-reading": {"bank_id": "1", "period": "2020Q2", "reason": "专题调度"},
    "finance_policy:close-reading": {"version": "1"},
    "api:green-subsidies": {"record": 1, "from_on": "2020-06-01", "to_on": "2020-07-01"},
    "api:green-subsidy-payments": {"version": 1, "proof": "凭1"},
    "api:green-fund": {"kind": "paid-in", "amount": "1", "party": "区财政局", "basis": "某文"},
    "api:green-subsidy-months": {"month": "2020-06", "digest": "0" * 64},
    "api:green-loans": {
        "record": 1,
        "lender": "甲银行",
        "contract": "9号",
        "principal": "100",
        "drawn_on": "2020-06-01",
        "due_on": "2021-06-01",
    },
    "api:green-returns": {"period": "2020Q1"},
    "api:green-return": {"version": 1, "figures": {"customers": "9"}},
    "api:green-return-submit": {"version": 1},
    "api:green-trial": {"level": "1", "principal": "100", "from_on": "2020-06-01", "to_on": "2020-07-01"},
    "api:green-grades": {"enterprise": 1, "grade": "green", "decided_on": "2020-06-01", "basis": "年度评价"},
    "api:finance-records": {"values": ENTERPRISE},
    "api:finance-record": {"values": {"industry": "再生水"}, "version": 1},
    "api:finance-record-hand-over": HANDED,
    "api:finance-record-steps": {"step": "check", "version": 1},
}


def things(world: dict[str, Any]) -> dict[str, Any]:
    now = timezone.now()
    row = bare_record(app="finance", kind="enterprises", typed=ENTERPRISE, at=now)
    fields = {"kind": "registers.record", "subject_id": row.pk, "name": "f.pdf", "content_type": "application/pdf"}
    file = Attachment.objects.create(
        **fields, size=4, sha256="0" * 64, path="matrix/finance", stored_at=now, stored_by="甲"
    )
    view = SavedView.objects.create(user_id=0, kind="finance.enterprises", name="x", query="")
    rate = SubsidyRate.objects.create(
        level="2", from_on=date(2021, 5, 1), percent=1, basis="某文", entered_at=now, entered_by="甲"
    )
    BODIES["api:green-grades"]["enterprise"] = row.pk
    # The township stands in for the organisation of a bank: its reporter fills the bank's returns.
    entered: dict[str, Any] = {"saved_at": now, "saved_by": "甲"}
    bank = Bank.objects.create(
        code="b-1", name="甲银行", organisation=resolve("北庄镇"), changed_at=now, changed_by="甲"
    )
    own = BankReturn.objects.create(bank=bank, period="2020Q2", state="filed", **entered)
    last = FundEntry.objects.order_by("number").last()
    entry = FundEntry.objects.create(
        number=last.number + 1 if last else 1,
        kind="paid-in",
        amount=9,
        balance=9 + (last.balance if last else 0),
        on=date(2020, 5, 1),
        party="x",
        basis="y",
        entered_at=now,
        entered_by="甲",
    )
    notice = VetoNotice.objects.create(
        name="某厂",
        code="91350100M000100Y43",
        fact="x",
        basis="y",
        issued_on=date(2020, 5, 1),
        issued_at=now,
        issued_by="甲",
    )
    loan = Loan.objects.create(
        record=row,
        lender="甲银行",
        contract="1号",
        principal=100,
        drawn_on=date(2020, 5, 1),
        due_on=date(2021, 5, 1),
        entered_at=now,
        entered_by="甲",
    )
    given = Subsidy.objects.create(
        number=900,
        record=row,
        name="绿水公司",
        payee="绿水公司",
        code="91350100M000100Y43",
        level="2",
        from_on=date(2020, 5, 1),
        to_on=date(2020, 6, 1),
        rate=rate,
        percent=1,
        day_basis=360,
        count_last=False,
        amount=1,
        sum="x",
        due=1,
        released_at=now,
        released_by="甲",
    )
    held = DatedSettings.objects.create(
        starts_on=date(2021, 5, 1),
        day_basis=360,
        count_last_day=False,
        fewest_banks=3,
        due_days=15,
        basis="某文",
        entered_at=now,
        entered_by="甲",
    )
    reading = BankReading.objects.create(bank=bank, period="2020Q1", reason="专题调度", opened_at=now, opened_by="甲")
    for name in ("api:green-subsidies", "api:green-loans"):
        BODIES[name]["record"] = row.pk
    made: dict[str, Any] = {
        "loan_id": loan.pk,
        "subsidy_id": given.pk,
        "reading_id": reading.pk,
        "rate_id": rate.pk,
        "finance_policy:strike-settings:row_id": held.pk,
        "return_id": own.pk,
        "entry_id": entry.pk,
        "finance_policy:veto:notice_id": notice.pk,
        "finance_policy:act-on-veto:notice_id": notice.pk,
    }
    for name in [name for name, _ in (*PAGES, *API)]:
        made |= {f"{name}:kind": "enterprises", f"{name}:record_id": row.pk, f"{name}:view_id": view.pk}
        made |= {f"{name}:attachment_id": file.pk}
    return made


PAGES: dict[tuple[str, str], str] = {
    ("finance_policy:accept-records", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:glossary", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:grade", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:grade", "POST"): "SFFFFFFFFFFAF",
    ("finance_policy:grades", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:grades-sheet", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:rates", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:rates", "POST"): "SFFFFFFFFFAFF",
    ("finance_policy:settings", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:settings", "POST"): "SFFFFFFFFFAFF",
    ("finance_policy:strike-settings", "POST"): "SFFFFFFFFFAFF",
    ("finance_policy:strike-rate", "POST"): "SFFFFFFFFFAFF",
    ("finance_policy:trial", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:close-reading", "POST"): "SFFFFFFFFFAFF",
    ("finance_policy:loans", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:loans", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:new-subsidy", "GET"): "SFFFFFFFFFAAF",
    ("finance_policy:new-subsidy", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:open-reading", "POST"): "SFFFFFFFFFAFF",
    ("finance_policy:pay-subsidy", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:recover-subsidy", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:repay-loan", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:reverse-subsidy-line", "POST"): "SFFFFFFFFFNNF",
    ("finance_policy:revoke-subsidy", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:strike-loan", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:subsidies", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:subsidy", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:subsidy-months", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:subsidy-months", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:act-on-veto", "POST"): "SNNNNANNNNFFN",
    ("finance_policy:banks", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:banks", "POST"): "SFFFFFFFFFAFF",
    ("finance_policy:decide-return", "POST"): "SNNNNFNNNNANN",
    ("finance_policy:fund", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:fund", "POST"): "SFFFFFFFFFAFF",
    ("finance_policy:fund-sheet", "GET"): "SFFAAFAFFFAFF",
    ("finance_policy:indicators", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:insurance", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:opening", "GET"): "SFFFFFFFFFAFF",
    ("finance_policy:opening", "POST"): "SFFFFFFFFFAFF",
    ("finance_policy:open-return", "POST"): "SFFFFAFFFFFFF",
    ("finance_policy:release-returns", "POST"): "SFFFFFFFFFAFF",
    ("finance_policy:return", "GET"): "SNNNNANNNNANN",
    ("finance_policy:returns", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:returns-history", "GET"): "SFFFFFFFFFAFF",
    ("finance_policy:returns-history", "POST"): "SFFFFFFFFFAFF",
    ("finance_policy:returns-sheet", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:returns-template", "GET"): "SFFFFFFFFFAFF",
    ("finance_policy:reverse-entry", "POST"): "SFFFFFFFFFAFF",
    ("finance_policy:save-return", "POST"): "SNNNNANNNNFNN",
    ("finance_policy:veto", "GET"): "SNNNNANNNNAAN",
    ("finance_policy:vetoes", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:vetoes", "POST"): "SFFFFFFFFFFAF",
    ("finance_policy:import-records", "GET"): "SFFFFFFFFFAAF",
    ("finance_policy:import-records", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:index", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:new-record", "GET"): "SFFFFFFFFFAAF",
    ("finance_policy:new-record", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:record", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:record-counts", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:record-file", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:records", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:records-template", "GET"): "SFFFFFFFFFAAF",
    ("finance_policy:records-workbook", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:remove-record-file", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:remove-view", "POST"): "SAAAAAAAAAAAA",
    ("finance_policy:save-record", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:save-view", "POST"): "SAAAAAAAAAAAA",
    ("finance_policy:step-record", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:hand-over-record", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:strike-record", "POST"): "SFFFFFFFFFAAF",
}
API: dict[tuple[str, str], str] = {
    ("api:finance-record", "GET"): "SAAAAAAAAAAA",
    ("api:finance-record", "PATCH"): "SFFFFFFFFAAF",
    ("api:finance-record-hand-over", "POST"): "SFFFFFFFFAAF",
    ("api:finance-record-steps", "POST"): "SFFFFFFFFAAF",
    ("api:finance-records", "GET"): "SAAAAAAAAAAA",
    ("api:green-aggregates", "GET"): "SAAAAAAAAAAA",
    ("api:green-subsidy-months", "GET"): "SAAAAAAAAAAA",
    ("api:green-subsidy-months", "POST"): "SFFFFFFFFAAF",
    ("api:green-loans", "GET"): "SAAAAAAAAAAA",
    ("api:green-loans", "POST"): "SFFFFFFFFAAF",
    ("api:green-subsidies", "GET"): "SAAAAAAAAAAA",
    ("api:green-subsidies", "POST"): "SFFFFFFFFAAF",
    ("api:green-subsidy-payments", "POST"): "SFFFFFFFFAAF",
    ("api:green-fund", "GET"): "SFFFAFAFFAFF",
    ("api:green-fund", "POST"): "SFFFFFFFFAFF",
    ("api:green-insurance", "GET"): "SAAAAAAAAAAA",
    ("api:green-return", "GET"): "SNNNNANNNANN",
    ("api:green-return", "PATCH"): "SNNNNANNNFNN",
    ("api:green-return-submit", "POST"): "SNNNNANNNFNN",
    ("api:green-returns", "GET"): "SAAAAAAAAAAA",
    ("api:green-returns", "POST"): "SFFFFAFFFFFF",
    ("api:green-grades", "GET"): "SAAAAAAAAAAA",
    ("api:green-grades", "POST"): "SFFFFFFFFFAF",
    ("api:green-rates", "GET"): "SAAAAAAAAAAA",
    ("api:green-trial", "POST"): "SAAAAAAAAAAA",
    ("api:finance-records", "POST"): "SFFFFFFFFAAF",
}
