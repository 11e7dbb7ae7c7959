from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "miyun_kpi.inbox"
    label = "inbox"
    verbose_name = "工作台"

    def ready(self) -> None:
        from miyun_kpi.inbox.queries import unread_count
        from miyun_kpi.web.registry import register_counter, register_subject

        register_counter(unread_count)
        register_subject("desk", address="/", prefixes=("/inbox/", "/accounts/", "/audit/"))
