"""月跟踪 at the page door: what a unit reports, what an evaluator decides, and who sees none of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.duties.models import DutyPeriod, ProgressReport
from miyun_kpi.inbox.models import Notice
from miyun_kpi.organisations.models import Organisation
from tests.factories.sheets import person

pytestmark = pytest.mark.usefixtures("demo")
HTMX = {"hx-request": "true"}
MONTH = "2020-09"
PAGE = f"/evaluation/tracking/beizhuang-zhen/{MONTH}/"


def lines(code="beizhuang-zhen", month=MONTH, **where):
    found = DutyPeriod.objects.filter(unit__organisation__code=code, period=month, **where)
    return found.select_related("unit__duty", "unit__organisation").order_by("unit__duty__key")


def plain_line(**where):
    return lines(unit__duty__offline_only=False, **where).first()


def save(client, line, version=0, **fields):
    data = {"version": version, "course": "on-course", "progress": "已完成 3 处清淤"} | fields
    return client.post(f"/evaluation/tracking/lines/{line.pk}/save/", data, headers=HTMX)


def fill(client, leave=0):
    """Save every line of the month but the last `leave`."""
    rows = list(lines())
    for line in rows[: len(rows) - leave]:
        fields = {}
        if line.unit.duty.offline_only:
            fields = {"progress": "", "offline_on": "2020-09-25", "offline_handler": "王某", "offline_number": "线-1"}
        assert save(client, line, **fields).status_code == 200
    return rows


def shift(days, **where):
    for row in DutyPeriod.objects.filter(period=MONTH, **where):
        for name in ("starts_at", "due_at", "late_until", "locks_at"):
            setattr(row, name, getattr(row, name) + timedelta(days=days))
        row.save()


def test_a_unit_begins_with_its_open_month_and_sees_last_months_words():
    client = person("beizhuang")
    answer = client.get("/evaluation/tracking/")
    assert answer.status_code == 302 and answer["Location"] == PAGE
    page = client.get(PAGE).content.decode()
    assert page.count("data-line ") + page.count("data-line>") == lines().count()
    assert "（虚构）" in page and "上月所报" in page


def test_a_line_is_saved_as_a_draft_with_its_version_and_trace():
    line = plain_line()
    answer = save(person("beizhuang"), line)
    assert answer.status_code == 200 and "已存" in answer.content.decode()
    line.refresh_from_db()
    assert (line.state, line.report.version, line.report.progress) == ("draft", 1, "已完成 3 处清淤")
    assert AuditEntry.objects.filter(action="duties.report.saved", subject=f"duty-period:{line.pk}").count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"course": ""}, "请选状态"),
        ({"course": "fine"}, "请选状态"),
        ({"progress": " "}, "请写进展"),
        ({"course": "stuck"}, "须写问题"),
        ({"progress": "长" * 1001}, "超过 1000 字"),
        ({"offline_number": "线-1"}, "在线填报"),
    ],
)
def test_a_lacking_line_is_refused_and_keeps_what_was_typed(fields, words):
    line = plain_line()
    answer = save(person("beizhuang"), line, next_step="下月验收", **fields)
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page and "下月验收" in page
    assert not ProgressReport.objects.filter(duty_period=line).exists()


def test_an_offline_line_takes_no_free_text_and_no_file(tmp_path, settings):
    settings.VAR_DIR = tmp_path
    line, client = lines(unit__duty__offline_only=True).first(), person("beizhuang")
    offline = {"offline_on": "2020-09-25", "offline_handler": "王某", "offline_number": "线-7"}
    assert save(client, line, **offline).status_code == 422
    assert save(client, line, progress="", **offline).status_code == 200
    from io import BytesIO

    sent = BytesIO(b"%PDF-1.4 x")
    sent.name = "x.pdf"
    answer = client.post(f"/evaluation/tracking/lines/{line.pk}/evidence/", {"file": sent})
    assert answer.status_code == 422 and "网上不收文件" in answer.content.decode()
    assert not (tmp_path / "evidence").exists()


def test_a_stale_line_is_refused_with_what_is_stored_and_the_next_save_is_knowing():
    line, client = plain_line(), person("beizhuang")
    save(client, line)
    answer = save(client, line, version=0, progress="我写的")
    page = answer.content.decode()
    assert answer.status_code == 409 and "已完成 3 处清淤" in page and "我写的" in page and 'value="1"' in page
    assert save(client, line, version=1, progress="我写的").status_code == 200


def test_the_month_is_submitted_whole_or_knowingly_in_part():
    client = person("beizhuang")
    fill(client, leave=2)
    answer = client.post(f"{PAGE}submit/")
    assert answer.status_code == 422 and "还有 2 项没有填" in answer.content.decode()
    assert not lines(state="filed").exists()
    client.post(f"{PAGE}submit/", {"partly": "1"})
    assert lines(state="filed").count() == lines().count() - 2
    assert client.post(f"{PAGE}submit/", {"partly": "1"}).status_code == 422


def test_submitting_twice_is_submitting_once():
    client = person("beizhuang")
    fill(client)
    for _ in range(2):
        assert client.post(f"{PAGE}submit/").status_code == 302
    filed = AuditEntry.objects.filter(action="duties.reports.filed", subject="organisation:beizhuang-zhen")
    assert filed.count() == 1
    assert not lines(late=True).exists()


def test_after_the_due_date_a_report_is_late_and_after_the_late_date_refused():
    client = person("beizhuang")
    rows = fill(client, leave=1)
    due = rows[0].due_at
    shift((timezone.now() - due).days - 1)
    shift(1)
    DutyPeriod.objects.filter(period=MONTH).update(due_at=timezone.now() - timedelta(hours=1))
    client.post(f"{PAGE}submit/", {"partly": "1"})
    assert lines(late=True).count() == len(rows) - 1
    DutyPeriod.objects.filter(period=MONTH).update(late_until=timezone.now() - timedelta(minutes=1))
    answer = save(client, rows[-1])
    assert answer.status_code == 409 and "已过补报截止" in answer.content.decode()


def decided(client, line, path="/evaluation/tracking/review/accept/", **fields):
    line = DutyPeriod.objects.select_related("report").get(pk=line.pk)
    return client.post(path, {"seen": f"{line.pk}:{line.report.version}"} | fields)


def water_line(code="beizhuang-zhen"):
    return lines(code).get(unit__duty__key="tracked/2020/township/4")


def test_an_evaluator_accepts_by_selection_and_a_stale_selection_stops_the_batch():
    fill(person("beizhuang"))
    person("beizhuang").post(f"{PAGE}submit/")
    client = person("shuiwu")
    mine = DutyPeriod.objects.filter(unit__duty__key="tracked/2020/township/4", period=MONTH, state="filed")
    seen = [f"{row.pk}:{row.report.version}" for row in mine.select_related("report")]
    assert len(seen) > 3
    stale = [f"{seen[0].split(':')[0]}:99", *seen[1:]]
    assert client.post("/evaluation/tracking/review/accept/", {"seen": stale}).status_code == 409
    assert mine.count() == len(seen)
    assert client.post("/evaluation/tracking/review/accept/", {"seen": seen}).status_code == 302
    assert mine.count() == 0
    assert client.post("/evaluation/tracking/review/accept/", {"seen": seen}).status_code == 302
    assert AuditEntry.objects.filter(action="duties.reports.accepted").count() == 1


def test_a_report_given_back_comes_with_its_observation_and_stays_on_time():
    unit, evaluator = person("beizhuang"), person("shuiwu")
    fill(unit)
    unit.post(f"{PAGE}submit/")
    line = water_line()
    version = ProgressReport.objects.get(duty_period=line).version
    path = f"/evaluation/tracking/lines/{line.pk}/return/"
    assert evaluator.post(path, {"version": version, "observation": "少"}).status_code == 422
    assert evaluator.post(path, {"version": version, "observation": "请写明河段名称"}).status_code == 302
    line.refresh_from_db()
    assert line.state == "returned" and line.reopened_until > timezone.now()
    assert Notice.objects.filter(title__startswith="月报退回", body__contains="请写明河段名称").count() == 2
    assert "请写明河段名称" in unit.get(PAGE).content.decode()
    # The due date has passed meanwhile: what was first reported in time stays in time.
    DutyPeriod.objects.filter(pk=line.pk).update(due_at=timezone.now(), late_until=timezone.now())
    assert save(unit, line, version=version + 1, progress="潮河三段已清淤").status_code == 200
    unit.post(f"{PAGE}submit/")
    line.refresh_from_db()
    assert (line.state, line.late, line.reopened_until) == ("filed", False, None)


@pytest.mark.parametrize("who", ["shuiwu", "weijian", "lingdao", "guanliyuan", "shenji"])
def test_nobody_but_the_unit_writes_its_lines(who):
    line = plain_line()
    assert save(person(who), line).status_code == 404
    assert not ProgressReport.objects.filter(duty_period=line).exists()


def test_a_foreign_unit_and_a_foreign_evaluator_find_nothing():
    foreign = lines("gulou-jiedao").first()
    unit = person("beizhuang")
    for address in (f"/evaluation/tracking/gulou-jiedao/{MONTH}/", f"/evaluation/tracking/lines/{foreign.pk}/"):
        assert unit.get(address).status_code == 404
    assert save(unit, foreign).status_code == 404
    row = DutyPeriod.objects.filter(unit__duty__key="tracked/2020/township/4", period=MONTH, state="filed").first()
    assert decided(person("weijian"), row).status_code == 404
    assert person("weijian").get(f"/evaluation/tracking/lines/{row.pk}/").status_code == 404
    assert decided(unit, row).status_code == 403


@pytest.mark.parametrize(
    "address", [PAGE.replace(MONTH, "2020-13"), PAGE.replace(MONTH, "2020Q3"), PAGE.replace("beizhuang-zhen", "nobody")]
)
def test_an_address_of_nothing_is_not_found(address):
    assert person("beizhuang").get(address).status_code == 404


def test_the_page_of_a_month_asks_the_database_as_often_for_one_line_as_for_twenty(django_assert_max_num_queries):
    client = person("beizhuang")
    client.get(PAGE)
    with django_assert_max_num_queries(25) as full:
        client.get(PAGE)
    keep = lines().first().pk
    lines().exclude(pk=keep).delete()
    with django_assert_max_num_queries(len(full)):
        client.get(PAGE)


def test_organisations_in_the_demonstration_have_reports_of_every_kind():
    assert set(DutyPeriod.objects.values_list("state", flat=True)) == {
        "expected",
        "filed",
        "returned",
        "accepted",
    }
    assert DutyPeriod.objects.filter(late=True).exists() and Organisation.objects.exists()
    tracked = ProgressReport.objects.filter(duty_period__unit__duty__key__startswith="tracked/")
    assert tracked.exists() and not tracked.exclude(saved_by="演示数据").exists()


def test_a_form_of_many_lines_is_not_answered_as_done_where_one_was_given_back_since():
    """Recorded under the month of the unit and under all reports; what follows is recorded under one line (0135)."""
    drawn = {"csrfmiddlewaretoken": "a" * 32}
    unit, evaluator = person("beizhuang"), person("shuiwu")
    fill(unit)
    assert unit.post(f"{PAGE}submit/", drawn)["Location"] == unit.post(f"{PAGE}submit/", drawn)["Location"]
    line = water_line()

    def given_back():
        seen = {"version": ProgressReport.objects.get(duty_period=line).version, "observation": "请写明河段名称"}
        assert evaluator.post(f"/evaluation/tracking/lines/{line.pk}/return/", seen).status_code == 302

    given_back()
    again = unit.post(f"{PAGE}submit/", drawn)
    assert again.status_code == 409 and "已经办过" in again.content.decode()
    save(unit, line, version=ProgressReport.objects.get(duty_period=line).version)
    unit.post(f"{PAGE}submit/", {"partly": "1"})
    form = {"seen": f"{line.pk}:{ProgressReport.objects.get(duty_period=line).version}"} | drawn
    for _ in range(2):
        assert evaluator.post("/evaluation/tracking/review/accept/", form).status_code == 302
    given_back()
    again = evaluator.post("/evaluation/tracking/review/accept/", form)
    assert again.status_code == 409 and "没有再办一遍" in again.content.decode()
