"""What one hand saves on one sheet at one moment, in one statement (design 9)."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain

from django.db import connection

from evaluation.sheets.models.marks import Mark
from miyun_kpi.lib.actors import Actor

# Written by hand: to build it anew from models takes longer than to carry it out. The same text on both databases.
STORE = """
UPDATE evaluation_mark SET value = v.column2, not_applicable = v.column3, reason = v.column4, problems = v.column5,
    suggestions = v.column6, version = v.column7, saved_at = %s, saved_by = %s, saved_by_id = %s
FROM (VALUES {rows}) AS v WHERE evaluation_mark.id = v.column1
"""
ROW, MOST = "(%s, CAST(%s AS BIGINT), %s, %s, %s, %s, %s)", 1000


def store_marks(marks: Sequence[Mark], actor: Actor, at: datetime) -> None:
    """Within the act that locked their sheet and compared their versions."""
    scaled = Mark._meta.get_field("value").get_prep_value
    signed = [connection.ops.adapt_datetimefield_value(at), actor.label, actor.user_id]
    rows = [(m.pk, scaled(m.value), m.not_applicable, m.reason, m.problems, m.suggestions, m.version) for m in marks]
    with connection.cursor() as cursor:
        for first in range(0, len(rows), MOST):
            some = rows[first : first + MOST]
            statement = STORE.format(rows=", ".join([ROW] * len(some)))
            cursor.execute(statement, [*signed, *chain.from_iterable(some)])
