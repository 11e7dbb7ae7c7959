"""三（三）8: what a bank owes stays with it until it is handed in, and nothing is owed of the quarters before it reports."""

from datetime import timedelta

import pytest

from finance_policy.desk import desk_items
from finance_policy.models import Bank
from finance_policy.queries.returns import owed
from finance_policy.services.reminders import send_notices
from miyun_kpi.inbox.models import Notice
from tests.finance_policy.conftest import AT
from tests.finance_policy.test_returns import banks, fill
from tests.registers.test_records import client_of

__all__ = ["banks"]
# 2020Q4 has ended; its returns are due.
LATER = AT + timedelta(days=100)


def asked(actor, at):
    return [one.title.rpartition("：")[2] for one in desk_items(actor, at) if one.action == "填报"]


@pytest.fixture
def first(banks):
    return banks[0]


def test_the_newest_alone_of_a_bank_that_never_reported(first):
    assert asked(first, AT) == ["2020年第三季度"]
    assert asked(first, LATER) == ["2020年第四季度"]


def test_a_quarter_left_out_or_left_in_draft_is_asked_for_until_it_comes(first):
    fill(first, "2020Q2")
    assert asked(first, LATER) == ["2020年第三季度", "2020年第四季度"]
    fill(first, "2020Q3", submit=False)
    assert asked(first, LATER) == ["2020年第三季度", "2020年第四季度"]
    send_notices(at=LATER)
    told = Notice.objects.filter(organisation__name="第1银行", title__startswith="已逾期").values_list(
        "title", flat=True
    )
    assert any("2020Q3" in one for one in told)
    fill(first, "2020Q3")
    assert asked(first, LATER) == ["2020年第四季度"]


def test_nothing_is_asked_for_of_before_it_reports(first, office):
    Bank.objects.filter(code="b1").update(from_period="2021Q1")
    assert asked(first, LATER) == [] and owed(Bank.objects.get(code="b1"), LATER.date()) == []
    send_notices(at=LATER)
    assert not Notice.objects.filter(organisation__name="第1银行").exists()
    assert asked(first, LATER + timedelta(days=95)) == ["2021年第一季度"]


def test_the_office_s_page_names_only_who_is_asked(banks, office):
    Bank.objects.filter(code="b1").update(from_period="2099Q1")
    page = client_of("区金融办", "register_office").get("/finance/returns/").content.decode()
    said = page[page.index("还没有报送") :].partition("</p>")[0]
    assert "第2银行" in said and "第1银行" not in said
