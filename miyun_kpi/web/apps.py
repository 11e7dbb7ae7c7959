from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "miyun_kpi.web"
    label = "web"
    verbose_name = "页面"

    def ready(self) -> None:
        from miyun_kpi.acts.order import Rank, register_rank
        from miyun_kpi.web.models import SentForm
        from miyun_kpi.web.wording import apply

        register_rank(Rank.KEY, SentForm)
        apply()
