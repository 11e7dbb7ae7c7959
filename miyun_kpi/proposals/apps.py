from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "miyun_kpi.proposals"
    label = "proposals"
    verbose_name = "待确认事项"

    def ready(self) -> None:
        from miyun_kpi.audit.wording import register_words
        from miyun_kpi.inbox.registry import register_desk
        from miyun_kpi.proposals import relations, sentences
        from miyun_kpi.proposals.desk import desk_items
        from miyun_kpi.proposals.wording import WORDS

        register_words(WORDS)
        sentences.register()
        relations.register()
        register_desk(desk_items)
