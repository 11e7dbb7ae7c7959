"""Files of a progress report, outside the documents with pages of their own."""

from datetime import datetime
from typing import IO

from miyun_kpi.acts.acting import acting
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.attachments.services import remove, store
from miyun_kpi.db.finding import one_of
from miyun_kpi.duties.services.reports import lock_own_open
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused

EVIDENCE = "duties.report"


def add_evidence(*, actor: Actor, duty_period_id: int, file: IO[bytes], name: str, at: datetime) -> Attachment:
    with acting(actor, at):
        row = lock_own_open(actor, duty_period_id, at)
        if row.unit.duty.offline_only:
            raise Refused("offline-only", "这项任务材料线下报送，不上传文件。没有上传。")
        return store(actor=actor, kind=EVIDENCE, subject_id=row.pk, file=file, name=name, at=at)


def remove_evidence(*, actor: Actor, duty_period_id: int, attachment_id: int, at: datetime) -> None:
    with acting(actor, at):
        row = lock_own_open(actor, duty_period_id, at)
        found = one_of(Attachment.objects.filter(pk=attachment_id, kind=EVIDENCE, subject_id=row.pk))
        remove(actor=actor, attachment=found, at=at)
