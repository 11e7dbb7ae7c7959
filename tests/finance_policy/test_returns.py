"""Banks' returns: a bank its own, the office all, everybody else only sums of enough banks; the fund; 一票否决."""

import io
import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook

from finance_policy.desk import desk_items
from finance_policy.excel import RETURNS, import_workbook
from finance_policy.models import Bank, BankReturn, FundEntry, VetoReceipt
from finance_policy.queries.figures import insurance
from finance_policy.queries.returns import releases
from finance_policy.services import banks as bank_services
from finance_policy.services import fund, releasing, returns, veto
from finance_policy.services.reminders import send_notices
from miyun_kpi.acts.acting import acting as acting_as
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.organisations.registry import Reorganised
from tests.duties.conftest import acting
from tests.factories.markup import one_line
from tests.factories.tokens import issue_token
from tests.finance_policy.conftest import AT, another, code_of, make
from tests.registers.test_records import client_of

FIGURES = {"loans": Decimal("900.00"), "green": Decimal("100.01"), "increment": Decimal(-5), "customers": 9}


@pytest.fixture
def banks(office):
    """Three banks with an organisation each, and the reporter of the first two."""
    for number in (1, 2, 3):
        name = f"第{number}银行"
        Organisation.objects.create(
            code=f"yinhang-{number}", name=name, key=name, category="body", order=900 + number, evaluated=False
        )
        bank_services.save_bank(
            actor=office, bank_id=None, version=0, code=f"b{number}", name=name, organisation=name, active=True, at=AT
        )
    return [another(acting(f"第{number}银行", "reporter"), 20 + number) for number in (1, 2, 3)]


def fill(actor, period="2020Q3", submit=True, at=AT, **changed):
    row = returns.open_return(actor=actor, period=period, at=at)
    row = returns.save_return(
        actor=actor, return_id=row.pk, version=row.version, figures=FIGURES | changed, note="", at=at
    )
    return returns.submit_return(actor=actor, return_id=row.pk, version=row.version, at=at) if submit else row


def accept(office, row, **changed):
    given = {"accept": True, "opinion": "", "version": row.version} | changed
    return returns.decide_return(actor=office, return_id=row.pk, at=AT, **given)


def test_a_return_goes_from_the_bank_to_the_office_and_back(office, banks):
    row = fill(banks[0], submit=False)
    assert returns.open_return(actor=banks[0], period="2020q3", at=AT).pk == row.pk
    with pytest.raises(NotFound):
        returns.save_return(actor=banks[1], return_id=row.pk, version=row.version, figures={}, note="", at=AT)
    with pytest.raises(NotAllowed, match="只审核"):
        returns.save_return(actor=office, return_id=row.pk, version=row.version, figures={}, note="", at=AT)
    with pytest.raises(Conflict) as stale:
        returns.save_return(actor=banks[0], return_id=row.pk, version=1, figures={"customers": 1}, note="", at=AT)
    assert stale.value.errors[0].current["value"]["green"] == "100.01"
    row = returns.submit_return(actor=banks[0], return_id=row.pk, version=row.version, at=AT)
    with pytest.raises(Conflict, match="待审核"):
        returns.save_return(actor=banks[0], return_id=row.pk, version=row.version, figures={}, note="", at=AT)
    with pytest.raises(Refused, match="退回要写意见"):
        accept(office, row, accept=False)
    row = accept(office, row, accept=False, opinion="客户数请核对")
    assert [item.group for item in desk_items(banks[0], AT)] == ["returned"]
    row = returns.save_return(
        actor=banks[0], return_id=row.pk, version=row.version, figures={"customers": 10}, note="", at=AT
    )
    row = accept(office, returns.submit_return(actor=banks[0], return_id=row.pk, version=row.version, at=AT))
    assert row.state == "accepted" and [e.act for e in row.events.all()] == [
        "新建",
        "保存",
        "报送",
        "退回",
        "保存",
        "报送",
        "接受",
    ]
    assert row.events.all()[1].figures["customers"] == "9"


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"green": None}, "没有填"), ({"green": Decimal("900.01")}, "大于"), ({"customers": None}, "绿色信贷客户数")],
)
def test_what_cannot_be_is_saved_but_not_submitted(banks, changed, said):
    row = fill(banks[0], submit=False, **changed)
    with pytest.raises(Refused, match=said):
        returns.submit_return(actor=banks[0], return_id=row.pk, version=row.version, at=AT)


