from django.apps import AppConfig


class ActsConfig(AppConfig):
    name = "miyun_kpi.acts"
    label = "acts"
    verbose_name = "业务动作"

    def ready(self) -> None:
        from miyun_kpi.acts.order import Rank, register_rank
        from miyun_kpi.audit.models import AuditHead

        register_rank(Rank.AUDIT, AuditHead)
