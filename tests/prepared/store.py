"""The folder .pytest-databases/: one file a kind, made by one process while the others wait, never read when damaged.

A file is `<kind>-<key>.db`, its digest `<kind>-<key>.sum` beside it, written last. Whoever finds the digest missing or
wrong makes the file anew. Making one removes the earlier ones of its kind, so the folder does not grow.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class NotKept(Exception):
    """Raised by a maker whose product is good for this run only."""


class Store:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def _alone(self, kind: str) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / f"{kind}.lock", "w") as lock:
            # Given up by the kernel when the holder dies: a killed maker keeps nobody waiting.
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def file(self, kind: str, key: str) -> Path:
        return self.folder / f"{kind}-{key}.db"

    def good(self, kind: str, key: str) -> bool:
        file = self.file(kind, key)
        try:
            return file.with_suffix(".sum").read_text() == digest(file)
        except OSError:
            return False

    def take(self, kind: str, key: str, make: Callable[[Path], None]) -> tuple[Path, bool]:
        """The file and whether it was made now. `make` writes to the path it is given; what it leaves half done is
        not kept."""
        with self._alone(kind):
            if self.good(kind, key):
                return self.file(kind, key), False
            for old in [*self.folder.glob(f"{kind}-*.db"), *self.folder.glob(f"{kind}-*.sum")]:
                old.unlink(missing_ok=True)
            draft = self.folder / f"{kind}-{key}.{os.getpid()}.tmp"
            try:
                make(draft)
                total = digest(draft)
                os.replace(draft, self.file(kind, key))
                self.file(kind, key).with_suffix(".sum").write_text(total)
            finally:
                for left in self.folder.glob(f"{kind}-*.tmp*"):
                    left.unlink(missing_ok=True)
            return self.file(kind, key), True


def digest(file: Path) -> str:
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
