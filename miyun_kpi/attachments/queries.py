from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from miyun_kpi.attachments.models import Attachment


def folder() -> Path:
    """Beside the database, outside everything that is served as it lies there."""
    return Path(settings.VAR_DIR) / "evidence"


def place_of(attachment: Attachment) -> Path:
    return folder() / attachment.path


def attached(kind: str, subject_ids: Sequence[int]) -> dict[int, list[Attachment]]:
    """The evidence of several things at once."""
    found: dict[int, list[Attachment]] = {}
    for one in Attachment.objects.filter(kind=kind, subject_id__in=subject_ids):
        found.setdefault(one.subject_id, []).append(one)
    return found
