"""存疑影响: what another reading of an unconfirmed figure would do to the places, whole and to the last one."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from evaluation.engine.queries import doubts as queries
from evaluation.engine.queries.doubts import doubts_of
from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.engine.rules.doubts import Alternative, effects
from evaluation.engine.rules.ranking import rank
from evaluation.engine.rules.scores import Cell, Item, Share, Unit
from evaluation.models import Figure, Mark, MarkSheet, Scheme
from tests.factories.rankings import BACKEND, filed_quarter, person

ONE = (Share("a", "e", 1, 1),)
UNITS = [Unit("one"), Unit("two"), Unit("three")]


def unsettled_inputs(track: str):
    """A filed quarter whose figures stand as loaded: unconfirmed where the text is doubtful."""
    confirmed = dict(Figure.objects.values_list("pk", "confirmed"))
    period = filed_quarter()
    for state in (True, False):
        Figure.objects.filter(pk__in=[pk for pk, was in confirmed.items() if was == state]).update(confirmed=state)
    return engine_inputs(Scheme.objects.get(track=track), period)


def test_a_carrier_that_would_take_the_average_moves_whom_it_passes():
    item = Item(1, "d", ONE, {"": 100_000}, frozenset({"one", "two", "three"}))
    cells = {
        ("a", "one"): Cell(90_000, 100_000),
        ("a", "two"): Cell(80_000, 100_000),
        ("a", "three"): Cell(70_000, 100_000),
    }
    other = Alternative(("carried",), "不承担", {1: replace(item, carriers=frozenset({"one", "two"}))})
    (effect,) = effects(UNITS, [item], cells, [other])
    # The mean of 90 and 80 is 85: third becomes second.
    assert [(m.code, m.before, m.after) for m in effect.moves] == [("two", 2, 3), ("three", 3, 2)]
    assert (effect.changed, effect.most) == (2, 1)


def test_what_moves_nobody_is_no_effect():
    item = Item(1, "d", ONE, {"": 100_000}, frozenset({"one", "two", "three"}))
    cells = {("a", code): Cell(90_000 - 1000 * n, 100_000) for n, code in enumerate(("one", "two", "three"))}
    same = Alternative(("weight",), "分值 90", {1: replace(item, weights={"": 90_000})})
    (effect,) = effects(UNITS, [item], cells, [same])
    assert effect.moves == () and effect.most == 0


@pytest.mark.parametrize("track", ["township", "department"])
def test_alternatives_recomputed_whole_are_the_same(gazette, track):
    inputs = unsettled_inputs(track)
    alternatives = list(queries._alternatives(inputs))
    kinds = {key.partition("/")[0] for one in alternatives for key in one.figures}
    assert {"weight", "share", "scope", "own-mark", "row-reading"} <= kinds | (
        {"weight", "row-reading"} if track == "department" else set()
    )
    found = effects(inputs.units, inputs.items, inputs.cells, alternatives)
    before = {one.unit.code: one.rank for one in rank(inputs.units, inputs.items, inputs.cells).units}
    moved = [effect for effect in found if effect.changed]
    chosen = random.Random(7).sample(found, 20) + moved[:20]
    for effect in chosen:
        one = effect.alternative
        units = [replace(unit, zone=one.zones.get(unit.code, unit.zone)) for unit in inputs.units]
        items = [one.items.get(item.number, item) for item in inputs.items]
        after = {r.unit.code: r.rank for r in rank(units, items, {**inputs.cells, **one.cells}).units}
        expected = {code: (before[code], after[code]) for code in before if before[code] != after[code]}
        assert {move.code: (move.before, move.after) for move in effect.moves} == expected, one.words
    assert moved


@pytest.mark.parametrize("track", ["township", "department"])
def test_every_unconfirmed_figure_has_its_line_the_worst_first(gazette, track):
    inputs = unsettled_inputs(track)
    found = doubts_of(inputs)
    assert {row.figure.key for row in found.rows} == {figure.key for figure in inputs.unconfirmed}
    assert [row.changed for row in found.rows] == sorted((row.changed for row in found.rows), reverse=True)
    assert found.waiting == () and 0 < found.moving < len(found.rows)
    assert all(row.words for row in found.rows)


def test_a_planted_doubt_that_swaps_two_towns_comes_first(gazette):
    """All marks equal but for two towns of one zone that a single doubtful cell keeps apart."""
    period = filed_quarter()
    scheme = Scheme.objects.get(track="township")
    Mark.objects.filter(sheet__scheme=scheme).update(value=Decimal(90))
    marks = Mark.objects.filter(sheet__scheme=scheme, organisation__zone="green").order_by(
        "organisation__order", "sheet__indicator__number"
    )
    towns = list(dict.fromkeys(mark.organisation for mark in marks.select_related("organisation")))
    first, second = towns[0], towns[1]
    carried = [m for m in marks if m.organisation_id == second.pk]
    own = carried[0]
    # Every other town stands clearly apart. The second leads by a little; with the average in one item it would not.
    for place, town in enumerate(towns[2:], start=1):
        Mark.objects.filter(sheet__scheme=scheme, organisation=town).update(value=Decimal(80 - place))
    for place, town in enumerate(
        dict.fromkeys(
            m.organisation_id for m in Mark.objects.filter(sheet__scheme=scheme).exclude(organisation__zone="green")
        )
    ):
        Mark.objects.filter(sheet__scheme=scheme, organisation_id=town).update(value=Decimal(40 - place))
    other = next(m for m in marks if m.organisation_id == first.pk and m.sheet_id != own.sheet_id)
    Mark.objects.filter(pk=other.pk).update(value=Decimal(88))
    planted = Figure.objects.get(
        scheme=scheme, kind="carried", organisation=second, indicator__number=own.sheet.indicator.number
    )
    Figure.objects.filter(pk=planted.pk).update(confirmed=False, status="assumed")
    quiet = (
        Figure.objects.filter(scheme=scheme, kind="carried", organisation=towns[-1], value="yes")
        .exclude(indicator=planted.indicator)
        .first()
    )
    Figure.objects.filter(pk=quiet.pk).update(confirmed=False, status="assumed")
    found = doubts_of(engine_inputs(scheme, period))
    assert [row.figure.key for row in found.rows] == [planted.key, quiet.key]
    assert found.rows[0].words == "影响 2 个名次，最多 1 位" and found.rows[1].words == "不影响名次"
    assert {move.code for move in found.rows[0].worst.moves} == {first.code, second.code}


def test_items_not_filed_in_full_stay_out_and_are_said(gazette):
    inputs = unsettled_inputs("township")
    MarkSheet.objects.filter(scheme=inputs.view.scheme, indicator__number=5).update(state="open")
    found = doubts_of(engine_inputs(inputs.view.scheme, inputs.period))
    assert found.waiting == (5,) and found.items == len(inputs.items) - 1
    of_five = [row for row in found.rows if row.figure.key == "scope/5"]
    assert of_five[0].worst is None and of_five[0].words == "这一项还没有报齐"


def test_the_office_sees_what_to_confirm_first_and_nobody_else_does(gazette, client):
    inputs = unsettled_inputs("township")
    url = reverse("evaluation:doubts", args=[2020, "township"])
    client.force_login(person("evaluator", "区教委", "evaluator"), backend=BACKEND)
    assert client.get(url).status_code == 403
    client.force_login(person("office", "区政府办公室", "evaluation_office"), backend=BACKEND)
    page = client.get(url).content.decode()
    found = doubts_of(inputs)
    assert found.rows[0].words in page and "影响名次的，先确认这些" in page
    assert page.index(found.rows[0].words) < page.index("不影响名次或没有别的取值的")
    # The panel of a figure says the same of it.
    figure = found.rows[0].figure
    panel = client.get(reverse("evaluation:figure", args=[figure.pk])).content.decode()
    assert reverse("evaluation:figure-doubt", args=[figure.pk]) in panel
    said = client.get(reverse("evaluation:figure-doubt", args=[figure.pk])).content.decode()
    assert found.rows[0].words in said and found.rows[0].worst.alternative.words in said


def test_without_a_filed_sheet_there_is_nothing_to_say(gazette, client):
    client.force_login(person("office", "区政府办公室", "evaluation_office"), backend=BACKEND)
    page = client.get(reverse("evaluation:doubts", args=[2020, "department"]))
    assert page.status_code == 200 and "还算不出影响" in page.content.decode()
    assert client.get(reverse("evaluation:doubts", args=[2020, "department"]) + "?period=2020Q2").status_code == 404
