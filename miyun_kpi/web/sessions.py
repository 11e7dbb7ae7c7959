"""Sessions in the database, of which reading does not depend on whether the time last seen can be written."""

import logging

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError

from miyun_kpi.db.outage import Outage, outage

logger = logging.getLogger(__name__)


class SessionStore(db.SessionStore):
    def save(self, must_create: bool = False) -> None:
        """On a full disk, or behind a lock, the page goes out all the same; signing in is refused as everything else."""
        try:
            super().save(must_create)
        except (DatabaseError, UpdateError) as error:
            # Django says of every failure that the session was gone; what it was stands behind.
            why = outage(error.__context__ if isinstance(error, UpdateError) else error)
            if must_create or why not in (Outage.FULL, Outage.LOCKED):
                raise
            logger.warning("a session could not be written: %s", error)
