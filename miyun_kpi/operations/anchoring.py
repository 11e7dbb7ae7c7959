"""The master head goes out of this database by itself, to where `KPI_ANCHOR` says: files on another disk or host, syslog.

A database that is put back as a whole to an earlier state agrees with itself; what lies outside does not agree with it.
"""

import logging
import logging.handlers
from datetime import datetime
from pathlib import Path

from django.conf import settings

from miyun_kpi.audit.models import AuditMaster
from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations import standing
from miyun_kpi.operations.verification import Anchored, anchor_line, read_anchors

SYSLOG = "syslog"
PORT = 514


def send_out(master: AuditMaster, *, at: datetime) -> list[str]:
    """To every place; what could not be reached is returned, kept for the page 运行, and tried again with the next head."""
    line, failed = anchor_line(master), []
    for place in settings.ANCHORS:
        try:
            _write(place, line)
        except OSError as error:
            failed.append(f"{place} 写不进去（{error.strerror or error}）")
    if settings.ANCHORS:
        standing.note("anchor", at=at, why="；".join(failed), number=master.number)
    return failed


def kept_outside() -> list[Anchored]:
    """What lies in the files that can be read here; the night holds it against the chain."""
    found: list[Anchored] = []
    for place in settings.ANCHORS:
        if not place.startswith(SYSLOG):
            try:
                found += read_anchors(Path(place).read_text(encoding="utf-8"))
            except (OSError, Refused):
                continue
    return found


def _write(place: str, line: str) -> None:
    if not place.startswith(SYSLOG):
        with open(place, "a", encoding="utf-8") as file:
            file.write(f"{line}\n")
        return
    host = place.removeprefix(SYSLOG).lstrip(":")
    name, _, port = host.partition(":")
    handler = _Syslog(address=(name, int(port or PORT)) if name else "/dev/log")
    try:
        record = logging.LogRecord("miyun-kpi", logging.INFO, "", 0, f"miyun-kpi 总链头 {line}", None, None)
        handler.emit(record)
    finally:
        handler.close()


class _Syslog(logging.handlers.SysLogHandler):
    """A head that did not go out is told, not printed to standard error."""

    def handleError(self, record: logging.LogRecord) -> None:
        raise OSError("syslog 没有收")
