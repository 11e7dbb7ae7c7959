"""What the store refuses to change once a ranking is published (engine 23)."""

from evaluation.engine.models.ranking import Ranking, RankingRow, Signing
from miyun_kpi.audit.guards import Guard, register_guard

PUBLISHED = "OLD.state = 'published'"
OF_PUBLISHED = "EXISTS (SELECT 1 FROM evaluation_ranking WHERE id = OLD.ranking_id AND state = 'published')"


def register() -> None:
    columns = tuple(str(field.column) for field in Ranking._meta.concrete_fields)
    # A signing is made void once; by whom and why stands in columns of text, and is held against the audit.
    signed = tuple(str(f.column) for f in Signing._meta.concrete_fields if f.column not in ("void_by", "void_reason"))
    register_guard(
        Guard(Ranking._meta.db_table, "已通报的排名", PUBLISHED, once=("corrected_by_id",), columns=columns),
        Guard(RankingRow._meta.db_table, "已通报排名的各行", OF_PUBLISHED),
        Guard(Signing._meta.db_table, "领导审签", once=("void_at",), columns=signed),
    )
