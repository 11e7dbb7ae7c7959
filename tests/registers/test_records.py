import io
import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers.desk import desk_items
from miyun_kpi.registers.enums import Act
from miyun_kpi.registers.models import Record, SavedView
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.registers.services import records as services
from miyun_kpi.registers.services.reminders import send_due_notices
from tests.duties.conftest import AT, acting
from tests.factories.markup import one_line
from tests.factories.rankings import BACKEND, person
from tests.factories.tokens import issue_token

pytestmark = pytest.mark.urls("tests.registers.site")
VALUES = {"code": "M-01", "unit": "北庄镇", "town": "北庄", "flow": "12.50", "kind": "污水", "contact": "张三"}


@pytest.fixture
def office(gazette):
    import tests.registers.site  # noqa: F401 (the kinds register themselves)

    return acting("区生态环境局", "register_office")


@pytest.fixture
def town(office):
    return acting("北庄镇", "reporter")


def create(actor, **changed):
    return services.create_record(actor=actor, app="sample", kind="outfall", typed=VALUES | changed, at=AT)


def change(actor, row, version=None, **typed):
    return services.change_record(
        actor=actor, app="sample", kind="outfall", record_id=row.pk, version=version or row.version, typed=typed, at=AT
    )


def step(actor, row, code, **options):
    version = Record.objects.get(pk=row.pk).version
    one = {"app": "sample", "kind": "outfall", "record_id": row.pk, "version": version}
    return services.take_step(actor=actor, **one, step=code, at=AT, **options)


def client_of(organisation, role, name="someone"):
    client = Client()
    client.force_login(person(name, resolve(organisation).name, role), backend=BACKEND)
    return client


def test_a_record_is_registered_numbered_and_audited(office):
    one, two = create(office), create(office, code="M-02")
    assert (one.number, two.number) == (1, 2)
    assert one.values["flow"] == "12.5" and one.town.code == one.owner.code == "beizhuang-zhen"
    assert AuditEntry.objects.filter(action="registers.record.created").count() == 2


def test_the_same_code_twice_is_refused_until_the_first_is_struck(office):
    row = create(office)
    with pytest.raises(Refused, match="已经登记过"):
        create(office)
    services.strike_record(
        actor=office, app="sample", kind="outfall", record_id=row.pk, version=1, reason="重复登记", at=AT
    )
    assert create(office).number == 2


def test_two_at_the_same_moment_are_not_told_that_theirs_is_registered(office):
    create(office)
    kind, _ = kind_by("sample", "outfall")
    values = services.checked(kind, VALUES | {"code": "M-02"}, AT.date())
    with pytest.raises(Conflict, match="再按一次"):
        services.insert(kind, values, office, AT, Act.CREATED, number=1)
    assert create(office, code="M-02").number == 2


def test_a_unit_enters_its_own_and_nobody_elses(town):
    assert create(town, unit="", town="").owner.code == "beizhuang-zhen"
    with pytest.raises(NotAllowed, match="本单位"):
        create(town, code="M-09", unit="溪翁庄镇")
    row = create(acting("区生态环境局", "register_office"), code="M-10", unit="溪翁庄镇")
    with pytest.raises(NotFound):
        change(town, row, flow="1")


def test_nobody_without_the_register_enters_anything(office):
    with pytest.raises(NotAllowed):
        create(acting("区政府办公室", "leader"))


def test_a_stale_change_shows_what_is_stored(office):
    row = create(office)
    change(office, row, flow="13")
    with pytest.raises(Conflict) as refusal:
        change(office, row, version=1, flow="14")
    assert refusal.value.errors[0].current["value"]["flow"] == "13"


def test_a_change_keeps_what_was_before(office):
    row = change(office, create(office), flow="13")
    assert row.events.last().before == {"flow": "12.5"}
    assert change(office, row, flow="13.0").version == row.version  # nothing differs, nothing happens


def test_the_second_person_is_another(office, town):
    row = create(town)
    with pytest.raises(Refused, match="先填说明"):
        step(town, row, "ask")
    step(town, row, "ask", typed={"note": "已封堵"})
    with pytest.raises(NotAllowed):
        step(town, row, "close")
    with pytest.raises(NotAllowed, match="另一个人"):
        step(office, row, "close")  # the same user id as the town's in these tests
    other = another(office, 2)
    with pytest.raises(Refused, match="理由"):
        step(other, row, "returned", reason="短")
    assert step(other, row, "close").stage == "closed"


