from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from miyun_kpi.web.repair import codes_in, repair_code


class Command(BaseCommand):
    help = "报修码对应的拒绝代码：用户读出的六位数字，查出源代码里的名称"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="六位数字")

    def handle(self, *args: Any, **options: Any) -> None:
        files = [file for file in settings.BASE_DIR.rglob("*.py") if not {"tests", ".venv"} & set(file.parts)]
        found = sorted(code for code in codes_in(files) if repair_code(code) == options["number"].strip())
        if not found:
            raise CommandError("没有这个报修码，请让对方再读一遍。")
        for code in found:
            self.stdout.write(code)
