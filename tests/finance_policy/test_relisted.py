"""A risky firm that is put on the list again: each of its times counts by its own days."""

from datetime import date

import pytest

from finance_policy.queries.figures import insurance
from miyun_kpi.lib.errors import Refused
from miyun_kpi.registers.models import Record
from tests.finance_policy.conftest import code_of, make, step


def test_a_closed_quarter_keeps_its_cover(environment):
    row = make(environment, "risky", name="甲厂", code=code_of(1), town="北庄镇", listed_on="2020-01-10")
    step(environment, row, "leave", "企业已搬迁", left_on="2020-06-30")
    with pytest.raises(Refused, match="先填重新列入日期"):
        step(environment, row, "again", "企业迁回复产")
    with pytest.raises(Refused, match="须在移出名单日期"):
        step(environment, row, "again", "企业迁回复产", relisted_on="2020-06-30")
    step(environment, row, "again", "企业迁回复产", relisted_on="2020-10-01")
    found = Record.objects.get(pk=row.pk)
    assert (found.values["listed_on"], found.values["left_on"], found.values["relisted_on"]) == ("2020-10-01", "", "")
    listed = {on: insurance(on).whole.listed for on in (date(2020, 6, 29), date(2020, 9, 30), date(2020, 10, 1))}
    assert list(listed.values()) == [1, 0, 1]
    assert insurance(date(2020, 9, 30)).towns == []
