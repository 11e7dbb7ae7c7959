from django.apps import AppConfig


class GazetteConfig(AppConfig):
    name = "miyun_kpi.gazette"
    label = "gazette"
    verbose_name = "公报"

    def ready(self) -> None:
        from miyun_kpi.gazette import checks, loaders  # noqa: F401 (checks register themselves)
        from miyun_kpi.gazette.registry import register_loader
        from miyun_kpi.web.registry import register_place

        register_loader("documents", loaders.load_documents, order=10)
        register_place("gazette", "公报", order=910, address="/gazette/")
        register_loader("doubts", loaders.load_doubts, order=20)
