from django.apps import AppConfig


class GazetteConfig(AppConfig):
    name = "miyun_kpi.gazette"
    label = "gazette"
    verbose_name = "公报"

    def ready(self) -> None:
        from miyun_kpi.gazette import checks, loaders  # noqa: F401 (checks register themselves)
        from miyun_kpi.gazette.registry import register_loader

        register_loader("documents", loaders.load_documents, order=10)
        register_loader("doubts", loaders.load_doubts, order=20)
