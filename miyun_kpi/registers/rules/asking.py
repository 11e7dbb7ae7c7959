"""What the address of a register's list may ask; of anything else no link and no saved view is made."""

from collections.abc import Iterable

from miyun_kpi.registers.rules.kinds import Kind

# `struck`: what `revoked` was called before, in links that people have kept.
OF_ALL = frozenset({"q", "stage", "town", "owner", "sort", "revoked", "struck", "doubtful"})


def known_names(kind: Kind) -> frozenset[str]:
    return OF_ALL | {one.name for one in kind.fields}


def only_known(kind: Kind, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is known and not empty, in the order given."""
    known = known_names(kind)
    return [(name, value) for name, value in pairs if name in known and value]
