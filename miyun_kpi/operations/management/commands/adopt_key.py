import getpass
import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations.key_loss import Shown, adopt_key, require_lost
from miyun_kpi.operations.supervisor import pid_file_lock


class Command(BaseCommand):
    help = (
        "审计密钥丢失以后换用现在的一把：系统管理员和安全管理员都在场，各输自己的密码和动态口令。"
        "丢失的那一把写下的，以后标为“无钥，不能核对”。先停下系统。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reason", help="密钥怎样丢失、谁查过")
        parser.add_argument("--system", required=True, help="系统管理员的用户名")
        parser.add_argument("--security", required=True, help="安全管理员的用户名")

    def handle(self, *args: Any, **options: Any) -> None:
        lock = pid_file_lock(settings.VAR_DIR / "up.lock")
        if lock is None:
            raise CommandError("系统正在运行，没有执行。请先停下。")
        try:
            require_lost()
            two = {name: self._asked(name, options[name]) for name in ("system", "security")}
            loss = adopt_key(**two, reason=options["reason"], at=timezone.localtime())
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        finally:
            os.close(lock)
        self.stdout.write(
            f"已换用指纹 {loss.taken} 的密钥。此前的审计和 {loss.seals} 件封存的材料标为“无钥，不能核对”；"
            "请把这把密钥抄存两处，再启动。"
        )

    def _asked(self, name: str, username: str) -> Shown:
        who = {"system": "系统管理员", "security": "安全管理员"}[name]
        password = getpass.getpass(f"{who} {username} 的密码：")
        return Shown(username, password, getpass.getpass(f"{who} {username} 的动态口令（没有登记的直接回车）："))
