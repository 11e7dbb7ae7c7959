import os
import socket
import time
import urllib.request
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations.first_steps import certify_from_the_start, first_key, key_file
from miyun_kpi.operations.identity import require_own_site
from miyun_kpi.operations.management.commands.rehearse import ACCOUNTS
from miyun_kpi.operations.supervisor import Child, Supervisor, command, pid_file_lock
from miyun_kpi.site import OLD_DATABASE, WORDS, is_demonstration, is_real

HOST = "127.0.0.1"
# A proxy of the environment has no business between this process and its own child.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Command(BaseCommand):
    help = "准备数据库并启动网页、后台任务和定时（make run、make start 的内容）。PORT 改端口，--site 选站。"

    def handle(self, *args: Any, **options: Any) -> None:
        port = self._port()
        lock = settings.VAR_DIR / "up.lock"
        # Kept open until the process ends; the system releases it even after a kill.
        self.lock = pid_file_lock(lock)
        if self.lock is None:
            raise CommandError(
                f"{settings.VAR_DIR} 里的数据正由另一个进程使用（进程 {lock.read_text() or '?'}），这里没有启动。"
                "请用已打开的那个，或先在那里按 Ctrl-C。"
            )
        self._check_port(port)
        self._prepare()
        self.address = f"http://{HOST}:{port}/"
        self.begun = time.monotonic()
        raise SystemExit(Supervisor(self._children(port), self._say, self._announce_when_up).run())

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _port(self) -> int:
        text = os.environ.get("PORT") or "8000"
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
            raise CommandError(f"PORT=“{text[:20]}”不是端口号。请写 1 到 65535 的整数，例如 PORT=8123 make run。")
        return int(text)

    def _check_port(self, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                other = port + 1 if port < 65535 else 8000
                raise CommandError(
                    f"端口 {port} 用不了（{error.strerror}），没有启动。请换一个端口，例如 PORT={other} make run。"
                ) from error

    def _prepare(self) -> None:
        old = settings.BASE_DIR / "var" / OLD_DATABASE
        if old.exists() and settings.VAR_DIR.parent == old.parent:
            self._say(
                f"{old} 是旧版留下的数据，没有动它。要接着用，先停下，再把 var/ 里的文件移到 var/demo/（演示）或 var/site/（正式）。"
            )
        call_command("migrate", verbosity=0, interactive=False)
        empty = not get_user_model().objects.exists()
        try:
            require_own_site(at=timezone.now(), empty=empty and is_real())
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        call_command("load_gazette", stdout=self.stdout)
        if empty and is_demonstration():
            call_command("load_demo", stdout=self.stdout)
        elif empty and is_real() and not key_file().exists():
            certify_from_the_start(at=timezone.now())

    def _children(self, port: int) -> list[Child]:
        # On one's own machine root is no surprise; the production unit runs as its own user.
        quiet = ("-W", "ignore:You're running the worker with superuser privileges")
        celery = ("celery", "--quiet", "-A", "miyun_kpi.celery")
        return [
            Child(
                "网页服务",
                command(
                    "gunicorn",
                    "miyun_kpi.wsgi",
                    "--worker-class",
                    "gthread",
                    "--workers",
                    "2",
                    "--threads",
                    "4",
                    "--bind",
                    f"{HOST}:{port}",
                    "--no-control-socket",
                    "--graceful-timeout",
                    "10",
                    "--log-level",
                    "warning",
                ),
                patience=15,
            ),
            Child(
                "后台任务",
                command(
                    *celery,
                    "worker",
                    "--pool",
                    "threads",
                    "--concurrency",
                    "2",
                    "--loglevel",
                    "WARNING",
                    "--without-gossip",
                    "--without-mingle",
                    "--without-heartbeat",
                    options=quiet,
                ),
                patience=30,
            ),
            Child("定时", command(*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""), patience=5),
        ]

    def _announce_when_up(self) -> bool:
        """Say the address once the site answers; keep quiet no longer than half a minute."""
        late = time.monotonic() - self.begun > 30
        try:
            with DIRECT.open(f"{self.address}healthz", timeout=1):
                pass
        except OSError:
            if late:
                self._say("网页 30 秒内没有回答，原因见上面的输出。还在继续尝试。")
            return late
        accounts = settings.VAR_DIR / "demo-accounts.txt"
        self._say(f"\n密云区绩效考评（{WORDS[settings.SITE]}）已启动：{self.address}")
        if accounts.exists():
            self._say(
                f"演示账号和密码：{accounts}（重设：.venv/bin/python manage.py demo_accounts --reset --site demo）"
            )
        if (one_time := settings.VAR_DIR / ACCOUNTS).exists():
            self._say(f"演练账号和一次性密码：{one_time}")
        if is_real() and not get_user_model().objects.exists():
            self._say(f"还没有账号。在本机打开这一页，先建立三名管理员：{self.address}first/?key={first_key()}")
        self._say("按 Ctrl-C 结束。")
        return True
