from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "miyun_kpi.api"
    label = "api"
    verbose_name = "接口"
