from django.apps import AppConfig


class FinancePolicyConfig(AppConfig):
    name = "finance_policy"
    label = "finance_policy"
    verbose_name = "绿色金融"

    def ready(self) -> None:
        from finance_policy.registration import register

        register()
