"""What a merger does to the facts that this app keeps of organisations."""

from django.db.models import F

from miyun_kpi.organisations.models import (
    Affiliation,
    Alias,
    Group,
    GroupMember,
    Organisation,
    OrganisationName,
    ReorganisedUnit,
)
from miyun_kpi.organisations.registry import Reorganised, moves, register_relations, stays

HISTORY = "是过去的名称和关联，按当时的样子保留。"
TEXT = "是原文用语所指的单位，按印发时的样子保留。"


def _parts_go_along(done: Reorganised) -> int:
    """Its parts become parts of the one that goes on, which is not part of itself."""
    parts = done.of_these(done.source.parts.filter(valid_to__isnull=True).exclude(pk=done.target.pk))
    done.went(parts.order_by("pk").values_list("pk", flat=True))
    return parts.update(part_of=done.target, version=F("version") + 1)


def register() -> None:
    register_relations(Organisation, {"part_of": moves("下属机构", mover=_parts_go_along)})
    register_relations(OrganisationName, {"organisation": stays("历次名称", HISTORY)})
    register_relations(Alias, {"organisation": stays("别名", HISTORY)})
    register_relations(Affiliation, {"organisation": stays("相关机构", HISTORY), "other": stays("相关机构", HISTORY)})
    register_relations(ReorganisedUnit, {"organisation": stays("机构改革", HISTORY)})
    register_relations(Group, {"organisations": stays("所在统称", TEXT, along="GroupMember")})
    register_relations(GroupMember, {"organisation": stays("所在统称", TEXT)})
