"""缺表处理决定: recorded by one person, confirmed by another; then, and only then, an official ranking despite a gap."""

import json
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.engine.queries.ranking_documents import build
from evaluation.enums import DecisionKind, RankingKind, SheetState
from evaluation.filing.services.filing import decide_decision, record_decision
from evaluation.models import MarkSheet, Ranking, SheetDecision
from evaluation.ranking.services import compute_official
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from tests.consistency import oracle
from tests.factories import rankings as made

pytestmark = pytest.mark.django_db
REASON = "考评部门书面说明本季度无法打分"


@pytest.fixture
def office(demo):
    """Two people of 区政府办 and a real quarter with one sheet (a third of item 1 or a whole item) not filed."""
    period = made.filed_quarter(made.PeriodCode(2020, quarter=4))
    one = made.actor_of(made.person("office-one", "区政府办公室", "evaluation_office"))
    two = made.actor_of(made.person("office-two", "区政府办公室", "evaluation_office"))
    return period, one, two


def missing_sheet(period, number=4):
    sheet = MarkSheet.objects.filter(period=period, scheme__track="township", indicator__number=number).first()
    sheet.state, sheet.filed_at = SheetState.OPEN, None
    sheet.save()
    return sheet


def recorded(actor, sheet, kind=DecisionKind.LEAVE_OUT, **fields):
    now = timezone.now()
    data = {"reason": REASON, "signer": "王主任", "signed_on": date(2020, 10, 1)} | fields
    return record_decision(actor=actor, sheet_id=sheet.pk, kind=kind, at=now, **data)


def confirmed(actor, decision):
    return decide_decision(actor=actor, decision_id=decision.pk, confirm=True, note="", at=timezone.now())


def test_an_official_ranking_despite_a_gap_needs_a_confirmed_decision(office):
    period, one, two = office
    sheet = missing_sheet(period)

    def compute():
        return compute_official(actor=one, scheme=sheet.scheme, period=period, at=timezone.now())[0]

    with pytest.raises(Refused) as refusal:
        compute()
    assert refusal.value.code == "missing-marks"
    decision = recorded(one, sheet)
    with pytest.raises(Refused):  # recorded alone it has no effect
        compute()
    confirmed(two, decision)
    assert Notice.objects.filter(organisation=sheet.evaluator, title__contains="本期不计").exists()
    ranking = compute()
    document, inputs = json.loads(ranking.document), json.loads(ranking.inputs)
    assert document["missing"] == [] and all(row["rank"] for row in document["rows"])
    (named,) = document["decisions"]
    assert (named["kind"], named["share"], named["reason"], named["signer"]) == (
        "leave_out",
        sheet.share_figure.key,
        REASON,
        "王主任",
    )
    # Of a decision only what moves the totals is an input (engine 14).
    assert inputs["decisions"] == [{"kind": "leave_out", "share": sheet.share_figure.key}]
    receipt = json.loads(ranking.rows.first().receipt)
    assert receipt["decisions"] == document["decisions"]
    expected = oracle.totals(inputs)
    assert {row.organisation.code: row.total for row in ranking.rows.select_related("organisation")} == expected


@pytest.mark.parametrize("number", range(1, 25))
def test_whatever_sheet_is_left_out_the_oracle_agrees(office, number):
    period, one, two = office
    sheet = missing_sheet(period, number)
    full = sum(iv.weights["core"] for iv in engine_inputs(sheet.scheme, period).items)
    confirmed(two, recorded(one, sheet))
    built = build(engine_inputs(sheet.scheme, period), kind=RankingKind.TRIAL)
    expected = oracle.totals(json.loads(json.dumps(built.inputs)))
    assert {row.organisation.code: row.total for row in built.rows} == expected
    assert built.missing == [] and None not in expected.values()
    shares = sheet.scheme.figures.filter(kind="share", indicator=sheet.indicator).count()
    core = next(row.receipt for row in built.rows if row.receipt["zone"] == "core")
    examined = int(float(core["examined_weight"]) * 1000)
    assert (examined < full) == (shares == 1)


def test_a_decision_changes_the_digest_of_the_inputs(office):
    period, one, two = office
    sheet = missing_sheet(period)
    before = build(engine_inputs(sheet.scheme, period), kind=RankingKind.TRIAL).inputs_hash
    confirmed(two, recorded(one, sheet))
    assert build(engine_inputs(sheet.scheme, period), kind=RankingKind.TRIAL).inputs_hash != before


def test_a_sheet_filed_after_all_counts_again(office):
    period, one, two = office
    sheet = missing_sheet(period)
    confirmed(two, recorded(one, sheet))
    MarkSheet.objects.filter(pk=sheet.pk).update(state=SheetState.FILED, filed_at=timezone.now())
    inputs = engine_inputs(sheet.scheme, period)
    assert inputs.decisions == []
    assert all(item.in_scope for item in inputs.items if item.number == 4)