def test_a_quarter_is_reported_after_its_last_day(banks):
    row = fill(banks[0], "2020Q4", submit=False)
    for day, works in (("2020-12-31", False), ("2021-01-01", True)):
        at = datetime.fromisoformat(f"{day}T09:00:00+08:00")
        if works:
            assert returns.submit_return(actor=banks[0], return_id=row.pk, version=row.version, at=at).state == "filed"
        else:
            with pytest.raises(Refused, match="还没有结束"):
                returns.submit_return(actor=banks[0], return_id=row.pk, version=row.version, at=at)
    with pytest.raises(Refused, match="还没有开始"):
        returns.open_return(actor=banks[0], period="2021Q1", at=AT)


def test_the_base_comes_from_the_accepted_return_of_a_year_before(office, banks):
    accept(office, fill(banks[0], "2019Q3"))
    fill(banks[1], "2019Q3")
    assert returns.open_return(actor=banks[0], period="2020Q3", at=AT).green_before == Decimal("100.01")
    assert returns.open_return(actor=banks[1], period="2020Q3", at=AT).green_before is None


def test_sums_are_given_out_once_over_the_same_banks_and_never_below_three(office, banks):
    rows = [accept(office, fill(banks[number], green=Decimal(100 + number))) for number in (0, 1)]
    with pytest.raises(Refused, match="第3银行还没有接受"):
        releasing.release(actor=office, period="2020Q3", at=AT)
    third = Bank.objects.get(code="b3")
    edit = {"bank_id": third.pk, "code": "b3", "name": "第3银行", "organisation": "第3银行", "at": AT}
    bank_services.save_bank(actor=office, version=third.version, active=False, **edit)
    with pytest.raises(Refused, match="少于 3 家"):
        releasing.release(actor=office, period="2020Q3", at=AT)
    bank_services.save_bank(actor=office, version=2, active=True, **edit)
    accept(office, fill(banks[2], green=Decimal(102)))
    with pytest.raises(NotAllowed):
        releasing.release(actor=banks[0], period="2020Q3", at=AT)
    assert releasing.release(actor=office, period="2020Q3", at=AT).figures["green"] == "303.00"
    with pytest.raises(Conflict, match="没有变"):
        releasing.release(actor=office, period="2020Q3", reason="再来一次", at=AT)
    back = accept(office, rows[0], accept=False, opinion="数字有误")
    back = returns.save_return(
        actor=banks[0], return_id=back.pk, version=back.version, figures={"green": Decimal(99)}, note="", at=AT
    )
    accept(office, returns.submit_return(actor=banks[0], return_id=back.pk, version=back.version, at=AT))
    with pytest.raises(Refused, match="写理由"):
        releasing.release(actor=office, period="2020Q3", at=AT)
    assert releasing.release(actor=office, period="2020Q3", reason="甲行更正", at=AT).number == 2
    bank_services.save_bank(actor=office, version=3, active=False, **edit)
    bank_services.save_bank(
        actor=office, bank_id=None, version=0, code="b4", name="第4银行", organisation="", active=True, at=AT
    )
    fourth = Bank.objects.get(code="b4")
    BankReturn.objects.create(bank=fourth, period="2020Q3", state="accepted", saved_at=AT, saved_by="x", **FIGURES)
    (given,) = releases()
    assert given.figures.green == Decimal("302.00") and given.share == Fraction(302, 2700)
    third = releasing.release(actor=office, period="2020Q3", reason="第4银行补报", at=AT)
    assert (third.number, third.figures["green"]) == (3, "402.01")


