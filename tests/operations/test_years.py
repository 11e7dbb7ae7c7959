"""manage.py synthesise: on the demonstration alone, once, the same every time, and everything that is verified still holds."""

from datetime import datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from farmland.models import Application, Entry, Lot, MoneyCheck
from farmland.queries import rewards
from farmland.queries.pool import proofs_of, replayed
from farmland.queries.reconciling import months
from miyun_kpi import site
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.verifying import faults
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.inbox.models import Notice, NoticeRead
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.years import Years, year_fills
from miyun_kpi.operations.years import DONE, synthesise
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.models import Record
from tests.farmland.conftest import PICTURE, put, somebody

AT = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
pytestmark = pytest.mark.django_db


@pytest.fixture
def few(gazette, monkeypatch):
    """A demonstration with one account, and little of everything."""
    monkeypatch.setattr(site, "_current", [site.DEMO])
    for where, number in {
        "miyun_kpi.operations.years.YEARLY_ENTRIES": 40,
        "miyun_kpi.registers.years.YEARLY": 120,
        "miyun_kpi.inbox.years.YEARLY": 90,
        "farmland.years.LOTS": 6,
        "farmland.years.PROJECTS": 42,
    }.items():
        monkeypatch.setattr(where, number)
    user = User.objects.create_user("jia", "correct horse battery", display_name="甲", created_at=AT)
    office = Organisation.objects.get(code="guizi-fenju")
    Post.objects.create(user=user, organisation=office, role="register_office", starts_on=AT.date())


def test_every_part_is_filled_and_everything_that_is_verified_holds(few):
    before = AuditEntry.objects.count()
    told: list[str] = []
    number = synthesise(years=Years(1, AT), said=told.append)
    assert [one.partition("：")[0] for one in told] == ["消息", "登记簿", "任务", "耕地占补", "审计"]
    assert number == sum(int(one.partition("：")[2].removesuffix(" 行")) for one in told)
    assert Notice.objects.count() == 90 and 0 < NoticeRead.objects.count() < 90
    assert Record.objects.filter(created_by="虚构").count() == 120
    assert AuditEntry.objects.count() == before + 41 and AuditEntry.objects.filter(action=DONE).count() == 1
    assert not list(faults())
    standings = set(DutyPeriod.objects.values_list("state", "late", "missed"))
    assert {("accepted", False, False), ("accepted", True, False), ("accepted", True, True)} <= standings


def test_the_ledger_is_one_that_the_rules_would_have_written(few):
    synthesise(years=Years(2, AT), only=["farmland"])
    done, differences = replayed()
    assert done.count == Entry.objects.count() > 100 and not done.problems and not differences
    rows = list(Application.objects.filter(state__in=["posted", "reserved"]))
    assert len(rows) > 70 and all(proof.agrees for proof in proofs_of(rows).values())
    free = sum((lot.free for lot in Lot.objects.all()), Decimal(0))
    assert Entry.objects.order_by("-number")[0].pool_free == free > 0
    lines = rewards.lines()
    assert lines and all(not one.left and not one.over and not one.problem for one in lines)
    assert MoneyCheck.objects.exists() and [one.month for one in months() if one.open] in ([], ["2026-11"])


def test_lots_that_stand_already_are_used_up_with_the_rest(few):
    pool = somebody("区规自分局", "register_office", 31)
    lots = [put(pool, *row) for row in PICTURE]
    synthesise(years=Years(1, AT), only=["farmland"])
    done, differences = replayed()
    assert not done.problems and not differences and done.count == Entry.objects.count()
    assert any(lot.used > 0 for lot in Lot.objects.filter(pk__in=[lot.pk for lot in lots]))


def test_the_same_call_fills_the_same(few):
    synthesise(years=Years(1, AT), only=["farmland", "registers"])
    sums = Lot.objects.aggregate(Sum("used"), Sum("reserved"))
    first = [sums, list(Record.objects.order_by("kind", "number").values_list("kind", "values"))]
    Record.objects.all().delete()
    again = Years(1, AT)
    assert list(again.moments(7)) == list(Years(1, AT).moments(7)) and len(again.months()) == 12
    year_fills()["registers"][1](again)
    assert first[1] == list(Record.objects.order_by("kind", "number").values_list("kind", "values"))


def test_a_second_time_it_is_refused(few):
    synthesise(years=Years(1, AT), only=["inbox"])
    with pytest.raises(Refused, match="已经放进来了，没有再放"):
        synthesise(years=Years(1, AT), only=["inbox"])
    assert Notice.objects.count() == 90


@pytest.mark.parametrize(
    ("number", "only", "said"), [(0, [], "1 至 50"), (51, [], "1 至 50"), (1, ["money"], "没有“money”")]
)
def test_what_is_asked_for_wrongly_is_refused(few, number, only, said):
    with pytest.raises(Refused, match=said):
        synthesise(years=Years(number, AT), only=only)
    assert not Notice.objects.exists()


@pytest.mark.parametrize("name", [site.REAL, site.REHEARSAL])
def test_on_no_other_site(few, monkeypatch, name):
    monkeypatch.setattr(site, "_current", [name])
    with pytest.raises(CommandError, match="^这里不是演示站，没有执行：[^。]*。$"):
        call_command("synthesise", "--years", "1")
    assert not Notice.objects.exists() and not AuditEntry.objects.filter(action=DONE).exists()


def test_the_command_says_what_it_did(few):
    out = StringIO()
    call_command("synthesise", "--years", "1", "--only", "inbox", stdout=out)
    assert out.getvalue().splitlines() == ["消息：90 行", "放进了 1 年，共 90 行。"]


def test_without_a_demonstration_there_is_nothing_to_add_to(few):
    Post.objects.all().delete()
    User.objects.all().delete()
    with pytest.raises(Refused, match="演示还没有装入"):
        synthesise(years=Years(1, AT))
