"""Entering a figure: what it may be, and from which day."""

from datetime import date
from decimal import Decimal

import pytest

from miyun_kpi.lib.errors import NotAllowed, Refused
from postdoc.services import money
from tests.postdoc.conftest import AT
from tests.postdoc.test_money import TODAY, figure


def test_settings_are_what_they_may_be_and_figures_have_a_day(handler, park):
    with pytest.raises(NotAllowed):
        money.enter_figure(actor=park, code="leaving", value=Decimal(1), starts_on=TODAY, document="x", at=AT)
    for code, value, day, document, said in (
        ("second_stay", 2, TODAY, "新通知第1号", "只能是"),
        ("rest_days", 3, TODAY, "新通知第1号", "只能是"),
        ("entry_month", 1, TODAY, "新通知第1号", "请选标准"),
        ("living_months", "23.5", TODAY, "新通知第1号", "整数"),
        ("leaving", 1, date(2020, 6, 4), "新通知第1号", "不能早于"),
        ("leaving", 1, TODAY, "通知号", "至少 4 字"),
    ):
        with pytest.raises(Refused, match=said):
            figure(handler, code, value, day, document)
