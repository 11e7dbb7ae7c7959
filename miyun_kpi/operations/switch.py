"""The default connection of this process, led to another database for a while: only by commands, which have one thread."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection


@contextmanager
def working_on(name: str) -> Iterator[None]:
    """Migrations, checks and the audit go there until the end of the block."""
    before = str(connection.settings_dict["NAME"])
    lead_to(name)
    try:
        yield
    finally:
        lead_to(before)


def lead_to(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()
