"""What the store refuses to change once a bulletin is final (engine 23)."""

from evaluation.bulletin.models import Bulletin, BulletinSource, BulletinVersion
from miyun_kpi.audit.guards import Guard, register_guard

OF_FINAL = "EXISTS (SELECT 1 FROM evaluation_bulletin WHERE id = OLD.bulletin_id AND state = 'final')"


def register() -> None:
    register_guard(
        Guard(Bulletin._meta.db_table, "定稿的通报", "OLD.state = 'final'"),
        Guard(BulletinVersion._meta.db_table, "定稿通报的文稿", OF_FINAL),
        Guard(BulletinSource._meta.db_table, "定稿通报所据的排名", OF_FINAL),
    )
