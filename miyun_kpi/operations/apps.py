from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Running the site: starting it, its signs of life, backup and restore. Nothing stands above but the front door."""

    name = "miyun_kpi.operations"
    label = "operations"
    verbose_name = "运行"
