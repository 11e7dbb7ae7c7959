"""Who sees what, files in and out, REST with exact strings."""

import json
from decimal import Decimal as D

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from farmland.excel import TITLES
from farmland.models import Application, Entry, Lot, Warrant
from farmland.services import ledger
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.sheets.read import read_workbook
from miyun_kpi.sheets.write import Column, Sheet, workbook
from tests.factories.rankings import BACKEND, person
from tests.factories.tokens import issue_token
from tests.farmland.conftest import AT, rate, settled, use


def signed_in(name, role):
    client = Client()
    client.force_login(person(f"{resolve(name).code}-{role}"[:30], name, role), backend=BACKEND)
    return client


def confirmed(office):
    """The one proposal that waits in the office, confirmed by another of it on its page."""
    row = Proposal.objects.get(state="proposed")
    client = Client()
    client.force_login(person(f"second-{resolve(office).code}"[:30], office, "register_office"), backend=BACKEND)
    done = client.post(f"/proposals/{row.pk}/decide/", {"version": row.version, "decision": "confirm", "note": ""})
    assert done.status_code == 302, done.content.decode()
    return row


def book(*rows):
    columns = [Column(title, 12, 4 if title in ("验收面积", "已使用", "已转让") else None) for title in TITLES]
    content = workbook([Sheet(title="期初", columns=columns, rows=rows)], title="期初", at=AT)
    return SimpleUploadedFile("期初.xlsx", content)


def line(number, area="10.0000", used=None, town="北庄镇", builder="镇政府", **changed):
    cells = {
        "备案号": number,
        "批次": f"批{number}",
        "所在镇": town,
        "实施主体": builder,
        "矿区内": "否",
        "验收面积": D(area),
        "验收日期": "2019-05-01",
        "验收文号": "验1",
        "已使用": D(used) if used else None,
    }
    return [(cells | changed).get(title, "" if title != "已转让" else None) for title in TITLES]


def test_a_town_sees_its_own_lots_and_others_the_totals(pool, purse, four_lots):
    rate(purse)
    row = settled(pool, purse)
    town, other = signed_in("河南寨镇", "reporter"), signed_in("区水务局", "reporter")
    page = town.get("/farmland/").content.decode()
    assert "113.1600" in page and "河南寨-01" in page and "十里堡-01" not in page and "项目甲" not in page
    assert "其他镇的项目" in town.get("/farmland/entries/").content.decode()
    assert [town.get(f"/farmland/lots/{lot.pk}/").status_code for lot in four_lots] == [200, 404, 404, 404]
    assert town.get(f"/farmland/applications/{row.pk}/").status_code == 404
    assert "1,400,000.00" in town.get("/farmland/rewards/").content.decode()
    text = other.get("/farmland/").content.decode()
    assert "113.1600" in text and "河南寨-01" not in text and "可用" in text
    (sheet, *_) = read_workbook(town.get("/farmland/workbook/").content)
    assert [r[0].text for r in sheet.rows[3:]] == ["河南寨-01"]
    leader = signed_in("区政府办公室", "leader")
    assert leader.get(f"/farmland/applications/{row.pk}/").status_code == 200
    assert "panel open" not in leader.get(f"/farmland/applications/{row.pk}/").content.decode()


def test_a_refused_act_keeps_what_was_typed(pool, four_lots):
    client = signed_in("区规自分局", "register_office")
    typed = {
        "name": "丙项目",
        "applicant": "某公司",
        "investor": "social",
        "commercial": "yes",
        "district_pays": "no",
        "public": "no",
        "town": "鼓楼街道",
        "area": "1.00001",
    }
    answer = client.post("/farmland/applications/new/", typed)
    page = answer.content.decode()
    assert (
        answer.status_code == 422
        and "最多写 4 位小数" in page
        and 'value="丙项目"' in page
        and 'value="1.00001"' in page
    )
    answer = client.post("/farmland/applications/new/", typed | {"area": "1.0001"})
    assert answer.status_code == 422 and "第十四条" in answer.content.decode()
    assert not Application.objects.exists()


