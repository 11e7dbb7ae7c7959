from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.utils import timezone

from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations.restoring import drill


class Command(BaseCommand):
    help = "恢复演练：把正在用的库备份、在旁边恢复、核验，再丢掉。系统可以继续运行。退出码 0 成功，1 没有成功，2 没有开始。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = drill(at=timezone.localtime())
        except Refused as refusal:
            raise CommandError(refusal.message, returncode=2) from refusal
        said = f"用 {done['seconds']} 秒：{done['tables']} 张表，{done['rows']} 行，审计 {done['entries']} 条，备份 {done['bytes'] // 1024} KB"
        if done["why"]:
            raise CommandError(f"恢复演练没有成功（{said}）：{done['why']}")
        self.stdout.write(f"恢复演练成功，{said}，核验相符。")
