"""Keeps the processes of one installation alive as one foreground process group, and ends them in order."""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

from miyun_kpi.operations.forking import Forked, as_module, follow_parent

LONGEST_WAIT = 4.0
STEADY_SECONDS = 15.0
MOST_KILLS = 3


@dataclass
class Child:
    """One process. `patience` is how many seconds it may take to end after SIGTERM.

    `forked`: its name among the processes, where it goes on from what this one has loaded and `command` is a module with its
    arguments; `closes` what of this process it shall not hold.
    `once`: work that comes to an end; `waits`: starts when all such work has been done and the site answers.
    """

    name: str
    command: Sequence[str]
    patience: float
    once: bool = False
    waits: bool = False
    forked: str = ""
    closes: Sequence[int] = ()
    process: subprocess.Popen[bytes] | Forked | None = None
    failures: int = 0
    started: float = 0.0
    start_at: float = 0.0
    done: bool = False
    failed: bool = False

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        self.started = time.monotonic()
        if self.forked:
            self.process = Forked(self.forked, as_module(self.command), self.closes)
        else:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, preexec_fn=_in_child)


def _in_child() -> None:
    # Ctrl-C reaches the whole group, but the order of ending is the supervisor's: children see only its SIGTERM.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    follow_parent()


class Supervisor:
    """Starts the children in the given order, restarts what ends, and ends all in the opposite order."""

    def __init__(self, children: Sequence[Child], say: Callable[[str], None], started: Callable[[], bool]) -> None:
        self.children = list(children)
        self.say = say
        self.started = started
        self.signals = 0

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        announced = False
        while not self.signals:
            for child in self.children:
                if not child.waits or (announced and all(one.done for one in self.children if one.once)):
                    self._look_after(child)
            announced = announced or self.started()
            time.sleep(0.05)
        self.end_all()
        return 0

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.alive:
            if child.failures and now - child.started > STEADY_SECONDS:
                child.failures = 0
            return
        if child.once and (child.done or child.failed or self._ended(child)):
            return
        if child.process is not None:
            wait = min(0.25 * 2**child.failures, LONGEST_WAIT)
            child.failures += 1
            child.start_at = now + wait
            self.say(f"{child.name}意外结束（{child.process.returncode}），{wait:g} 秒后重新启动。")
            child.process = None
        if now >= child.start_at:
            child.start()

    def _ended(self, child: Child) -> bool:
        """Whether its work is over, well or not; what was killed from outside is begun again, a few times."""
        code = None if child.process is None else child.process.returncode
        if code is None:
            return False
        child.done, child.failed = code == 0, code > 0 or (code < 0 and child.failures >= MOST_KILLS)
        return child.done or child.failed

    def end_all(self) -> None:
        self.say("正在结束：先停定时，再等后台任务办完手头的一步，最后停网页。再按一次 Ctrl-C 立即结束。")
        for child in reversed(self.children):
            if child.process is None or not child.alive:
                continue
            child.process.terminate()
            deadline = time.monotonic() + child.patience
            while child.alive and time.monotonic() < deadline and self.signals < 2:
                time.sleep(0.05)
            if child.alive:
                child.process.kill()
            child.process.wait()


def pid_file_lock(path: os.PathLike[str]) -> int | None:
    """Hold `path` for the life of this process. Returns the descriptor, or None when another process holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    os.truncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor
