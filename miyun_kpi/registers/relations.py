"""Records: each field of a kind says for itself what a merger does to it (`Kind.relation_of`); one mover acts on all."""

from miyun_kpi.organisations.registry import moves, register_relations
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services.moving import move_on_merge, open_records


def register() -> None:
    records = moves("台账登记", why="没有办结的转由接收的单位办理，期限不变。", rows=open_records, mover=move_on_merge)
    register_relations(Record, {"owner": records, "town": moves("台账登记", along="owner", rows=open_records)})
