import json
import os
import sys
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from miyun_kpi.operations.management.commands.rehearse import ACCOUNTS
from miyun_kpi.operations.rehearsal import begin_rehearsal
from miyun_kpi.site import MADE_IN, REHEARSAL


class Command(BaseCommand):
    help = "由 rehearse 在新建的演练站里执行，不单独使用。"

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SITE != REHEARSAL or not os.environ.get(MADE_IN):
            raise CommandError("这个命令由 manage.py rehearse 使用，没有执行。")
        given = json.load(sys.stdin)
        call_command("migrate", verbosity=0, interactive=False)
        made = begin_rehearsal(rows=given["rows"], source=given["source"], at=timezone.now())
        lines = ["演练站的账号和一次性密码（首次登录须改）；与正式站的密码无关", ""]
        lines += [f"{user.username:<20}{password:<18}{user.display_name}" for user, password in made]
        path = settings.VAR_DIR / ACCOUNTS
        with open(path, "x", opener=lambda p, flags: os.open(p, flags, 0o600), encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