def test_the_code_of_before_is_understood_and_the_one_of_today_is_stored(office, town):
    row = step(town, create(town), "ask", typed={"note": "已封堵"})
    headers, client = api("区生态环境局", "register_office"), client_of("区生态环境局", "register_office")
    assert Client().get("/api/v1/sample/outfall/?stage=reported", headers=headers).json()["count"] == 1
    assert "M-01" in client.get("/sample/records/outfall/?stage=reported").content.decode()
    row = step(another(office, 2), row, "back", reason="封堵不严")
    assert row.stage == "open" and row.events.last().step_code == "returned"


def another(actor, user_id):
    return type(actor)(**(actor.__dict__ | {"user_id": user_id}))


def test_a_granted_extension_moves_the_date_and_keeps_the_old_one(office):
    row = create(office, due_on="2020-07-31")
    row = step(office, row, "extend", typed={"later": "2020-08-31"})
    assert row.values["due_on"] == "2020-08-31" and row.events.last().before["due_on"] == "2020-07-31"


def test_neither_who_extended_nor_who_registered_ends_it(office, town):
    row = create(office, due_on="2020-07-01", note="已封堵")
    with pytest.raises(NotAllowed, match="办过前面步骤"):
        step(office, row, "forget")
    step(another(office, 3), row, "extend", typed={"later": "2020-08-31"})
    step(another(town, 4), row, "ask")
    with pytest.raises(NotAllowed, match="办过前面步骤"):
        step(another(office, 3), row, "close")
    assert step(another(office, 5), row, "close").stage == "closed"


def test_what_waits_and_what_is_due_stands_on_the_desk(office, town):
    due = create(office, due_on="2020-07-09")
    asked = create(office, code="M-02", note="已封堵")
    create(office, code="M-03", due_on="2020-09-30")
    step(another(town, 4), asked, "ask")
    assert [item.group for item in desk_items(town, AT)] == ["late"]
    (item,) = desk_items(another(office, 5), AT)
    assert (item.group, item.action) == ("to-check", "验收销号") and str(asked.pk) in item.url
    assert desk_items(another(office, 4), AT) == []  # a second person, not the one who asked
    services.strike_record(
        actor=office, app="sample", kind="outfall", record_id=due.pk, version=1, reason="登记有误", at=AT
    )
    assert desk_items(town, AT) == []


def test_a_due_record_is_reminded_of_once_before_and_once_after(office):
    row = create(office, due_on="2020-07-13")
    assert send_due_notices(at=AT) == 1 and send_due_notices(at=AT) == 0
    assert send_due_notices(at=AT + timedelta(days=4)) == 1
    assert Notice.objects.filter(url__endswith=f"/{row.pk}/").count() == 2


def test_a_struck_record_is_touched_no_more(office):
    row = create(office)
    services.strike_record(
        actor=office, app="sample", kind="outfall", record_id=row.pk, version=1, reason="登记有误", at=AT
    )
    with pytest.raises(Conflict, match="撤销"):
        change(office, row, version=2, flow="1")


def test_the_list_filters_sorts_and_hides_secrets(office):
    create(office)
    create(office, code="M-02", flow="2", unit="溪翁庄镇", town="溪翁庄镇", kind="雨水")
    create(office, code="M-03", flow="100", kind="雨水")
    client = client_of("区生态环境局", "register_office")

    def codes(query):
        page = one_line(client.get(f"/sample/records/outfall/?{query}").content.decode())
        return [code for code in ("M-01", "M-02", "M-03") if f">{code}</a>" in page], page

    assert codes("kind=rain")[0] == ["M-02", "M-03"]
    assert codes("town=xiwengzhuang-zhen")[0] == ["M-02"]
    assert codes("q=M-03")[0] == ["M-03"]
    page = codes("sort=-flow")[1]
    assert page.index(">M-03<") < page.index(">M-01<") < page.index(">M-02<")
    assert "114.5" in page and "张三" not in page
    page = client_of("溪翁庄镇", "reporter", "b").get("/sample/records/outfall/").content.decode()
    assert one_line(page).count(">M-0") == 1


def test_the_names_of_units_lead_to_their_pages(office):
    row = create(office)
    client = client_of("区生态环境局", "register_office")
    link = '<a class="plain" href="/organisations/beizhuang-zhen/">北庄镇</a>'
    for address in ("/sample/records/outfall/", f"/sample/records/outfall/{row.pk}/"):
        assert link in client.get(address).content.decode(), address
    # What is no organisation that is known stays words.
    Record.objects.filter(pk=row.pk).update(values=row.values | {"unit": "没有的代码"})
    page = client.get(f"/sample/records/outfall/{row.pk}/").content.decode()
    assert "没有的代码" in page and "/organisations/没有的代码/" not in page


