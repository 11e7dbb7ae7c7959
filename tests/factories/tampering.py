"""What only a tamperer does to the audit: takes away the triggers that keep it as it was written."""

from django.db import connections

from miyun_kpi.audit.guard import TABLE


def remove_guard(using: str = "default") -> None:
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS audit_no_{verb}")
        else:
            for name in ("change", "truncate"):
                cursor.execute(f"DROP TRIGGER IF EXISTS audit_no_{name} ON {TABLE}")
