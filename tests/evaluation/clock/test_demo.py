"""The demonstration comes whole, only once, and goes whole."""

from django.utils import timezone

from evaluation.demo.services import all_accounts, load_demo, remove_demo, reset_passwords
from evaluation.models import Mark, MarkSheet, Period, Ranking, Rulebook
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.queries import verify
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.inbox.models import Notice


def test_the_past_quarter_is_filed_and_the_present_one_open_and_blank(demo):
    past, present = (MarkSheet.objects.filter(period__code=code) for code in ("2020Q2", "2020Q3"))
    assert (past.count(), present.count()) == (57, 57)
    assert set(past.values_list("state", flat=True)) == {"filed"}
    assert set(present.values_list("state", flat=True)) == {"open"}
    assert not Mark.objects.filter(sheet__period__code="2020Q3", version__gt=0).exists()
    assert not Mark.objects.filter(sheet__period__code="2020Q2", value__isnull=True).exists()
    period = Period.objects.get(code="2020Q3")
    assert period.window.phase(timezone.now()) == "open" and period.demo
    assert Ranking.objects.filter(demo=True, kind="trial").count() == 2


def test_it_is_never_loaded_over_accounts(demo):
    assert load_demo(at=timezone.now()) == []


def test_passwords_can_be_renewed(demo):
    fresh = {account.username: password for account, password in reset_passwords(at=timezone.now())}
    assert len(set(fresh.values())) == len(all_accounts()) >= 13
    assert all(User.objects.get(username=name).check_password(password) for name, password in fresh.items())


def test_removing_it_leaves_only_the_audit(demo):
    before = AuditEntry.objects.count()
    remove_demo(at=timezone.now())
    for model in (Period, MarkSheet, Mark, Ranking, Post, DutyPeriod, Notice, Rulebook):
        assert not model.objects.exists(), model
    assert not User.objects.filter(demo=True).exists()
    assert AuditEntry.objects.count() == before + 1
    assert verify().intact
