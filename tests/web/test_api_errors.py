"""The one error shape names a clause as pages and papers do."""

import pytest

from miyun_kpi.api.errors import refusal_body
from miyun_kpi.lib.errors import Refused


@pytest.mark.parametrize(
    ("given", "told"),
    [("21·第十一条", "21号 第十一条"), ("13号 四（二）", "13号 四（二）"), ("四（二）", "四（二）"), (None, None)],
)
def test_a_clause_reads_as_it_does_on_a_page(given, told):
    assert refusal_body(Refused("any", "一句。", given))["clause"] == told
