"""A seal holds over exactly the stored bytes, under the key of its purpose and of this site alone."""

from typing import Any

import pytest

from miyun_kpi.audit.seals import Purpose, holds, key_id, mac


def test_a_seal_holds_for_its_bytes_and_for_nothing_else() -> None:
    sealed = mac(Purpose.SEAL, b"document", b"inputs")
    assert holds(Purpose.SEAL, sealed, b"document", b"inputs")
    assert not holds(Purpose.SEAL, sealed, b"documentinputs")
    assert not holds(Purpose.SEAL, sealed, b"documentin", b"puts")
    assert not holds(Purpose.SEAL, sealed, b"inputs", b"document")
    assert not holds(Purpose.SEAL, sealed[:-1] + ("0" if sealed[-1] != "0" else "1"), b"document", b"inputs")


@pytest.mark.parametrize("purpose", [Purpose.HEAD, Purpose.CODE])
def test_keys_of_two_purposes_have_nothing_in_common(purpose: Purpose) -> None:
    assert mac(purpose, b"x") != mac(Purpose.SEAL, b"x")
    assert key_id(purpose) != key_id(Purpose.SEAL)


def test_another_site_makes_another_seal_and_says_so(settings: Any) -> None:
    before, named = mac(Purpose.SEAL, b"x"), key_id(Purpose.SEAL)
    settings.AUDIT_KEY = "another key of another site, long enough"
    assert not holds(Purpose.SEAL, before, b"x")
    assert key_id(Purpose.SEAL) != named
