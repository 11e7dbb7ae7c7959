import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from miyun_kpi.operations.rehearsal import note_made, taken_along
from miyun_kpi.operations.supervisor import pid_file_lock
from miyun_kpi.site import FOLDERS, MADE_IN, OF_THE_REAL_SITE, REAL, REHEARSAL, WORDS, begun, rehearsal_folder

ACCOUNTS = "rehearsal-accounts.txt"


class Command(BaseCommand):
    help = "照正式站的机构、方案、任务和岗位另建一个演练站（var/rehearsal/）；得分、文件、口令和审计都不带过去。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--replace", action="store_true", help="已有演练站时另建一个，旧的移到旁边，不删")

    def handle(self, *args: Any, replace: bool, **options: Any) -> None:
        if settings.SITE != REAL:
            raise CommandError(
                f"这里是{WORDS[settings.SITE]}，没有建演练站。请在正式站执行：manage.py rehearse --site real。"
            )
        folder = rehearsal_folder(settings.BASE_DIR, os.environ)
        moment: datetime = timezone.localtime()
        self._require_free(folder, replace)
        rows, counts, source = taken_along(on=moment.date())
        folder.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{FOLDERS[REHEARSAL]}-"))
        aside = None
        try:
            self._make(new, {"rows": rows, "source": source | {"database": self._name()}})
            if folder.exists():
                aside = folder.with_name(f"{folder.name}-{moment:%Y%m%d-%H%M%S}")
                folder.rename(aside)
            new.rename(folder)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        note_made(counts=counts, at=moment)
        if aside:
            self.stdout.write(f"原来的演练站移到了 {aside}，没有删。")
        self.stdout.write(
            f"演练站已建在 {folder}：机构 {counts['organisations']}、方案 {counts['schemes']}、账号 {counts['accounts']}。\n"
            f"一次性密码：{folder / ACCOUNTS}\n启动：PORT=8001 .venv/bin/python manage.py up --site rehearsal"
        )

    def _require_free(self, folder: Path, replace: bool) -> None:
        if not begun(folder):
            return
        if not replace:
            raise CommandError(f"已有演练站（{folder}），没有另建。要另建请加 --replace：旧的移到旁边，不删。")
        lock = pid_file_lock(folder / "up.lock")
        if lock is None:
            raise CommandError(f"演练站（{folder}）正在运行，没有另建。请先在那里按 Ctrl-C。")
        os.close(lock)

    def _name(self) -> str:
        return Path(str(settings.DATABASES["default"]["NAME"])).name

    def _make(self, folder: Path, given: dict[str, Any]) -> None:
        """By a process of the new site, with its own keys; what goes over goes through a pipe and lies nowhere."""
        kept = {name: value for name, value in os.environ.items() if name not in OF_THE_REAL_SITE}
        done = subprocess.run(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "rehearsal_load"],
            input=json.dumps(given, ensure_ascii=False),
            env=kept | {"KPI_SITE": REHEARSAL, MADE_IN: str(folder)},
            stderr=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            raise CommandError(f"演练站没有建成，正式站没有变：{done.stderr.strip()[-500:]}")
