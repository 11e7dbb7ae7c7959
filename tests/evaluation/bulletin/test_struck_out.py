"""存在问题 of a 通报: nothing of a unit that is held not to carry the item, though its sheet keeps what was written (engine 22)."""

from django.utils import timezone

from evaluation.bulletin.queries import problems_now
from evaluation.models import Mark, Scheme
from evaluation.ranking.services import compute_official
from tests.factories.feedback import actor, computed_quarter
from tests.factories.holding import figures_replaced

CODE = "beizhuang-zhen"


def told(ranking) -> list[tuple[str, str]]:
    return [(one["organisation"], one["text"]) for one in problems_now([ranking])]


def test_what_was_written_of_a_unit_struck_out_is_not_printed(gazette):
    Scheme.objects.update(problems_below_percent=0, reasons_required=False)
    ranking = computed_quarter()
    marks = Mark.objects.filter(sheet__scheme=ranking.scheme, sheet__period=ranking.period, sheet__indicator__number=4)
    assert not marks.filter(sheet__indicator__offline_only=True).exists()
    marks.filter(organisation__code=CODE).update(problems="巡河不到位")
    other = marks.exclude(organisation__code=CODE).select_related("organisation").order_by("pk")[0]
    marks.filter(pk=other.pk).update(problems="台账不全")
    both = [(CODE, "巡河不到位"), (other.organisation.code, "台账不全")]
    assert sorted(told(ranking)) == sorted(both)
    figures_replaced({f"carried/4/{CODE}": "no"})
    # The computation of before holds the unit to carry it; the one of after does not.
    assert sorted(told(ranking)) == sorted(both)
    by = actor("office1")
    fresh, _ = compute_official(actor=by, scheme=ranking.scheme, period=ranking.period, at=timezone.now())
    assert fresh.pk != ranking.pk and told(fresh) == both[1:]
