from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "miyun_kpi.inbox"
    label = "inbox"
    verbose_name = "工作台"

    def ready(self) -> None:
        from miyun_kpi.accounts.registry import register_hand_over
        from miyun_kpi.accounts.registry import register_teller as register_account_teller
        from miyun_kpi.acts.order import Rank, register_rank
        from miyun_kpi.acts.ports import register_sender
        from miyun_kpi.inbox import relations
        from miyun_kpi.inbox.models import Notice
        from miyun_kpi.inbox.services import announce_hand_over, send_all, tell_failure, tell_of_account
        from miyun_kpi.inbox.views import owed_count, own_subjects
        from miyun_kpi.inbox.years import fill
        from miyun_kpi.jobs.clock import register_teller
        from miyun_kpi.lib.years import register_years
        from miyun_kpi.web.registry import register_counter, register_own, register_place

        relations.register()
        register_teller(tell_failure)
        register_sender(send_all)
        register_rank(Rank.NOTICE, Notice)
        register_hand_over(announce_hand_over)
        register_account_teller(tell_of_account)
        register_counter(owed_count)
        register_own(own_subjects)
        register_years("inbox", "消息", fill)
        register_place(
            "desk",
            "工作台",
            order=10,
            address="/",
            prefixes=("/inbox/", "/accounts/", "/audit/", "/duties/", "/clock/"),
        )
