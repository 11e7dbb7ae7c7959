"""System checks of the loaded gazette: `manage.py check --tag gazette --database default`."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import DatabaseError

from miyun_kpi.gazette.fixtures import gazettes, source_text
from miyun_kpi.gazette.rules.audit import (
    clauses_unlike_source,
    lost_or_doubled_lines,
    not_in_source,
)

TAG = "gazette"


@register(TAG)
def gazette_is_whole(
    app_configs: Sequence[AppConfig] | None = None,
    databases: Sequence[str] | None = None,
    **kwargs: Any,
) -> list[CheckMessage]:
    """Asks the database, so it runs only where one is named. `migrate` names one too, before there are any tables."""
    if not databases:
        return []
    try:
        return _check()
    except DatabaseError:
        return []


def _check() -> list[CheckMessage]:
    from miyun_kpi.gazette.models import Clause, DoubtfulPassage

    found_rows = list(
        Clause.objects.values("document__ref", "document__gazette", "ref", "text", "line_from", "line_to", "leaf")
    )
    if not found_rows:
        return [
            Warning(
                "公报数据还没有装载。",
                hint="先执行 manage.py load_gazette。",
                id="gazette.W001",
            )
        ]
    found: list[CheckMessage] = []
    for gazette in gazettes():
        rows = [{**row, "document": row["document__ref"]} for row in found_rows if row["document__gazette"] == gazette]
        passages = DoubtfulPassage.objects.filter(document__gazette=gazette).values_list("passage", flat=True)
        found += _unlike(gazette, rows, list(passages))
    return found


def _unlike(gazette: str, rows: list[dict[str, Any]], passages: list[str]) -> list[CheckMessage]:
    text = source_text(gazette)
    found: list[CheckMessage] = []
    if lines := lost_or_doubled_lines(text, rows):
        found.append(
            Error(
                f"公报 {gazette} 的文本有 {len(lines)} 行不在恰好一个末级条款里：第 {lines[0]} 行起。",
                id="gazette.E002",
            )
        )
    if refs := clauses_unlike_source(text, rows):
        found.append(
            Error(
                f"{len(refs)} 个条款的文字与公报文本不同：{refs[0]}。",
                id="gazette.E003",
            )
        )
    if missing := not_in_source(text, passages):
        found.append(
            Error(
                f"{len(missing)} 条存疑文本的引文不见于公报：{missing[0]}。",
                id="gazette.E004",
            )
        )
    return found
