"""What an act leaves as it is stored: sealed texts, which are in no form, and old ones that only an edit asks for."""

from collections.abc import Iterable, Mapping

from miyun_kpi.db.sealed import HIDDEN, Sealed, audited, seal
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.rules.kinds import Kind


def still_sealed(kind: Kind, typed: Mapping[str, str], stored: Mapping[str, str]) -> dict[str, str]:
    """A sealed text that is left blank (or comes back as its mask) stays as it is."""
    return {
        one.name: stored[one.name]
        for one in kind.fields
        if one.sealed and stored.get(one.name) and not typed.get(one.name, "").strip().strip("＊*")
    }


def sealed(kind: Kind, values: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
    """The values with what was typed into sealed fields sealed."""
    fresh = {one.name: one.findable for one in kind.fields if one.sealed and one.name not in kept}
    return {name: seal(value, findable=fresh[name]).token if name in fresh else value for name, value in values.items()}


def sealed_told(kind: Kind, changed: Iterable[str], values: Mapping[str, str]) -> dict[str, list[dict[str, str]]]:
    """For the audit, which holds no text of a sealed field: that it was changed, and its fingerprint now."""
    return audited(
        {one.name: Sealed(values.get(one.name, "")) for one in kind.fields if one.sealed and one.name in changed}
    )


def as_told(kind: Kind, values: Mapping[str, str]) -> dict[str, str]:
    """For an answer: what is sealed stands there as its mask."""
    hidden = {one.name for one in kind.fields if one.sealed}
    return {name: HIDDEN if value and name in hidden else value for name, value in values.items()}


def typed_again(kind: Kind, values: Mapping[str, str]) -> dict[str, str]:
    return {one.name: "" if one.sealed else values.get(one.name, "") for one in kind.fields}


def untouched(kind: Kind, row: Record, filled: Mapping[str, str]) -> dict[str, str]:
    """What a step does not read: texts in doubt that it does not fill, and what is sealed."""
    doubtful = row.doubts.values_list("field", flat=True)
    kept = {name: row.values.get(name, "") for name in doubtful if name not in filled}
    return kept | still_sealed(kind, filled, row.values)
