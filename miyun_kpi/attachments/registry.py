"""Who may fetch an attachment is known by the app that owns what it belongs to; it hangs a function here."""

from collections.abc import Callable

from miyun_kpi.attachments.models import Attachment
from miyun_kpi.lib.actors import Actor

Keeper = Callable[[Actor, int], bool]
_keepers: dict[str, Keeper] = {}


def register_keeper(kind: str, function: Keeper) -> None:
    """`function(actor, subject_id)` says whether the actor may read the evidence of that thing."""
    _keepers[kind] = function


def may_fetch(actor: Actor, attachment: Attachment) -> bool:
    """False for a kind nobody has registered: a file without a keeper is nobody's."""
    keeper = _keepers.get(attachment.kind)
    return keeper is not None and keeper(actor, attachment.subject_id)
