from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from evaluation.demo.services import remove_demo
from miyun_kpi.accounts.models import ApiToken


class Command(BaseCommand):
    help = "清除全部演示数据与演示账号；审计记录保留。"

    def handle(self, *args: Any, **options: Any) -> None:
        counts = remove_demo(at=timezone.now())
        (Path(settings.VAR_DIR) / "demo-accounts.txt").unlink(missing_ok=True)
        tokens = ApiToken.objects.count()
        self.stdout.write(
            f"已清除：期间 {counts['periods']}、打分表 {counts['sheets']}、得分 {counts['marks']}、"
            f"排名 {counts['rankings']}、账号 {counts['accounts']}（含演示管理员建立的）。\n"
            f"命令发放的接口令牌不在其内，仍有 {tokens} 个有效。\n"
            "现在要建立第一个管理员：manage.py create_account 用户名 姓名 --organisation 单位 --role system_admin"
        )
