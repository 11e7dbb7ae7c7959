"""归档包 of a year at one press: a job that may be killed and run again, a .zip with fixed bytes and its index."""

import hashlib
import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access.year_close import require_closing
from miyun_kpi.acts.acting import acting, locked
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.db.finding import one_of
from miyun_kpi.jobs.enums import State
from miyun_kpi.jobs.models import Job, JobQuerySet
from miyun_kpi.jobs.services import enqueue
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.lib.packages import add_member, steady
from miyun_kpi.site import tag

TASK = "evaluation.year_archive"


@dataclass(frozen=True)
class Item:
    """One file of the archive. `content` is its bytes or where they lie."""

    name: str
    title: str
    day: str
    responsible: str
    content: bytes | Path


@dataclass(frozen=True)
class Indexed:
    item: Item
    size: int
    sha256: str


def request_archive(*, actor: Actor, scheme_id: int, at: datetime) -> Job:
    """Asked twice while it runs it is one job; a failed one is taken up again; finished, the next is a new number."""
    scheme = one_of(Scheme.objects.issued().filter(pk=scheme_id))
    require_closing(actor, scheme)
    with acting(actor, at) as act:
        locked(Scheme.objects.all(), scheme.pk)
        number = _jobs(scheme).filter(state=State.DONE).count() + 1
        key = f"{_prefix(scheme)}{number}"
        waiting = Job.objects.filter(key=key).exclude(state__in=[State.FAILED, State.STOPPED]).first()
        if waiting is not None:
            return waiting
        subject, data = f"scheme:{scheme.pk}", {"year": scheme.year, "track": scheme.track, "number": number}
        last = AuditEntry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
        job = enqueue(
            name=TASK,
            key=key,
            arguments={"scheme": scheme.pk, "number": number, "at": at.isoformat(), "audit": last},
            actor=actor,
            at=at,
            title=f"{scheme.year}年{scheme.get_track_display()}归档包",
        )
        act.record("evaluation.archive.asked", subject, **data)
    return job


def _prefix(scheme: Scheme) -> str:
    return f"year-archive/{scheme.pk}/"


def _jobs(scheme: Scheme) -> JobQuerySet:
    return Job.objects.filter(key__startswith=_prefix(scheme))


def archives(scheme: Scheme) -> list[Job]:
    return list(_jobs(scheme).order_by("-pk"))


def archive_path(scheme_id: int, number: int) -> Path:
    return Path(settings.VAR_DIR) / "documents" / f"archive-{scheme_id}-{number}.zip"


def finished_archive(*, actor: Actor, scheme: Scheme, number: int) -> Path:
    """Where a finished one lies, for the office alone."""
    require_closing(actor, scheme)
    path = archive_path(scheme.pk, number)
    if not Job.objects.filter(key=f"{_prefix(scheme)}{number}", state=State.DONE).exists() or not path.exists():
        raise NotFound("这一次的归档包还没有做好。")
    return path


def write_archive(*, scheme_id: int, number: int, items: Iterable[Item]) -> tuple[Path, list[Indexed]]:
    """The members into a file beside the target; `close_archive` adds the index and puts it in place."""
    target = archive_path(scheme_id, number)
    target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    half = target.with_suffix(f".{os.getpid()}.part")
    listed: list[Indexed] = []
    with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as pack:
        if word := tag():
            add_member(pack, f"{word}.txt", f"这是{word}站的归档包：里面的文件全部是{word}数据，不得引用。\n".encode())
        for item in items:
            content = item.content if isinstance(item.content, bytes) else item.content.read_bytes()
            if isinstance(item.content, bytes) and item.name.endswith(".xlsx"):
                content = steady(content)
            add_member(pack, item.name, content)
            listed.append(Indexed(item, len(content), hashlib.sha256(content).hexdigest()))
    return half, listed


def close_archive(*, scheme_id: int, number: int, half: Path, index: bytes) -> Path:
    with zipfile.ZipFile(half, "a", zipfile.ZIP_DEFLATED) as pack:
        add_member(pack, "00-归档目录.xlsx", steady(index))
    target = archive_path(scheme_id, number)
    half.replace(target)
    return target
