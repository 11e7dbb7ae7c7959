from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "miyun_kpi.accounts"
    label = "accounts"
    verbose_name = "账号"
