import sys
import time
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connections
from django.utils import timezone

from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations import loading, stamps
from miyun_kpi.operations.database import applied, require_known_migrations
from miyun_kpi.operations.first_steps import first_key
from miyun_kpi.operations.identity import require_own_site
from miyun_kpi.operations.loading import Loading
from miyun_kpi.operations.management.commands.rehearse import ACCOUNTS
from miyun_kpi.operations.shared_load import load_for_all
from miyun_kpi.operations.starting import Started, begin, clock, static_is_ready
from miyun_kpi.operations.strength import require_strong
from miyun_kpi.operations.supervisor import Child, Supervisor
from miyun_kpi.site import OLD_DATABASE, WORDS, is_demonstration, is_real

# A proxy of the environment has no business between this process and its own child.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
LATE_SECONDS = 30


class Command(BaseCommand):
    help = "准备数据库并启动网页、后台任务和定时（make run、make start 的内容）。PORT 改端口，--site 选站。"
    # Of the code that has not changed nothing new is to be found: prepare_site checks when it has.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        require_strong()
        self.begun = time.monotonic()
        self.start: Started = begin()
        self.late = self.opened = False
        self.supervisor = Supervisor(self._children(), self._say, self._announce_when_up)
        load_for_all()
        if static_is_ready(settings.VAR_DIR):
            self.start.web.start()
        try:
            work = self._prepare()
        except BaseException:
            loading.done(settings.VAR_DIR)
            self.supervisor.end_all()
            raise
        if work is not None:
            self.supervisor.children.insert(1, work)
        raise SystemExit(self.supervisor.run())

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _prepare(self) -> Child | None:
        """What is quick is done here; what takes long becomes work behind the page that says so."""
        old = settings.BASE_DIR / "var" / OLD_DATABASE
        if old.exists() and settings.VAR_DIR.parent == old.parent:
            self._say(
                f"{old} 是旧版留下的数据，没有动它。要接着用，先停下，再把 var/ 里的文件移到 var/demo/（演示）或 var/site/（正式）。"
            )
        ready = self._is_prepared()
        connections.close_all()
        if not static_is_ready(settings.VAR_DIR):
            call_command("collectstatic", verbosity=0, interactive=False, clear=True)
            stamps.write(settings.VAR_DIR, static=stamps.of_static(settings.BASE_DIR))
        # What prepares the site moves the windows too.
        another_day = self._is_another_day()
        what, task = ("准备数据库", "prepare_site") if not ready else ("把演示期间挪到今天前后", "redate_demo")
        if ready and not another_day:
            loading.done(settings.VAR_DIR)
            return None
        loading.say(settings.VAR_DIR, Loading(what, clock()))
        return Child("准备", [sys.executable, str(settings.BASE_DIR / "manage.py"), task], 10, once=True)

    def _is_another_day(self) -> bool:
        """Whether the demonstration was not started today: then its open windows may lie in the past."""
        day = str(timezone.localdate())
        if not is_demonstration() or stamps.read(settings.VAR_DIR).get("day") == day:
            return False
        stamps.write(settings.VAR_DIR, day=day)
        return True

    def _is_prepared(self) -> bool:
        """Whether this database holds what this version prepares; refuses one that is not ours, before it is changed."""
        kept, base = stamps.read(settings.VAR_DIR), settings.BASE_DIR
        try:
            brought = applied()
            same = brought and kept.get("applied") == brought and kept.get("migrations") == stamps.of_migrations(base)
            if not same:
                require_known_migrations()
                return False
            require_own_site(at=timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        if is_demonstration() and not get_user_model().objects.exists():
            return False
        return kept.get("content") == stamps.of_content(base)

    def _children(self) -> list[Child]:
        celery = ("celery", "--quiet", "-A", "miyun_kpi.celery")
        pool = ("worker", "--pool", "threads", "--concurrency", "2", "--loglevel", "WARNING")
        alone = ("--without-gossip", "--without-mingle", "--without-heartbeat")
        beat = ("beat", "--loglevel", "WARNING", "--pidfile", "")
        return [
            self.start.web,
            Child("后台任务", (*celery, *pool, *alone), 30, waits=True, forked="kpi-worker", closes=(self.start.lock,)),
            Child("定时", (*celery, *beat), 5, waits=True, forked="kpi-beat", closes=(self.start.lock,)),
        ]

    def _announce_when_up(self) -> bool:
        """The address as soon as it answers; once more when the site is ready. What is slow is said, and waited for."""
        address, now = self.start.address, loading.current(settings.VAR_DIR)
        if now is not None and self._over():
            return False
        if not self._answers():
            if not self.late and time.monotonic() - self.begun > LATE_SECONDS:
                self.late = True
                self._say(f"网页 {LATE_SECONDS} 秒内没有回答，原因见上面的输出。还在继续尝试，打开了就写在这里。")
            return False
        if now is not None:
            if not self.opened:
                self.opened = True
                self._say(f"\n网页已打开：{address}　正在准备数据，好了以后同一页就是登录页。")
            return False
        self._say(f"\n密云区绩效考评（{WORDS[settings.SITE]}）已启动：{address}")
        accounts, one_time = settings.VAR_DIR / "demo-accounts.txt", settings.VAR_DIR / ACCOUNTS
        if accounts.exists():
            self._say(
                f"演示账号和密码：{accounts}（重设：.venv/bin/python manage.py demo_accounts --reset --site demo）"
            )
        if one_time.exists():
            self._say(f"演练账号和一次性密码：{one_time}")
        if is_real() and not get_user_model().objects.exists():
            self._say(f"还没有账号。在本机打开这一页，先建立三名管理员：{address}first/?key={first_key()}")
        connections.close_all()
        self._say("按 Ctrl-C 结束。")
        return True

    def _over(self) -> bool:
        """The work behind the page has come to an end: well, then the page goes, or not, then it says so."""
        work = next((one for one in self.supervisor.children if one.once), None)
        if work is None or not (work.done or work.failed):
            return False
        if work.done:
            loading.done(settings.VAR_DIR)
            return False
        if not self.late:
            self.late = True
            now = loading.current(settings.VAR_DIR)
            sentence = now.failed if now and now.failed else "准备数据时被中断了几次，没有办成。"
            if now and not now.failed:
                loading.say(settings.VAR_DIR, Loading(now.what, now.since, sentence))
            self._say(f"没有准备好，网页上也写着：{sentence}\n按 Ctrl-C 结束，改好以后再启动一次。")
        return True

    def _answers(self) -> bool:
        try:
            with DIRECT.open(f"{self.start.address}healthz", timeout=1):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
