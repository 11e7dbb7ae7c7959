from django.apps import AppConfig


class DraftsConfig(AppConfig):
    name = "miyun_kpi.drafts"
    label = "drafts"
    verbose_name = "草稿"
