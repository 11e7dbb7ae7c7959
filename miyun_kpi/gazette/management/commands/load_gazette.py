from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from miyun_kpi.gazette.services import load_gazette
from miyun_kpi.lib.errors import Refused


class Command(BaseCommand):
    help = "装载公报数据：文件、条款、机构、考评方案。可重复执行；出错时什么也不装载。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = load_gazette(at=timezone.now())
        except Refused as refused:
            raise CommandError(refused.message) from refused
        for _, loaded in report.parts:
            for label, count in loaded.counts:
                self.stdout.write(f"{label}：{count}")
        self.stdout.write(f"新增 {report.created}，更改 {report.changed}，共 {report.changes} 处变动")
