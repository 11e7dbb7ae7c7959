import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection
from django.utils import timezone

from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations import beside, postgresql
from miyun_kpi.operations.restoring import Restored, restore
from miyun_kpi.operations.supervisor import pid_file_lock


class Command(BaseCommand):
    help = "用备份文件换掉现在的数据库和附件：先在旁边恢复、核验，全部相符才换上，原来的留在旁边。先停下系统。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="数据库里已有数据时也换掉")
        parser.add_argument(
            "--key-lost", action="store_true", help="备份的审计密钥已经丢失；恢复以后用 adopt_key 换用新的"
        )
        parser.add_argument("--with-faults", action="store_true", help="恢复出来的核验不符也换上（备份时就已不符）")

    def handle(self, *args: Any, file: Path, replace: bool, with_faults: bool, key_lost: bool, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"没有 {file} 这个文件，没有恢复。")
        lock = pid_file_lock(settings.VAR_DIR / "up.lock")
        if lock is None:
            raise CommandError("系统正在运行，没有恢复。请先停下 make run。")
        try:
            self._require_free(replace)
            done = restore(file.resolve(), at=timezone.localtime(), with_faults=with_faults, key_lost=key_lost)
            self._say(file, done)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        finally:
            os.close(lock)

    def _require_free(self, replace: bool) -> None:
        try:
            if not beside.holds_something():
                return
        except DatabaseError as error:
            raise CommandError(
                f"数据库 {connection.settings_dict['NAME']} 连不上，没有恢复，什么也没有改。请先让它运行起来；"
                "整个没有了的，请建一个同名的空库再恢复。"
            ) from error
        if not replace:
            raise CommandError("数据库里已有数据，没有恢复。确要换掉，请加 --replace；原来的会留在旁边。")
        if connection.vendor == "postgresql" and (others := postgresql.others_connected()):
            raise CommandError(
                f"数据库 {connection.settings_dict['NAME']} 上还有 {others} 个连接，没有恢复。"
                "请先在各台机器上停下定时、后台任务和网页，再执行。"
            )

    def _say(self, file: Path, done: Restored) -> None:
        looked = done.looked
        self.stdout.write(
            f"已从 {file} 恢复：{looked.found.rows} 行，审计 {looked.entries} 条，核验{self._faults(done)}。"
        )
        if connection.vendor == "postgresql" and done.before:
            self.stdout.write(
                f"现在用的数据库是 {done.database}（写在 {settings.VAR_DIR}/database-in-use；别的机器的 var/ 里要放同一个文件）。"
            )
        if done.before:
            self.stdout.write(f"原来的留在 {done.before}，没有删。")
        if looked.audit_key:
            self.stdout.write(f"审计密钥取自这份旧式备份，已放在 {settings.VAR_DIR}/audit-key。")
        if looked.personal_key:
            self.stdout.write(
                f"个人信息的密钥（指纹 {looked.personal_key}）不在这里：封存的个人信息读不出来。"
                f"请把原来的放进 {settings.VAR_DIR}/{settings.PERSONAL_KEY_FILE}（或 KPI_PERSONAL_KEY），再启动。"
            )

    def _faults(self, done: Restored) -> str:
        if done.looked.keyless:
            return "没有做：审计密钥不在。启动以前，请两名管理员用 manage.py adopt_key 换用新的密钥"
        return f"不符 {len(done.looked.faults)} 处" if done.looked.faults else "相符"
