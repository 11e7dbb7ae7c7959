from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "miyun_kpi.web"
    label = "web"
    verbose_name = "页面"
