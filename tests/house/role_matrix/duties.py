"""Duties: every signed-in person reads the lists, the unit reports, the lead unit and the office decide."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from miyun_kpi.attachments.models import Attachment
from miyun_kpi.duties.models import DutyPeriod, DutyPhrase, DutyUnit, Statement
from miyun_kpi.organisations.queries import resolve

OPENING = ("opening", "opening-template", "opening-upload", "accept-opening")
EXTRA = ("区政务服务中心", "区水务局")
BODIES: dict[str, dict[str, str]] = {
    "duties:save": {"version": "0", "course": "done", "progress": "已开放一次"},
    "duties:made-up": {"version": "0", "course": "done", "progress": "已开放一次", "reason": "经办人病休"},
    "duties:from-paper": {"version": "0", "course": "done", "progress": "已开放一次", "paper_number": "来文8号"},
    "duties:statement": {"version": "0", "reason": "职责不涉及公共利益和公众权益的会议"},
    "duties:decide-statement": {"version": "1", "decision": "accept"},
    "duties:return": {"version": "1", "observation": "请补充人数"},
    "duties:amend": {"version": "1", "title": "会议开放", "reason": "措辞调整"},
    "duties:withdraw": {"withdraw-version": "1", "withdraw-reason": "另有办法代替"},
    "duties:rhythm": {"version": "1", "cadence": "yearly", "since": "2099-01-01", "reason": "按年汇总"},
    "duties:extend": {"version": "1", "reason": "会议明确"},
    "duties:end-unit": {"version": "1", "reason": "增补有误"},
    "duties:hand-over": {"version": "1", "reason": "职能划转", "to": "jiao-wei"},
    "duties:days": {"version": "1"},
    "duties:opening": {"basis": "台账第 3 页", "on": "2020-07-14"},
    "duties:take-back": {"reason": "看错一行"},
}


def things(world: dict[str, Any]) -> dict[str, Any]:
    """beizhuang owes 会议开放 of a quarter."""
    unit = DutyUnit.objects.get(duty__key="14/三（六）/1/1", organisation=resolve("北庄镇"))
    now = timezone.now()
    DutyPeriod.objects.filter(unit=unit).delete()
    row = DutyPeriod.objects.create(
        unit=unit,
        period="2020Q3",
        starts_at=now - timedelta(9),
        due_at=now + timedelta(9),
        late_until=now + timedelta(19),
        locks_at=now + timedelta(20),
    )
    Statement.objects.create(duty_period=row, reason="职责不涉及公共利益", filed_at=now, filed_by="甲")
    fields = {"kind": "duties.report", "subject_id": row.pk, "name": "b.pdf", "content_type": "application/pdf"}
    file = Attachment.objects.create(
        **fields, size=4, sha256="0" * 64, path="matrix/duties", stored_at=now, stored_by="甲"
    )
    made = {"duty_id": unit.duty_id, "unit_id": unit.pk, "duties:remove-evidence:attachment_id": file.pk}
    made["phrase_id"] = DutyPhrase.objects.get(duty=unit.duty, kind="open").pk
    acts = ("save", "submit", "made-up", "from-paper", "evidence", "remove-evidence", "statement", "decide-statement")
    for name in ("period", "return", "take-back", *acts):
        made[f"duties:{name}:period_id"] = row.pk
    for name in ("document", "workbook", "create", "days", "open-past", "review", "accept", *OPENING):
        made[f"duties:{name}:document"] = "14"
    return made


PAGES: dict[tuple[str, str], str] = {
    ("duties:accept", "POST"): "SAAFFFFFFFAA",
    ("duties:accept-opening", "POST"): "SFFFFFFFFFAF",
    ("duties:amend", "POST"): "SFFFFFFFFFAF",
    ("duties:create", "GET"): "SFFFFFFFFFAF",
    ("duties:create", "POST"): "SFFFFFFFFFAF",
    ("duties:days", "GET"): "SFFFFFFFFFAF",
    ("duties:days", "POST"): "SFFFFFFFFFAF",
    ("duties:decide-statement", "POST"): "SNNFFFFNNNAN",
    ("duties:document", "GET"): "SAAAAAAAAAAA",
    ("duties:duty", "GET"): "SAAAAAAAAAAA",
    ("duties:end-unit", "POST"): "SFFFFFFFFFAF",
    ("duties:evidence", "POST"): "SNNNNANNNNNN",
    ("duties:extend", "GET"): "SFFFFFFFFFAF",
    ("duties:extend", "POST"): "SFFFFFFFFFAF",
    ("duties:hand-over", "GET"): "SFFFFFFFFFAF",
    ("duties:hand-over", "POST"): "SFFFFFFFFFAF",
    ("duties:from-paper", "POST"): "SNNFFFFNNNAN",
    ("duties:made-up", "POST"): "SNNNNANNNNNN",
    ("duties:mine", "GET"): "SAAAAAAAAAAA",
    ("duties:open-past", "POST"): "SFFFFFFFFFAF",
    ("duties:opening", "GET"): "SFFFFFFFFFAF",
    ("duties:opening", "POST"): "SFFFFFFFFFAF",
    ("duties:opening-template", "GET"): "SFFFFFFFFFAF",
    ("duties:opening-upload", "POST"): "SFFFFFFFFFAF",
    ("duties:take-back", "POST"): "SNNFFFFNNNAN",
    ("duties:period", "GET"): "SNNAAAANNNAN",
    ("duties:remove-evidence", "POST"): "SNNNNANNNNNN",
    ("duties:return", "POST"): "SNNFFFFNNNAN",
    ("duties:review", "GET"): "SAAAAAAAAAAA",
    ("duties:rhythm", "POST"): "SFFFFFFFFFAF",
    ("duties:save", "POST"): "SNNNNANNNNNN",
    ("duties:statement", "POST"): "SNNNNANNNNNN",
    ("duties:submit", "POST"): "SNNNNANNNNNN",
    ("duties:withdraw", "POST"): "SFFFFFFFFFAF",
    ("duties:workbook", "GET"): "SAAAAAAAAAAA",
}
