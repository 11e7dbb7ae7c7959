"""Personal data at rest: the database holds a token, Python a `Sealed` that opens only when somebody asks it to.

AES-256-GCM under a key that is neither in the database nor in its backup (KPI_PERSONAL_KEY, else var/personal-key). The
first of several keys seals, each of them opens, so that a key can be changed.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

from miyun_kpi.lib.errors import Refused

HIDDEN = "＊＊＊"
_FORM, _NONCE = "1:", 12


class KeyMissing(Refused):
    """The data is whole, only its key is not here."""

    def __init__(self) -> None:
        super().__init__(
            "personal-key",
            "个人信息解不开：本机的个人信息密钥与登记时的不同，没有显示。登记的内容没有丢失，请系统管理员放回原来的密钥后再看。",
        )


@lru_cache(maxsize=8)
def _derived(secret: str, purpose: str) -> bytes:
    return hmac.new(secret.encode(), f"miyun-kpi {purpose}".encode(), hashlib.sha256).digest()


def _ciphers() -> list[AESGCM]:
    return [AESGCM(_derived(secret, "seal")) for secret in settings.PERSONAL_KEYS]


class Sealed:
    """A text nobody sees by accident: printed, logged or put on a page it is three asterisks."""

    __slots__ = ("token",)

    def __init__(self, token: str = "") -> None:
        self.token = token

    def open(self) -> str:
        """The text. Raises Refused when none of the keys fits."""
        if not self.token:
            return ""
        try:
            raw = base64.urlsafe_b64decode(self.token.removeprefix(_FORM))
        except ValueError:
            raise KeyMissing from None
        for cipher in _ciphers():
            try:
                return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], _FORM.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        raise KeyMissing

    def __bool__(self) -> bool:
        return bool(self.token)

    def __str__(self) -> str:
        return HIDDEN if self.token else ""

    __repr__ = __str__


def seal(text: str) -> Sealed:
    if not text:
        return Sealed()
    nonce = os.urandom(_NONCE)
    raw = nonce + _ciphers()[0].encrypt(nonce, text.encode(), _FORM.encode())
    return Sealed(_FORM + base64.urlsafe_b64encode(raw).decode())


def is_token(text: str) -> bool:
    """Whether the text is what `seal` leaves: for who seals what was in the clear, and must not seal it twice."""
    try:
        return text.startswith(_FORM) and len(base64.urlsafe_b64decode(text.removeprefix(_FORM))) > _NONCE
    except ValueError:
        return False


def fingerprint(text: str) -> str:
    """Tells whether two sealed texts are the same one, under the last key, the one that was there first."""
    return hmac.new(_derived(settings.PERSONAL_KEYS[-1], "fingerprint"), text.encode(), hashlib.sha256).hexdigest()


class SealedField(models.TextField):
    """Holds a Sealed. A plain text is refused by name of the column alone, so that nothing is stored in the clear."""

    _pyi_private_set_type: Sealed  # type: ignore[assignment]  # how django-stubs learns the Python type
    _pyi_private_get_type: Sealed  # type: ignore[assignment]  # how django-stubs learns the Python type

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["default"] = Sealed
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["default"]
        return name, path, args, kwargs

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed:
        return Sealed(value or "")

    def to_python(self, value: Any) -> Sealed:
        return value if isinstance(value, Sealed) else Sealed()

    def get_prep_value(self, value: Any) -> str:
        if not isinstance(value, Sealed):
            raise TypeError(f"{self.name} takes a Sealed")
        return value.token

    def get_lookup(self, lookup_name: str) -> Any:
        """No search in what is sealed."""
        return None

    def value_to_string(self, obj: models.Model) -> str:
        return HIDDEN
