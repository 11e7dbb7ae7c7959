from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "miyun_kpi.accounts"
    label = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        from miyun_kpi.accounts import relations, sentences

        sentences.register()
        relations.register()
