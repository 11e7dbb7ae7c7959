from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations import archive, standing


class Command(BaseCommand):
    help = "把数据库和附件写进一个备份文件，连同清单；系统可以继续运行。密钥和密码不在里面。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="备份文件；不写就放在 var/ 里，以时间命名")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        moment: datetime = timezone.localtime()
        target = file or settings.VAR_DIR / f"kpi-backup-{moment:%Y%m%d-%H%M%S}.tar.gz"
        target = target.resolve()
        if target.exists():
            raise CommandError(f"{target} 已经有了，没有覆盖。请换一个文件名。")
        if not target.parent.is_dir():
            raise CommandError(f"没有 {target.parent} 这个目录，没有备份。")
        try:
            said = archive.write(target, at=moment)
        except Refused as refusal:
            standing.note("backup", at=moment, why=refusal.message)
            raise CommandError(refusal.message) from refusal
        size = target.stat().st_size
        rows = sum(said.tables.values())
        standing.note("backup", at=moment, bytes=size, rows=rows, file=target.name)
        self.stdout.write(
            f"已备份到 {target}（{size / 1024:.0f} KB，{rows} 行，{len(said.files)} 个文件）。"
            f"密钥不在里面：恢复时要用审计密钥（{settings.VAR_DIR}/audit-key 或 KPI_AUDIT_KEY，指纹 {said.audit_key}）"
            f"和个人信息的密钥（{settings.PERSONAL_KEY_FILE} 或 KPI_PERSONAL_KEY，指纹 {said.personal_key}），请另行保管。"
        )
