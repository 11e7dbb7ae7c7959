from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations import loading, stamps
from miyun_kpi.operations.database import applied, require_known_migrations
from miyun_kpi.operations.first_steps import certify_from_the_start, key_file
from miyun_kpi.operations.identity import require_own_site
from miyun_kpi.operations.loading import Loading
from miyun_kpi.site import is_demonstration, is_real


class Command(BaseCommand):
    help = "由 up 在网页打开以后执行：建好数据库，装载公报和演示；不单独使用。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.since = f"{timezone.localtime():%H:%M:%S}"
        with self._said():
            require_known_migrations()
            self._step("建数据库", lambda: call_command("migrate", verbosity=0, interactive=False))
            empty = not get_user_model().objects.exists()
            require_own_site(at=timezone.now(), empty=empty and is_real())
            self._step("装载公报", lambda: call_command("load_gazette", stdout=self.stdout))
            if empty and is_demonstration():
                self._step("装入演示数据", lambda: call_command("load_demo", stdout=self.stdout))
            elif is_demonstration():
                call_command("redate_demo", stdout=self.stdout)
            elif empty and is_real() and not key_file().exists():
                certify_from_the_start(at=timezone.now())
        base = settings.BASE_DIR
        stamps.write(
            settings.VAR_DIR,
            migrations=stamps.of_migrations(base),
            content=stamps.of_content(base),
            applied=applied(),
        )

    def _step(self, what: str, work: Callable[[], object]) -> None:
        loading.say(settings.VAR_DIR, Loading(what, self.since))
        work()

    @contextmanager
    def _said(self) -> Iterator[None]:
        """What went wrong stands on the page in one sentence; a program's error stands on the console as well."""
        try:
            yield
        except (Refused, CommandError) as error:
            raise CommandError(self._failed(str(getattr(error, "message", error)))) from error
        except Exception as error:
            self._failed(f"出错（{type(error).__name__}），原因见启动它的窗口。改好以后在那里按 Ctrl-C，再启动一次。")
            raise

    def _failed(self, reason: str) -> str:
        now = loading.current(settings.VAR_DIR)
        sentence = f"{now.what if now else '准备'}时没有办成：{reason}"
        loading.say(settings.VAR_DIR, Loading(now.what if now else "准备", self.since, sentence))
        return sentence
