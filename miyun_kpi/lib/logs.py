"""Lines of the log as JSON, one an event, each with the number of the request that it belongs to."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

# Set by the middleware for as long as a request lasts; the audit and the answer carry the same number.
REQUEST: ContextVar[str] = ContextVar("request_id", default="")


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        # What is said of an answer is said when its request is over.
        if number := REQUEST.get() or getattr(getattr(record, "request", None), "request_id", ""):
            line["request_id"] = number
        if status := getattr(record, "status_code", None):
            line["status"] = status
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        # One line whatever it says: JSON writes line ends as signs of their own.
        return json.dumps(line, ensure_ascii=False)


class RefusedRequests(logging.Filter):
    """A request that could not be read is whoever sends it to answer for: a line of warning, and no stack to fill a disk with."""

    LONGEST = 200

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security.") or getattr(record, "status_code", None) == 400:
            said = " ".join(record.getMessage().split())[: self.LONGEST]
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.msg, record.args, record.exc_info, record.exc_text = said, (), None, None
        return True


def configuration(form: str, level: str) -> dict[str, Any]:
    """On standard error; `form` is json or line."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
            "json": {"()": "miyun_kpi.lib.logs.JsonLines"},
        },
        "filters": {"refused": {"()": "miyun_kpi.lib.logs.RefusedRequests"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form, "filters": ["refused"]}},
        "root": {"handlers": ["stderr"], "level": level},
    }
