from django.apps import AppConfig


class FarmlandConfig(AppConfig):
    name = "farmland"
    label = "farmland"
    verbose_name = "耕地占补平衡"

    def ready(self) -> None:
        from farmland.registration import register
        from miyun_kpi.audit.guards import Guard, register_guard

        register()
        register_guard(Guard("farmland_entry", "耕地指标账本"), Guard("farmland_money", "耕地收支账"))