def test_who_recorded_does_not_confirm_and_a_second_record_waits(office):
    period, one, two = office
    sheet = missing_sheet(period)
    decision = recorded(one, sheet)
    with pytest.raises(NotAllowed) as refusal:
        confirmed(one, decision)
    assert refusal.value.code == "second-person"
    with pytest.raises(Conflict) as waiting:
        recorded(two, sheet)
    assert waiting.value.code == "decision-waiting"
    confirmed(two, decision)
    with pytest.raises(Conflict):  # a double click
        confirmed(two, decision)
    acts = set(AuditEntry.objects.filter(subject=f"mark-sheet:{sheet.pk}").values_list("action", flat=True))
    assert {"evaluation.filing.recorded", "evaluation.filing.confirmed"} <= acts


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"reason": "无"}, "reason-missing"),
        ({"signer": " "}, "signer-missing"),
        ({"signed_on": date(2999, 1, 1)}, "bad-date"),
        ({"kind": DecisionKind.EXTEND}, "bad-until"),
        ({"kind": DecisionKind.PAPER, "until": 2}, "paper-number-missing"),
    ],
)
def test_an_incomplete_decision_is_refused(office, fields, code):
    sheet = missing_sheet(office[0])
    if "until" in fields:
        fields = fields | {"until": timezone.now() + timedelta(days=fields["until"])}
    with pytest.raises(Refused) as refusal:
        recorded(office[1], sheet, **fields)
    assert refusal.value.code == code and not SheetDecision.objects.exists()


def test_a_sheet_that_can_still_be_filed_is_not_left_out(office):
    period, one, two = office
    sheet = missing_sheet(period)
    now = timezone.now()
    decision = recorded(one, sheet, DecisionKind.EXTEND, until=now + timedelta(days=2))
    confirmed(two, decision)
    sheet.refresh_from_db()
    assert sheet.state == SheetState.RETURNED and sheet.reopened_until == decision.until
    with pytest.raises(Refused) as refusal:
        recorded(one, sheet)
    assert refusal.value.code == "still-open"


def test_paper_entry_is_started_for_the_person_who_confirmed(office):
    period, one, two = office
    sheet = missing_sheet(period)
    until = timezone.now() + timedelta(days=2)
    confirmed(two, recorded(one, sheet, DecisionKind.PAPER, until=until, paper_number="纸〔2020〕4号"))
    sheet.refresh_from_db()
    assert (sheet.paper_number, sheet.paper_by_id) == ("纸〔2020〕4号", two.user_id)


def test_a_filed_sheet_takes_no_decision(office):
    period, one, _ = office
    sheet = MarkSheet.objects.filter(period=period, scheme__track="township").first()
    with pytest.raises(Conflict):
        recorded(one, sheet)


def test_the_page_of_the_sheet_leads_through_both_steps(office):
    period, _, _ = office
    sheet = missing_sheet(period)
    one, two = (made.User.objects.get(username=name) for name in ("office-one", "office-two"))
    clients = []
    for user in (one, two):
        client = Client()
        client.force_login(user, backend=made.BACKEND)
        clients.append(client)
    first, second = clients
    assert "缺表处理决定…" in first.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    address = f"/evaluation/sheets/{sheet.pk}/decision/"
    data = {"kind": "leave_out", "reason": REASON, "signer": "王主任", "signed_on": "2020-10-01"}
    refused = first.post(address, data | {"signer": ""})
    assert refused.status_code == 422 and REASON in refused.content.decode()
    assert first.post(address, data).status_code == 302
    decision = SheetDecision.objects.get()
    assert "由您登记，请考评办的另一位同事确认" in first.get(address).content.decode()
    assert "缺表处理决定" in second.get("/").content.decode()
    act = f"/evaluation/filing/decisions/{decision.pk}/decide/"
    assert first.post(act, {"decision": "confirm"}).status_code == 403
    assert second.post(act, {"decision": "returned"}).status_code == 422  # without a reason
    assert second.post(act, {"decision": "confirm"}).status_code == 302
    assert second.post(act, {"decision": "confirm"}).status_code == 409
    first.post("/evaluation/rankings/compute/", {"scheme": sheet.scheme_id, "period": period.pk, "kind": "official"})
    ranking = Ranking.objects.get(kind="official", period=period)
    page = first.get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    assert "缺表处理决定 1 件" in page and REASON in page
    receipt = first.get(f"/evaluation/rankings/{ranking.pk}/rows/beizhuang-zhen/").content.decode()
    assert "缺表处理决定" in receipt and "王主任" in receipt
