"""The demonstration comes whole and only once."""

from django.utils import timezone

from evaluation.demo.scenes import Scene
from evaluation.demo.services import all_accounts, load_demo, reset_passwords
from evaluation.models import Mark, MarkSheet, Period, Ranking
from miyun_kpi.accounts.models import User


def test_the_past_quarter_is_filed_and_the_present_one_open_and_blank(demo):
    past, present = (MarkSheet.objects.filter(period__code=code) for code in ("2020Q2", "2020Q3"))
    assert (past.count(), present.count()) == (57, 57)
    assert set(past.values_list("state", flat=True)) == {"filed"}
    assert set(present.values_list("state", flat=True)) == {"open"}
    assert not Mark.objects.filter(sheet__period__code="2020Q3", version__gt=0).exists()
    assert not Mark.objects.filter(sheet__period__code="2020Q2", value__isnull=True).exists()
    period = Period.objects.get(code="2020Q3")
    assert period.window.phase(timezone.now()) == "open"
    assert Ranking.objects.filter(kind="trial").count() == 2


def test_it_is_never_loaded_over_accounts(demo):
    assert load_demo(at=timezone.now(), scene=Scene.OPENING) == []


def test_passwords_can_be_renewed(demo):
    fresh = {account.username: password for account, password in reset_passwords(at=timezone.now())}
    assert len(set(fresh.values())) == len(all_accounts()) >= 13
    assert all(User.objects.get(username=name).check_password(password) for name, password in fresh.items())
