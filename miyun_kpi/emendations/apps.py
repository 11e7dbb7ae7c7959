from django.apps import AppConfig


class EmendationsConfig(AppConfig):
    name = "miyun_kpi.emendations"
    label = "emendations"
    verbose_name = "勘正"

    def ready(self) -> None:
        from miyun_kpi.audit.wording import register_words
        from miyun_kpi.emendations import relations, sentences
        from miyun_kpi.emendations.desk import desk_items
        from miyun_kpi.emendations.wording import WORDS
        from miyun_kpi.inbox.registry import register_desk

        register_words(WORDS)
        sentences.register()
        relations.register()
        register_desk(desk_items)
