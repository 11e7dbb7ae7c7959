from django.apps import AppConfig


class PowersConfig(AppConfig):
    name = "miyun_kpi.powers"
    label = "powers"
    verbose_name = "授权"

    def ready(self) -> None:
        from miyun_kpi.accounts.registry import register_proposing
        from miyun_kpi.inbox.registry import register_desk
        from miyun_kpi.powers.deciding import DECISIONS, put_before_another
        from miyun_kpi.powers.desk import desk_items
        from miyun_kpi.proposals.registry import register_decision

        register_decision(*DECISIONS)
        register_proposing(put_before_another)
        register_desk(desk_items)