def test_opening_balances_are_previewed_and_written_all_or_nothing(pool):
    client = signed_in("区规自分局", "register_office")
    wrong = book(
        line("备1"), line("备1"), line("备2", used="10.0001"), line("备3", town="鼓楼街道"), line("备4", builder="村")
    )
    page = client.post("/farmland/opening/", {"workbook": wrong}).content.decode()
    assert "D6（实施主体）" in page and not Entry.objects.exists()
    wrong = book(line("备1"), line("备1"), line("备2", used="10.0001"), line("备3", town="鼓楼街道"))
    page = client.post("/farmland/opening/", {"workbook": wrong}).content.decode()
    assert "有 3 处要改" in page and "第 3 行" in page and "超过验收" in page and not Lot.objects.exists()
    answer = client.post("/farmland/opening/", {"workbook": book(line("备1", "10.0001", "4.0000"), line("备2"))})
    packed = answer.context["packed"]
    assert not Entry.objects.exists() and answer.context["free"] == D("16.0001")
    assert client.post("/farmland/opening/accept/", {"read": packed}).status_code == 302
    waiting = Proposal.objects.get()
    assert not Entry.objects.exists()
    decide = f"/proposals/{waiting.pk}/decide/", {"version": waiting.version, "decision": "confirm", "note": ""}
    assert client.post(*decide).status_code == 403, "whoever proposed it"
    assert ["合计", "2 批，验收 20.0001 亩，入库后可用 16.0001 亩"] in confirmed("区规自分局").said
    assert list(Entry.objects.values_list("kind", "area")) == [
        ("opening", D("10.0001")),
        ("opening_used", D("4")),
        ("opening", D("10")),
    ]
    assert ledger.check_ledger(actor=pool, at=AT).equal
    assert client.post("/farmland/opening/accept/", {"read": packed}).status_code == 422, "the same lots twice"


@pytest.fixture
def rest(gazette):
    def call(method, path, body=None, organisation="区规自分局", **headers):
        _, text = issue_token(
            actor=SYSTEM, client="c", organisation=resolve(organisation), role="register_office", at=timezone.now()
        )
        answer = Client().generic(
            method,
            f"/api/v1/farmland/{path}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"authorization": f"Token {text}", **headers},
        )
        return answer.status_code, answer.json()

    return call


def test_rest_speaks_exact_strings_and_a_trial_saves_nothing(rest, pool, purse, four_lots):
    rate(purse)
    facts = {
        "investor": "social",
        "commercial": True,
        "district_pays": False,
        "public": False,
        "town": "十里堡镇",
        "area": "36.5000",
    }
    code, trial = rest("POST", "trial/", facts | {"on": "2022-04-21"})
    assert code == 200 and [step["taken"] for step in trial["allocation"]["steps"]] == ["12.8400", "9.6600", "14.0000"]
    assert [fee["amount"] for fee in trial["fees"]] == ["547500.00", "730000.00"]
    code, trial = rest("POST", "trial/", facts | {"on": "2022-04-22"})
    assert [fee["refusal"]["code"] for fee in trial["fees"]] == ["no-rule"] * 2 and not Application.objects.exists()
    assert rest("POST", "trial/", facts | {"on": "2022-04-21", "area": 36.5})[0] == 400
    assert rest("POST", "applications/", {k: v for k, v in facts.items() if k != "public"})[0] == 400
    body = facts | {"name": "甲", "applicant": "公司", "approval_number": "批1", "approval_on": "2020-10-01"}
    _, made = rest("POST", "applications/", body)
    path = f"applications/{made['id']}/"
    assert rest("POST", path + "acts/", {"act": "reserve", "version": 2})[0] == 409
    assert rest("POST", path + "acts/", {"act": "release", "version": 1})[0] == 400
    first = rest("POST", path + "acts/", {"act": "reserve", "version": 1}, **{"Idempotency-Key": "k"})
    assert first[0] == 200 and first[1]["state"] == "reserved"
    _, one = rest("GET", path)
    assert one["allocation"]["agrees"] and one["allocation"]["steps"][0]["need"] == "36.5000"
    assert rest("POST", path + "acts/", {"act": "assess", "version": 2, "on": "2020-10-19"})[0] == 400
    assert rest("POST", path + "proposals/", {"act": "assess", "version": 2, "on": "2020-10-19"})[0] == 403
    _, lots = rest("GET", "lots/?town=十里堡镇")
    assert [(lot["free"], lot["reserved"]) for lot in lots["results"]] == [("0.0000", "12.8400"), ("0.0000", "9.6600")]
    _, entries = rest("GET", "entries/?kind=reserve")
    assert [entry["change"] for entry in entries["results"]] == ["-12.8400", "-9.6600", "-14.0000"]
    assert rest("GET", "balances/", organisation="区水务局")[1]["free"] == "76.6600"
    assert rest("GET", "lots/", organisation="区水务局")[1]["count"] == 0


