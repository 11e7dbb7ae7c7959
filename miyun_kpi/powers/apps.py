from django.apps import AppConfig


class PowersConfig(AppConfig):
    name = "miyun_kpi.powers"
    label = "powers"
    verbose_name = "授权"

    def ready(self) -> None:
        from miyun_kpi.accounts.registry import register_demo, register_proposing
        from miyun_kpi.inbox.registry import register_desk
        from miyun_kpi.powers.deciding import DECISIONS, put_before_another
        from miyun_kpi.powers.demo import PART
        from miyun_kpi.powers.desk import desk_items
        from miyun_kpi.powers.unit_acts import DECISIONS as OF_UNITS
        from miyun_kpi.proposals.registry import register_decision

        register_decision(*DECISIONS, *OF_UNITS)
        register_proposing(put_before_another)
        register_desk(desk_items)
        register_demo("powers", PART)
