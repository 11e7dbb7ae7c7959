from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from miyun_kpi.operations import archive


class Command(BaseCommand):
    help = "把数据库、密钥和附件写进一个备份文件；系统可以继续运行。"

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
        archive.write(target)
        self.stdout.write(
            f"已备份到 {target}（{target.stat().st_size / 1024:.0f} KB）。文件里有密钥，请妥善保管。"
            f"个人信息的密钥（{settings.VAR_DIR / settings.PERSONAL_KEY_FILE} 或 KPI_PERSONAL_KEY）不在里面，请另行保管。"
        )
