from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Running the site: starting it, its signs of life, backup and restore. Nothing stands above but the front door."""

    name = "miyun_kpi.operations"
    label = "operations"
    verbose_name = "运行"

    def ready(self) -> None:
        from miyun_kpi.audit.sentences import Subject, register_sentences
        from miyun_kpi.audit.wording import register_words
        from miyun_kpi.inbox.registry import register_desk
        from miyun_kpi.operations.first_steps import desk_items
        from miyun_kpi.operations.models import Site

        register_words(
            {
                "operations.organisations.checked": "核对机构名单（首次启动）",
                "operations.first-steps.finished": "首次启动的几步办完",
            }
        )
        register_sentences(
            "operations",
            {
                "operations.organisations.checked": "看过机构名单，说明已核对",
                "operations.first-steps.finished": "首次启动的几步办完，收起",
            },
            subjects={"site": Subject("站点", Site, lambda site: "本站")},
        )
        register_desk(desk_items)
