"""The cache of all web processes in Redis, and what stands in for it while Redis is away.

What is kept here are counters (requests of an API client). Losing them is nothing, failing because of them would be an
outage of the whole interface; doing without them would let a client ask without limit. So each process counts for itself
until Redis answers again.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)
# One that does not answer so soon counts as away, and is left alone for the pause.
PATIENCE_SECONDS = 0.25
PAUSE_SECONDS = 10.0
STAND_IN_ENTRIES = 10_000


class Absence:
    """Until when a server is not asked again. One for the process: Django makes a cache object for every thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}

    def may_ask(self, server: str) -> bool:
        """After the pause one thread tries; the others go on without until it knows."""
        with self._lock:
            until = self._until.get(server)
            if until is None:
                return True
            if time.monotonic() < until:
                return False
            self._until[server] = time.monotonic() + PAUSE_SECONDS
            return True

    def went(self, server: str) -> bool:
        """True when this is news."""
        with self._lock:
            news = server not in self._until
            self._until[server] = time.monotonic() + PAUSE_SECONDS
            return news

    def answered(self, server: str) -> bool:
        with self._lock:
            return self._until.pop(server, None) is not None


ABSENCE = Absence()


class SharedCache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        quick = {
            "socket_connect_timeout": PATIENCE_SECONDS,
            "socket_timeout": PATIENCE_SECONDS,
            "retry": Retry(NoBackoff(), 0),
        }
        super().__init__(server, {**params, "OPTIONS": quick | params.get("OPTIONS", {})})
        self._name = str(server)
        stand_in = {**params, "OPTIONS": {"MAX_ENTRIES": STAND_IN_ENTRIES}}
        # Process-wide as well: the name decides which store it is.
        self._stand_in = LocMemCache(f"instead of {self._name}", stand_in)

    def _either(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if ABSENCE.may_ask(self._name):
            shared: Callable[..., Any] = getattr(super(), name)
            try:
                found = shared(*args, **kwargs)
            except (RedisError, OSError) as error:
                if ABSENCE.went(self._name):
                    logger.warning("the shared cache is away, each process counts for itself: %s", error)
            else:
                if ABSENCE.answered(self._name):
                    logger.warning("the shared cache is back")
                return found
        return getattr(self._stand_in, name)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("delete", *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("get_many", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("has_key", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("incr", *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("set_many", *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("delete_many", *args, **kwargs)

    def clear(self) -> Any:
        return self._either("clear")
