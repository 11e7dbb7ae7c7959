"""The few rows every demonstration opens with, before the whole scene is told: other tests count on them."""

from django.apps import apps
from django.utils import timezone

from finance_policy.models import Bank, BankReturn, FundEntry, Release
from finance_policy.rules.quarters import last_ended, year_before
from miyun_kpi.registers.models import Record, RecordEvent
from tests.evaluation.conftest import _demo_of_module, demo

__all__ = ["_demo_of_module", "demo"]


def test_the_opening_is_what_it_was(demo):
    assert Record.objects.filter(kind="water.village").count() == 4
    assert [row.stage for row in Record.objects.filter(kind="disclosure.welfare").order_by("number")] == [
        "submitted",
        "draft",
    ]
    quarter = year_before(str(last_ended(timezone.localdate())))
    assert Release.objects.get().period == quarter and Bank.objects.count() == 3
    assert sorted(BankReturn.objects.exclude(period=quarter).values_list("bank__code", "state")) == [
        ("yanshi-2", "filed"),
        ("yanshi-3", "accepted"),
    ]
    assert str(FundEntry.objects.last().balance) == "4880000.00"
    lots, uses = (apps.get_model("farmland", name).objects for name in ("Lot", "Application"))
    assert lots.count() == 7 and sorted(uses.values_list("state", flat=True)) == [
        "posted",
        "posted",
        "registered",
        "reserved",
    ]
    stays, claims = (apps.get_model("postdoc", name).objects for name in ("Stay", "Application"))
    assert stays.count() == 2 and sorted(claims.values_list("phase", flat=True)) == ["approved", "filed"]
    assert not RecordEvent.objects.filter(by_id__isnull=True).exists()
