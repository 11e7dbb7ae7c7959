"""A draft and its 印发 are the office's; to everybody else they do not exist. 修订 in force are everybody's to read."""

from typing import Any

from django.utils import timezone

from evaluation.models import Scheme
from evaluation.services.drafting.copying import copy_scheme
from tests.evaluation.conftest import actor_named

OFFICE = "SNNAANNNNN"
BODIES: dict[str, dict[str, str]] = {
    "evaluation:draft-carriers": {"version": "1"},
    "evaluation:add-draft-dimension": {"version": "99", "name": "新维度"},
    "evaluation:draft-dimension": {"version": "99", "name": "新名称"},
    "evaluation:draft-evaluators": {"version": "99", "organisation_1": "区水务局", "share_1": "1"},
    "evaluation:remove-draft-indicator": {"version": "99"},
}
PAGES: dict[tuple[str, str], str] = {
    ("evaluation:copy-scheme", "POST"): "SFFAAFFFFF",
    ("evaluation:draft", "GET"): OFFICE,
    ("evaluation:draft-weights", "POST"): OFFICE,
    ("evaluation:draft-basics", "GET"): OFFICE,
    ("evaluation:draft-basics", "POST"): OFFICE,
    ("evaluation:draft-carriers", "GET"): OFFICE,
    ("evaluation:draft-carriers", "POST"): OFFICE,
    ("evaluation:add-draft-dimension", "POST"): OFFICE,
    ("evaluation:draft-dimension", "POST"): OFFICE,
    ("evaluation:add-draft-indicator", "GET"): OFFICE,
    ("evaluation:add-draft-indicator", "POST"): OFFICE,
    ("evaluation:draft-indicator", "GET"): OFFICE,
    ("evaluation:draft-indicator", "POST"): OFFICE,
    ("evaluation:draft-evaluators", "POST"): OFFICE,
    ("evaluation:remove-draft-indicator", "POST"): OFFICE,
    ("evaluation:draft-comparison", "GET"): OFFICE,
    ("evaluation:draft-comparison-sheet", "GET"): OFFICE,
    ("evaluation:draft-trial", "GET"): OFFICE,
}


def things(world: dict[str, Any]) -> dict[str, Any]:
    """The draft of 2021 township."""
    source = Scheme.objects.get(track="township", year=2020)
    draft = copy_scheme(actor=actor_named("zhengfuban1"), scheme_id=source.pk, at=timezone.now())
    names = {name for name, _ in PAGES} - {"evaluation:copy-scheme"}
    indicator, dimension = draft.indicators.first(), draft.dimensions.first()
    assert indicator is not None and dimension is not None
    return {
        **{f"{name}:year": 2021 for name in names},
        **{f"{name}:indicator_id": indicator.pk for name in names},
        "dimension_id": dimension.pk,
    }
