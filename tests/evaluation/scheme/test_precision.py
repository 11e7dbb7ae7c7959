"""名次精度 is chosen before the first period opens, and not afterwards (engine 11)."""

import pytest
from django.utils import timezone

from evaluation.models import MarkSheet, Scheme
from evaluation.scheme.services.settings import change_settings
from miyun_kpi.lib.errors import Refused
from tests.factories.rankings import actor_of, filed_quarter, person

pytestmark = pytest.mark.django_db


def change(office, value):
    scheme = Scheme.objects.get(track="township", year=2020)
    return change_settings(
        actor=office,
        scheme_id=scheme.pk,
        version=scheme.version,
        values={"rank_precision": value},
        reason="会议定为两位小数",
        at=timezone.now(),
    )


def test_it_is_fixed_once_a_sheet_is_open(gazette):
    office = actor_of(person("jia", "区政府办公室", "evaluation_office"))
    assert change(office, 2).rank_precision == 2
    for wrong in (1, 5):
        with pytest.raises(Refused, match="须在 2 至 4 之间"):
            change(office, wrong)
    filed_quarter()
    assert MarkSheet.objects.filter(scheme__track="township").exists()
    with pytest.raises(Refused, match="名次精度不能再改"):
        change(office, 3)
    assert Scheme.objects.get(track="township", year=2020).rank_precision == 2
    assert change(office, 2).rank_precision == 2, "the same value is no change"
