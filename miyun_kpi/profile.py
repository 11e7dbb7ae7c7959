"""What a process is told by its environment about the place it runs in, read once when the settings are.

Two profiles (docs/decisions/0101): a site bound to loopback, and a served one. Without Django.
"""

import os
import re
import secrets
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

# What the address bar of the machine itself can name; `testserver` is the client of the tests.
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]", "testserver")
Network = IPv4Network | IPv6Network
SECOND_FACTORS = ("acts", "all", "off")
DENGBAO, PLAIN = "dengbao", "plain"
YEAR = 365 * 24 * 3600


def is_served(hosts: Sequence[str], *, https: bool, proxies: int) -> bool:
    """Whether anybody but the machine itself is meant to reach the site: it names a host, speaks https or has a proxy."""
    return https or proxies > 0 or any(host not in LOOPBACK_HOSTS for host in hosts)


def kept_secret(given: str, folder: Path, file_name: str) -> str:
    """The secret of the environment, else one made at the first start and kept in the folder with mode 0600."""
    if given:
        return given
    path = folder / file_name
    if not path.exists():
        # Put in place whole: of two processes that start together neither may read a file that is still empty.
        half = path.with_name(f".{file_name}-{os.getpid()}-{secrets.token_hex(4)}")
        with open(half, "x", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(half, path)
        except FileExistsError:
            pass
        half.unlink()
    found = path.read_text().strip()
    if not found:
        raise SystemExit(f"密钥文件 {path} 是空的，没有启动。请从备份或保管处放回原来的密钥；不要另造一把。")
    return found


def second_factor(given: str, *, real: bool) -> str:
    """`acts`, `all` or `off`; on a real site `acts` where nothing is given, elsewhere `off`."""
    if given not in ("", *SECOND_FACTORS):
        raise SystemExit(f"KPI_SECOND_FACTOR=“{given[:20]}”不认识，没有启动。请写 {'、'.join(SECOND_FACTORS)} 之一。")
    return given or ("acts" if real else "off")


def client_certificates(header: str, proxies_of: Sequence[str], *, proxies: int) -> tuple[str, list[Network]]:
    """The header's name, "" where none is read, and the networks of the proxies whose word about certificates counts."""
    if not header:
        return "", []
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{2,60}", header):
        raise SystemExit(f"KPI_CLIENT_CERT_HEADER=“{header[:60]}”不是请求头的名称，没有启动。例如 X-SSL-Client-Cert。")
    if not proxies:
        raise SystemExit("KPI_CLIENT_CERT_HEADER 要有受信任的代理，没有启动。请写 KPI_TRUSTED_PROXIES=1，或不用证书。")
    try:
        return header, [ip_network(one.strip()) for one in proxies_of]
    except ValueError:
        said = "KPI_CLIENT_CERT_PROXIES 要写代理连到本站的地址或网段，例如 127.0.0.1,10.1.0.0/24，没有启动。"
        raise SystemExit(said) from None


def password_profile(given: str, *, served: bool) -> str:
    """`dengbao` (等保) or `plain`; which one where nothing is given depends on who can reach the site."""
    if given not in ("", DENGBAO, PLAIN):
        raise SystemExit(f"KPI_PASSWORD_PROFILE=“{given[:20]}”不认识，没有启动。请写 {DENGBAO}（等保）或 {PLAIN}。")
    return given or (DENGBAO if served else PLAIN)


def password_validators(profile: str) -> list[dict[str, Any]]:
    asked = [
        "miyun_kpi.accounts.passwords.UserAttributeSimilarityValidator",
        "miyun_kpi.accounts.passwords.CommonPasswordValidator",
        "miyun_kpi.accounts.passwords.NumericPasswordValidator",
    ]
    if profile == DENGBAO:
        asked += [
            "miyun_kpi.accounts.passwords.ClassesValidator",
            "miyun_kpi.accounts.passwords.ContextValidator",
            "miyun_kpi.accounts.passwords.HistoryValidator",
        ]
    least = {"NAME": "miyun_kpi.accounts.passwords.MinimumLengthValidator", "OPTIONS": {"min_length": 10}}
    return [least, *({"NAME": one} for one in asked)]
