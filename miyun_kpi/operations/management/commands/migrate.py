from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db import connections

from miyun_kpi.db import at_once


class Command(migrate.Command):
    help = f"{migrate.Command.help} 空的数据库一次建好各表，结果与逐个迁移相同。"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--one-by-one", action="store_true", help="空的数据库也逐个迁移。")

    def handle(self, *args: Any, **options: Any) -> None:
        whole = not (options["app_label"] or options["fake"] or options["fake_initial"] or options["plan"])
        whole = whole and not (options["check_unapplied"] or options["prune"] or options["one_by_one"])
        connection = connections[options["database"]]
        if whole and at_once.is_empty(connection):
            at_once.build(connection)
        # What comes before and after migrations is said as ever.
        super().handle(*args, **options)
