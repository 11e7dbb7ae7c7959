from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from miyun_kpi.accounts import services
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.queries import resolve


class Command(BaseCommand):
    help = "建立账号并授予一个岗位（用于首批管理员）；初始密码只显示这一次，首次登录须更换。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("display_name")
        parser.add_argument("--organisation", required=True, help="单位的代码、名称或任一写法")
        parser.add_argument("--role", required=True, help="如 system_admin、security_admin、auditor")

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = resolve(options["organisation"])
        if organisation is None:
            raise CommandError(f"没有叫“{options['organisation']}”的单位。请用机构页上的名称或代码。")
        now = timezone.now()
        try:
            with transaction.atomic():
                user, password = services.create_account(
                    actor=SYSTEM, username=options["username"], display_name=options["display_name"], at=now
                )
                services.grant_post(
                    actor=SYSTEM,
                    username=user.username,
                    organisation=organisation,
                    role=options["role"],
                    title="",
                    starts_on=timezone.localdate(now),
                    ends_on=None,
                    at=now,
                )
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(password)
