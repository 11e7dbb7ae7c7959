"""What an error of the database means to whoever uses the site: it is away, its disk is full, or somebody holds a lock."""

import sqlite3
from enum import StrEnum

from django.db import DatabaseError, InterfaceError

# Classes and codes of SQLSTATE: the connection broke, or nobody can get one.
_AWAY = ("08", "57P01", "57P02", "57P03", "53300")
_FULL, _LOCKED = "53100", "55P03"
# A damaged file is not away: that passes by no waiting.
_SQLITE_AWAY = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR}


class Outage(StrEnum):
    AWAY = "away"
    FULL = "full"
    LOCKED = "locked"


def outage(error: BaseException | None) -> Outage | None:
    """None for an error that says nothing of the kind: that one is ours."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    code = getattr(cause, "pgcode", None)
    if code is None:
        # Without a code it was never answered: no connection, or one that broke in the middle.
        return Outage.AWAY if type(cause).__name__ in ("OperationalError", "InterfaceError") else None
    if code in (_FULL, _LOCKED):
        return Outage.FULL if code == _FULL else Outage.LOCKED
    return Outage.AWAY if code.startswith(_AWAY) else None


def _of_sqlite(code: int) -> Outage | None:
    if code == sqlite3.SQLITE_FULL:
        return Outage.FULL
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Outage.LOCKED
    return Outage.AWAY if code in _SQLITE_AWAY else None
