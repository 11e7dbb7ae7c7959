"""A client certificate as second factor: believed of a trusted proxy alone, bound to an account by two administrators."""

import logging
from dataclasses import replace
from datetime import timedelta
from functools import cache
from ipaddress import ip_network
from urllib.parse import quote

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import Client

from miyun_kpi import profile
from miyun_kpi.accounts import services
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import ClientCertificate, SecondFactor
from miyun_kpi.accounts.registry import Waiting
from miyun_kpi.acts.proof import require_proof
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Refused
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import decide
from tests.accounts.people import AT, actor, person, released
from tests.accounts.test_factor import at_the_door, enrolled, refused

pytestmark = pytest.mark.usefixtures("gazette")
WHY = "本人来领 UKey，已核对身份证件"


@cache
def made(name: str, days: int = 365) -> tuple[str, str]:
    """A certificate and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    whole = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(AT - timedelta(days=900))
        .not_valid_after(AT + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return whole.public_bytes(serialization.Encoding.PEM).decode(), private.decode()


def pem(name: str = "井", days: int = 365) -> str:
    return made(name, days)[0]


def shown(name: str = "井") -> dict[str, str]:
    """What nginx sets: the certificate in one line."""
    return {"x-ssl-client-cert": quote(pem(name))}


def bound(security, username, text, **more):
    return services.bind_certificate(actor=actor(security), username=username, pem=text, reason=WHY, at=AT, **more)


def given_to(settings, security, username, text):
    """Bound by both; the second of them shows his own factor elsewhere."""
    asked, settings.SECOND_FACTOR = settings.SECOND_FACTOR, "off"
    released(bound(security, username, text))
    settings.SECOND_FACTOR = asked


@pytest.fixture
def on(settings):
    settings.SECOND_FACTOR, settings.TRUSTED_PROXIES = "acts", 1
    settings.CLIENT_CERT_HEADER, settings.CLIENT_CERT_PROXIES = "X-SSL-Client-Cert", [ip_network("127.0.0.1")]
    with time_machine.travel(AT, tick=False):
        yield settings


def proven(client: Client, address="/accounts/me/", **extra) -> bool:
    """Whether the person of this request has shown a second factor."""
    answer = client.get(address, **extra)
    assert answer.status_code == 200
    return answer.wsgi_request.actor.proven_at is not None


# ── what counts ──────────────────────────────────────────────────────────────────────────────────


def test_it_counts_at_an_act_as_long_as_it_is_there(on, security, marker):
    given_to(on, security, "jing", pem())
    client = at_the_door(marker)
    assert proven(client, headers=shown()) and not proven(client)
    with_it = client.get("/accounts/me/", headers=shown()).wsgi_request.actor
    require_proof(with_it, AT)
    with pytest.raises(Refused):
        require_proof(client.get("/accounts/me/").wsgi_request.actor, AT)


def test_it_opens_the_door_of_the_three_and_without_it_the_page_says_so(on, admin, security):
    given_to(on, security, "guan", pem("管"))
    client = at_the_door(admin)
    closed = client.get("/accounts/people/")
    assert closed["Location"].startswith("/accounts/proof/")
    page = client.get(closed["Location"]).content.decode()
    assert "插上证书（UKey）" in page and 'name="code"' not in page
    assert client.get("/accounts/people/", headers=shown("管")).status_code == 200
    assert client.get("/accounts/people/", headers=shown("别人")).status_code == 302


def test_another_s_certificate_and_one_that_nobody_bound_count_for_nothing(on, security, marker):
    person("yi", Role.EVALUATOR, "区水务局")
    given_to(on, security, "yi", pem("乙"))
    client = at_the_door(marker)
    assert not proven(client, headers=shown("乙")) and not proven(client, headers=shown("丙"))


@pytest.mark.parametrize("text", ["", "SUCCESS", "%%%", quote("-----BEGIN CERTIFICATE-----\nAAAA\n"), "0" * 9000])
def test_a_header_that_is_no_certificate_opens_nothing_and_breaks_nothing(on, security, marker, text):
    given_to(on, security, "jing", pem())
    assert not proven(at_the_door(marker), headers={"x-ssl-client-cert": text})


# ── who is believed ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("address", ["10.0.0.9", "127.0.0.2", "::1", "", "unix:"])
def test_a_forged_header_is_dropped_and_logged(on, security, marker, address, caplog):
    given_to(on, security, "jing", pem())
    client = at_the_door(marker)
    with caplog.at_level(logging.WARNING, "miyun_kpi.accounts.certificates"):
        assert not proven(client, headers=shown(), REMOTE_ADDR=address)
    assert any("dropped" in one.message for one in caplog.records)
    answer = client.get("/accounts/me/", headers=shown(), REMOTE_ADDR=address)
    assert "HTTP_X_SSL_CLIENT_CERT" not in answer.wsgi_request.META


def test_by_the_address_a_client_claims_nobody_becomes_a_proxy(on, security, marker):
    given_to(on, security, "jing", pem())
    headers = shown() | {"x-forwarded-for": "127.0.0.1"}
    assert not proven(at_the_door(marker), headers=headers, REMOTE_ADDR="10.0.0.9")


def test_where_it_is_not_switched_on_the_header_says_nothing(on, security, marker):
    given_to(on, security, "jing", pem())
    on.CLIENT_CERT_HEADER = ""
    assert not proven(at_the_door(marker), headers=shown())


def test_the_environment_names_header_and_proxies_or_nothing_starts():
    assert profile.client_certificates("", ["127.0.0.1"], proxies=0) == ("", [])
    header, networks = profile.client_certificates("X-SSL-Client-Cert", ["10.1.0.0/24", "::1"], proxies=1)
    assert header == "X-SSL-Client-Cert" and len(networks) == 2
    for given in (("X SSL", ["127.0.0.1"], 1), ("X-SSL-Client-Cert", ["nginx"], 1), ("X-SSL-Client-Cert", ["::1"], 0)):
        with pytest.raises(SystemExit, match="没有启动"):
            profile.client_certificates(given[0], given[1], proxies=given[2])


# ── who binds it ─────────────────────────────────────────────────────────────────────────────────


def test_the_security_administrator_proposes_and_another_releases(on, admin, security, marker):
    assert isinstance(bound(security, "jing", pem()), Waiting) and not ClientCertificate.objects.exists()
    row = Proposal.objects.get()
    said = dict(row.said)
    assert said["颁发给"] == "井" and len(said["指纹（SHA-256）"]) == 64 and said["理由"] == WHY
    for alone in (security, marker):
        with pytest.raises(Refused):
            decide(actor=actor(alone), proposal_id=row.pk, version=1, confirm=True, note="", at=AT)
    with pytest.raises(Refused) as lacking:
        bound(admin, "jing", pem())
    assert lacking.value.code == "verb-lacking" and not ClientCertificate.objects.exists()
    client = at_the_door(marker)
    decide(actor=replace(actor(admin), proven_at=AT), proposal_id=row.pk, version=1, confirm=True, note="", at=AT)
    assert ClientCertificate.objects.get().fingerprint == said["指纹（SHA-256）"]
    assert client.get("/accounts/me/").status_code == 302, "sessions of before end"
    assert AuditEntry.objects.filter(action="accounts.certificate.bound", subject="user:jing").exists()
    assert Notice.objects.filter(title__startswith="已登记证书", role="evaluator").exists()


def test_whom_it_is_about_does_not_release_it(security, admin):
    on_himself = bound(security, "guan", pem("管"))
    row = Proposal.objects.get()
    with pytest.raises(Refused) as refusal:
        decide(actor=actor(admin), proposal_id=row.pk, version=1, confirm=True, note="", at=AT)
    assert refusal.value.code == "second-person" and isinstance(on_himself, Waiting)


def test_one_certificate_is_one_person_s_and_another_takes_its_place(security, marker):
    person("yi", Role.EVALUATOR, "区水务局")
    released(bound(security, "jing", pem()))
    refused("certificate-taken", lambda: bound(security, "yi", pem()))
    refused("nothing-to-change", lambda: bound(security, "jing", pem()))
    released(bound(security, "jing", pem("井二")))
    released(bound(security, "yi", pem()))
    assert ClientCertificate.objects.count() == 2
    released(bound(security, "yi", ""))
    refused("nothing-to-change", lambda: bound(security, "yi", " "))
    assert ClientCertificate.objects.get().user == marker
    assert Notice.objects.filter(title__startswith="证书登记已取消").exists()


def test_what_is_no_certificate_or_has_a_key_in_it_is_refused_and_stored_nowhere(security, marker):
    refused("private-key", lambda: bound(security, "jing", pem() + made("井")[1]))
    for wrong in ("井", pem()[:200], pem() + pem("井二")):
        refused("bad-certificate", lambda text=wrong: bound(security, "jing", text))
    refused("certificate-expired", lambda: bound(security, "jing", pem("旧", days=-1)))
    with pytest.raises(Refused):
        services.bind_certificate(actor=actor(security), username="jing", pem=pem(), reason="领", at=AT)
    assert not Proposal.objects.exists() and not ClientCertificate.objects.exists()


def test_by_the_page_with_what_is_wrong_kept(security, marker, signed_in):
    client, address = signed_in(security), "/accounts/people/jing/certificate/"
    page = client.get(address).content.decode()
    assert "没有登记" in page and "还没有启用证书" in page
    wrong = client.post(address, {"pem": "井", "reason": WHY})
    assert wrong.status_code == 422 and "读不出证书" in wrong.content.decode() and WHY in wrong.content.decode()
    done = client.post(address, {"pem": pem(), "reason": WHY}, follow=True).content.decode()
    assert "待第二人确认" in done and "颁发给" in done and "BEGIN CERTIFICATE" not in done
    assert address in client.get("/accounts/people/jing/account/").content.decode()
    assert client.get("/accounts/people/nobody/certificate/").status_code == 404


# ── beside 动态口令 ──────────────────────────────────────────────────────────────────────────────


def test_a_stolen_password_enrols_no_code_beside_a_certificate(on, security, marker):
    given_to(on, security, "jing", pem())
    client = at_the_door(marker)
    refused_page = client.post("/accounts/factor/", {"act": "begin"})
    assert refused_page.status_code == 422 and "请先插上证书" in refused_page.content.decode()
    assert not SecondFactor.objects.exists()
    assert client.post("/accounts/factor/", {"act": "begin"}, headers=shown()).status_code == 200
    late = client.post("/accounts/factor/", {"code": "000000"})
    assert late.status_code == 422 and "请先插上证书" in late.content.decode()


def test_who_has_both_shows_either(on, security, marker):
    enrolled(marker)
    given_to(on, security, "jing", pem())
    page = at_the_door(marker).get("/accounts/proof/").content.decode()
    assert "插上证书（UKey）" in page and 'name="code"' in page
