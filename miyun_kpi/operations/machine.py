"""Whether a request comes from the machine itself and means it: what is open to whoever sits there is open to nobody else."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

NAMES = {"localhost", "127.0.0.1", "::1"}
# Whatever a proxy in front adds: then the peer is the proxy and says nothing of who asks.
OF_A_PROXY = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")


def on_the_machine(request: HttpRequest) -> bool:
    """The peer is loopback, nobody stands between, and the address asked for is the machine's own.

    The last is against a page of the network whose name was made to point here: the browser says that name.
    """
    if settings.TRUSTED_PROXIES or not beside(request):
        return False
    host = request.get_host().lower()
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return name in NAMES


def beside(request: HttpRequest) -> bool:
    """The peer is a process of this machine, and not a proxy that asks for somebody else."""
    if any(name in request.headers for name in OF_A_PROXY):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
