from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "miyun_kpi.api"
    label = "api"
    verbose_name = "接口"

    def ready(self) -> None:
        from miyun_kpi.acts.order import Rank, register_rank
        from miyun_kpi.api.models import ChangeHead, IdempotencyKey

        register_rank(Rank.KEY, IdempotencyKey)
        register_rank(Rank.FEED, ChangeHead)
