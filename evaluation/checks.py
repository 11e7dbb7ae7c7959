"""System checks of the schemes: the committed fixtures against the text, the loaded figures against the printed sums.

`manage.py check --tag gazette --database default`, and `check_gazette`.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError

from evaluation.scheme.rules.fixtures import hundred, sheet_count, sum_problems, unplaced, unquoted
from miyun_kpi.gazette.checks import TAG
from miyun_kpi.gazette.fixtures import read_gazettes
from miyun_kpi.organisations.enums import Track

# Indicators and sheets (one share × one evaluator, engine 4) of a printed scheme, counted by hand in its document.
COUNTED = {(2020, Track.TOWNSHIP): (24, 28), (2020, Track.DEPARTMENT): (19, 29)}


def scheme_fixtures() -> list[dict[str, Any]]:
    return read_gazettes("scheme_*.json")


@register(TAG)
def schemes_as_printed(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    if not databases:
        return []
    try:
        return [*_fixtures(), *_loaded()]
    except DatabaseError:  # before the tables are there; the gazette's own check says so
        return []


def _fixtures() -> list[CheckMessage]:
    from miyun_kpi.gazette.models import Clause

    found: list[CheckMessage] = []
    for data in scheme_fixtures():
        texts = dict(Clause.objects.filter(document__ref=data["document"]).values_list("ref", "text"))
        if not texts:  # nothing loaded yet; the gazette's own check says so
            return []
        title = data["title"]
        found += [Error(f"{title}：{problem}", id="evaluation.E001") for problem in sum_problems(data) + hundred(data)]
        counts = len(data["indicators"]), sheet_count(data)
        if counts != COUNTED.get((data["year"], data["track"]), counts):
            found.append(Error(f"{title}：{counts[0]} 项、{counts[1]} 张打分表，与方案不符。", id="evaluation.E002"))
        if missing := unquoted(data, texts):
            found.append(Error(f"{title}：{len(missing)} 处引文不见于所引条款：{missing[0]}", id="evaluation.E003"))
        if wrong := unplaced(data, texts):
            found.append(Error(f"{title}：{len(wrong)} 处数字缺出处或说明：{wrong[0]}", id="evaluation.E004"))
    return found


def _loaded() -> list[CheckMessage]:
    """The figures as the office has them now: sums hold, every item has all its figures, every organisation its cells."""
    from evaluation.figures.services.figures import consistency_problems
    from evaluation.periods.queries.population import year_units
    from evaluation.scheme.models.scheme import Scheme
    from evaluation.scheme.queries.schemes import scheme_view

    found: list[CheckMessage] = []
    for scheme in Scheme.objects.issued():
        view = scheme_view(scheme)
        found += [
            Error(f"{scheme.title}：{problem}", id="evaluation.E005") for problem in consistency_problems(view, {})
        ]
        # Of a year that has frozen its units these are asked for: who came into the track later has no part in it.
        units = year_units(scheme)
        for iv in view.indicators:
            if iv.scope is None or not iv.shares or any(o.pk not in iv.carried for o in units):
                found.append(Error(f"{scheme.title}：第 {iv.indicator.number} 项缺数字。", id="evaluation.E006"))
    return found
