"""Evidence stored and removed. The owning app has checked that the actor may; this is called inside its transaction."""

import hashlib
import os
import uuid
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction

from miyun_kpi.acts.acting import acting
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.attachments.queries import folder, place_of
from miyun_kpi.attachments.rules import FileType, recognise, safe_name
from miyun_kpi.db.room import require_room
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused

PIECE = 256 * 1024


def store(*, actor: Actor, kind: str, subject_id: int, file: IO[bytes], name: str, at: datetime) -> Attachment:
    """Keep one file for a thing. Refuses by size, number and content; the row and the file exist together or not at all."""
    require_room(f"“{name[-60:]}”没有上传")
    found = recognise(file)
    if not isinstance(found, FileType):
        raise Refused("file-refused", f"“{name[-60:]}”没有上传：{found}。")
    size = _size(file)
    if size > settings.EVIDENCE_LARGEST:
        limit = settings.EVIDENCE_LARGEST // 1024 // 1024
        raise Refused("file-too-large", f"“{name[-60:]}”超过 {limit} MB，没有上传。请压缩图片或拆成几份。")
    if Attachment.objects.filter(kind=kind, subject_id=subject_id).count() >= settings.EVIDENCE_MOST:
        raise Refused("too-many-files", f"一项最多 {settings.EVIDENCE_MOST} 份材料，没有上传。请先删去不需要的。")
    path = f"{at:%Y-%m}/{uuid.uuid4().hex}"
    target = folder() / path
    digest = _write(file, target)
    try:
        with acting(actor, at) as act:
            row = Attachment.objects.create(
                kind=kind,
                subject_id=subject_id,
                name=safe_name(name, found.extension),
                content_type=found.content_type,
                size=size,
                sha256=digest,
                path=path,
                stored_at=at,
                stored_by_id=actor.user_id,
                stored_by=actor.label,
            )
            data = {"attachment": row.pk, "name": row.name, "size": size, "sha256": digest}
            act.record("attachments.file.stored", f"{kind}:{subject_id}", **data)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return row


def remove(*, actor: Actor, attachment: Attachment, at: datetime) -> None:
    """Take a file away for good (a wrong or forbidden one must not lie about); the audit keeps its name and hash."""
    with acting(actor, at) as act:
        deleted, _ = Attachment.objects.filter(pk=attachment.pk).delete()
        if not deleted:
            raise Conflict("gone", "这份材料已经删去。")
        data = {"attachment": attachment.pk, "name": attachment.name, "sha256": attachment.sha256}
        subject = f"{attachment.kind}:{attachment.subject_id}"
        act.record("attachments.file.removed", subject, **data)
        _unlink_later([place_of(attachment)])


def _unlink_later(places: Sequence[Path]) -> None:
    """After the commit: a row must never point to a file that is gone."""

    def unlink() -> None:
        for place in places:
            place.unlink(missing_ok=True)

    transaction.on_commit(unlink)


def _size(file: IO[bytes]) -> int:
    return file.seek(0, os.SEEK_END)


def _write(file: IO[bytes], target: Path) -> str:
    """Copy in pieces, 0600 and never executable, under a name of ours; the hash is of what was written."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    file.seek(0)
    with open(target, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
        while piece := file.read(PIECE):
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()
