from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from evaluation.demo.redate import redate_demo


class Command(BaseCommand):
    help = "演示站：把没有人动过、已经过期的窗口挪到今天前后。启动时自动执行，正式站不做任何事。"

    def handle(self, *args: Any, **options: Any) -> None:
        moved = redate_demo(at=timezone.now())
        if moved:
            self.stdout.write(f"演示期间已挪到今天前后：{'、'.join(moved)}。")
