from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from miyun_kpi.accounts import services
from miyun_kpi.lib.errors import Refused


class Command(BaseCommand):
    help = "应急口：两名管理员都办不了时，在服务器上为一个账号发放激活码；三员都会收到通知，审计里留下理由。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reason")
        parser.add_argument("--account", required=True, help="用户名")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user, first, second = services.break_glass(
                username=options["account"], reason=options["reason"], at=timezone.now()
            )
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{user}（{user.username}）的激活码 {first} {second}\n三员已收到通知。")
