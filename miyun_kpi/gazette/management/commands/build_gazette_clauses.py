import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from miyun_kpi.gazette.fixtures import gazette_dir, gazettes, read_json, source_text
from miyun_kpi.gazette.rules.build import build
from miyun_kpi.lib.errors import Refused


def dump(rows: list[dict[str, Any]]) -> str:
    """One row a line: a change of the splitting rules shows as the lines it touches."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n"


class Command(BaseCommand):
    help = "从各期公报的文本和 contents.json 重新生成 documents.json 和 clauses.json"

    def handle(self, *args: Any, **options: Any) -> None:
        for gazette in gazettes():
            try:
                documents, clauses = build(source_text(gazette), read_json(f"gazettes/{gazette}/contents.json"))
            except Refused as refused:
                raise CommandError(f"{gazette}：{refused.message}") from refused
            for name, rows in (("documents.json", documents), ("clauses.json", clauses)):
                (gazette_dir(gazette) / name).write_text(dump(rows), encoding="utf-8")
                self.stdout.write(f"{gazette}/{name}：{len(rows)} 行")
