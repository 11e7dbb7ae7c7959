"""The table of test_role_matrix.py, reviewed line by line: who reaches what. One module per area, found by itself.

A module may hold PAGES and API (rows), BODIES (name → what is posted: form fields of a page, JSON of the API) and
`things(world)`, which makes what its addresses need and returns {converter: value}; a key "name:converter" is for one
address only (an attachment of an area lies at path "matrix/<area>"). `EXTRA` names organisations whose register office
(主管办公室) has a column of its own after ROLES and CLIENTS in the rows of that area.
"""

import pkgutil
from importlib import import_module
from typing import Any

# shuiwu is the evaluator of the sheet asked for, weijian another; beizhuang a township; fagai 区发改委 as co-office.
ROLES = ("out", "shuiwu", "weijian", "zhengfuban1", "fagai", "beizhuang", "lingdao", "guanliyuan", "anquan", "shenji")
CLIENTS = {
    "out": ("", ""),
    "bare": ("", ""),
    "own": ("区水务局", "evaluator"),
    "other": ("区卫健委", "evaluator"),
    "office": ("区政府办公室", "evaluation_office"),
    "unit": ("北庄镇", "reporter"),
    "leader": ("区政府办公室", "leader"),
    "admin": ("区政府办公室", "system_admin"),
    "auditor": ("区审计局", "auditor"),
}
AREAS = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
PAGES: dict[tuple[str, str], str] = {}
API: dict[tuple[str, str], str] = {}
BODIES: dict[str, Any] = {}
OFFICES: dict[str, tuple[str, ...]] = {}
for area in AREAS:
    extra: tuple[str, ...] = getattr(area, "EXTRA", ())
    OFFICES.update({key[0]: extra for name in ("PAGES", "API") for key in getattr(area, name, {})})
    for table, name in ((PAGES, "PAGES"), (API, "API"), (BODIES, "BODIES")):
        rows: dict[Any, Any] = getattr(area, name, {})
        assert not set(rows) & set(table), (area.__name__, set(rows) & set(table))
        table.update(rows)


def things(world: dict[str, Any]) -> dict[str, Any]:
    """What the areas made for their addresses, on top of what stands in `world` already."""
    made = dict(world)
    for area in AREAS:
        if hasattr(area, "things"):
            made |= area.things(made)
    return made
