from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from evaluation.demo.services import remove_demo


class Command(BaseCommand):
    help = "清除全部演示数据与演示账号；审计记录保留。"

    def handle(self, *args: Any, **options: Any) -> None:
        counts = remove_demo(at=timezone.now())
        (Path(settings.VAR_DIR) / "demo-accounts.txt").unlink(missing_ok=True)
        self.stdout.write(
            f"已清除：期间 {counts['periods']}、打分表 {counts['sheets']}、得分 {counts['marks']}、"
            f"排名 {counts['rankings']}、账号 {counts['accounts']}。"
        )
