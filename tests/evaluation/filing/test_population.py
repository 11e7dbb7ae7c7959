"""考评对象调整决定: by a paper and two persons, on sheets and totals at once, back again until 正式核定 (engine 21)."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from evaluation.bulletin.queries import notes, snapshot_of
from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.engine.queries.ranking_documents import build
from evaluation.enums import RankingKind, UnitChange
from evaluation.filing.services.population import decide_unit_decision, record_unit_decision, revoke_unit_decision
from evaluation.models import Mark, MarkSheet, PeriodUnit, Ranking, Scheme, UnitDecision
from evaluation.periods.rules.calendar import default_window
from evaluation.ranking.services import compute_official
from evaluation.sheets.queries.sheet_facts import ranked_marks
from evaluation.sheets.services.periods import open_period
from evaluation.sheets.services.sheets import file_sheet
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation
from tests.evaluation.sheets.test_api_marks import Api
from tests.factories.feedback import actor, client_of, feedback_of, opened, people
from tests.factories.rankings import filed_quarter

pytestmark = pytest.mark.django_db
THIRD = PeriodCode(2020, quarter=3)
UNIT = "dachengzi-zhen"


def scheme():
    return Scheme.objects.get(track="township", year=2020)


@pytest.fixture
def quarter(gazette):
    people()
    return filed_quarter()


def recorded(period, who="office1", code=UNIT, kind=UnitChange.LEAVE_OUT, **words):
    return record_unit_decision(
        actor=actor(who),
        scheme_id=scheme().pk,
        period_id=period.pk,
        organisation_id=Organisation.objects.get(code=code).pk,
        kind=kind,
        at=timezone.now(),
        **({"number": "密政函〔2020〕8号", "reason": "整建制迁建，本季度无法考评"} | words),
    )


def decided(row, who="office2", confirm=True, note=""):
    row = UnitDecision.objects.get(pk=row.pk)
    return decide_unit_decision(
        actor=actor(who), decision_id=row.pk, version=row.version, confirm=confirm, note=note, at=timezone.now()
    )


def document(period):
    return build(engine_inputs(scheme(), period), kind=RankingKind.TRIAL).document


def test_it_takes_a_paper_and_two_persons(quarter):
    with pytest.raises(Refused) as refusal:
        recorded(quarter, number="", reason="x")
    assert {one.field for one in refusal.value.errors} == {"number", "reason"}
    row = recorded(quarter)
    assert len(document(quarter)["rows"]) == 21  # recorded alone it has no effect
    with pytest.raises(Conflict, match="已有一项调整决定"):
        recorded(quarter)
    with pytest.raises(NotAllowed) as alone:
        decided(row, "office1")
    assert alone.value.code == "second-person"
    decided(row)
    assert len(document(quarter)["rows"]) == 20
    acts = AuditEntry.objects.filter(subject=f"unit-decision:{row.pk}").values_list("action", flat=True)
    assert list(acts) == ["evaluation.unit-decision.recorded", "evaluation.unit-decision.confirmed"]


def test_ranking_feedback_bulletin_and_clients_say_it(quarter):
    decided(recorded(quarter))
    ranking, _ = compute_official(actor=actor("office1"), scheme=scheme(), period=quarter, at=timezone.now())
    assert Ranking.objects.get(pk=ranking.pk).rows.count() == 20
    (named,) = json.loads(ranking.document)["unit_decisions"]
    assert (named["organisation"], named["name"], named["number"]) == (UNIT, "大城子镇", "密政函〔2020〕8号")
    page = client_of("office1").get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    assert "考评对象调整决定 1 件" in page and "大城子镇" in page
    feedback = feedback_of(opened(ranking))
    assert (
        "考评对象调整决定：大城子镇本期不列入考评"
        in client_of("town").get(f"/evaluation/feedback/{feedback.pk}/").content.decode()
    )
    assert any("大城子镇本期不列入考评，依据密政函〔2020〕8号" in note for note in notes(snapshot_of([ranking])))
    api = Api("office", "区政府办公室", "evaluation_office")
    assert api.get(f"rankings/{ranking.pk}/").json()["unit_decisions"] == [named]


def test_an_open_sheet_waits_for_it_no_longer_and_its_average_neither(gazette):
    people()
    period = open_period(actor=SYSTEM, code=THIRD, at=timezone.now(), window=default_window(THIRD)).period
    sheet = MarkSheet.objects.get(period=period, scheme=scheme(), indicator__number=4)
    cells = sheet.marks.count()
    decided(recorded(period))
    assert sheet.marks.count() == cells - 1 and not sheet.marks.filter(organisation__code=UNIT).exists()
    row = UnitDecision.objects.get()
    revoke_unit_decision(
        actor=actor("office2"), decision_id=row.pk, version=row.version, note="迁建推迟到明年", at=timezone.now()
    )
    assert sheet.marks.filter(organisation__code=UNIT, value=None).exists() and sheet.marks.count() == cells


def test_what_was_given_counts_no_more_and_counts_again_when_it_is_taken_back(quarter):
    before = build(engine_inputs(scheme(), quarter), kind=RankingKind.TRIAL)
    row = decided(recorded(quarter))
    without = build(engine_inputs(scheme(), quarter), kind=RankingKind.TRIAL)
    assert not any(key.endswith(f"@{UNIT}") for key in without.inputs["marks"])
    assert Mark.objects.filter(sheet__period=quarter, organisation__code=UNIT, value__isnull=False).exists()
    sheet = MarkSheet.objects.filter(period=quarter, scheme=scheme(), indicator__number=4).get()
    assert UNIT not in {mark.organisation.code for mark in ranked_marks(sheet)}
    revoke_unit_decision(
        actor=actor("office1"), decision_id=row.pk, version=row.version, note="决定撤回", at=timezone.now()
    )
    again = build(engine_inputs(scheme(), quarter), kind=RankingKind.TRIAL)
    assert again.inputs == before.inputs and again.document["rows"] == before.document["rows"]


def test_a_filed_sheet_without_its_cell_goes_back_for_it(gazette):
    people()
    now = timezone.now()
    period = open_period(actor=SYSTEM, code=THIRD, at=now, window=default_window(THIRD)).period
    row = decided(recorded(period))
    sheet = MarkSheet.objects.get(period=period, scheme=scheme(), indicator__number=4)
    Scheme.objects.update(problems_below_percent=0, reasons_required=False)
    sheet.marks.update(value=88)
    period.starts_at = now - timedelta(hours=1)
    for name in ("starts_at", "due_at", "late_until", "locks_at"):
        setattr(period, name, now + timedelta(days=("starts_at", "due_at", "late_until", "locks_at").index(name) - 0.5))
    period.save()
    file_sheet(actor=actor("water"), sheet_id=sheet.pk, version=sheet.version, at=now, reason="已逐格核对")
    revoke_unit_decision(actor=actor("office2"), decision_id=row.pk, version=row.version, note="决定撤回", at=now)
    sheet.refresh_from_db()
    assert sheet.state == "returned" and sheet.reopened_until > now and "大城子镇" in sheet.reopen_reason


def test_after_the_official_computation_one_person_takes_nothing_back(quarter):
    kept = decided(recorded(quarter, code="bulaotun-zhen"))
    compute_official(actor=actor("office1"), scheme=scheme(), period=quarter, at=timezone.now())
    with pytest.raises(Conflict, match="要由两个人办理") as refusal:
        revoke_unit_decision(
            actor=actor("office2"), decision_id=kept.pk, version=kept.version, note="决定撤回", at=timezone.now()
        )
    assert refusal.value.code == "closed-period"
    assert UnitDecision.objects.get().state == "confirmed"


def test_a_unit_of_today_is_taken_in(quarter):
    today = Organisation.objects.get(code=UNIT)
    PeriodUnit.objects.filter(period=quarter, organisation=today).delete()
    assert len(document(quarter)["rows"]) == 20
    row = decided(recorded(quarter, kind=UnitChange.TAKE_IN))
    rows = {one["organisation"] for one in document(quarter)["rows"]}
    assert UNIT in rows and len(rows) == 21
    assert Notice.objects.filter(key=f"unit-decision/{row.pk}/{row.version}").exists()


def test_the_page_records_and_decides_and_says_what_is_refused(quarter):
    address = "/evaluation/periods/2020Q2/township/units/"
    one, two = client_of("office1"), client_of("office2")
    pk = Organisation.objects.get(code=UNIT).pk
    wrong = one.post(address, {"unit": f"leave-out:{pk}", "number": "8", "reason": "短"})
    assert wrong.status_code == 422 and "有 2 处要改" in wrong.content.decode()
    data = {"unit": f"leave-out:{pk}", "number": "密政函〔2020〕8号", "reason": "整建制迁建"}
    assert one.post(address, data).status_code == 302
    row = UnitDecision.objects.get()
    page = one.get(address).content.decode()
    assert "由您登记，请另一位同事确认" in page
    act = f"/evaluation/periods/units/{row.pk}/decide/"
    assert one.post(act, {"version": row.version, "decision": "pass", "note": ""}).status_code == 403
    assert two.post(act, {"version": row.version, "decision": "pass", "note": ""}).status_code == 302
    page = two.get(address).content.decode()
    assert "列入考评 20 家" in page and "密政函〔2020〕8号" in page
    row.refresh_from_db()
    assert two.post(act, {"version": row.version, "decision": "revoked", "note": "决定撤回"}).status_code == 302
    assert "列入考评 21 家" in two.get(address).content.decode()
    assert client_of("town").get(address).status_code == 403
    assert client_of("leader").get(address).status_code == 200
