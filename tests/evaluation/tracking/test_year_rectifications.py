"""What 年终 found is called to be put right by who marks it, and closed by 验收销号 (13号 四（三）5)."""

from datetime import date

import pytest
from django.utils import timezone

from evaluation.models import Rectification, Scheme
from evaluation.tracking.services.rectifications import (
    answer_rectification,
    decide_rectification,
    open_year_rectification,
)
from evaluation.year.queries.year_plan import year_rectifications
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from tests.evaluation.conftest import _demo_of_module, actor_named, demo
from tests.factories.sheets import person

__all__ = ["_demo_of_module", "demo"]


@pytest.fixture
def scheme(demo):
    return Scheme.objects.get(track="township")


def opened(scheme, who="shuiwu", **changed):
    values = {
        "scheme_id": scheme.pk,
        "organisation": "beizhuang-zhen",
        "indicator": 4,
        "origin": "visit",
        "requirement": "补齐巡河记录",
        "due_on": date(2099, 3, 31),
        "at": timezone.now(),
    }
    return open_year_rectification(actor=actor_named(who), **(values | changed))


def test_from_the_finding_to_its_closing(scheme):
    row = opened(scheme)
    assert (row.period, row.origin) == ("2020", "visit") and list(year_rectifications(scheme)) == [row]
    now = timezone.now()
    answer_rectification(
        actor=actor_named("beizhuang"), rectification_id=row.pk, version=1, answer="已补齐并建台账", at=now
    )
    closed = decide_rectification(
        actor=actor_named("shuiwu"), rectification_id=row.pk, version=2, passed=True, note="", at=now
    )
    assert closed.state == "closed"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"who": "weijian"}, NotFound),
        ({"indicator": 99}, NotFound),
        ({"organisation": "zhongguancun"}, NotFound),
        ({"origin": "tracking"}, Refused),
        ({"requirement": "短"}, Refused),
        ({"due_on": date(2020, 1, 1)}, Refused),
        ({"who": "beizhuang"}, NotAllowed),
    ],
)
def test_what_is_not_ones_own_or_not_said_is_refused(scheme, changed, error):
    with pytest.raises(error):
        opened(scheme, **changed)
    assert not Rectification.objects.filter(period="2020").exists()


def test_one_open_call_per_item_and_opener(scheme):
    opened(scheme)
    with pytest.raises(Conflict):
        opened(scheme, requirement="另一件要求")
    assert opened(scheme, who="zhengfuban1").opened_role == "evaluation_office"


def test_the_page_keeps_what_was_typed_and_the_list_tells_the_origin(scheme):
    client = person("shuiwu")
    address = f"/evaluation/rectifications/new/{scheme.pk}/"
    typed = {"unit": "beizhuang-zhen", "indicator": "4", "origin": "visit", "requirement": "短", "due_on": "2099-03-31"}
    answer = client.post(address, typed)
    assert (
        answer.status_code == 422
        and "没有发起" in answer.content.decode()
        and "短</textarea>" in answer.content.decode()
    )
    assert client.post(address, typed | {"requirement": "补齐巡河记录"}).status_code == 302
    page = client.get("/evaluation/rectifications/?origin=visit").content.decode()
    assert "现场考评" in page and "北庄镇" in page
    assert (
        "北庄镇" not in client.get("/evaluation/rectifications/?origin=feedback").content.decode().split("<tbody>")[-1]
    )
