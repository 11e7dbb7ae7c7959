"""Marks that are not filed yet are nobody's but their evaluator's: the audit keeps them, its reader gives a reason."""

from collections.abc import Collection, Sequence

from evaluation.enums import SheetState
from evaluation.sheets.models.marks import MarkSheet
from miyun_kpi.audit.models import AuditEntry


def unfiled(entries: Sequence[AuditEntry]) -> Collection[int]:
    """Of saved marks those whose sheet is not filed now; of a sheet that is gone as well."""
    ids = {entry.seq: entry.subject.rpartition(":")[2] for entry in entries}
    wanted = [pk for pk in ids.values() if pk.isascii() and pk.isdigit()]
    filed = MarkSheet.objects.filter(pk__in=wanted, state=SheetState.FILED).values_list("pk", flat=True)
    open_to_read = {str(pk) for pk in filed}
    return [seq for seq, pk in ids.items() if pk not in open_to_read]
