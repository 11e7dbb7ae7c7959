from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from miyun_kpi.accounts import services
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.queries import resolve


class Command(BaseCommand):
    help = "发放接口令牌，明文只显示这一次。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("client")
        parser.add_argument("--organisation", default="", help="单位的代码、名称或任一写法")
        parser.add_argument("--role", default="")
        parser.add_argument("--owner", required=True, help="负责人的用户名；有角色的令牌，负责人要有这个岗位")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["organisation"]
        organisation = resolve(name) if name else None
        if name and organisation is None:
            raise CommandError(f"没有叫“{name}”的单位。请用机构页上的名称或代码。")
        try:
            issued = services.issue_token(
                actor=SYSTEM,
                owner=options["owner"],
                client=options["client"],
                organisation=organisation,
                role=options["role"],
                at=timezone.now(),
            )
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        assert isinstance(issued, tuple)
        self.stdout.write(issued[1])