def test_nobody_else_sees_a_banks_figures_on_any_door(office, banks):
    row = fill(banks[0], green=Decimal("77.31"))
    strangers = [
        client_of("第2银行", "reporter", "b"),
        client_of("区水务局", "register_office", "w"),
        client_of("区政府办公室", "leader", "l"),
    ]
    for client in strangers:
        for address in (
            "/finance/returns/",
            "/finance/returns.xlsx",
            f"/finance/returns/{row.pk}/",
            "/finance/",
            "/finance/indicators/",
        ):
            answer = client.get(address)
            assert answer.status_code in (200, 404) and b"77.31" not in answer.content, address
        assert client.get(f"/finance/returns/{row.pk}/").status_code == 404
    assert "77.31" in client_of("第1银行", "reporter", "a").get(f"/finance/returns/{row.pk}/").content.decode()
    assert "77.31" in client_of("区金融办", "register_office", "o").get("/finance/returns/").content.decode()


def test_the_page_keeps_a_refused_figure_and_shows_a_conflict(office, banks):
    client = client_of("第1银行", "reporter", "a")
    address = client.post("/finance/returns/open/", {"period": "2020Q3"})["Location"]
    typed = {"version": "1", "loans": "900", "green": "100.015", "customers": "9", "increment": "−5"}
    wrong = client.post(f"{address}save/", typed)
    assert wrong.status_code == 422 and "100.015" in wrong.content.decode() and "2 位小数" in wrong.content.decode()
    wrong = client.post(f"{address}save/", typed | {"green": "1,000.5", "submit": "1"})
    assert (
        wrong.status_code == 422
        and "大于" in wrong.content.decode()
        and BankReturn.objects.get().green == Decimal("1000.50")
    )
    stale = client.post(f"{address}save/", typed | {"green": "55.55"})
    page = stale.content.decode()
    assert stale.status_code == 409 and "55.55" in page and "1000.5" in page and 'name="version" value="2"' in page
    sent = client.post(f"{address}save/", typed | {"green": "55.55", "version": "2", "submit": "1"})
    assert sent.status_code == 302 and BankReturn.objects.get().state == "filed"
    own = client_of("区金融办", "register_office", "o")
    assert own.post(f"{address}decide/", {"version": "4"}).status_code == 422
    assert own.post(f"{address}decide/", {"version": "4", "accept": "accept"}).status_code == 302
    assert own.post("/finance/returns/release/", {"period": "2020Q3"}).status_code == 422


def book(*rows):
    made = Workbook()
    made.active.append([one.title for one in RETURNS.columns])
    for row in rows:
        made.active.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_history_is_imported_whole_or_not_at_all(office, banks):
    good = ("第1银行", "2019Q3", 800, 700, 90, 80, 10, 9.5, 8, 7)
    with pytest.raises(Refused) as refusal:
        content = book(good, ("无名银行", "2019Q3", 1), (*good[:1], "2019", *good[2:]))
        import_workbook(actor=office, content=content, file_name="a.xlsx", at=AT)
    assert "不是季度" in refusal.value.message and not BankReturn.objects.exists()
    with pytest.raises(Refused, match="无名银行"):
        import_workbook(actor=office, content=book(good, ("无名银行", "2019Q3", 1)), file_name="a.xlsx", at=AT)
    assert not BankReturn.objects.exists()
    with pytest.raises(NotAllowed):
        import_workbook(actor=banks[0], content=book(good), file_name="a.xlsx", at=AT)
    assert import_workbook(actor=office, content=book(good), file_name="a.xlsx", at=AT) == 1
    row = BankReturn.objects.get()
    assert (row.increment_before, row.customers, row.state, row.imported) == (Decimal("9.50"), 8, "accepted", True)
    with pytest.raises(Refused, match="已经有季报"):
        import_workbook(actor=office, content=book(good), file_name="a.xlsx", at=AT)
    client = client_of("区金融办", "register_office", "o")
    assert client.get("/finance/returns/history.xlsx").status_code == 200
    assert client.post("/finance/returns/history/").status_code == 422


def enter(actor, kind, amount, **changed):
    given = {"on": date(2020, 10, 19), "party": "区财政局", "basis": "某拨款文", "at": AT} | changed
    return fund.enter(actor=actor, kind=kind, amount=Decimal(amount), **given)


