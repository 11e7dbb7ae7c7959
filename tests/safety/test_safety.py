"""城市安全: every register stands on its clause; a 重大隐患 through its life; the lists with due process; a quarter of the office."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from miyun_kpi.documents.check import check_layout
from miyun_kpi.documents.write import write_official
from miyun_kpi.gazette.models import Clause
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.registers.access import may_read_evidence
from miyun_kpi.registers.desk import desk_items
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import kind_by, kinds_of
from miyun_kpi.registers.services import records as services
from safety.queries.overview import assessments, hazard_counts, project_lines
from safety.queries.white_paper import white_paper
from safety.rules.kinds import HAZARD, PROJECTS
from tests.duties.conftest import acting
from tests.factories.papers import text_of
from tests.factories.rankings import BACKEND, person

AT = datetime.fromisoformat("2020-07-10T10:00:00+08:00")
# Columns that are the office's own words, not the text's.
OWN_WORDS = {"填报单位", "镇街", "截至", "说明"}


def another(actor, user_id):
    return type(actor)(**(actor.__dict__ | {"user_id": user_id}))


@pytest.fixture
def office(gazette):
    return another(acting("区安委会办公室", "register_office"), 10)


@pytest.fixture
def second(office):
    return another(office, 11)


@pytest.fixture
def town(gazette):
    return another(acting("北庄镇", "reporter"), 12)


# Registered at the end of the quarter; the steps on a 重大隐患 happen on AT.
REGISTERED = AT + timedelta(days=90)


def make(actor, code, /, **typed):
    return services.create_record(actor=actor, app="safety", kind=code, typed=typed, at=REGISTERED)


def test_what_was_done_does_not_lie_ahead(town):
    for ahead, refused in ((0, False), (1, True)):
        day = (REGISTERED + timedelta(days=ahead)).date().isoformat()
        try:
            make(town, "fire-stations", as_of=day, small="2")
        except Refused as refusal:
            assert refused and refusal.errors[0].code == "future"
        else:
            assert not refused


def step(actor, row, code, at=AT, reason="", **typed):
    kind = row.kind.split(".")[1]
    version = Record.objects.get(pk=row.pk).version
    return services.take_step(
        actor=actor,
        app="safety",
        kind=kind,
        record_id=row.pk,
        version=version,
        step=code,
        reason=reason,
        typed=typed or None,
        at=at,
    )


@pytest.mark.parametrize("code", [kind.code for kind in kinds_of("safety")])
def test_a_register_is_called_what_its_clause_calls_it(gazette, code):
    kind, _ = kind_by("safety", code)
    clause = Clause.objects.get(document__ref="2020-15", ref=kind.clause)
    assert squeeze(kind.title) in squeeze(clause.text)


@pytest.mark.parametrize("kind", PROJECTS, ids=lambda kind: kind.code)
def test_the_columns_of_a_project_are_named_in_the_annex(gazette, kind):
    """Each label begins or ends with words of the clause (已改造, 已评估 and the like are the count's own)."""
    text = squeeze(Clause.objects.get(document__ref="2020-15", ref=kind.clause).text)
    for field in kind.fields:
        label = squeeze(field.label)
        pieces = {label[start:end] for start in range(len(label)) for end in range(start + 2, len(label) + 1)}
        assert field.label in OWN_WORDS or any(piece in text for piece in pieces)


def test_nine_projects_have_a_table_each():
    assert len(PROJECTS) == 9 and len({kind.clause for kind in PROJECTS}) == 9


def test_counts_as_of_a_day_are_not_added_up_and_the_page_says_so(office, town):
    make(town, "crossings", as_of="2020-06-30", crossings="3")
    client = Client()
    client.force_login(person("anwei-counts", "区安委会办公室", "register_office"), backend=BACKEND)
    page = client.get("/safety/records/crossings/counts/").content.decode()
    assert "相加会重复" in page and "铁路平交道口（处）" not in page


def test_a_towns_count_is_accepted_by_the_office_and_the_newest_counts(office, town):
    first = make(town, "fire-stations", as_of="2020-06-30", small="1", hydrants="10")
    make(town, "fire-stations", as_of="2020-09-30", small="2", hydrants="12")
    make(office, "fire-stations", unit="溪翁庄镇", town="溪翁庄镇", as_of="2020-09-30", hydrants="5")
    with pytest.raises(NotAllowed):
        step(town, first, "accept")
    assert step(office, first, "accept").stage == "accepted"
    line = next(one for one in project_lines() if one.kind.code == "fire-stations")
    assert (line.tables, line.waiting, line.newest) == (3, 2, "2020-09-30")
    sums = {label: str(number) for label, number, _ in line.sums}
    assert (sums["小型消防站"], sums["消防水源"]) == ("2", "17")


@pytest.mark.parametrize(("number", "said"), [("90", "不能大于 89"), ("-1", "不能小于 0"), ("1.5", "小数")])
def test_no_more_than_the_89_printed_standards(office, number, said):
    with pytest.raises(Refused, match=said):
        make(office, "standards", unit="区应急局", as_of="2020-06-30", promoted=number)


HAZARD_VALUES = {
    "title": "消防通道被占",
    "place": "某液化气站",
    "town": "北庄镇",
    "unit": "北庄镇",
    "listed_by": "区安委会办公室",
    "requirement": "清除占道物",
    "due_on": "2020-07-31",
}


def listed(office, second):
    row = make(office, "hazards", **HAZARD_VALUES)
    step(second, row, "list", number="密安办〔2020〕1号")
    return row


def test_a_hazard_is_listed_by_another_and_verified_by_neither_lister_nor_reporter(office, second, town):
    row = make(office, "hazards", **HAZARD_VALUES)
    with pytest.raises(NotAllowed, match="另一个人"):
        step(office, row, "list", number="1号")
    step(second, row, "list", number="密安办〔2020〕1号")
    step(town, row, "ask", done="已清除并画线")
    with pytest.raises(NotAllowed, match="办过前面步骤"):
        step(second, row, "close", verified="现场查看属实")
    # Two people of the office are enough: who registered it may verify what the other listed.
    assert any(item.action == "验收销号" for item in desk_items(office, AT))
    assert step(office, row, "close", verified="现场查看属实").stage == "closed"


def test_what_was_closed_is_neither_rewritten_nor_struck_by_one_person(office, second, town):
    row = listed(office, second)
    step(town, row, "ask", done="已清除")
    row = step(office, row, "close", verified="现场查看属实")
    for act in (services.change_record, services.strike_record):
        more = {"typed": {"due_on": "2099-01-01"}} if act is services.change_record else {"reason": "登记重复"}
        with pytest.raises(Conflict, match="写错的请办勘正"):
            act(actor=office, app="safety", kind="hazards", record_id=row.pk, version=row.version, at=AT, **more)
    with pytest.raises(NotAllowed, match="另一个人"):
        step(office, row, "reopen", reason="复查没有清除")
    assert step(second, row, "reopen", reason="复查没有清除").stage == "working"


def test_only_the_body_that_listed_it_verifies(office, second, town):
    row = listed(office, second)
    step(town, row, "ask", done="已清除")
    other = another(acting("区应急局", "register_office"), 14)
    with pytest.raises((NotAllowed, NotFound)):
        step(other, row, "close", verified="属实")


def test_an_extension_is_asked_for_and_granted_by_another(office, second, town):
    row = listed(office, second)
    with pytest.raises(Refused, match="申请延到"):
        step(town, row, "extend")
    step(town, row, "extend", extension_to="2020-08-31", extension_reason="汛期施工困难")
    row = step(office, row, "grant")
    assert row.stage == "working" and row.values["due_on"] == "2020-08-31"
    assert row.events.last().before["due_on"] == "2020-07-31"


def test_the_unit_obliged_cannot_touch_what_was_demanded_of_it(office, second, town):
    row = listed(office, second)
    with pytest.raises(NotAllowed):
        services.change_record(
            actor=town, app="safety", kind="hazards", record_id=row.pk, version=2, typed={"due_on": "2099-01-01"}, at=AT
        )
    with pytest.raises(NotAllowed, match="只能填"):
        step(town, row, "ask", done="已清除", due_on="2099-01-01")
    assert Record.objects.get(pk=row.pk).values["due_on"] == "2020-07-31"


def test_an_accepted_table_is_no_longer_the_towns_to_change(office, town):
    row = make(town, "fire-stations", as_of="2020-06-30", hydrants="10")
    row = step(office, row, "accept")
    change = {"app": "safety", "kind": "fire-stations", "record_id": row.pk, "version": row.version, "at": AT}
    with pytest.raises(NotAllowed, match="不能再改"):
        services.change_record(actor=town, typed={"hydrants": "11"}, **change)
    step(office, row, "returned", reason="数据与台账不符")
    assert (
        services.change_record(actor=town, typed={"hydrants": "11"}, **change | {"version": 3}).values["hydrants"]
        == "11"
    )


def test_an_extension_goes_forward_and_cannot_be_emptied_on_the_way(office, second, town):
    row = listed(office, second)
    with pytest.raises(Refused, match="以后"):
        step(town, row, "extend", extension_to="2020-07-31", extension_reason="汛期施工困难")
    step(town, row, "extend", extension_to="2020-08-31", extension_reason="汛期施工困难")
    change = {"app": "safety", "kind": "hazards", "record_id": row.pk, "version": 3, "at": AT}
    with pytest.raises(Refused, match="不能改动"):
        services.change_record(actor=office, typed={"extension_to": "", "due_on": "2030-12-01"}, **change)
    with pytest.raises(Refused, match="不能改动"):
        services.strike_record(actor=office, reason="不再督办", **change)
    assert step(office, row, "grant").values["due_on"] == "2020-08-31"


def test_the_unit_obliged_sees_its_deadline_on_its_desk(office, second, town):
    listed(office, second)
    (item,) = desk_items(town, AT + timedelta(days=20))
    assert item.group == "due-soon" and "2020-07-31" in item.context


def test_a_failed_verification_goes_back_with_its_reason(office, second, town):
    row = listed(office, second)
    step(town, row, "ask", done="已清除")
    with pytest.raises(Refused, match="理由"):
        step(office, row, "not-passed")
    assert step(office, row, "not-passed", reason="占道物仍在").stage == "working"


def test_overdue_counts_from_the_day_after(office, second):
    listed(office, second)
    found = Record.objects.filter(kind=HAZARD.key)
    assert hazard_counts(found, datetime(2020, 7, 31).date()).overdue == 0
    assert hazard_counts(found, datetime(2020, 8, 1).date()).overdue == 1


def test_a_hazard_is_seen_by_the_unit_and_the_office_only(office, second, town):
    row = listed(office, second)
    kind, rights = kind_by("safety", "hazards")
    seen = {who: Record.objects.filter(rights.sees(who), pk=row.pk).exists() for who in (office, town)}
    other = acting("溪翁庄镇", "reporter")
    assert all(seen.values()) and not Record.objects.filter(rights.sees(other), pk=row.pk).exists()
    assert kind.due == "due_on"


def test_the_assessment_takes_the_newest_of_the_day_and_names_what_is_missing(office):
    for number in ("1", "2", "3"):
        make(office, "indicators", number=number, title=f"指标{number}", full="10")
    for on, result, score in (("2020-06-30", "未达标", "2.5"), ("2020-09-30", "达标", "9.5")):
        make(office, "assessments", indicator="1", unit="北庄镇", on=on, result=result, score=score)
    make(office, "assessments", indicator="9", unit="北庄镇", on="2020-06-30", result="达标", score="99")
    (early,), number = assessments(datetime(2020, 7, 1).date())
    assert (number, list(early.results), early.missing, str(early.score)) == (3, [0, 0, 1], 2, "2.5")
    (late,), _ = assessments(datetime(2020, 12, 31).date())
    assert (list(late.results), str(late.score)) == ([1, 0, 0], "9.5")


def test_the_white_paper_is_the_register_of_its_day(office):
    risk = {"industry": "文化旅游", "department": "区文旅局", "measures": "限流", "assessed_on": "2020-06-30"}
    make(office, "risks", title="景区大客流", level="橙", **risk)
    gone = make(office, "risks", title="旧索道", level="红", **risk)
    Record.objects.filter(pk=gone.pk).update(stage="gone")
    content = write_official(white_paper(AT.date()), at=AT)
    text = text_of(content)
    assert "登记在管的城市安全风险 1 项" in text and "景区大客流" in text and "旧索道" not in text
    assert check_layout(content) == []


def sign_in(name, organisation, role):
    client = Client()
    client.force_login(person(name, organisation, role), backend=BACKEND)
    return client


def test_a_danger_source_is_shown_for_a_reason_and_leaves_no_list(office):
    row = make(office, "sources", number="W-1", unit="区应急局", name="某储罐区", place="某路1号")
    client = sign_in("anwei-x", "区安委会办公室", "register_office")
    assert "某储罐区" not in client.get("/safety/records/sources/").content.decode()
    assert client.get("/safety/records/sources/workbook/").status_code == 403
    assert client.get("/safety/records/sources/import/").status_code == 403
    address = f"/safety/records/sources/{row.pk}/"
    # No refusal is a way round the reason.
    for act, data in (
        ("strike", {"version": "1", "reason": ""}),
        ("save", {"version": "9"}),
        ("step", {"version": "9"}),
    ):
        assert "某储罐区" not in client.post(f"{address}{act}/", data).content.decode()
    assert client.post(f"{address}step/", {"look": "1", "reason": "汛前联合检查"}).status_code == 302
    assert "某储罐区" in client.get(address).content.decode()
    other = sign_in("anwei-z", "区安委会办公室", "register_office")
    assert "某储罐区" not in other.get(address).content.decode()
    assert not may_read_evidence(office, row.pk)
    assert sign_in("beizhuang-x", "北庄镇", "reporter").get(f"/safety/records/sources/{row.pk}/").status_code == 404


def test_the_pages_of_an_empty_register_say_what_comes_next(gazette):
    client = sign_in("anwei-y", "区安委会办公室", "register_office")
    assert "个登记簿还没有登记" in client.get("/safety/").content.decode()
    assert "还没有创建指标体系" in client.get("/safety/assessment/").content.decode()
    assert client.get("/safety/assessment/?on=2020-13-01").status_code == 400
    assert client.get("/safety/white-paper/").status_code == 200
    assert sign_in("shuiwu-y", "区水务局", "register_office").get("/safety/white-paper/").status_code == 403


def test_a_quarter_of_the_office(office, second, town):
    """What 区安委会办公室 does from July to September, through the services."""
    for month in ("07", "08", "09"):
        row = make(town, "fire-stations", as_of=f"2020-{month}-28", hydrants=month)
        step(office, row, "accept")
    hazard = listed(office, second)
    step(town, hazard, "extend", extension_to="2020-09-15", extension_reason="汛期施工困难")
    step(office, hazard, "grant")
    step(town, hazard, "ask", done="已清除")
    step(another(office, 13), hazard, "close", verified="现场查看属实")
    road = make(town, "roadmap", title="完成风险辨识", planned_on="2020-08-31", task="二（四）6")
    step(town, road, "finish", REGISTERED, done_on="2020-08-30")
    make(office, "drills", title="应急演练", unit="区应急局", kind="应急演练", held_on="2020-09-01", people="60")
    assert not any(item.group == "late" for item in desk_items(town, AT + timedelta(days=80)))
    line = next(one for one in project_lines() if one.kind.code == "fire-stations")
    assert (line.tables, line.waiting) == (3, 0) and str({a: b for a, b, _ in line.sums}["消防水源"]) == "9"
