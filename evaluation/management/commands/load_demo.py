import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from evaluation.demo.services import DemoAccount, load_demo
from miyun_kpi.site import is_demonstration


def require_demonstration() -> None:
    """Invented people and their passwords have no place on another site, where somebody may bear the same name."""
    if not is_demonstration():
        raise CommandError("这里不是演示站，没有执行。演示站用 make run；已有两套数据时请加 --site demo。")


def keep_passwords(accounts: list[tuple[DemoAccount, str]]) -> Path:
    """Write the accounts to var/demo-accounts.txt, readable by the owner only, and return the path."""
    path = Path(settings.VAR_DIR) / "demo-accounts.txt"
    lines = ["演示账号（密码随机生成；重设：manage.py demo_accounts --reset）", ""]
    lines += [f"{account.username:<14}{password:<18}{account.purpose}" for account, password in accounts]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    os.chmod(path, 0o600)
    return path


class Command(BaseCommand):
    help = "装入演示：演示账号，和讲完一个年度的虚构数据。只在没有任何账号时执行。"

    def handle(self, *args: Any, **options: Any) -> None:
        require_demonstration()
        # Killed in between, neither accounts without passwords nor the other way round: the next start loads again.
        with transaction.atomic():
            accounts = load_demo(at=timezone.now())
            path = keep_passwords(accounts) if accounts else None
        if path is None:
            self.stdout.write("已有账号，没有装入演示。")
            return
        self.stdout.write(path.read_text(encoding="utf-8"))
