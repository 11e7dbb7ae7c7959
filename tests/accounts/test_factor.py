"""动态口令: enrolled by its owner, shown at the door by the three and at an act by everybody, lost by two administrators."""

from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from django.test import Client

from miyun_kpi.accounts import services
from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import SecondFactor, User
from miyun_kpi.accounts.services.factor import CODES, PAUSE, STEP, TRIES
from miyun_kpi.acts.acting import require_other_hand
from miyun_kpi.acts.proof import HOLDS, require_proof
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from tests.accounts.people import AT, PASSWORD, actor, person, released

pytestmark = pytest.mark.usefixtures("gazette")


def code_at(user: User, at: datetime) -> str:
    return str(pyotp.TOTP(SecondFactor.objects.get(user=user).secret.open()).at(at))


def enrolled(user: User, at: datetime = AT) -> list[str]:
    services.begin_enrolment(actor=actor(user), user=user, at=at)
    return services.confirm_enrolment(actor=actor(user), user=user, code=code_at(user, at), at=at)


def prove(user: User, code: str, at: datetime) -> None:
    services.prove(actor=actor(user), user=user, code=code, at=at)


def refused(code: str, act: Any) -> Refused:
    with pytest.raises(Refused) as refusal:
        act()
    assert refusal.value.code == code
    return refusal.value


def test_the_secret_is_sealed_and_counts_only_after_a_first_code(marker):
    secret, address = services.begin_enrolment(actor=actor(marker), user=marker, at=AT)
    assert services.begin_enrolment(actor=actor(marker), user=marker, at=AT)[0] == secret, (
        "a second look shows the same"
    )
    assert address.startswith("otpauth://totp/") and secret in address
    refused("not-enrolled", lambda: prove(marker, code_at(marker, AT), AT))
    refused(
        "wrong-factor",
        lambda: services.confirm_enrolment(actor=actor(marker), user=marker, code="000000", at=AT),
    )
    codes = enrolled(marker)
    assert len(set(codes)) == CODES
    stored = str(SecondFactor.objects.values().get())
    assert secret not in stored and not any(one in stored for one in codes)
    told = "".join(AuditEntry.objects.values_list("data", flat=True))
    assert secret not in told and not any(one in told for one in codes)
    assert Notice.objects.filter(title__startswith="已登记动态口令").exists()
    with pytest.raises(Conflict):
        services.begin_enrolment(actor=actor(marker), user=marker, at=AT)


def test_a_code_is_good_once_and_none_before_it_afterwards(marker):
    enrolled(marker)
    later = AT + timedelta(seconds=STEP)
    refused("wrong-factor", lambda: prove(marker, code_at(marker, AT), AT))
    prove(marker, code_at(marker, later), later)
    for old in (later, AT):
        refused("wrong-factor", lambda old=old: prove(marker, code_at(marker, old), later))


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_wrong_by_one_step(marker, steps, good):
    enrolled(marker)
    now = AT + timedelta(minutes=10)
    code = code_at(marker, now + timedelta(seconds=STEP * steps))
    if good:
        prove(marker, f" {code[:3]} {code[3:]} ", now)
    else:
        refused("wrong-factor", lambda: prove(marker, code, now))


def test_wrong_codes_pause_it_and_a_right_one_does_not_help_meanwhile(marker):
    enrolled(marker)
    now = AT + timedelta(minutes=1)
    for _ in range(TRIES):
        refused("wrong-factor", lambda: prove(marker, "12345", now))
    assert "才能再输" in refused("factor-paused", lambda: prove(marker, code_at(marker, now), now)).message
    assert AuditEntry.objects.filter(action="accounts.factor.paused", result="refused").exists()
    prove(marker, code_at(marker, now + PAUSE), now + PAUSE)


def test_a_recovery_code_opens_once(marker):
    codes = enrolled(marker)
    prove(marker, f" {codes[0].upper()} ", AT)
    refused("wrong-factor", lambda: prove(marker, codes[0], AT))
    assert len(SecondFactor.objects.get().recovery) == CODES - 1


