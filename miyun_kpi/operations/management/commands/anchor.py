from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations.verification import write_anchor


class Command(BaseCommand):
    help = "写出此刻的总链头，追加到文件末尾；不给文件就印在屏幕上。请存到这台机器以外的地方。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        try:
            line = write_anchor(file, at=timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        except OSError as error:
            raise CommandError(f"{file} 写不进去，没有写出。") from error
        self.stdout.write(line)
