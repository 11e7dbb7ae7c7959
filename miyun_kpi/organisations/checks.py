from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import DatabaseError

from miyun_kpi.gazette.checks import TAG
from miyun_kpi.lib.citations import document_label, document_of
from miyun_kpi.organisations.enums import Category, Zone

# 13号附件1 and 三（二）.
PRINTED_CATEGORIES = {
    Category.TOWNSHIP: 21,
    Category.AGENCY: 35,
    Category.VERTICAL: 7,
    Category.INSTITUTION: 7,
}
PRINTED_ZONES = {Zone.CORE: 4, Zone.GREEN: 7, Zone.ECO: 9, Zone.ECONOMIC: 1}


@register(TAG)
def organisations_as_printed(
    app_configs: Sequence[AppConfig] | None = None,
    databases: Sequence[str] | None = None,
    **kwargs: Any,
) -> list[CheckMessage]:
    """A difference is a warning: an office may rightly have merged or split organisations since."""
    if not databases:
        return []
    from miyun_kpi.organisations.models import Organisation

    try:
        scored = list(Organisation.objects.evaluated().values_list("category", "zone"))
    except DatabaseError:  # before the tables are there; the gazette's own check says so
        return []
    if not scored:
        return []
    found: list[CheckMessage] = []
    for labels, printed, counted in (
        (Category, PRINTED_CATEGORIES, Counter(category for category, _ in scored)),
        (Zone, PRINTED_ZONES, Counter(zone for _, zone in scored)),
    ):
        for value, number in printed.items():
            if counted[value] != number:
                label = labels(value).label
                found.append(
                    Warning(
                        f"{label}现有 {counted[value]} 个考评对象，{document_label(document_of('evaluation'))}印 {number} 个。",
                        id="organisations.W001",
                    )
                )
    return found


@register()
def relations_are_declared(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """A relation that says nothing would strand its rows at the next merger (decision 0078)."""
    from miyun_kpi.organisations.registry import undeclared

    return [
        Error(f"{name}没有写明机构并入时怎么办。", hint="在本应用的 relations.py 里声明。", id="organisations.E001")
        for name in undeclared(apps.get_models(include_auto_created=True))
    ]
