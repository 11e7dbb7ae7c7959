import sys
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from miyun_kpi.audit.verifying import check_names
from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations.verification import WITHOUT_ANCHOR, read_anchors, verify_all


class Command(BaseCommand):
    help = "核验：审计各分链和总链、防改触发器、排名和公文的封、每一格打分。有问题逐条列出，退出码 1。什么也不改。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchor", type=Path, metavar="文件", help="库外保存的总链头（manage.py anchor 写出的）")

    def handle(self, *args: Any, anchor: Path | None, **options: Any) -> None:
        try:
            anchors = read_anchors(anchor.read_text(encoding="utf-8")) if anchor else []
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"对照文件 {anchor} 打不开，没有核验。") from error
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        found = verify_all(anchors)
        for one in found:
            self.stdout.write(one.sentence)
        if not anchors:
            self.stdout.write(WITHOUT_ANCHOR)
        if found:
            self.stdout.write(f"共 {len(found)} 处不符。")
            sys.exit(1)
        told = f"，与 {len(anchors)} 个外部对照相符" if anchors else ""
        self.stdout.write(f"核验完毕，没有不符{told}。核了：{'；'.join(check_names())}。")
