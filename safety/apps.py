from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "safety"
    label = "safety"
    verbose_name = "城市安全"

    def ready(self) -> None:
        from safety.registration import register

        register()
