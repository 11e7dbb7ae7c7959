from django.apps import AppConfig


class FarmlandConfig(AppConfig):
    name = "farmland"
    label = "farmland"
    verbose_name = "耕地占补平衡"

    def ready(self) -> None:
        from farmland import guards
        from farmland.registration import register

        register()
        guards.register()