def test_counts_by_town(office):
    create(office)
    create(office, code="M-02", unit="溪翁庄镇", town="溪翁庄镇")
    client = client_of("区生态环境局", "register_office")
    page = client.get("/sample/records/outfall/counts/").content.decode()
    assert page.index("溪翁庄镇") and page.count("<tr>") >= 3 and ">25<" in one_line(page)
    Record.objects.filter(values__code="M-02").update(values={"code": "M-02", "unit": "溪翁庄镇"})
    page = client.get("/sample/records/outfall/counts/").content.decode()
    assert '<td class="num">–</td>' in page and "不是 0" in page


def workbook(*rows, head=("编码", "管理单位", "镇街", "日排量（吨）", "类型")):
    book = Workbook()
    page = book.active
    page.title = "排污口"
    page.append(head)
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(client, content):
    file = SimpleUploadedFile("a.xlsx", content)
    return client.post("/sample/records/outfall/import/", {"workbook": file})


def packed(answer):
    page = answer.content.decode()
    start = page.index('name="read" value="') + len('name="read" value="')
    return page[start : page.index('"', start)]


def test_an_import_is_previewed_and_written_as_previewed(office):
    create(office)
    client = client_of("区生态环境局", "register_office")
    answer = upload(client, workbook(["M-01", "北庄镇", "北庄镇", 99, "污水"], ["M-02", "溪翁庄镇", "", "", ""]))
    assert answer.status_code == 200 and Record.objects.count() == 1
    shown = answer.content.decode()
    assert "溪翁庄镇" in shown and "xiwengzhuang-zhen" not in shown.replace(packed(answer), "")
    data = {"read": packed(answer)}
    assert client.post("/sample/records/outfall/import/accept/", data).status_code == 302
    assert (
        Record.objects.get(number=1).values["flow"] == "99"
        and Record.objects.get(number=2).owner.code == "xiwengzhuang-zhen"
    )
    # The same preview again meets newer versions and writes nothing.
    assert client.post("/sample/records/outfall/import/accept/", data).status_code in (409, 422)
    assert Record.objects.count() == 2


def test_rows_of_other_units_are_named_before_the_preview(town):
    client = client_of("北庄镇", "reporter")
    answer = upload(client, workbook(["M-01", "北庄镇", "北庄镇", "", ""], ["M-02", "溪翁庄镇", "", "", ""]))
    assert (
        answer.status_code == 422
        and "第 3 行" in answer.content.decode()
        and 'name="read"' not in answer.content.decode()
    )
    assert upload(client, workbook(["M-01", "北庄镇", "北庄镇", "", ""])).status_code == 200


def test_what_was_typed_for_a_step_is_kept_when_somebody_was_faster(office):
    row = create(office)
    client = client_of("区生态环境局", "register_office")
    address = f"/sample/records/outfall/{row.pk}/step/"
    Record.objects.filter(pk=row.pk).update(version=7)
    code = kind_by("sample", "outfall")[0].steps[0].code
    page = client.post(
        address, {"version": "1", "step": code, "note": "已现场核查过", "reason": "排口已经封堵"}
    ).content.decode()
    assert "已现场核查过" in page and "排口已经封堵" in page


def test_every_bad_cell_is_named_and_nothing_is_written(office):
    client = client_of("区生态环境局", "register_office")
    answer = upload(
        client, workbook(["M-01", "某局", "", "x", "污水"], ["M-02", "北庄镇", "", "", "热水"], ["M-02", "北庄镇"])
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and Record.objects.count() == 0
    assert all(place in page for place in ("B2", "D2", "E3")) and "3 处问题" in page


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04rubbish", workbook(head=("甲", "乙"))], ids=["empty", "rubbish", "strange"]
)
def test_an_odd_file_is_one_sentence(office, content):
    answer = upload(client_of("区生态环境局", "register_office"), content)
    assert answer.status_code == 422 and "没有导入" in answer.content.decode()


def test_odd_cells_are_named_beside_everything_else_that_is_wrong(office):
    rows = [["=1+1", "北庄镇", "北庄", 0.5, "雨水"], ["M-09", "北庄镇", "北庄", 2, "泥水"]]
    book = load_workbook(io.BytesIO(workbook(*rows)))
    book.active["D2"].number_format = "0%"
    out = io.BytesIO()
    book.save(out)
    said = upload(client_of("区生态环境局", "register_office"), out.getvalue()).content.decode()
    for words in ("是百分比格式：显示 50%，存的是 0.5", "是公式", "不认识“泥水”"):
        assert words in said, words


