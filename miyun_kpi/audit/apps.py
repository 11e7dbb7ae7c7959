from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "miyun_kpi.audit"
    label = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        from miyun_kpi.audit.guards import missing_guards
        from miyun_kpi.audit.queries import audit_faults
        from miyun_kpi.audit.services import close_old_chain
        from miyun_kpi.audit.verifying import Fault, register_adoption, register_check

        register_adoption("audit", close_old_chain)
        register_check("审计各分链和总链", audit_faults)
        register_check(
            "数据库的防改触发器",
            lambda: [Fault(f"防改触发器·{name}", "没有装，或被改过、停用") for name in missing_guards()],
        )
