from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "miyun_kpi.duties"
    label = "duties"
    verbose_name = "任务"
