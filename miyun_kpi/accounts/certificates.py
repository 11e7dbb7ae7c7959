"""Client certificates as a second factor: what a trusted proxy says of the connection, and what is read of a certificate.

The proxy asks for the certificate and verifies it; here its fingerprint is held against the account (docs/decisions/0111).
"""

import logging
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from miyun_kpi.accounts.models import ClientCertificate
from miyun_kpi.lib.errors import Refused

LOG = logging.getLogger(__name__)
LONGEST = 20_000
UNREADABLE = Refused(
    "bad-certificate",
    "读不出证书，没有执行。请贴 PEM 格式的一张证书（从 -----BEGIN CERTIFICATE----- 到 -----END CERTIFICATE-----）。",
)
PRIVATE = Refused(
    "private-key", "贴的内容里有私钥，没有执行。私钥只在本人的 UKey 里，不能交给任何人；这把密钥请作废重发。"
)


def certificate_of(text: str) -> x509.Certificate:
    """The one certificate in a text; raises Refused for anything else."""
    if "PRIVATE KEY" in text:
        raise PRIVATE
    try:
        (found,) = x509.load_pem_x509_certificates(text[:LONGEST].encode())
    except ValueError:
        raise UNREADABLE from None
    return found


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(SHA256()).hex()


def pem_of(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def words_of(certificate: x509.Certificate) -> list[tuple[str, str]]:
    """What the second person compares with the certificate in hand."""
    names = [
        (label, "、".join(str(one.value) for one in name.get_attributes_for_oid(NameOID.COMMON_NAME)))
        for label, name in (("颁发给", certificate.subject), ("颁发者", certificate.issuer))
    ]
    until = f"{certificate.not_valid_after_utc.astimezone():%Y-%m-%d}"
    return [*names, ("有效至", until), ("指纹（SHA-256）", fingerprint(certificate))]


def _key() -> str:
    return "HTTP_" + str(settings.CLIENT_CERT_HEADER).upper().replace("-", "_")


def _from_proxy(request: HttpRequest) -> bool:
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in network for network in settings.CLIENT_CERT_PROXIES)


class ClientCertificates:
    """What anybody but a trusted proxy says of a client's certificate is dropped and logged."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.CLIENT_CERT_HEADER and _key() in request.META and not _from_proxy(request):
            del request.META[_key()]
            LOG.warning("client certificate claimed by %s dropped: no trusted proxy", request.META.get("REMOTE_ADDR"))
        return self.get_response(request)


def shows_certificate(request: HttpRequest, user_id: int) -> bool:
    """Whether this connection was opened with the certificate of the account."""
    said = request.META.get(_key(), "") if settings.CLIENT_CERT_HEADER else ""
    if not said:
        return False
    try:
        shown = fingerprint(certificate_of(unquote(said)))
    except Refused:
        LOG.warning("client certificate of the proxy cannot be read")
        return False
    return ClientCertificate.objects.filter(user_id=user_id, fingerprint=shown).exists()
