import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from miyun_kpi.gazette.fixtures import source_text
from miyun_kpi.gazette.rules.build import build


def dump(rows: list[dict[str, Any]]) -> str:
    """One row a line: a change of the splitting rules shows as the lines it touches."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n"


class Command(BaseCommand):
    help = "从公报文本重新生成 documents.json 和 clauses.json"

    def handle(self, *args: Any, **options: Any) -> None:
        documents, clauses = build(source_text())
        for name, rows in (("documents.json", documents), ("clauses.json", clauses)):
            (settings.FIXTURES_DIR / name).write_text(dump(rows), encoding="utf-8")
            self.stdout.write(f"{name}：{len(rows)} 行")
