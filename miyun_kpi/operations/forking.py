"""A child that goes on from what this process has loaded, instead of loading it once more: its pages are shared until written.

Without Django. Whoever forks has one thread and no open connection (`up` sees to both).
"""

import ctypes
import os
import runpy
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

# Of the end of a child nobody forked, e.g. reaped elsewhere.
LOST = 1
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def follow_parent() -> None:
    """A supervisor that is killed outright takes its children along, else they would hold the port."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def be_called(name: str) -> None:
    """As `ps -o comm` and `top` show this process (the system keeps 15 bytes): its command line is that of whoever forked it."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_NAME, name.encode())


def as_module(arguments: Sequence[str]) -> Callable[[], object]:
    """What `python -m` does with these arguments, in the process as it is."""

    def run() -> None:
        sys.argv = list(arguments)
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)

    return run


class Forked:
    """What the supervisor asks of a process, as subprocess.Popen answers it. `closes`: descriptors the child shall not hold."""

    def __init__(self, name: str, run: Callable[[], object], closes: Iterable[int] = ()) -> None:
        self.returncode: int | None = None
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        # A signal between the fork and its own handlers would be taken by the supervisor's, in the child.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        self.pid = os.fork()
        if not self.pid:
            self._be(name, run, closes, parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _be(self, name: str, run: Callable[[], object], closes: Iterable[int], parent: int) -> None:
        """Never returns: the frames above are the supervisor's."""
        code = 1
        try:
            follow_parent()
            if os.getppid() != parent:  # it died meanwhile
                os._exit(code)
            be_called(name)
            for number in _ENDING:
                signal.signal(number, signal.SIG_DFL)
            for descriptor in closes:
                os.close(descriptor)
            null = os.open(os.devnull, os.O_RDONLY)
            os.dup2(null, 0)
            os.close(null)
            # Ctrl-C reaches the whole group, but the order of ending is the supervisor's: children see only its SIGTERM.
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGHUP})
            run()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
            if isinstance(end.code, str):
                sys.stderr.write(f"{end.code}\n")
        except BaseException:
            traceback.print_exc()
        finally:
            with suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def poll(self) -> int | None:
        return self._wait(os.WNOHANG)

    def wait(self, timeout: float | None = None) -> int:
        until = None if timeout is None else time.monotonic() + timeout
        while until is not None and self.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        code = self._wait(0 if until is None else os.WNOHANG)
        if code is None:
            raise TimeoutError(self.pid)
        return code

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        # Once it has been waited for its number may be another process's.
        if self.poll() is None:
            os.kill(self.pid, number)

    def _wait(self, options: int) -> int | None:
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, options)
            except ChildProcessError:
                self.returncode = LOST
            else:
                self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode
