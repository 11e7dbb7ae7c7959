from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from miyun_kpi.accounts.models import User
from miyun_kpi.accounts.services.people import reset_password
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused


class Command(BaseCommand):
    help = "重设一个账号的密码，新密码只显示这一次，首次登录须修改。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_client=False).first()
        if user is None:
            raise CommandError(f"没有“{options['username']}”这个账号。")
        try:
            _, password = reset_password(actor=SYSTEM, username=user.username, version=user.version, at=timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(password)