def test_a_lost_one_is_taken_away_by_two_and_ends_the_sessions(admin, security, marker, client):
    enrolled(marker)
    client.force_login(marker)
    waits = services.drop_factor(actor=actor(admin), username="jing", reason="手机丢失，本人来办", at=AT)
    assert SecondFactor.objects.exists() and client.get("/accounts/me/").status_code == 200
    with pytest.raises(NotAllowed):
        services.drop_factor(actor=actor(security), username="jing", reason="手机丢失，本人来办", at=AT)
    released(waits)
    assert not SecondFactor.objects.exists() and client.get("/accounts/me/").status_code == 302
    assert Notice.objects.filter(title__startswith="动态口令已取消", role="evaluator").exists()


# ── where it is asked for ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ago", [None, HOLDS + timedelta(seconds=1), -timedelta(seconds=1)])
def test_an_act_that_counts_asks_for_it(marker, settings, ago):
    from dataclasses import replace

    settings.SECOND_FACTOR = "acts"
    acting = actor_in_post(marker, marker.posts.get())
    late = acting if ago is None else replace(acting, proven_at=AT - ago)
    refused("second-factor", lambda: require_proof(late, AT))
    refused("second-factor", lambda: require_other_hand(late, 0, "要由另一个人办理。", AT))
    require_proof(replace(acting, proven_at=AT - HOLDS), AT)
    require_proof(SYSTEM, AT)
    settings.SECOND_FACTOR = "off"
    require_proof(late, AT)


def at_the_door(user: User) -> Client:
    client = Client()
    assert client.post("/sign-in/", {"username": user.username, "password": PASSWORD}).status_code == 302
    return client


def test_the_three_enrol_and_show_it_at_the_door_of_every_session(admin, marker, settings):
    settings.SECOND_FACTOR = "acts"
    with time_machine.travel(AT, tick=False) as clock:
        client = at_the_door(admin)
        for address in ("/", "/accounts/people/", "/audit/"):
            assert client.get(address)["Location"].startswith("/accounts/proof/?next=")
        assert client.get("/accounts/proof/")["Location"] == "/accounts/factor/"
        page = client.post("/accounts/factor/", {"act": "begin"}).content.decode()
        assert (
            "<svg" in page and " ".join(SecondFactor.objects.get().secret.open()[at : at + 4] for at in (0, 4)) in page
        )
        done = client.post("/accounts/factor/", {"code": code_at(admin, AT), "next": "/accounts/people/"})
        assert done.content.decode().count("<li><code>") == CODES
        assert client.get("/accounts/people/").status_code == 200
        clock.shift(timedelta(minutes=1))
        again = at_the_door(admin)
        assert again.get("/")["Location"].startswith("/accounts/proof/")
        wrong = again.post("/accounts/proof/", {"code": "000000", "next": "/"})
        assert wrong.status_code == 422 and "动态口令不对" in wrong.content.decode()
        right = again.post("/accounts/proof/", {"code": code_at(admin, AT + timedelta(minutes=1)), "next": "//evil"})
        assert right["Location"] == "/" and again.get("/").status_code == 200
        assert at_the_door(marker).get("/").status_code == 200, "others show it at an act"
        settings.SECOND_FACTOR = "all"
        assert at_the_door(marker).get("/")["Location"].startswith("/accounts/proof/")


def test_a_refused_act_leads_to_the_code_and_back_to_its_page(admin, security, settings):
    settings.SECOND_FACTOR = "acts"
    reviewer = person("yi", Role.EVALUATOR, "区水务局")
    services.reset_access(actor=actor(admin), username="yi", reason="忘记密码", version=1, at=AT)
    from miyun_kpi.accounts.models import Activation

    row = Activation.objects.get(user=reviewer)
    with time_machine.travel(AT, tick=False) as clock:
        enrolled(security, AT - timedelta(minutes=5))
        client = at_the_door(security)
        client.post("/accounts/proof/", {"code": code_at(security, AT)})
        clock.shift(HOLDS + timedelta(seconds=1))
        address = f"/accounts/activations/{row.pk}/"
        asked = client.post(
            address, {"act": "release", "version": 1}, headers={"referer": f"http://testserver{address}"}
        )
        assert asked.status_code == 422 and f"/accounts/proof/?next={address}" in asked.content.decode()
        code = code_at(security, AT + HOLDS + timedelta(seconds=1))
        assert client.post("/accounts/proof/", {"code": code, "next": address})["Location"] == address
        assert client.post(address, {"act": "release", "version": 1}).status_code == 200
