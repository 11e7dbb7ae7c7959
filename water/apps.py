from django.apps import AppConfig


class WaterConfig(AppConfig):
    name = "water"
    label = "water"
    verbose_name = "水环境"

    def ready(self) -> None:
        from miyun_kpi.accounts.registry import register_demo
        from miyun_kpi.audit.wording import register_words
        from miyun_kpi.duties.registry import register_document
        from miyun_kpi.inbox.registry import register_desk
        from miyun_kpi.organisations.leader_parts import register_goals
        from miyun_kpi.registers.registry import register_kind
        from miyun_kpi.web.registry import register_subject
        from water import sentences
        from water.access import rights_of
        from water.demo import PART
        from water.desk import desk_items
        from water.enums import DOCUMENT
        from water.leader_part import goals
        from water.rules.kinds import KINDS
        from water.wording import WORDS

        register_words(WORDS)
        sentences.register()
        for kind in KINDS:
            register_kind(kind, rights_of(kind))
        register_demo("water", PART)
        register_desk(desk_items)
        register_goals(goals)
        register_document(DOCUMENT)
        register_subject("water", "水环境", order=160)