def test_an_export_comes_back_as_an_import_that_changes_nothing(office):
    create(office)
    client = client_of("区生态环境局", "register_office")
    content = client.get("/sample/records/outfall/workbook/").content
    assert "张三" in str(list(load_workbook(io.BytesIO(content)).active.values))
    assert "完全相同" in upload(client, content).content.decode()


def test_an_outsider_exports_no_secret(office):
    create(office)
    content = client_of("区政府办公室", "leader").get("/sample/records/outfall/workbook/").content
    assert "张三" not in str(list(load_workbook(io.BytesIO(content)).active.values))


def test_views_are_ones_own(office):
    client = client_of("区生态环境局", "register_office")
    client.post("/sample/records/outfall/views/", {"name": "污水", "query": "kind=sewage"})
    row = SavedView.objects.get()
    client.post("/sample/records/outfall/views/", {"name": "污水", "query": "kind=sewage&nothing=1&page=2&stage="})
    assert SavedView.objects.get().query == "kind=sewage", "what a list does not know, or what is empty, is not kept"
    client_of("北庄镇", "reporter", "c").post(f"/sample/records/outfall/views/{row.pk}/remove/")
    assert SavedView.objects.count() == 1
    client.post(f"/sample/records/outfall/views/{row.pk}/remove/")
    assert not SavedView.objects.exists()


def test_a_protected_record_is_shown_for_a_reason_and_never_in_bulk(office):
    row = services.create_record(actor=office, app="sample", kind="point", typed={"place": "某水源地"}, at=AT)
    client = client_of("区生态环境局", "register_office")
    address = f"/sample/records/point/{row.pk}/"
    assert "某水源地" not in client.get(address).content.decode()
    assert "某水源地" not in client.post(f"{address}step/", {"look": "1", "reason": ""}).content.decode()
    client.post(f"{address}step/", {"look": "1", "reason": "汛前检查"})
    assert "某水源地" in client.get(address).content.decode()
    assert AuditEntry.objects.filter(action="registers.record.viewed").count() == 1
    assert client.get("/sample/records/point/workbook/").status_code == 403
    assert client_of("北庄镇", "reporter", "d").get(address).status_code == 404


def api(organisation, role):
    _, text = issue_token(actor=SYSTEM, client="x", organisation=resolve(organisation), role=role, at=timezone.now())
    return {"authorization": f"Token {text}"}


def test_the_api_registers_changes_and_steps_by_the_same_rules(office):
    headers = api("北庄镇", "reporter")

    def send(method, path, body):
        return Client().generic(method, f"/api/v1/sample/{path}", json.dumps(body), "application/json", headers=headers)

    made = send("POST", "outfall/", {"values": {"code": "A", "unit": "北庄镇", "contact": "李四"}})
    assert made.status_code == 201 and made.json()["values"]["contact"] == "李四"
    row = made.json()
    bad = send("POST", "outfall/", {"values": {"code": "", "flow": "x"}})
    assert bad.status_code == 422 and {e["field"] for e in bad.json()["errors"]} == {"code", "flow"}
    assert send("PATCH", f"outfall/{row['id']}/", {"values": {"flow": "5"}, "version": 9}).status_code == 409
    changed = send("PATCH", f"outfall/{row['id']}/", {"values": {"note": "已封堵"}, "version": 1}).json()
    stepped = send("POST", f"outfall/{row['id']}/steps/", {"step": "ask", "version": changed["version"]})
    assert stepped.json()["stage"] == "asked"
    listed = Client().get("/api/v1/sample/outfall/", headers=api("区政府办公室", "leader")).json()
    assert listed["count"] == 1 and "contact" not in listed["results"][0]["values"]
    assert Client().get("/api/v1/sample/point/", headers=headers).status_code == 403
    assert Client().get("/api/v1/sample/nothing/", headers=headers).status_code == 404


def test_what_the_address_asks_in_vain_goes_into_no_link(office):
    page = client_of("区生态环境局", "register_office").get("/sample/records/outfall/?kind=sewage&nothing=1")
    links = re.findall(r'href="([^"]*\?[^"]*)"', page.content.decode())
    assert any("kind=sewage" in one for one in links) and not any("nothing" in one for one in links)
