import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from miyun_kpi.operations import archive
from miyun_kpi.operations.supervisor import pid_file_lock


class Command(BaseCommand):
    help = "用备份文件换掉现在的数据库、密钥和附件。先停下系统。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="数据库里已有数据时也换掉")

    def handle(self, *args: Any, file: Path, replace: bool, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"没有 {file} 这个文件，没有恢复。")
        lock = pid_file_lock(settings.VAR_DIR / "up.lock")
        if lock is None:
            raise CommandError("系统正在运行，没有恢复。请先停下 make run。")
        try:
            if connection.introspection.table_names() and not replace:
                raise CommandError("数据库里已有数据，没有恢复。确要换掉，请加 --replace；建议先 manage.py backup。")
            archive.read(file)
            # A backup of an earlier version is brought up to this one.
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            os.close(lock)
        self.stdout.write(f"已从 {file} 恢复。")
