"""What the store refuses to change once a ranking is published (engine 23)."""

from evaluation.engine.models.ranking import Ranking, RankingRow, Signing
from miyun_kpi.audit.guards import Guard, register_guard

PUBLISHED = "OLD.state = 'published'"
OF_PUBLISHED = "EXISTS (SELECT 1 FROM evaluation_ranking WHERE id = OLD.ranking_id AND state = 'published')"


def register() -> None:
    columns = tuple(field.column for field in Ranking._meta.concrete_fields)
    register_guard(
        Guard(Ranking._meta.db_table, "已通报的排名", PUBLISHED, once=("corrected_by_id",), columns=columns),
        Guard(RankingRow._meta.db_table, "已通报排名的各行", OF_PUBLISHED),
        Guard(Signing._meta.db_table, "领导审签"),
    )
