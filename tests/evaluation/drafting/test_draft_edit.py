"""The draft is edited cell by cell and item by item; the check says what is wrong, the comparison what has changed."""

from fractions import Fraction

import pytest
from django.urls import reverse

from evaluation.drafting.queries.comparison import comparison
from evaluation.drafting.queries.pages import problems_of
from evaluation.drafting.queries.trial import draft_trial
from evaluation.drafting.services.carriers import matrix_version, save_carriers
from evaluation.drafting.services.copying import discard_draft
from evaluation.drafting.services.evaluators import EvaluatorInput, set_evaluators
from evaluation.drafting.services.indicators import IndicatorInput, add_indicator, change_indicator, remove_indicator
from evaluation.drafting.services.weights import Typed, save_weights
from evaluation.models import Figure, Period, Scheme
from miyun_kpi.accounts.models import User
from miyun_kpi.lib.errors import Conflict, NotFound, Refused
from tests.factories.drafts import AT, copied, share_values, weight

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(actor_for):
    return actor_for("zhengfuban1")


@pytest.fixture
def draft(office):
    return copied(office)


def wanted(draft, **more):
    values = {
        "short_name": "新任务",
        "name": "新任务落实情况",
        "basis": "",
        "clause": "三",
        "number": 2,
        "scope": "quarter",
        "dimension": draft.dimensions.first().code,
        "offline_only": False,
    }
    return IndicatorInput(**{**values, **more})


def add(office, draft, **more):
    return add_indicator(
        actor=office,
        scheme_id=draft.pk,
        version=draft.version,
        wanted=wanted(draft, **more),
        evaluator="区水务局",
        weights={"core": "1", "green": "1", "eco": "1", "economic": "1"},
        at=AT,
    )


def test_a_copied_draft_has_no_problem_and_no_difference(draft):
    found = comparison(draft)
    assert problems_of(draft) == [] and found is not None and found.changes == []


def test_weights_are_saved_whole_or_not_at_all_and_a_stale_cell_shows_what_is_stored(office, draft):
    one, other = weight(draft, 4, "eco", "9"), weight(draft, 5, "eco", "abc")
    with pytest.raises(Refused) as refusal:
        save_weights(actor=office, scheme_id=draft.pk, weights=[one, other], at=AT)
    assert refusal.value.code == "not-a-number"
    assert Figure.objects.get(pk=one.id).value != "9"
    assert save_weights(actor=office, scheme_id=draft.pk, weights=[one], at=AT) == 1
    # The second press of the same button finds nothing to change; another value on the old version is a conflict.
    assert save_weights(actor=office, scheme_id=draft.pk, weights=[one], at=AT) == 0
    with pytest.raises(Conflict) as stale:
        save_weights(actor=office, scheme_id=draft.pk, weights=[Typed(one.id, one.version, "8")], at=AT)
    assert "9" in stale.value.message and "8" in stale.value.message
    assert {p.code for p in problems_of(draft)} == {"sum-differs"}


def test_a_cell_of_another_scheme_is_not_found(office, draft):
    foreign = Figure.objects.filter(scheme=draft.copied_from, kind="weight").first()
    assert foreign is not None
    with pytest.raises(NotFound):
        save_weights(actor=office, scheme_id=draft.pk, weights=[Typed(foreign.pk, 1, "9")], at=AT)
    with pytest.raises(Conflict):
        save_weights(actor=office, scheme_id=foreign.scheme_id, weights=[], at=AT)


def test_an_indicator_is_put_in_its_place_and_taken_out_without_a_gap(office, draft):
    before = list(draft.indicators.values_list("short_name", flat=True))
    added = add(office, draft)
    assert list(draft.indicators.values_list("short_name", flat=True)) == [before[0], "新任务", *before[1:]]
    assert {p.code for p in problems_of(draft)} == {"sum-differs", "no-carrier"}
    found = comparison(draft)
    assert found is not None and [c.subject for c in found.changes if c.kind == "added"] == ["2 新任务"]
    remove_indicator(actor=office, scheme_id=draft.pk, indicator_id=added.pk, version=added.version, at=AT)
    rows = list(draft.indicators.values_list("number", "short_name"))
    assert rows == list(enumerate(before, start=1))
    with pytest.raises(NotFound):
        remove_indicator(actor=office, scheme_id=draft.pk, indicator_id=added.pk, version=added.version, at=AT)


def test_an_indicator_is_renamed_and_moved_and_a_stale_save_refused(office, draft):
    one = draft.indicators.get(number=1)
    dimension = one.dimension.code
    change = wanted(draft, short_name="改过的名称", name=one.name, number=3, dimension=dimension)
    change_indicator(actor=office, scheme_id=draft.pk, indicator_id=one.pk, version=one.version, wanted=change, at=AT)
    one.refresh_from_db()
    assert (one.number, one.short_name) == (3, "改过的名称")
    with pytest.raises(Conflict):
        change_indicator(actor=office, scheme_id=draft.pk, indicator_id=one.pk, version=1, wanted=change, at=AT)
    doubled = wanted(draft, short_name=draft.indicators.get(number=5).short_name, number=99)
    with pytest.raises(Refused) as refusal:
        change_indicator(
            actor=office, scheme_id=draft.pk, indicator_id=one.pk, version=one.version, wanted=doubled, at=AT
        )
    assert {e.field for e in refusal.value.errors} == {"short_name", "number"}


