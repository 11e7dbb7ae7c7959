"""What an entry holds that its reader may not see in passing: opened one at a time, with a reason that stays.

An app says of its own acts which entries are about what nobody but its keepers reads yet (marks that are not filed).
"""

from collections.abc import Callable, Collection, Sequence

from miyun_kpi.audit.models import AuditEntry

# Of entries of one action the numbers of those that are withheld now.
Withholding = Callable[[Sequence[AuditEntry]], Collection[int]]
_known: dict[str, Withholding] = {}
SAID = "（还没有报送，内容写了理由才能看）"


def register_withheld(action: str, function: Withholding) -> None:
    _known[action] = function


def withheld(entries: Sequence[AuditEntry]) -> frozenset[int]:
    """One query an action that occurs."""
    found: set[int] = set()
    for action, function in _known.items():
        rows = [one for one in entries if one.action == action]
        if rows:
            found.update(function(rows))
    return frozenset(found)
