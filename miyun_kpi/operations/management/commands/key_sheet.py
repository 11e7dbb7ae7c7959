import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from miyun_kpi.operations.key_sheet import sheet


class Command(BaseCommand):
    help = "打印密钥存档用的一页：写到屏幕，或写成只有本人可读的文件，打印后删去文件。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        text = sheet(timezone.localtime())
        if file is None:
            self.stdout.write(text)
            return
        try:
            with open(file, "x", encoding="utf-8", opener=lambda p, flags: os.open(p, flags, 0o600)) as made:
                made.write(text)
        except FileExistsError as error:
            raise CommandError(f"{file} 已经有了，没有写。请换一个文件名。") from error
        except OSError as error:
            raise CommandError(f"{file} 写不了（{error.strerror}），没有写。") from error
        self.stdout.write(
            f"已写到 {file}（只有本人可读）。打印两份封存，在页面“密钥存档”填上最下面的核对码，再删去这个文件。"
        )
