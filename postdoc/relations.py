"""A station is entered by its keeper: the one that goes on enters for it."""

from miyun_kpi.organisations.registry import audited, moves, register_relations
from postdoc.models import Station


def register() -> None:
    keeper = moves(
        "博士后工作站",
        why="工作站和在站人员由接收的单位填报。",
        noted=audited("postdoc.station.handed-over", "postdoc.station"),
        address="postdoc:stations",
    )
    register_relations(Station, {"keeper": keeper})