def test_figures_and_days_that_cannot_be_are_refused_alike_everywhere(rest, pool):
    client = signed_in("区规自分局", "register_office")
    typed = {
        "record_number": "备9",
        "name": "甲",
        "town": "北庄镇",
        "builder": "town",
        "mining": "no",
        "area": "1.0000",
        "accepted_on": "2020-05-01",
        "acceptance_number": "验9",
    }
    early = "早于 1999-01-01"
    for changed, said in (
        ({"area": "9" * 30}, "验收面积太大"),
        ({"area": "9" * 31}, "最多 9,999,999.9999"),
        ({"cost": "9" * 30}, "成本太大"),
        ({"accepted_on": "1998-12-31"}, early),
    ):
        answer = client.post("/farmland/lots/new/", typed | changed)
        assert answer.status_code == 422 and said in answer.content.decode(), changed
        assert f'value="{next(iter(changed.values()))}"' in answer.content.decode()
        code, body = rest("POST", "lots/", typed | {"mining": False} | changed)
        assert code in (400, 422) and said.partition("，")[0] in json.dumps(body, ensure_ascii=False), changed
    page = client.post("/farmland/opening/", {"workbook": book(line("备1", 验收日期="1998-12-31"))}).content.decode()
    assert early in page and not Lot.objects.exists()


def test_a_trial_tells_what_a_reservation_will_ask_for(rest, pool, purse, four_lots):
    facts = {"investor": "social", "town": "十里堡镇", "on": "2020-10-19"}
    flags = {"commercial": True, "district_pays": False, "public": True}
    leader = signed_in("区规自分局", "register_office")
    for area, asked in (("36.5", True), ("22.5", False)):
        _, trial = rest("POST", "trial/", facts | flags | {"area": area})
        assert bool(trial["allocation"]["request"]) == asked
        words = {name: "yes" if value else "no" for name, value in flags.items()}
        page = leader.post("/farmland/trial/", facts | words | {"area": area}).content.decode()
        assert ("须单独向区政府请示" in page) == asked
    assert rest("POST", "trial/", facts | flags | {"area": "36.5", "public": False})[1]["allocation"]["request"] is None


