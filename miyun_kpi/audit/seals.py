"""Keyed seals over stored bytes: one key for every purpose, derived from the audit key, named by its fingerprint (engine 23).

The audit key may be changed: KPI_AUDIT_KEY is a list, the first writes, all verify.
"""

import hashlib
import hmac
from enum import StrEnum

from django.conf import settings


class Purpose(StrEnum):
    """What a key is for. Keys of different purposes say nothing about each other."""

    SEAL = "seal"
    HEAD = "head"
    CODE = "code"
    KEYLESS = "keyless"


def keys() -> tuple[str, ...]:
    """The audit keys of this process: the first writes, each of them verifies what was written with it."""
    return tuple(one for one in settings.AUDIT_KEY.split(",") if one)


def writing_key() -> str:
    return keys()[0]


def mac(purpose: Purpose, *parts: bytes) -> str:
    """HMAC-SHA-256 in hex over `parts` in their order, each preceded by its length, so that no two lists read alike."""
    return _mac(writing_key(), purpose, parts)


def macs(purpose: Purpose, *parts: bytes) -> tuple[str, ...]:
    """The same under each key, the writing one first."""
    return tuple(_mac(key, purpose, parts) for key in keys())


def _mac(key: str, purpose: Purpose, parts: tuple[bytes, ...]) -> str:
    keyed = hmac.new(_key(purpose, key), digestmod=hashlib.sha256)
    for part in parts:
        keyed.update(len(part).to_bytes(8, "big"))
        keyed.update(part)
    return keyed.hexdigest()


def holds(purpose: Purpose, stored: str, *parts: bytes) -> bool:
    """Whether `stored` is the seal of `parts` under a key of this site; compared in constant time."""
    return any(hmac.compare_digest(stored.encode(), _mac(key, purpose, parts).encode()) for key in keys())


def key_id(purpose: Purpose) -> str:
    """Fingerprint of the key, stored beside a seal: 16 hex digits of its SHA-256. It gives nothing of the key away."""
    return _key_id(purpose, writing_key())


def knows(purpose: Purpose, named: str) -> bool:
    """Whether the key with this fingerprint is among those of this process."""
    return any(named == _key_id(purpose, key) for key in keys())


def _key_id(purpose: Purpose, key: str) -> str:
    return hashlib.sha256(_key(purpose, key)).hexdigest()[:16]


def _key(purpose: Purpose, key: str) -> bytes:
    return hmac.new(key.encode(), f"miyun-kpi/{purpose}".encode(), hashlib.sha256).digest()
