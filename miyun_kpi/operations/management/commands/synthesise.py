from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.years import Years
from miyun_kpi.operations.years import synthesise


class Command(BaseCommand):
    help = "在演示站放进若干年的虚构数据（任务、消息、登记、占补账本、审计），供量测用；正式站不执行。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--years", type=int, required=True, metavar="年数")
        parser.add_argument("--only", nargs="+", default=(), metavar="部分", help="只放这几部分，如 duties farmland")

    def handle(self, *args: Any, years: int, only: list[str], **options: Any) -> None:
        try:
            number = synthesise(years=Years(years, timezone.now()), only=only, said=self.stdout.write)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"放进了 {years} 年，共 {number} 行。")
