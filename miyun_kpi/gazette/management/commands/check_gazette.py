from typing import Any

from django.core.checks import run_checks
from django.core.management.base import BaseCommand, CommandError

from miyun_kpi.gazette.checks import TAG
from miyun_kpi.gazette.models import Clause, Document, DoubtfulPassage
from miyun_kpi.gazette.registry import counters


class Command(BaseCommand):
    help = "核对已装载的公报数据并打印数目"

    def handle(self, *args: Any, **options: Any) -> None:
        own = (
            ("公报文件", Document.objects.count()),
            ("条款", Clause.objects.count()),
            ("其中末级条款", Clause.objects.filter(leaf=True).count()),
            ("存疑文本", DoubtfulPassage.objects.count()),
        )
        for label, count in own + tuple(pair for counter in counters() for pair in counter()):
            self.stdout.write(f"{label}：{count}")
        messages = run_checks(tags=[TAG], databases=["default"])
        for message in messages:
            self.stdout.write(str(message))
        if any(message.is_serious() for message in messages):
            raise CommandError("公报数据有错误，见上。")
        self.stdout.write("核对完毕。" if messages else "核对无误。")
