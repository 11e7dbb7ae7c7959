from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from miyun_kpi.accounts import services
from miyun_kpi.accounts.enums import SEPARATED_ROLES
from miyun_kpi.accounts.queries import has_administrators
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.queries import resolve


class Command(BaseCommand):
    help = "建立首批管理员之一（三员齐备并激活以前）；激活码的前后两半只显示这一次。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("display_name")
        parser.add_argument("--organisation", required=True, help="单位的代码、名称或任一写法")
        parser.add_argument("--role", required=True, help="system_admin、security_admin 或 auditor")

    def handle(self, *args: Any, **options: Any) -> None:
        if has_administrators():
            raise CommandError(
                "三员都已激活，服务器上不再建立账号。请由系统管理员在“账号”页建立；进不去的用 break_glass。"
            )
        if options["role"] not in SEPARATED_ROLES:
            raise CommandError(
                f"服务器上只建立三员：{'、'.join(sorted(SEPARATED_ROLES))}。其他账号由系统管理员在页面上建立。"
            )
        organisation = resolve(options["organisation"])
        if organisation is None:
            raise CommandError(f"没有叫“{options['organisation']}”的单位。请用机构页上的名称或代码。")
        now = timezone.now()
        try:
            with transaction.atomic():
                user, first, second = services.begin_account(
                    username=options["username"], display_name=options["display_name"], at=now
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
        self.stdout.write(f"激活码 {first} {second}")
