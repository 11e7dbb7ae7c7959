from django.apps import AppConfig


class FinancePolicyConfig(AppConfig):
    name = "finance_policy"
    label = "finance_policy"
    verbose_name = "绿色金融"
