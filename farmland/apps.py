from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FarmlandConfig(AppConfig):
    name = "farmland"
    label = "farmland"
    verbose_name = "耕地占补平衡"

    def ready(self) -> None:
        from farmland.guard import install_guard
        from farmland.registration import register

        register()
        # A framework hook, not a business signal: SQLite drops triggers whenever a migration rebuilds a table.
        post_migrate.connect(install_guard, sender=self, dispatch_uid="farmland-guard")
