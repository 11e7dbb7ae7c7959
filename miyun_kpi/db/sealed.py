"""Personal data at rest: the database holds a token, Python a `Sealed` that opens only when somebody asks it to.

AES-256-GCM under a key that is neither in the database nor in its backup (KPI_PERSONAL_KEY, else var/personal-key). The
first of several keys seals, each of them opens, so that a key can be changed. The token of a findable text bears its mark, a
keyed fingerprint by which its keepers find the same text again; nothing sorts, sums or searches what is sealed.
"""

import base64
import hashlib
import hmac
import os
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

from miyun_kpi.lib.errors import Refused

HIDDEN = "＊＊＊"
# What an audit entry says in place of a sealed text.
CHANGED = "已改"
_FORM, _MARKED, _NONCE = "1:", "2:", 12


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
        head, text = _parts(self.token)
        try:
            raw = base64.urlsafe_b64decode(text)
        except ValueError:
            raise KeyMissing from None
        for cipher in _ciphers():
            try:
                return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], head.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        raise KeyMissing

    @property
    def mark(self) -> str:
        """By which the same text is found again; "" of one that is not findable."""
        return _parts(self.token)[0].removeprefix(_MARKED).rstrip(":") if self.token.startswith(_MARKED) else ""

    def __bool__(self) -> bool:
        return bool(self.token)

    def __eq__(self, other: object) -> bool:
        """The same token; whether two tokens hold the same text is told by their marks."""
        return isinstance(other, Sealed) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)

    def __str__(self) -> str:
        return HIDDEN if self.token else ""

    __repr__ = __str__


def _parts(token: str) -> tuple[str, str]:
    """What stands before the sealed text and is bound to it (the form, the mark), and the sealed text."""
    head, mark, sealed = token.rpartition(":")
    return head + mark, sealed


def seal(text: str, *, findable: bool = False) -> Sealed:
    if not text:
        return Sealed()
    nonce, head = os.urandom(_NONCE), prefix_of(text) if findable else _FORM
    raw = nonce + _ciphers()[0].encrypt(nonce, text.encode(), head.encode())
    return Sealed(head + base64.urlsafe_b64encode(raw).decode())


def is_token(text: str) -> bool:
    """Whether the text is what `seal` leaves: for who seals what was in the clear, and must not seal it twice."""
    head, raw = _parts(text)
    try:
        return head.startswith((_FORM, _MARKED)) and len(base64.urlsafe_b64decode(raw)) > _NONCE
    except ValueError:
        return False


def fingerprint(text: str) -> str:
    """Tells whether two sealed texts are the same one, under the last key, the one that was there first."""
    return hmac.new(_derived(settings.PERSONAL_KEYS[-1], "fingerprint"), text.encode(), hashlib.sha256).hexdigest()


def mark_of(text: str) -> str:
    """The fingerprint of the text however its signs and spaces were typed."""
    return fingerprint("".join(unicodedata.normalize("NFKC", text).split()))


def prefix_of(text: str) -> str:
    """How the token of the text begins where it is findable."""
    return f"{_MARKED}{mark_of(text)}:"


def at_rest(text: str, *, findable: bool = False) -> str:
    """The token of a text in the clear, or of a token that has no mark yet; one whose key is not here stays as it is."""
    if not text or (is_token(text) and (not findable or Sealed(text).mark)):
        return text
    try:
        return seal(Sealed(text).open() if is_token(text) else text, findable=findable).token
    except KeyMissing:
        return text


def told(held: Sealed) -> str:
    """For the audit: that it was changed, and the fingerprint of what stands now."""
    try:
        return f"{CHANGED} {(held.mark or mark_of(held.open()))[:16]}" if held else CHANGED
    except KeyMissing:
        return CHANGED


def audited(changed: Mapping[str, Sealed]) -> dict[str, list[dict[str, str]]]:
    """By field what stands now, for the data of an entry: its key is left out where nothing sealed was changed."""
    rows = [{"fields": name, "now": told(held)} for name, held in changed.items()]
    return {"sealed": rows} if rows else {}


def seal_columns(model: type[models.Model]) -> int:
    """Every row of it, for the migration that made its columns sealed. Returns how many changed; again it is 0."""
    changed, fields = 0, [one for one in model._meta.concrete_fields if isinstance(one, SealedField)]
    for row in model._default_manager.order_by("pk").iterator(chunk_size=500):
        held = {one.name: getattr(row, one.name).token for one in fields}
        new = {one.name: at_rest(held[one.name], findable=one.findable) for one in fields}
        if new != held:
            model._default_manager.filter(pk=row.pk).update(**{name: Sealed(token) for name, token in new.items()})
            changed += 1
    return changed


class SealedField(models.TextField):
    """Holds a Sealed. A plain text is refused by name of the column alone, so that nothing is stored in the clear."""

    _pyi_private_set_type: Sealed  # type: ignore[assignment]  # how django-stubs learns the Python type
    _pyi_private_get_type: Sealed  # type: ignore[assignment]  # how django-stubs learns the Python type

    def __init__(self, *args: Any, findable: bool = False, **kwargs: Any) -> None:
        """`findable`: sealed with its mark (`seal(text, findable=True)`), and found by `column__sought=text`."""
        kwargs["default"], self.findable = Sealed, findable
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["default"]
        return name, path, args, kwargs | ({"findable": True} if self.findable else {})

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed:
        return Sealed(value or "")

    def to_python(self, value: Any) -> Sealed:
        return value if isinstance(value, Sealed) else Sealed()

    def get_prep_value(self, value: Any) -> str:
        if not isinstance(value, Sealed):
            raise TypeError(f"{self.name} takes a Sealed")
        return value.token

    def get_lookup(self, lookup_name: str) -> Any:
        """No search in what is sealed, but for the very text where it is findable."""
        return Sought if self.findable and lookup_name == Sought.lookup_name else None

    def value_to_string(self, obj: models.Model) -> str:
        return HIDDEN


class Sought(models.Lookup):
    """The same text, told by its mark."""

    lookup_name = "sought"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, given = self.process_lhs(compiler, connection)
        return f"{left} LIKE %s", [*given, f"{prefix_of(self.rhs)}%"]