def test_whoever_reclaims_is_told_what_was_paid_and_the_page_of_rewards_what_to_do(rest, pool, purse, four_lots):
    rate(purse)
    row = settled(pool, purse)
    office, path = signed_in("区规自分局", "register_office"), f"/farmland/applications/{row.pk}/"
    said = "这批指标的奖励已付"
    assert said not in office.get(path).content.decode()
    money = signed_in("区财政局", "register_office")
    typed = {"kind": "out_reward_first", "amount": "642000", "entry_id": use(row, "十里堡-01"), "row": "x"}
    for other in ("transfer_id", "lot_id"):
        forged = money.post("/farmland/payable/", typed | {other: "999"})
        assert forged.status_code == 422 and "一项核定只对一笔核销" in forged.content.decode()
    assert money.post("/farmland/payable/", typed).status_code == 302
    confirmed("区财政局")
    page = money.get("/farmland/payable/").content.decode()
    assert "待登记凭证" in page and "642,000.00" in page and "项目甲" in page
    pay = f"/farmland/payable/{Warrant.objects.get().pk}/voucher/"
    late = money.post(pay, {"ticket": "", "day": "2020-10-19"})
    assert late.status_code == 422 and "642,000.00" in late.content.decode()
    assert money.post(pay, {"ticket": "奖1", "day": str(timezone.localdate())}).status_code == 302
    assert f"{said} 642,000.00 元" in office.get(path).content.decode()
    assert said in rest("GET", f"applications/{row.pk}/")[1]["reward_paid"]
    row.refresh_from_db()
    typed = {"version": row.version, "approval_number": "批9", "approval_on": "2020-10-19", "force_majeure": "no"}
    wrong = office.post(f"{path}act/reclaim/", typed | {"approval_number": " "})
    assert wrong.status_code == 422 and 'value="2020-10-19"' in wrong.content.decode()
    page = office.post(f"{path}act/reclaim/", typed, follow=True).content.decode()
    assert f"{said} 642,000.00 元（十里堡镇 642,000.00 元）" in page
    assert "项目甲，十里堡镇十里堡-01：已付 642,000.00 元" in page
    assert "待第二人确认" in office.get(path).content.decode(), "the project says what waits for it"
    row.refresh_from_db()
    assert row.state == "posted", "nothing happens before the second"
    confirmed("区规自分局")
    page = money.get("/farmland/rewards/").content.decode()
    assert "十里堡镇多付 642,000.00 元，待追回（办法没有写明，请按第十四条协调）" in page
    assert "-642,000" not in page and "−642,000" not in page
    assert "事由：收回指标（批9）" in money.get("/farmland/payable/").content.decode()
    _, lines = rest("GET", "rewards/lines/")
    (line,) = lines["results"]
    assert (line["name"], line["lot_name"], line["stands"]) == ("项目甲", "十里堡-01", False)
    first = line["parts"][0]
    assert (first["due"], first["paid"], first["over"], first["ground"]) == (
        "0.00",
        "642000.00",
        "642000.00",
        "收回指标（批9）",
    )
    _, found = rest("GET", "rewards/")
    one = next(one for one in found["results"] if one["town"]["name"] == "十里堡镇")
    assert (one["over"], one["left"], one["fund"]) == ("642000.00", "0.00", "0.00")


def test_the_flow_accounts_for_every_mu_and_one_replay_proves_all(pool, purse, four_lots):
    from farmland.queries.flow import parts_of
    from farmland.queries.pool import proofs_of
    from farmland.services.applications import release, reserve
    from farmland.views.flow import flow
    from tests.farmland.conftest import act, reserved

    rate(purse)
    rows = [
        settled(pool, purse, area=D("10")),
        reserved(pool, name="项目乙", area=D("5")),
        reserved(pool, name="丙", area=D("7")),
    ]
    act(release, pool, rows[2], reason="项目推迟")
    act(reserve, pool, rows[2])
    lots = list(Lot.objects.select_related("town"))
    parts = parts_of(lots)
    for lot in lots:
        assert sum(part.area for part in parts if part.lot == lot.pk) == lot.accepted
    sums = {}
    for part in parts:
        sums[part.goal] = sums.get(part.goal, 0) + part.area
    assert sums == {"项目甲": D("10"), "预留 项目乙": D("5"), "预留 丙": D("7"), "库中可用": D("91.16")}
    drawn = flow(lots, parts)
    assert drawn is not None and len(drawn.lots) == 4 and len(drawn.goals) == 4
    assert all(proof.agrees for proof in proofs_of(rows).values()) and len(proofs_of(rows)) == 3
