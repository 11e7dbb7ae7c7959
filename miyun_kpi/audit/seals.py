"""Keyed seals over stored bytes: one key for every purpose, derived from the audit key, named by its fingerprint (engine 23)."""

import hashlib
import hmac
from enum import StrEnum

from django.conf import settings


class Purpose(StrEnum):
    """What a key is for. Keys of different purposes say nothing about each other."""

    SEAL = "seal"
    HEAD = "head"
    CODE = "code"


def mac(purpose: Purpose, *parts: bytes) -> str:
    """HMAC-SHA-256 in hex over `parts` in their order, each preceded by its length, so that no two lists read alike."""
    keyed = hmac.new(_key(purpose), digestmod=hashlib.sha256)
    for part in parts:
        keyed.update(len(part).to_bytes(8, "big"))
        keyed.update(part)
    return keyed.hexdigest()


def holds(purpose: Purpose, stored: str, *parts: bytes) -> bool:
    """Whether `stored` is the seal of `parts` under the key of this site; compared in constant time."""
    return hmac.compare_digest(stored.encode(), mac(purpose, *parts).encode())


def key_id(purpose: Purpose) -> str:
    """Fingerprint of the key, stored beside a seal: 16 hex digits of its SHA-256. It gives nothing of the key away."""
    return hashlib.sha256(_key(purpose)).hexdigest()[:16]


def _key(purpose: Purpose) -> bytes:
    return hmac.new(settings.AUDIT_KEY.encode(), f"miyun-kpi/{purpose}".encode(), hashlib.sha256).digest()
