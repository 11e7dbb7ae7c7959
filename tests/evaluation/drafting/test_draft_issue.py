"""印发: a clean check, a recorded 审定, two persons; afterwards only 修订, and earlier periods keep their figures."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from evaluation.drafting.services.amending import decide_amendment, propose_amendment
from evaluation.drafting.services.issuing import decide_issue, propose_issue
from evaluation.drafting.services.weights import save_weights
from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.engine.rules.ranking import rank
from evaluation.enums import SchemeState
from evaluation.figures.services.figures import Wanted, propose_figures
from evaluation.models import Amendment, Figure, Mark, MarkSheet, Period, Scheme, SchemeIssue
from evaluation.ranking.services import compute_trial
from evaluation.scheme.queries.amendments import rule_version_of
from evaluation.scheme.queries.schemes import scheme_view
from evaluation.sheets.services.periods import open_period
from miyun_kpi.accounts.models import User
from miyun_kpi.api.models import Change
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from miyun_kpi.lib.periods import PeriodCode
from tests.factories.drafts import AT, copied, weight
from tests.factories.rankings import BACKEND

pytestmark = pytest.mark.django_db
APPROVAL = {"organ": "区政府常务会议", "approved_on": date(2020, 11, 20), "document_number": "密政办字〔2021〕9号"}


def propose(actor, draft, **more):
    values = {"version": draft.version, "title": "2021年方案", **APPROVAL, **more}
    return propose_issue(actor=actor, scheme_id=draft.pk, at=AT, **values)


def decide(actor, draft, confirm=True, note="", seen=None):
    newest = draft.issues.order_by("-pk").values_list("pk", flat=True).first() or 0
    return decide_issue(actor=actor, scheme_id=draft.pk, issue_id=seen or newest, confirm=confirm, note=note, at=AT)


def test_a_second_person_issues_and_all_figures_are_settled(first, second):
    draft = copied(first)
    propose(first, draft)
    with pytest.raises(NotAllowed) as refusal:
        decide(first, draft)
    assert refusal.value.code == "second-person"
    decide(second, draft)
    draft.refresh_from_db()
    assert (draft.state, draft.rule_version, draft.title) == (SchemeState.IN_FORCE, "〔2021〕9号·1", "2021年方案")
    assert draft.in_force_at == AT
    told = Change.objects.get(kind="scheme-issued")
    assert (told.kind, told.data["scheme"], told.data["year"]) == ("scheme-issued", draft.pk, 2021)
    source = Scheme.objects.get(year=2020, track="township")
    assert set(draft.figures.values_list("key", "value")) == set(source.figures.values_list("key", "value"))
    assert not Figure.objects.unconfirmed().filter(scheme=draft).exists()
    with pytest.raises(Conflict):
        decide(second, draft)
    with pytest.raises(Conflict) as closed:
        save_weights(actor=first, scheme_id=draft.pk, weights=[weight(draft, 4, "core", "9")], at=AT)
    assert closed.value.code == "not-a-draft"
    figure = draft.figures.filter(kind="weight").first()
    assert figure is not None
    with pytest.raises(Refused) as amend:
        propose_figures(
            actor=first,
            scheme_id=draft.pk,
            wanted=[Wanted(figure.pk, figure.version, figure.value)],
            original_page="1",
            reason="核对",
            at=AT,
        )
    assert amend.value.code == "amend"
    assert open_period(actor=SYSTEM, code=PeriodCode(2021, quarter=2), at=AT.replace(year=2021, month=7)).sheets == 28
    assert AuditEntry.objects.filter(action="evaluation.scheme.issued", subject=f"scheme:{draft.pk}").count() == 1


def test_a_draft_with_a_problem_is_not_proposed_and_a_proposed_one_is_not_edited(first, second):
    draft = copied(first)
    cell = weight(draft, 4, "core", "1.5")
    save_weights(actor=first, scheme_id=draft.pk, weights=[cell], at=AT)
    with pytest.raises(Refused) as refusal:
        propose(first, draft)
    assert refusal.value.code == "check-not-clean" and len(refusal.value.errors) == 1
    old = Figure.objects.get(scheme=draft.copied_from, kind="weight", indicator__number=4, zone="core").value
    save_weights(actor=first, scheme_id=draft.pk, weights=[weight(draft, 4, "core", old)], at=AT)
    propose(first, draft)
    with pytest.raises(Conflict) as waiting:
        save_weights(actor=first, scheme_id=draft.pk, weights=[weight(draft, 4, "core", "1.5")], at=AT)
    assert waiting.value.code == "issue-waiting"
    with pytest.raises(Refused):
        decide(second, draft, confirm=False)
    decide(second, draft, confirm=False, note="再核分值")
    save_weights(actor=first, scheme_id=draft.pk, weights=[weight(draft, 4, "core", "1.5")], at=AT)


def test_what_was_proposed_since_the_page_was_opened_is_read_first(first, second, client):
    draft = copied(first)
    seen = propose(first, draft)
    decide(second, draft, confirm=False, note="再核分值")
    draft.refresh_from_db()
    waits = propose(first, draft, title="2021年方案（改）")
    for confirm in (True, False):
        with pytest.raises(Conflict, match="又提请了一次") as refusal:
            decide(second, draft, confirm=confirm, note="再核分值", seen=seen.pk)
        assert refusal.value.code == "stale"
    waits.refresh_from_db()
    assert waits.is_open
    client.force_login(User.objects.get(username="zhengfuban2"), backend=BACKEND)
    page = f"/evaluation/schemes/2021/{draft.track}/draft/"
    assert f'name="issue" value="{waits.pk}"' in client.get(page).content.decode()
    stale = client.post(f"{page}issue/decide/", {"decision": "confirm", "note": "", "issue": seen.pk})
    assert stale.status_code == 409
    assert (
        client.post(f"{page}issue/decide/", {"decision": "confirm", "note": "", "issue": waits.pk}).status_code == 302
    )


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"organ": " "}, "bad-text"),
        ({"document_number": ""}, "bad-text"),
        ({"approved_on": date(2020, 11, 25)}, "bad-date"),
    ],
)
def test_without_a_whole_approval_nothing_is_proposed(first, more, code):
    draft = copied(first)
    with pytest.raises(Refused) as refusal:
        propose(first, draft, **more)
    assert refusal.value.code == code and not SchemeIssue.objects.exists()


def test_the_database_itself_refuses_one_person_twice(first):
    issue = propose(first, copied(first))
    with pytest.raises(IntegrityError), transaction.atomic():
        SchemeIssue.objects.filter(pk=issue.pk).update(decided_by_id=first.user_id)


# ── 修订 ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def scheme(demo):
    return Scheme.objects.get(track="township", year=2020)


def swap(scheme, zone="eco", by=1):
    """One point from an item to another of its dimension, in one zone."""
    iv = [i for i in scheme_view(scheme).indicators if i.weight(zone) > 2 and not i.weights[zone].unsettled]
    one, other = next((a, b) for a in iv for b in iv if a is not b and a.indicator.dimension == b.indicator.dimension)
    return [
        Wanted(one.weights[zone].pk, one.weights[zone].version, str(one.weight(zone) - by)),
        Wanted(other.weights[zone].pk, other.weights[zone].version, str(other.weight(zone) + by)),
    ]


Q3 = PeriodCode(2020, quarter=3)


def amended(first, second, scheme, wanted, start=Q3):
    proposed = propose_amendment(
        actor=first,
        scheme_id=scheme.pk,
        effective_from=start,
        wanted=wanted,
        reason="党组会研究调整",
        at=AT,
        **APPROVAL,
    )
    return decide_amendment(actor=second, amendment_id=proposed.pk, confirm=True, note="", at=AT)


def totals(scheme, code):
    inputs = engine_inputs(scheme, Period.objects.get(code=code))
    return {one.unit.code: one.total for one in rank(inputs.units, inputs.items, inputs.cells).units}


def file_like_the_quarter_before(scheme):
    """Marks of 2020Q3 as those of 2020Q2, all filed."""
    before = {
        (m.sheet.share_figure_id, m.organisation_id): m.value
        for m in Mark.objects.filter(sheet__scheme=scheme, sheet__period__code="2020Q2").select_related("sheet")
    }
    marks = list(Mark.objects.filter(sheet__scheme=scheme, sheet__period__code="2020Q3").select_related("sheet"))
    for mark in marks:
        mark.value = before[mark.sheet.share_figure_id, mark.organisation_id]
        mark.not_applicable = ""
    Mark.objects.bulk_update(marks, ["value", "not_applicable"])
    MarkSheet.objects.filter(scheme=scheme, period__code="2020Q3").update(state="filed", filed_at=AT)


def test_an_earlier_period_gives_the_same_total_and_a_later_one_the_new(first, second, scheme):
    file_like_the_quarter_before(scheme)
    q2, q3 = totals(scheme, "2020Q2"), totals(scheme, "2020Q3")
    trial, _ = compute_trial(actor=SYSTEM, scheme=scheme, period=Period.objects.get(code="2020Q2"), at=AT)
    amendment = amended(first, second, scheme, swap(scheme))
    assert amendment.number == 1
    told = Change.objects.get(kind="scheme-amended")
    assert (told.data["number"], told.data["effective_from"]) == (1, amendment.effective_from)
    assert totals(scheme, "2020Q2") == q2
    after = totals(scheme, "2020Q3")
    eco = {o.code for o in scheme_view(scheme).organisations if o.zone == "eco"}
    assert after != q3 and all(after[code] == q3[code] for code in after if code not in eco)
    again, new = compute_trial(actor=SYSTEM, scheme=scheme, period=Period.objects.get(code="2020Q2"), at=AT)
    assert (again.digest, new) == (trial.digest, False)
    later, _ = compute_trial(actor=SYSTEM, scheme=scheme, period=Period.objects.get(code="2020Q3"), at=AT)
    assert (trial.rule_version, later.rule_version) == ("2 · 13号·1", "2 · 13号·1·修1")
    assert rule_version_of(scheme, PeriodCode(2020, quarter=2)) == "13号·1"


def test_a_changed_evaluator_marks_from_its_quarter_on(first, second, scheme):
    share = Figure.objects.get(scheme=scheme, key="share/4/1")
    before = share.organisation
    q2 = totals(scheme, "2020Q2")
    amended(first, second, scheme, [Wanted(share.pk, share.version, "区农业农村局:1")])
    sheets = dict(MarkSheet.objects.filter(share_figure=share).values_list("period__code", "evaluator__name"))
    assert before is not None and sheets == {"2020Q2": before.name, "2020Q3": "区农业农村局"}
    assert totals(scheme, "2020Q2") == q2
    old = scheme_view(scheme, PeriodCode(2020, quarter=2)).indicators[3].shares[0]
    assert old.evaluator == before and old.figure.value.startswith(before.code)


def test_amendments_are_numbered_in_order_and_never_reach_back(first, second, scheme):
    amended(first, second, scheme, swap(scheme))
    with pytest.raises(Refused) as back:
        amended(first, second, scheme, swap(scheme), start=PeriodCode(2020, quarter=2))
    assert back.value.code == "before-the-last"
    again = swap(scheme)
    assert amended(first, second, scheme, again, start=PeriodCode(2020, quarter=4)).number == 2
    q3, q4 = (scheme_view(scheme, PeriodCode(2020, quarter=n)) for n in (3, 4))
    assert (q3.amended, q4.amended) == (1, 2)
    pk = again[0].figure_id
    value = {v.amended: next(f.value for f in v.figures if f.pk == pk) for v in (q3, q4)}
    assert float(value[1]) == float(value[2]) + 1


@pytest.mark.parametrize("start", [PeriodCode(2021, quarter=1), PeriodCode(2020), PeriodCode(2020, month=8)])
def test_it_holds_from_a_quarter_of_its_year(first, second, scheme, start):
    with pytest.raises(Refused) as refusal:
        amended(first, second, scheme, swap(scheme), start=start)
    assert refusal.value.code == "bad-period"


def test_what_breaks_a_total_is_stale_or_changes_nothing_is_refused(first, second, scheme):
    wanted = swap(scheme)
    with pytest.raises(Refused) as sums:
        amended(first, second, scheme, wanted[:1])
    assert sums.value.code == "sums-differ"
    figure = Figure.objects.get(pk=wanted[0].figure_id)
    with pytest.raises(Refused) as nothing:
        amended(first, second, scheme, [Wanted(figure.pk, figure.version, figure.value)])
    assert nothing.value.code == "nothing-changed"
    loose = Figure.objects.unconfirmed().filter(scheme=scheme, kind="weight").first()
    assert loose is not None
    with pytest.raises(Refused) as settled:
        amended(first, second, scheme, [Wanted(loose.pk, loose.version, "0.5")])
    assert settled.value.code == "not-settled"
    with pytest.raises(Conflict):
        amended(first, second, scheme, [Wanted(w.figure_id, w.version + 1, w.value) for w in wanted])
    assert not Amendment.objects.exists()


def test_the_proposer_cannot_confirm_and_one_waits_at_a_time(first, second, scheme):
    proposed = propose_amendment(
        actor=first,
        scheme_id=scheme.pk,
        effective_from=PeriodCode(2020, quarter=3),
        wanted=swap(scheme),
        reason="党组会研究调整",
        at=AT,
        **APPROVAL,
    )
    with pytest.raises(NotAllowed):
        decide_amendment(actor=first, amendment_id=proposed.pk, confirm=True, note="", at=AT)
    with pytest.raises(Conflict) as waiting:
        amended(second, first, scheme, swap(scheme))
    assert waiting.value.code == "amendment-waiting"
    decide_amendment(actor=second, amendment_id=proposed.pk, confirm=False, note="再议", at=AT)
    assert Amendment.objects.get().number is None
    with pytest.raises(Conflict):
        decide_amendment(actor=second, amendment_id=proposed.pk, confirm=True, note="", at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.update(decided_by_id=first.user_id)
