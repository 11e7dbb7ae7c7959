"""Loads the committed organisations. What an office has changed, merged or removed since is left as it is."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model

from miyun_kpi.gazette.fixtures import read_json
from miyun_kpi.gazette.registry import Loaded
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.gazette.sync import not_yet_loaded, remember_loaded
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.enums import Category
from miyun_kpi.organisations.models import (
    Affiliation,
    Alias,
    Group,
    GroupMember,
    Organisation,
)

COLUMNS = (
    "name",
    "category",
    "zone",
    "evaluated",
    "order",
    "public_institution",
    "note",
    "clause",
)
UNTOUCHED = 1


def load_organisations(at: datetime) -> Loaded:
    data = read_json("organisations.json")
    created, changed = _load_organisations(data["organisations"])
    codes = dict(Organisation.objects.values_list("code", "pk"))

    def pk(code: str) -> int:
        if code not in codes:
            raise Refused(
                "unknown-organisation",
                f"机构数据里有不存在的代码 {code}，没有装载任何内容。",
            )
        return codes[code]

    created += _load_once(
        "organisations.alias",
        {row["text"]: row for row in data["aliases"]},
        lambda row: Alias(
            organisation_id=pk(row["organisation"]),
            text=row["text"],
            key=squeeze(row["text"]),
            source=row["source"],
        ),
    )
    created += _load_once(
        "organisations.affiliation",
        {f"{row['organisation']} {row['other']} {row['kind']}": row for row in data["affiliations"]},
        lambda row: Affiliation(
            organisation_id=pk(row["organisation"]),
            other_id=pk(row["other"]),
            kind=row["kind"],
            note=row["note"],
        ),
    )
    created += _load_once(
        "organisations.group",
        {row["code"]: row for row in data["groups"]},
        lambda row: Group(
            code=row["code"],
            phrase=row["phrase"],
            resolution=row["resolution"],
            note=row["note"],
        ),
    )
    groups = dict(Group.objects.values_list("code", "pk"))
    created += _load_once(
        "organisations.member",
        {f"{row['code']} {member}": (row["code"], member) for row in data["groups"] for member in row["members"]},
        lambda pair: GroupMember(group_id=groups[pair[0]], organisation_id=pk(pair[1])),
    )
    return Loaded(created, changed, counts())


def _load_organisations(rows: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """New ones are created; those nobody has edited since (version 1) follow a corrected fixture."""
    fresh = not_yet_loaded("organisations.organisation", [row["code"] for row in rows])
    stored = {row.code: row for row in Organisation.objects.all()}
    missing, differing = [], []
    for row in rows:
        columns = {name: row[name] for name in COLUMNS} | {"key": squeeze(row["name"])}
        present = stored.get(row["code"])
        if present is None and row["code"] in fresh:
            stored[row["code"]] = Organisation(code=row["code"], **columns)
            missing.append(stored[row["code"]])
        elif present is not None and present.version == UNTOUCHED:
            if any(getattr(present, name) != value for name, value in columns.items()):
                for name, value in columns.items():
                    setattr(present, name, value)
                differing.append(present)
    Organisation.objects.bulk_create(missing, batch_size=200)
    Organisation.objects.bulk_update(differing, [*COLUMNS, "key"], batch_size=100)
    parts = []
    for row in rows:
        present, whole = stored.get(row["code"]), stored.get(row["part_of"])
        if present and whole and present.version == UNTOUCHED and present.part_of_id != whole.pk:
            present.part_of_id = whole.pk
            parts.append(present)
    Organisation.objects.bulk_update(parts, ["part_of"], batch_size=100)
    remember_loaded("organisations.organisation", list(fresh))
    return len(missing), len({row.pk for row in differing + parts} - {row.pk for row in missing})


def _load_once(loader: str, rows: Mapping[str, Any], make: Callable[[Any], Model]) -> int:
    fresh = not_yet_loaded(loader, list(rows))
    made = [make(row) for key, row in rows.items() if key in fresh]
    if made:
        type(made[0])._default_manager.bulk_create(made, batch_size=500)
        remember_loaded(loader, list(fresh))
    return len(made)


def counts() -> tuple[tuple[str, int], ...]:
    """Figures for the report of load_gazette and check_gazette."""
    scored = Counter(Organisation.objects.evaluated().values_list("category", flat=True))
    return (
        ("机构", Organisation.objects.count()),
        ("其中列入考评的镇街、经济功能区", scored[Category.TOWNSHIP]),
        ("其中列入考评的政府部门", sum(scored.values()) - scored[Category.TOWNSHIP]),
        ("别名", Alias.objects.count()),
        ("统称", Group.objects.count()),
        ("其中已对应到机构的统称", Group.objects.filter(resolution="resolved").count()),
    )
