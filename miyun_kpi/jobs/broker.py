"""The folder that serves as broker of an embedded installation, in a form that survives load and kills.

Kombu's transport makes the message's file first and fills it afterwards; a worker that looks in between reads nothing,
and ends. Here a file has its name only once it is whole, and what cannot be read all the same (a full disk, a foreign
file) is laid aside with a line in the log. Names and folders stay kombu's, so that what an earlier version left in the
queue is still delivered.
"""

import fcntl
import logging
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)
# A message is `<anything without a dot>.<queue>.msg`; a name that begins with a dot belongs to no queue.
UNFINISHED = ".unfinished-"
FORGOTTEN_SECONDS = 3600


def write_whole(path: Path, content: Any) -> None:
    """The file has its name only when it is whole: nobody ever reads half of it."""
    unfinished = path.with_name(f"{UNFINISHED}{uuid.uuid4()}")
    try:
        with open(unfinished, "xb") as file:
            file.write(str_to_bytes(dumps(content)))
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


class Channel(filesystem.Channel):
    """Messages and tables of bindings written whole; whoever removes a message's file is the one who has it."""

    _tidied = False

    @property
    def queue_folder(self) -> Path:
        return Path(self.data_folder_in)

    @property
    def unreadable_folder(self) -> Path:
        given = self.transport_options.get("unreadable_folder")
        return Path(given) if given else self.queue_folder / "unreadable"

    # Messages ------------------------------------------------------------------------------------------------------
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # the base class is untyped there
        # Twenty digits: names sort as their times do.
        path = Path(self.data_folder_out) / f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        try:
            write_whole(path, payload)
        except OSError as error:
            raise ChannelError(f"cannot write the message {path}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        self._tidy_once()
        for name in sorted(os.listdir(self.queue_folder)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            path = self.queue_folder / name
            try:
                payload = self._read(path)
                self._take(path)
            except FileNotFoundError:  # another worker has it
                continue
            except Exception as error:
                self._lay_aside(path, error)
                continue
            return payload
        raise Empty

    def _read(self, path: Path) -> Any:
        """The message; anything that is none raises here, where it concerns one file and not the whole worker."""
        payload = loads(bytes_to_str(path.read_bytes()))
        self.Message(payload, channel=self)
        return payload

    def _take(self, path: Path) -> None:
        if self.store_processed:
            os.rename(path, Path(self.processed_folder) / path.name)
        else:
            os.unlink(path)

    def _lay_aside(self, path: Path, reason: Exception) -> None:
        try:
            self.unreadable_folder.mkdir(parents=True, exist_ok=True)
            os.rename(path, self.unreadable_folder / path.name)
        except FileNotFoundError:  # another worker was quicker
            return
        except OSError as error:
            raise ChannelError(f"cannot lay aside the unreadable {path}") from error
        logger.error("unreadable file %s laid aside in %s: %r", path.name, self.unreadable_folder, reason)

    def _tidy_once(self) -> None:
        """What a process killed while writing has left. Nobody writes a message for an hour."""
        if self._tidied:
            return
        self._tidied = True
        for path in self.queue_folder.glob(f"{UNFINISHED}*"):
            try:
                if time.time() - path.stat().st_mtime > FORGOTTEN_SECONDS:
                    path.unlink()
            except FileNotFoundError:
                pass

    # Which queues hang on an exchange ------------------------------------------------------------------------------
    def get_table(self, exchange: str) -> list[Any]:
        path = self._exchange_file(exchange)
        try:
            return [filesystem.exchange_queue_t(*row) for row in loads(bytes_to_str(path.read_bytes()))]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ChannelError(f"cannot read {path}") from error
        except Exception as error:
            # The processes write their bindings again when they connect.
            self._lay_aside(path, error)
            return []

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._table(exchange) as table:
            if row not in table:
                table.insert(0, row)

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any) -> None:
        self._purge(queue)
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._table(exchange) as table:
            if row in table:
                table.remove(row)

    @contextmanager
    def _table(self, exchange: str) -> Iterator[list[Any]]:
        """The table to be changed, by one process at a time; readers see the one before or the one after."""
        path = self._exchange_file(exchange)
        try:
            self.control_folder.mkdir(parents=True, exist_ok=True)
            with open(path.with_suffix(".lock"), "ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                before = self.get_table(exchange)
                table = list(before)
                yield table
                if table != before:
                    write_whole(path, table)
        except OSError as error:
            raise ChannelError(f"cannot change {path}") from error


class Transport(filesystem.Transport):
    Channel = Channel
    global_state = filesystem.virtual.BrokerState()
