"""与本期记录不符: the office's conditions, tried on the last period before one is active."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from evaluation.models import Mark, MarkCondition, MarkSheet, RecordLine
from evaluation.sheets.services.conditions import activate_condition, try_condition, withdraw_condition
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from miyun_kpi.registers.models import Record
from tests.accounts import people
from tests.evaluation.conftest import NOW, actor_named
from tests.factories.sheets import person, water_sheet
from tests.factories.unlike import OFFICE, WHY, add, line, office, planted, tried

pytestmark = pytest.mark.django_db
PAGE = "/evaluation/schemes/2020/township/conditions/"


@pytest.fixture(autouse=True)
def _nothing_of_the_demonstration(demo):
    RecordLine.objects.all().delete()
    MarkCondition.objects.all().delete()


def test_a_trial_names_the_marks_of_the_last_period_and_none_is_active_before_it(demo):
    sheet, high, _ = planted()
    line(sheet)
    row = add()
    assert row.state == "draft"
    with pytest.raises(Conflict) as untried:
        activate_condition(actor=office(), condition_id=row.pk, version=row.version, at=NOW())
    assert untried.value.code == "not-tried"
    row = tried(row)
    assert (row.state, row.trial["period"]) == ("tried", "2020Q2")
    assert row.trial["looked"] == sheet.marks.exclude(value=None).count()
    (found,) = row.trial["cells"]
    assert (found["name"], found["value"]) == (high.organisation.name, "97")
    assert found["words"] == "本期逾期 1 项而得分率 97%，不低于 90%"
    row = activate_condition(actor=office(), condition_id=row.pk, version=row.version, at=NOW())
    assert row.state == "active"
    said = [entry.action for entry in AuditEntry.objects.order_by("pk") if "mark-condition" in entry.action]
    assert said == [f"evaluation.mark-condition.{what}" for what in ("added", "tried", "activated")]


def test_without_a_line_of_the_mapping_no_condition_looks_at_the_record(demo):
    planted()
    row = tried(add())
    assert row.trial["looked"] == 0 and row.trial["cells"] == []
    line()
    assert len(tried(row).trial["cells"]) == 1
    RecordLine.objects.update(withdrawn_at=NOW(), withdrawn_reason=WHY)
    assert tried(MarkCondition.objects.get()).trial["cells"] == []


def test_nothing_on_record_is_asked_of_low_marks(demo):
    sheet, _, low = planted()
    line(sheet)
    Record.objects.filter(town=low.organisation, kind="water.outfall").delete()
    Mark.objects.filter(sheet=sheet).exclude(pk=low.pk).update(value="90")
    (found,) = tried(add("nothing", "70")).trial["cells"]
    assert found["name"] == low.organisation.name and "无记录" in found["words"]


def test_a_trial_asks_each_provider_once_however_many_units(demo):
    planted()
    line()
    row = add()

    def asked():
        with CaptureQueriesContext(connection) as queries:
            tried(MarkCondition.objects.get(pk=row.pk))
        return sum("registers_record" in one["sql"] for one in queries)

    assert asked() == 1
    others = MarkSheet.objects.filter(scheme=row.scheme_id, period__code="2020Q2", indicator__offline_only=False)
    for other in others.exclude(share_figure=water_sheet().share_figure_id)[:3]:
        line(other)
    assert asked() == 1


def test_a_period_that_is_over_since_has_to_be_tried_first(demo):
    line()
    row = tried(add())
    MarkSheet.objects.filter(period__code="2020Q3").update(state="filed", filed_at=NOW())
    Mark.objects.filter(sheet=water_sheet()).update(value="90", not_applicable="")
    later = water_sheet().period.late_until
    with pytest.raises(Conflict) as stale:
        activate_condition(actor=office(), condition_id=row.pk, version=row.version, at=later)
    assert stale.value.code == "not-tried"
    row = try_condition(actor=office(), condition_id=row.pk, version=row.version, at=later)
    assert row.trial["period"] == "2020Q3"
    assert activate_condition(actor=office(), condition_id=row.pk, version=row.version, at=later).state == "active"


def test_without_a_filed_period_nothing_is_tried(demo):
    MarkSheet.objects.update(state="open")
    row = add()
    with pytest.raises(Refused) as refused:
        tried(row)
    assert refused.value.code == "no-period"


def test_what_is_refused(demo):
    row = add()
    with pytest.raises(Conflict) as again:
        add(threshold="80")
    assert again.value.code == "condition-stands"
    for kind, threshold, code in (
        ("missing", "", "bad-limit"),
        ("missing", "101", "bad-limit"),
        ("missing", "-1", "negative"),
        ("missing", "NaN", "not-a-number"),
        ("missing", "90.001", "too-many-decimals"),
        ("own-rule", "90", "limit-unused"),
    ):
        with pytest.raises(Refused) as limit:
            add(kind, threshold)
        assert limit.value.code == code, threshold
    with pytest.raises(Refused):
        add("missing", basis="短")
    given = {"condition_id": row.pk, "version": row.version, "at": NOW()}
    for actor in (actor_named("shuiwu"), actor_named("beizhuang")):
        for act in (try_condition, activate_condition):
            with pytest.raises(NotAllowed):
                act(actor=actor, **given)
        with pytest.raises(NotAllowed):
            withdraw_condition(actor=actor, reason=WHY, **given)
        with pytest.raises(NotAllowed):
            add("missing", actor=actor)
    with pytest.raises(Refused):
        withdraw_condition(actor=office(), reason="短", **given)
    with pytest.raises(Conflict):
        withdraw_condition(actor=office(), reason=WHY, **(given | {"version": 7}))
    row = withdraw_condition(actor=office(), reason=WHY, **given)
    for act in (try_condition, activate_condition):
        with pytest.raises(Conflict) as gone:
            act(actor=office(), condition_id=row.pk, version=row.version, at=NOW())
        assert gone.value.code == "wrong-state"
    assert add(threshold="80").pk != row.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        MarkCondition.objects.filter(state="draft").update(state="active")


def test_the_office_keeps_the_conditions_by_page(demo):
    sheet, high, _ = planted()
    line(sheet)
    client = person(OFFICE, "evaluation_office")
    assert "还没有条件" in client.get(PAGE).content.decode()
    sent = {"kind": "overdue", "threshold": "9o", "assumed": "yes", "basis": WHY}
    refused = client.post(PAGE, sent)
    assert refused.status_code == 422 and 'value="9o"' in refused.content.decode()
    assert client.post(PAGE, sent | {"threshold": "90"}).status_code == 302
    row = MarkCondition.objects.get()
    move = f"{PAGE}{row.pk}/"
    early = client.post(move, {"version": 1, "activate": "1"})
    assert early.status_code == 409 and "还没有在上一期试算过" in early.content.decode()
    assert client.post(move, {"version": 1, "try": "1"}).status_code == 302
    page = client.get(PAGE).content.decode()
    assert "会问 <b>1 格</b>" in page and high.organisation.name in page and "已试算，未启用" in page
    assert client.post(move, {"version": 2, "activate": "1"}).status_code == 302
    assert 'name="activate"' not in client.get(PAGE).content.decode()
    away = f"{move}withdraw/"
    assert client.post(away, {"version": 3, "reason": "短"}).status_code == 422
    assert client.post(away, {"version": 3, "reason": "界限定得太低"}).status_code == 302
    page = client.get(PAGE).content.decode()
    assert "撤回的" in page and "界限定得太低" in page
    assert person("shuiwu").get(PAGE).status_code == 403
    people.person("fagai-kao", "evaluation_office", "区发改委")
    ranked = person("fagai-kao")
    assert ranked.get(PAGE).status_code == 200
    assert ranked.get(PAGE.replace("township", "department")).status_code == 403


def test_a_trial_that_saw_nothing_or_an_older_mapping_activates_nothing(demo):
    sheet, _, _ = planted()
    row = tried(add())
    with pytest.raises(Conflict) as nothing:
        activate_condition(actor=office(), condition_id=row.pk, version=row.version, at=NOW())
    assert nothing.value.code == "nothing-tried" and "记录对照" in nothing.value.message
    line(sheet)
    row = tried(row)
    RecordLine.objects.update(withdrawn_at=row.tried_at + timedelta(minutes=1), withdrawn_reason=WHY)
    with pytest.raises(Conflict) as changed:
        activate_condition(actor=office(), condition_id=row.pk, version=row.version, at=NOW())
    assert changed.value.code == "not-tried" and "又改过" in changed.value.message
    RecordLine.objects.update(withdrawn_at=row.tried_at - timedelta(minutes=1))
    assert activate_condition(actor=office(), condition_id=row.pk, version=row.version, at=NOW()).state == "active"
