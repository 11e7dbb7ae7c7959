from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "miyun_kpi.jobs"
    label = "jobs"
    verbose_name = "后台任务"

    def ready(self) -> None:
        import miyun_kpi.celery  # noqa: F401
