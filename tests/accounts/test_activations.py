"""The way to a password in two halves: no administrator alone, no stranger, no code that lies about."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from miyun_kpi.accounts import services
from miyun_kpi.accounts.enums import ActivationState, Role
from miyun_kpi.accounts.models import Activation
from miyun_kpi.accounts.services.activations import TRIES, VALID_FOR
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from tests.accounts.people import AT, PASSWORD, actor, person

pytestmark = pytest.mark.django_db
User = get_user_model()
CHOSEN = "Grand-Canal-77"


def asked(admin, username="jing", reason="忘记密码，本人来电"):
    user = User.objects.get(username=username)
    return services.reset_access(actor=actor(admin), username=username, reason=reason, version=user.version, at=AT)[1]


def released(security, at=AT):
    row = Activation.objects.get(state=ActivationState.ASKED)
    return services.release(actor=actor(security), activation_id=row.pk, version=row.version, at=at)[1]


def finish(first, second, at=AT, username="jing", password=CHOSEN):
    given = {"username": username, "first": first, "second": second, "password": password}
    return services.finish(address=lambda actor: actor, at=at, **given)


def test_the_old_way_in_ends_at_once_and_the_new_one_is_the_owner_s(admin, security, marker, client):
    client.force_login(marker)
    first = asked(admin)
    assert client.get("/accounts/me/").status_code == 302, "what was opened with the old password has ended"
    marker.refresh_from_db()
    assert not marker.has_usable_password()
    second = released(security)
    finish(f" {first} ", second)
    marker.refresh_from_db()
    assert marker.check_password(CHOSEN) and not marker.must_change_password
    told = "".join(AuditEntry.objects.values_list("data", flat=True))
    stored = str(Activation.objects.values().get())
    assert not any(half in text for half in (first, second) for text in (told, stored))


def test_owner_administrators_and_auditor_are_told_of_every_step(admin, security, marker):
    person("shen", Role.AUDITOR, "区审计局")
    second_half_of = asked(admin), released(security)
    finish(*second_half_of)
    for title in ("提请激活", "激活已放行", "已激活"):
        found = Notice.objects.filter(title__startswith=title)
        assert {(one.organisation.name, one.role) for one in found} == {
            ("区水务局", "evaluator"),
            ("区政府办公室", "system_admin"),
            ("区政府办公室", "security_admin"),
            ("区审计局", "auditor"),
        }, title
    assert Notice.objects.filter(role="evaluator").exclude(url="").count() == 0, "the owner's page is not theirs"


def test_nobody_gets_in_with_one_half_or_before_the_release(admin, security, marker):
    first = asked(admin)
    for second in ("", first):
        with pytest.raises(Refused):
            finish(first, second)
    assert Activation.objects.get().failures == 0, "what is not released cannot be tried"
    second = released(security)
    for one, other in ((first, first), (second, second), (second, first), ("", second), (first, "")):
        with pytest.raises(Refused) as refusal:
            finish(one, other)
        assert refusal.value.code == "wrong-code"
    assert Activation.objects.get().state == ActivationState.STRUCK, f"{TRIES} wrong codes make it void"
    with pytest.raises(Refused):
        finish(first, second)
    assert Notice.objects.filter(title__startswith="激活已作废").exists()


def test_a_weak_password_costs_no_try_and_tells_who_has_the_code_alone(admin, security, marker):
    first, second = asked(admin), released(security)
    with pytest.raises(Refused) as refusal:
        finish(first, second, password="1234567890")
    assert refusal.value.code == "weak-password"
    with pytest.raises(Refused) as refusal:
        finish(first, "x", password="1234567890")
    assert refusal.value.code == "wrong-code"
    finish(first, second)


@pytest.mark.parametrize(("late", "opens"), [(-timedelta(seconds=1), True), (timedelta(0), False)])
def test_it_is_good_for_three_days(admin, security, marker, late, opens):
    first, second = asked(admin), released(security)
    if opens:
        finish(first, second, at=AT + VALID_FOR + late)
    else:
        with pytest.raises(Refused):
            finish(first, second, at=AT + VALID_FOR + late)


def test_an_unknown_a_disabled_and_a_right_account_are_refused_alike(admin, security, marker):
    first, second = asked(admin), released(security)
    person("tingyong", is_active=False)
    client, said = Client(), set()
    for username, half in (("nobody", second), ("tingyong", second), ("jing", "x")):
        body = {"username": username, "first": first, "second": half, "new": CHOSEN, "again": CHOSEN}
        answer = client.post("/activate/", body)
        said.add((answer.status_code, answer.content.decode().count("用户名或激活码不对")))
    assert len(said) == 1 and said.pop()[0] == 422


def test_a_new_one_makes_the_earlier_void(admin, security, marker):
    first, second = asked(admin), released(security)
    fresh = asked(admin, reason="前半抄错了")
    with pytest.raises(Refused):
        finish(first, second)
    finish(fresh, released(security))


def test_only_another_administrator_releases_and_nobody_for_oneself(admin, security, marker):
    asked(admin)
    row = Activation.objects.get()
    given = {"activation_id": row.pk, "at": AT}
    other = person("xi-er", Role.SYSTEM_ADMIN)
    for who in (admin, marker, other):
        with pytest.raises(NotAllowed):
            services.release(actor=actor(who), version=1, **given)
    with pytest.raises(Conflict):
        services.release(actor=actor(security), version=7, **given)
    services.release(actor=actor(security), version=1, **given)
    asked(admin, "an", "忘记密码，本人来电")
    row = Activation.objects.get(state=ActivationState.ASKED)
    with pytest.raises(NotAllowed):
        services.release(actor=actor(security), activation_id=row.pk, version=1, at=AT)
    with pytest.raises(NotFound):
        services.release(actor=actor(security), activation_id=0, version=1, at=AT)


def test_the_store_keeps_two_persons_and_one_open_activation(admin, security, marker):
    asked(admin)
    row = Activation.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Activation.objects.filter(pk=row.pk).update(confirmed_by_id=row.recorded_by_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Activation.objects.create(user=marker, reason="第二次", first_half="x", recorded_by="甲", recorded_at=AT)


def test_either_administrator_voids_it_with_a_reason(admin, security, marker):
    first, second = asked(admin), released(security)
    row = Activation.objects.get()
    with pytest.raises(Refused):
        services.strike(actor=actor(security), activation_id=row.pk, version=row.version, reason="", at=AT)
    with pytest.raises(NotAllowed):
        services.strike(actor=actor(marker), activation_id=row.pk, version=row.version, reason="不是我要的", at=AT)
    services.strike(actor=actor(security), activation_id=row.pk, version=row.version, reason="不是本人要的", at=AT)
    with pytest.raises(Refused):
        finish(first, second)
    with pytest.raises(Conflict):
        services.strike(actor=actor(admin), activation_id=row.pk, version=row.version + 1, reason="再来一次", at=AT)


def test_breaking_the_glass_tells_all_three_and_the_owner(admin, security, marker):
    person("shen", Role.AUDITOR, "区审计局")
    out = StringIO()
    call_command("break_glass", "安全管理员病假，系统管理员忘记密码", "--account", "guan", stdout=out)
    first, second = out.getvalue().splitlines()[0].split()[-2:]
    found = Notice.objects.filter(title__startswith="动用应急口")
    assert {one.role for one in found} == {"system_admin", "security_admin", "auditor"}
    assert "病假" in AuditEntry.objects.get(action="accounts.activation.glass-broken").data
    user = User.objects.get(username="guan")
    assert not user.check_password(PASSWORD), "the old password ends at once"
    services.finish(
        username="guan", first=first, second=second, password=CHOSEN, address=lambda actor: actor,
        at=Activation.objects.get().recorded_at,
    )  # fmt: skip  # one call a line
    for wrong, said in (
        (("无", "--account", "guan"), "应急口的理由"),
        (("有理由的", "--account", "nobody"), "没有这一项"),
    ):
        with pytest.raises(CommandError, match=said):
            call_command("break_glass", *wrong)
