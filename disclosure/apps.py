from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    name = "disclosure"
    label = "disclosure"
    verbose_name = "政务公开"

    def ready(self) -> None:
        from disclosure import deciding, relations, sentences
        from disclosure.access import rights_of
        from disclosure.demo import PART
        from disclosure.desk import desk_items
        from disclosure.enums import DOCUMENT
        from disclosure.leader_part import overdue
        from disclosure.on_record import PROVIDER
        from disclosure.rules.kinds import KINDS
        from disclosure.services.emending import APPLICATION, published
        from disclosure.services.emending_parts import CONSULTATION, EXTENSION, HOLD
        from disclosure.unit_part import PART as UNIT_PART
        from disclosure.wording import WORDS
        from miyun_kpi.accounts.registry import register_demo
        from miyun_kpi.audit.wording import register_words
        from miyun_kpi.duties.registry import register_document
        from miyun_kpi.emendations.registry import register_emendable, register_resting
        from miyun_kpi.inbox.registry import register_desk
        from miyun_kpi.organisations.leader_parts import register_overdue
        from miyun_kpi.organisations.on_record import register_provider
        from miyun_kpi.organisations.unit_record import register_unit_part
        from miyun_kpi.registers.registry import register_kind
        from miyun_kpi.registers.services.emending import CODE as RECORD
        from miyun_kpi.web.registry import register_subject

        register_words(WORDS)
        sentences.register()
        relations.register()
        deciding.register()
        for kind in KINDS:
            register_kind(kind, rights_of(kind))
        register_desk(desk_items)
        register_emendable(APPLICATION)
        for part in (HOLD, EXTENSION, CONSULTATION):
            register_emendable(part.emendable())
        register_resting(RECORD, published)
        register_demo("disclosure", PART)
        register_unit_part(UNIT_PART)
        register_provider(PROVIDER)
        register_overdue(overdue)
        register_document(DOCUMENT)
        register_subject("disclosure", "政务公开", order=120)
