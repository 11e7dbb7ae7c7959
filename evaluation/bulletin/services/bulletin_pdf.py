"""A PDF of a bulletin, made in the background where LibreOffice is installed and kept beside the site's data."""

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings

from evaluation.bulletin.access import require_work_on, visible_bulletin
from evaluation.bulletin.models import Bulletin
from evaluation.bulletin.queries import newest_version, paper, snapshot
from miyun_kpi.acts.acting import acting
from miyun_kpi.documents.pdf import convert_to_pdf, converter
from miyun_kpi.documents.write import write_official
from miyun_kpi.jobs.models import Job
from miyun_kpi.jobs.services import enqueue
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused

TASK = "evaluation.bulletin_pdf"


def request_pdf(*, actor: Actor, bulletin_id: int, at: datetime) -> Job:
    """Asked twice for the same stage it is one job; a failed one is taken up again."""
    bulletin = visible_bulletin(actor, bulletin_id)
    require_work_on(actor, snapshot(bulletin).tracks)
    if not converter():
        raise Refused("no-converter", "本机没有安装 LibreOffice，不能转成 PDF。请下载 .docx，或请系统管理员安装。")
    with acting(actor, at):
        return enqueue(
            name=TASK,
            key=f"bulletin-pdf/{bulletin.pk}/{bulletin.version}",
            arguments={"bulletin": bulletin.pk, "version": bulletin.version},
            actor=actor,
            at=at,
            title=f"{bulletin.period.label}{bulletin.get_kind_display()}转 PDF",
        )


def make_pdf(*, bulletin_id: int, version: int) -> Path:
    """Run by the job; a second run writes the same file again."""
    bulletin = Bulletin.objects.select_related("period").get(pk=bulletin_id)
    if bulletin.version != version:
        raise Conflict("stale", "文稿又有改动，没有转成 PDF。请在通报页重新提出。")
    last = newest_version(bulletin)
    content = write_official(paper(bulletin, last.content, snapshot(bulletin)), at=last.saved_at)
    target = pdf_path(bulletin)
    target.parent.mkdir(mode=0o750, exist_ok=True)
    half = target.with_suffix(f".{os.getpid()}.part")
    half.write_bytes(convert_to_pdf(content))
    half.replace(target)
    return target


def pdf_path(bulletin: Bulletin) -> Path:
    """Where the PDF of this stage lies; a changed bulletin has another."""
    return Path(settings.VAR_DIR) / "documents" / f"bulletin-{bulletin.pk}-{bulletin.version}.pdf"
