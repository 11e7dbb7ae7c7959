"""A draft and its 印发 are the office's; to everybody else they do not exist. 修订 in force are everybody's to read."""

from typing import Any

from django.utils import timezone

from evaluation.drafting.services.copying import copy_scheme
from evaluation.models import Amendment, Scheme
from tests.evaluation.conftest import actor_named

OFFICE = "SNNAANNNNN"
BODIES: dict[str, dict[str, str]] = {
    "evaluation:draft-carriers": {"version": "1"},
    "evaluation:add-draft-dimension": {"version": "99", "name": "新维度"},
    "evaluation:draft-dimension": {"version": "99", "name": "新名称"},
    "evaluation:draft-evaluators": {"version": "99", "organisation_1": "区水务局", "share_1": "1"},
    "evaluation:remove-draft-indicator": {"version": "99"},
    "evaluation:discard-draft": {"version": "99", "reason": "本年不再另拟"},
    "evaluation:decide-issue": {"decision": "returned", "note": "再核"},
    "evaluation:decide-amendment": {"decision": "returned", "note": "再核"},
}
PAGES: dict[tuple[str, str], str] = {
    ("evaluation:copy-scheme", "POST"): "SFFAAFFFFF",
    ("evaluation:draft", "GET"): OFFICE,
    ("evaluation:draft-weights", "POST"): OFFICE,
    ("evaluation:draft-basics", "GET"): OFFICE,
    ("evaluation:draft-basics", "POST"): OFFICE,
    ("evaluation:discard-draft", "POST"): OFFICE,
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
    ("evaluation:propose-issue", "POST"): OFFICE,
    ("evaluation:decide-issue", "POST"): OFFICE,
    ("evaluation:amend-scheme", "GET"): "SFFAAFFFFF",
    ("evaluation:amend-scheme", "POST"): "SFFAAFFFFF",
    ("evaluation:amendment", "GET"): OFFICE,
    ("evaluation:decide-amendment", "POST"): OFFICE,
}
API: dict[tuple[str, str], str] = {("api:scheme-draft", "GET"): "SNNNANNNN"}


def things(world: dict[str, Any]) -> dict[str, Any]:
    """The draft of 2021 township."""
    source = Scheme.objects.get(track="township", year=2020)
    draft = copy_scheme(actor=actor_named("zhengfuban1"), scheme_id=source.pk, at=timezone.now())
    amendment = Amendment.objects.create(
        scheme=source,
        effective_from="2020Q3",
        reason="分值有调整",
        organ="区政府常务会议",
        approved_on="2020-07-01",
        document_number="密政办字〔2020〕30号",
        proposed_at=timezone.now(),
        proposed_by="甲",
        proposed_by_id=0,
    )
    names = {name for name, _ in PAGES} - {"evaluation:copy-scheme", "evaluation:amend-scheme"}
    indicator, dimension = draft.indicators.first(), draft.dimensions.first()
    assert indicator is not None and dimension is not None
    return {
        **{f"{name}:year": 2021 for name in names},
        **{f"{name}:indicator_id": indicator.pk for name in names},
        "dimension_id": dimension.pk,
        "amendment_id": amendment.pk,
        "api:scheme-draft:scheme_id": draft.pk,
    }