def test_evaluators_are_added_and_removed_and_shares_must_come_to_one(office, draft):
    item = draft.indicators.get(number=4)

    def put(*rows):
        item.refresh_from_db()
        set_evaluators(
            actor=office,
            scheme_id=draft.pk,
            indicator_id=item.pk,
            version=item.version,
            at=AT,
            rows=[EvaluatorInput(*row) for row in rows],
        )

    put(("区水务局", "1/2"), ("区农业农村局", "1/3"))
    assert [p.code for p in problems_of(draft)] == ["shares-not-1"]
    put(("区水务局", "1/2"), ("区农业农村局", "1/2"))
    assert [Fraction(v.partition(":")[2]) for v in share_values(draft, 4)] == [Fraction(1, 2)] * 2
    assert problems_of(draft) == []
    for rows in ([], [("没有的局", "1")], [("区水务局", "1/2"), ("区水务局", "1/2")], [("区水务局", "2")]):
        with pytest.raises(Refused):
            put(*rows)
    put(("区水务局", "1/2", "河道"), ("区水务局", "1/2", "水库"))
    assert len(share_values(draft, 4)) == 2


def test_a_row_of_carriers_is_emptied_and_the_check_names_the_organisation(office, draft):
    cells = set(draft.figures.filter(kind="carried", value="yes").values_list("pk", flat=True))
    seen = matrix_version(draft)
    args = {"actor": office, "scheme_id": draft.pk, "version": seen, "carried": cells, "at": AT}
    assert save_carriers(**args, row="beizhuang-zhen", value=False) > 10
    assert [p.sentence for p in problems_of(draft)] == ["北庄镇一项也不承担，得分全部取平均分。"]
    with pytest.raises(Conflict):
        save_carriers(**args)


def test_a_draft_without_changes_tried_on_past_marks_moves_nobody(draft):
    found = draft_trial(draft, Period.objects.get(code="2020Q2"))
    assert found.moved == 0 and not found.left_out and not found.borrowed and not found.ties
    assert all(row.old_percent == row.new_percent for row in found.rows) and len(found.rows) == 21


def test_a_new_indicator_without_past_marks_is_named_and_left_out(office, draft):
    add(office, draft)
    found = draft_trial(draft, Period.objects.get(code="2020Q2"))
    assert [(line.number, line.name, line.weight) for line in found.left_out] == [(2, "新任务", "1")]


def test_trying_takes_the_same_number_of_queries_however_much_has_changed(office, draft, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    period = Period.objects.get(code="2020Q2")
    with CaptureQueriesContext(
        connection,
    ) as before:
        draft_trial(draft, period)
    add(office, draft)
    with django_assert_num_queries(len(before)):
        draft_trial(draft, period)


def test_every_page_of_a_draft_opens_and_keeps_what_was_typed(client, office, draft):
    client.force_login(
        User.objects.get(username="zhengfuban1"), backend="miyun_kpi.accounts.authentication.PeopleBackend"
    )
    item = draft.indicators.get(number=4)
    pages = ("draft", "draft-basics", "draft-carriers", "add-draft-indicator", "draft-comparison", "draft-trial")
    addresses = [reverse(f"evaluation:{name}", args=[2021, "township"]) for name in pages]
    for address in [
        *addresses,
        reverse("evaluation:draft-indicator", args=[2021, "township", item.pk]),
        reverse("evaluation:draft-comparison-sheet", args=[2021, "township"]),
        reverse("evaluation:scheme-settings", args=[2021, "township"]),
        reverse("evaluation:amend-scheme", args=[2020, "township"]),
        reverse("evaluation:scheme", args=[2020, "township"]),
    ]:
        assert client.get(address).status_code == 200, address
    cell = weight(draft, 4, "eco", "1O")
    body = {f"w{cell.id}": cell.text, f"vw{cell.id}": cell.version}
    answer = client.post(reverse("evaluation:draft-weights", args=[2021, "township"]), body)
    assert answer.status_code == 422 and 'value="1O"' in answer.content.decode()


def test_a_draft_that_will_not_be_issued_is_discarded_and_can_be_copied_again(office, draft):
    source = draft.copied_from_id
    with pytest.raises(Refused):
        discard_draft(actor=office, scheme_id=draft.pk, version=draft.version, reason="", at=AT)
    with pytest.raises(Conflict):
        discard_draft(actor=office, scheme_id=draft.pk, version=draft.version + 1, reason="本年不再另拟", at=AT)
    add(office, draft)
    draft.refresh_from_db()
    discard_draft(actor=office, scheme_id=draft.pk, version=draft.version, reason="本年不再另拟", at=AT)
    assert not Scheme.objects.filter(pk=draft.pk).exists() and not Figure.objects.filter(scheme_id=draft.pk).exists()
    assert Scheme.objects.filter(pk=source).exists() and copied(office).pk != draft.pk
    with pytest.raises(NotFound):
        discard_draft(actor=office, scheme_id=draft.pk, version=1, reason="本年不再另拟", at=AT)
