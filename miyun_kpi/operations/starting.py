"""The first second of a start: the data are ours alone, the port is free. Web, worker and clock are forked once all is loaded.

Without Django: `manage.py` comes here before it loads anything, so that what cannot be is said at once.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from miyun_kpi.operations import loading, stamps
from miyun_kpi.operations.loading import Loading
from miyun_kpi.operations.supervisor import Child, pid_file_lock
from miyun_kpi.site import Site, chosen, settle

BASE = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass
class Started:
    """`lock` is held until the process ends; the system releases it even after a kill."""

    site: Site
    port: int
    lock: int
    web: Child

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}/"


_begun: list[Started] = []


def begin() -> Started:
    """Once a process. Ends it with one sentence where the start cannot be."""
    if not _begun:
        site = settle(chosen(BASE, os.environ))
        port = _port()
        site.var.mkdir(parents=True, exist_ok=True, mode=0o750)
        lock = _lock(site.var)
        _check_port(port)
        # From here on the web server may run: until somebody says that the site is ready it says that it is not.
        loading.say(site.var, Loading("启动", clock()))
        _begun.append(Started(site, port, lock, _web(port, lock)))
    return _begun[0]


def clock() -> str:
    return f"{datetime.now(SHANGHAI):%H:%M:%S}"


def static_is_ready(var: Path) -> bool:
    return (var / "static").is_dir() and stamps.read(var).get("static") == stamps.of_static(BASE)


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise SystemExit(f"PORT=“{text[:20]}”不是端口号。请写 1 到 65535 的整数，例如 PORT=8123 make run。")
    return int(text)


def _lock(var: Path) -> int:
    lock = pid_file_lock(var / "up.lock")
    if lock is None:
        holder = (var / "up.lock").read_text() or "?"
        raise SystemExit(
            f"{var} 里的数据正由另一个进程使用（进程 {holder}），这里没有启动。请用已打开的那个，或先在那里按 Ctrl-C。"
        )
    return lock


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            other = port + 1 if port < 65535 else 8000
            raise SystemExit(
                f"端口 {port} 用不了（{error.strerror}），没有启动。请换一个端口，例如 PORT={other} make run。"
            ) from error


def _web(port: int, lock: int) -> Child:
    # Its own processes are forked from what it has loaded in turn: one that dies is back at once.
    options = ("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload", "--no-control-socket")
    more = ("--bind", f"{HOST}:{port}", "--graceful-timeout", "10", "--log-level", "warning")
    served = ("gunicorn", "miyun_kpi.wsgi", *options, *more)
    return Child("网页服务", served, patience=15, forked="kpi-web", closes=(lock,))
