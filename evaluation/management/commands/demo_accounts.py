from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from evaluation.demo.services import reset_passwords
from evaluation.management.commands.load_demo import keep_passwords, require_demonstration


class Command(BaseCommand):
    help = "显示演示账号；--reset 重设全部密码。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        require_demonstration()
        path = Path(settings.VAR_DIR) / "demo-accounts.txt"
        if options["reset"]:
            accounts = reset_passwords(at=timezone.now())
            if not accounts:
                raise CommandError("没有演示账号。")
            path = keep_passwords(accounts)
        if not path.exists():
            raise CommandError("没有演示账号的记录。要重设密码请加 --reset。")
        self.stdout.write(path.read_text(encoding="utf-8"))
