"""Questions whose text is kept: what they answer is what the queryset gives, now and not as it was when they were first asked."""

from datetime import date
from operator import attrgetter

import pytest
from django.db.models import F, QuerySet

from evaluation.models import Figure, Indicator, Mark, Scheme
from miyun_kpi.db.asked import asked, asked_within
from miyun_kpi.organisations.models import Organisation

pytestmark = pytest.mark.django_db


@asked
def indicators(scheme: int) -> QuerySet[Indicator]:
    found = Indicator.objects.filter(scheme=scheme).select_related("dimension").annotate(twice=F("number") * 2)
    return found.order_by("number")


@asked
def named(keys: list[int], zone: str) -> QuerySet[Organisation]:
    return Organisation.objects.filter(pk__in=keys, zone=zone).order_by("pk").values_list("pk", "evaluated")


def test_it_answers_what_the_queryset_gives(gazette, django_assert_num_queries):
    for scheme in Scheme.objects.all():
        plain = list(indicators.made(scheme.pk))
        with django_assert_num_queries(1):
            rows = indicators(scheme.pk)
            assert [one.dimension.name for one in rows] == [one.dimension.name for one in plain]
        assert rows == plain and rows
        for name in ("name", "basis_documents", "offline_only", "twice"):
            assert [*map(attrgetter(name), rows)] == [*map(attrgetter(name), plain)]


def test_nothing_of_an_answer_is_kept(gazette):
    scheme = Scheme.objects.first()
    last = indicators(scheme.pk)[-1]
    Indicator.objects.filter(pk=last.pk).update(name="改了")
    assert indicators(scheme.pk)[-1].name == "改了"
    assert indicators(0) == []


def test_a_number_that_no_row_can_bear_finds_nothing(gazette):
    assert indicators(2**63) == [] == indicators(10**30)
    assert indicators(2**63 - 1) == []


def test_a_list_of_any_length_is_one_question(gazette, django_assert_num_queries):
    units = list(Organisation.objects.filter(zone="core").order_by("pk"))
    for many in (1, 2, len(units)):
        keys = [unit.pk for unit in units[:many]]
        with django_assert_num_queries(1):
            assert [tuple(row) for row in named(keys, "core")] == [(key, True) for key in keys]
        assert named(keys, "eco") == []
    with django_assert_num_queries(0):
        assert named([], "core") == []


def test_a_key_that_decides_the_text_is_found_out(gazette):
    """Nothing of it may be kept: it would answer the next key with the text of this one."""

    @asked
    def deciding(mark: int) -> QuerySet[Mark]:
        return Mark.objects.filter(value__isnull=mark > 0)

    @asked
    def unused(scheme: int, kind: str) -> QuerySet[Figure]:
        return Figure.objects.filter(scheme=scheme)

    for question, keys in ((deciding, (1,)), (unused, (1, "weight"))):
        with pytest.raises(AssertionError, match="is not asked with all its keys"):
            question(*keys)


def of_zone(zone: str) -> QuerySet[Organisation]:
    return Organisation.objects.filter(zone=zone)


def ended_by(day: date) -> QuerySet[Organisation]:
    return Organisation.objects.filter(valid_to__lte=day)


@asked_within
def seen(visible: QuerySet[Organisation], code: str) -> QuerySet[Organisation]:
    return visible.filter(code=code)


def test_a_scope_gives_its_keys_and_each_kind_has_its_own_text(gazette):
    one = Organisation.objects.filter(zone="core").first()
    assert seen((of_zone, ("core",)), one.code) == [one]
    assert seen((of_zone, ("eco",)), one.code) == [] == seen(None, one.code)
    Organisation.objects.filter(pk=one.pk).update(valid_to=date(2020, 7, 1))
    assert seen((ended_by, (date(2020, 7, 1),)), one.code) == [one]
    assert seen((ended_by, (date(2020, 6, 30),)), one.code) == []


def test_a_kind_of_scope_that_is_made_anew_is_refused(gazette):
    with pytest.raises(AssertionError, match="is made anew each time"):
        seen((lambda: Organisation.objects.all(), ()), "x")
