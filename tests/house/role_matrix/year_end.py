"""加减分 and the year's end. The entry stands on beizhuang, proposed by shuiwu's post."""

from datetime import date
from typing import Any

from django.utils import timezone

from evaluation.models import Adjustment, Scheme
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.organisations.queries import resolve

PAGES: dict[tuple[str, str], str] = {
    ("evaluation:add-adjustment-evidence", "POST"): "SANFFFFNNF",
    ("evaluation:adjustment", "GET"): "SANAAAANNA",
    ("evaluation:adjustments", "GET"): "SAAAAAAAAA",
    ("evaluation:adjustments-sheet", "GET"): "SAAAAAAAAA",
    ("evaluation:amend-adjustment", "GET"): "SANFFFFNNF",
    ("evaluation:amend-adjustment", "POST"): "SANFFFFNNF",
    ("evaluation:check-adjustment", "POST"): "SFNAAFFNNF",
    ("evaluation:city-result", "POST"): "SANAAFFNNF",
    ("evaluation:propose-adjustment", "GET"): "SAAAAAFFFF",
    ("evaluation:propose-adjustment", "POST"): "SAAAAAFFFF",
    ("evaluation:remove-adjustment-evidence", "POST"): "SANNNNNNNN",
    ("evaluation:withdraw-adjustment", "POST"): "SANFFFFNNF",
}
API: dict[tuple[str, str], str] = {
    ("api:adjustment", "GET"): "SNANAAANA",
    ("api:adjustments", "GET"): "SAAAAAAAA",
    ("api:adjustments", "POST"): "SFAAAAFFF",
}
BODIES: dict[str, Any] = {
    "evaluation:propose-adjustment": {
        "year": "2020", "organisation": "1", "ground": "harm", "work": "某件工作", "points": "0.1",
        "happened_on": "2020-11-01", "reason": "造成不良影响",
    },
    "evaluation:amend-adjustment": {
        "version": "1", "ground": "harm", "work": "某件工作", "points": "0.1", "happened_on": "2020-11-01",
        "reason": "造成不良影响",
    },
    "evaluation:city-result": {"version": "1", "result": "市级已通报", "result_on": "2020-12-01", "points": "0.5"},
    "evaluation:check-adjustment": {"version": "1", "decision": "back", "note": "材料不全"},
    "evaluation:withdraw-adjustment": {"version": "1"},
    "api:adjustments": {
        "year": 2020, "organisation": "北庄镇", "ground": "harm", "work": "某件工作", "points": "0.1",
        "reason": "造成不良影响", "happened_on": "2020-11-01",
    },
}  # fmt: skip


def things(world: dict[str, Any]) -> dict[str, Any]:
    made = Adjustment.objects.create(
        scheme=Scheme.objects.get(track="township", year=2020), organisation=resolve("北庄镇"), ground="city-bonus",
        state="city", work="水源保护", points="0.5", reason="市级通报", happened_on=date(2020, 11, 1),
        proposed_for=resolve("区水务局"), proposed_role="evaluator", proposed_at=timezone.now(), entered_by="甲",
        entered_by_id=0, entered_at=timezone.now(),
    )  # fmt: skip
    file = Attachment.objects.create(
        kind="evaluation.adjustment", subject_id=made.pk, name="a.pdf", content_type="application/pdf", size=4,
        sha256="1" * 64, path="matrix/b", stored_at=timezone.now(), stored_by="甲",
    )  # fmt: skip
    return {"adjustment_id": made.pk, "evaluation:remove-adjustment-evidence:attachment_id": file.pk}
