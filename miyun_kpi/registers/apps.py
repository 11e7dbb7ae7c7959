from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "miyun_kpi.registers"
    label = "registers"
    verbose_name = "登记簿"

    def ready(self) -> None:
        from miyun_kpi.attachments.registry import register_keeper
        from miyun_kpi.audit.wording import register_words
        from miyun_kpi.emendations.registry import register_emendable
        from miyun_kpi.inbox.registry import register_concern, register_desk
        from miyun_kpi.lib.years import register_years
        from miyun_kpi.organisations.leader_parts import register_overdue
        from miyun_kpi.organisations.on_record import register_provider
        from miyun_kpi.organisations.unit_record import register_unit_part
        from miyun_kpi.registers import deciding, relations, sentences
        from miyun_kpi.registers.access import may_read_evidence
        from miyun_kpi.registers.desk import concerns, desk_items
        from miyun_kpi.registers.enums import EVIDENCE
        from miyun_kpi.registers.leader_part import overdue
        from miyun_kpi.registers.on_record import PROVIDER
        from miyun_kpi.registers.services.emending import RECORD
        from miyun_kpi.registers.unit_part import PART
        from miyun_kpi.registers.wording import RENAMED, WORDS
        from miyun_kpi.registers.years import fill

        register_words(WORDS, RENAMED)
        sentences.register()
        relations.register()
        deciding.register()
        register_keeper(EVIDENCE, may_read_evidence)
        register_desk(desk_items)
        register_emendable(RECORD)
        register_concern(concerns)
        register_unit_part(PART)
        register_provider(PROVIDER)
        register_overdue(overdue)
        register_years("registers", "登记簿", fill)
