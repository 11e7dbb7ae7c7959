from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from evaluation.sheets.services.periods import open_period
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.periods import PeriodCode


class Command(BaseCommand):
    help = "开启一个期间，例如 open_period 2020Q3。已开启的只补缺。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("period")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            opened = open_period(actor=SYSTEM, code=PeriodCode.parse(options["period"]), at=timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        period, now = opened.period, timezone.now()
        self.stdout.write(
            f"{period.label}：新开打分表 {opened.sheets} 张、月跟踪 {opened.duty_periods} 项；"
            f"报送截止 {period.due_at.astimezone():%Y-%m-%d %H:%M}。"
        )
        if period.locks_at <= now:
            self.stdout.write("这个期间的日期都已过去：现在只能逐张退回重开，或先在“期间”页改日期。")