def test_the_fund_is_exact_never_below_zero_and_put_right_by_a_reversal(office):
    finance = another(acting("区财政局", "register_office"), 30)
    with pytest.raises(NotAllowed, match="区财政局"):
        enter(acting("区生态环境局", "register_office"), "paid-in", "1")
    first = enter(finance, "paid-in", "100.10")
    with pytest.raises(Conflict, match="已经记过"):
        enter(finance, "paid-in", "100.10")
    enter(office, "loan-loss", "100.09")
    with pytest.raises(Refused, match="小于 0"):
        enter(finance, "bond-loss", "0.02")
    with pytest.raises(Refused, match="小于 0"):
        fund.reverse(actor=finance, entry_id=first.pk, reason="重复入账", at=AT)
    last = enter(finance, "bond-loss", "0.01")
    assert last.balance == 0
    back = fund.reverse(actor=finance, entry_id=last.pk, reason="金额录错", at=AT)
    assert (back.amount, back.balance) == (Decimal("0.01"), Decimal("0.01"))
    for wrong in (last, back):
        with pytest.raises(Conflict):
            fund.reverse(actor=finance, entry_id=wrong.pk, reason="再冲一次", at=AT)
    rows = list(FundEntry.objects.order_by("number"))
    assert [row.balance for row in rows] == [
        sum((r.amount for r in rows[: n + 1]), Decimal(0)) for n in range(len(rows))
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        FundEntry.objects.create(number=9, kind="loan-loss", amount=-1, balance=Decimal("-0.01"), on=AT, entered_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        FundEntry.objects.create(number=4, kind="paid-in", amount=1, balance=1, on=AT, entered_at=AT)


def test_a_veto_is_information_received_confirmed_and_decided_by_each_bank(office, environment, banks):
    given = {"name": "某厂", "code": code_of(5), "fact": "超标排放受罚", "basis": "某处罚决定", "at": AT}
    given["issued_on"] = date(2020, 10, 1)
    with pytest.raises(NotAllowed, match="区生态环境局"):
        veto.issue(actor=office, **given)
    with pytest.raises(Refused, match="校验位"):
        veto.issue(actor=environment, **(given | {"code": code_of(5)[:-1] + ("X" if code_of(5)[-1] != "X" else "Y")}))
    row = veto.issue(actor=environment, **(given | {"code": f" {given['code'].lower()} "}))
    assert row.code == given["code"], "small letters and blanks of a copied licence are read"
    with pytest.raises(Refused, match="先签收"):
        veto.decide(actor=banks[0], notice_id=row.pk, decision="暂缓授信", at=AT)
    assert "一票否决" in [item.title for item in desk_items(banks[0], AT)][-1]
    veto.receive(actor=banks[0], notice_id=row.pk, at=AT)
    veto.receive(actor=banks[0], notice_id=row.pk, at=AT)
    veto.decide(actor=banks[0], notice_id=row.pk, decision="暂缓授信", at=AT)
    assert VetoReceipt.objects.count() == 1
    with pytest.raises(NotAllowed):
        veto.receive(actor=office, notice_id=row.pk, at=AT)
    with pytest.raises(NotFound):
        veto.receive(actor=acting("北庄镇", "reporter"), notice_id=row.pk, at=AT)
    whole = client_of("区生态环境局", "register_office", "e").get(f"/finance/vetoes/{row.pk}/").content.decode()
    assert "暂缓授信" in whole and "第2银行" in whole
    other = client_of("第2银行", "reporter", "b").get(f"/finance/vetoes/{row.pk}/").content.decode()
    assert "某厂" in other and "暂缓授信" not in other and "第1银行" not in other
    client = client_of("第2银行", "reporter", "b2")
    assert client.post(f"/finance/vetoes/{row.pk}/act/", {"decide": "1", "decision": "短"}).status_code == 422
    assert client.post(f"/finance/vetoes/{row.pk}/act/", {"receive": "1"}).status_code == 302
    veto.lift(actor=environment, notice_id=row.pk, version=1, on=date(2020, 10, 20), reason="整改完成", at=AT)
    with pytest.raises(Conflict):
        veto.lift(actor=environment, notice_id=row.pk, version=1, on=date(2020, 10, 20), reason="整改完成", at=AT)


def test_a_bank_works_through_the_api_by_the_same_rules(office, banks):
    _, text = issue_token(actor=SYSTEM, client="x", organisation=resolve("第1银行"), role="reporter", at=timezone.now())

    def send(method, path, body=None):
        content = "" if body is None else json.dumps(body)
        return Client().generic(
            method, f"/api/v1/green/{path}", content, "application/json", headers={"authorization": f"Token {text}"}
        )

    made = send("POST", "returns/", {"period": "2020Q3"})
    assert made.status_code == 201
    path = f"returns/{made.json()['id']}/"
    figures = {
        "loans": "110",
        "loans_before": "100",
        "green": "11",
        "green_before": "10",
        "increment": "-1",
        "customers": "3",
    }
    saved = send("PATCH", path, {"version": 1, "figures": figures})
    first, second, _ = saved.json()["conditions"]
    assert (first["holds"], first["left"], first["right_percent"], second["holds"]) == (True, "1/10", "10.0000", None)
    assert send("PATCH", path, {"version": 1, "figures": figures}).status_code == 409
    assert send("PATCH", path, {"version": 2, "figures": {"nothing": "1"}}).status_code == 400
    assert send("PATCH", path, {"version": 2, "figures": {"loans": "1.001"}}).status_code == 422
    assert send("POST", f"{path}submit/", {"version": 2}).json()["state"] == "filed"
    for said in ("filed", "submitted"):  # the second is what it was called until 2026-11-28
        assert send("GET", f"returns/?state={said}").json()["count"] == 1
    assert send("GET", "returns/?state=sent").status_code == 400
    assert send("POST", f"{path}decide/", {"version": 3, "accept": True}).status_code == 404  # 审核 is done in person
    assert (
        send("GET", "returns/?period=2020Q3").json()["count"] == 1 and send("GET", "aggregates/").json()["count"] == 0
    )
    assert send("GET", "fund/").status_code == 403 and send("GET", "insurance/?on=2022-12-31").json()["percent"] is None


def test_cover_and_indicators_are_drawn_from_the_registers(office, environment):
    policy = {"insurer": "某保险", "from_on": "2020-06-01", "to_on": "2021-05-31"}
    for number, more in ((1, policy), (2, {})):
        make(
            environment,
            "risky",
            name=f"{number}厂",
            code=code_of(number),
            town="北庄镇",
            listed_on="2020-05-01",
            **more,
        )
    found = insurance(date(2020, 10, 20))
    assert (found.whole.insured, found.whole.listed, len(found.uninsured)) == (1, 2, 1) and found.chart
    make(office, "indicators", period="2020Q3", indicator="credit-balance", value="12.5", source="银行季报")
    with pytest.raises(Refused, match="2020年第三季度"):
        make(office, "indicators", period="2020年三季度", indicator="credit-balance", value="1", source="银行季报")
    client = client_of("区水务局", "register_office")
    page = one_line(client.get("/finance/insurance/?on=2020-10-20").content.decode())
    assert "已投保 1 / 2 家" in page and "50.00%" in page
    assert client.get("/finance/insurance/?on=2020").status_code == 400
    assert "12.5" in client.get("/finance/indicators/").content.decode()
    assert "1 / 2 家" in client.get("/finance/").content.decode() or date.today() > date(2021, 5, 31)


def test_a_bank_is_reminded_of_its_return_and_follows_its_organisation(office, banks):
    fill(banks[1])
    for day, number in (("2020-10-09", 0), ("2020-10-15", 2), ("2020-10-16", 2)):
        at = datetime.fromisoformat(f"{day}T09:00:00+08:00")
        assert (send_notices(at=at), send_notices(at=at)) == (number, 0)
    source, target = resolve("第3银行"), resolve("建设银行")
    with acting_as(office, AT):
        assert bank_services.move_on_merge(Reorganised(office, source, target, AT.date(), AT)) == 1
    assert Bank.objects.get(code="b3").organisation == target
    with acting_as(office, AT):
        assert bank_services.move_on_merge(Reorganised(office, resolve("第1银行"), target, AT.date(), AT)) == 0


def test_who_filed_a_return_neither_accepts_nor_gives_it_back(banks, office):
    """Somebody with a post at a bank and one at the office is still one person."""
    row = fill(banks[0])
    same = replace(office, user_id=banks[0].user_id)
    for accepts in (True, False):
        with pytest.raises(NotAllowed, match="报送的人不能自己审核"):
            accept(same, row, accept=accepts, opinion="退回重填")
    row.refresh_from_db()
    assert row.state == "filed"
    accept(office, row)
