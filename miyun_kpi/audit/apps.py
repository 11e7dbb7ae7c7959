from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "miyun_kpi.audit"
    label = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        from miyun_kpi.audit.guard import install_guard

        # A framework hook, not a business signal: SQLite drops triggers whenever a migration rebuilds a table.
        post_migrate.connect(install_guard, sender=self, dispatch_uid="audit-guard")
