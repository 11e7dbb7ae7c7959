from django.apps import AppConfig


class PersonnelConfig(AppConfig):
    name = "personnel"
    label = "personnel"
    verbose_name = "人事任免"

    def ready(self) -> None:
        from miyun_kpi.accounts.registry import register_demo
        from miyun_kpi.audit.wording import register_words
        from miyun_kpi.emendations.registry import register_emendable
        from miyun_kpi.gazette.registry import register_citing, register_finder, register_loader
        from miyun_kpi.inbox.registry import register_concern, register_desk
        from miyun_kpi.organisations.leader_parts import register_overdue
        from miyun_kpi.organisations.unit_record import register_unit_part
        from miyun_kpi.web.registry import register_subject
        from personnel import deciding, relations, sentences
        from personnel.citing import acts_citing, people_called
        from personnel.demo import PART
        from personnel.desk import concerns, desk_items
        from personnel.leader_part import overdue
        from personnel.loading import load_appointments
        from personnel.services.emending import ACT
        from personnel.services.emending_notice import NOTICE
        from personnel.services.emending_probation import PROBATION
        from personnel.unit_part import PART as UNIT_PART
        from personnel.wording import RENAMED, WORDS

        register_words(WORDS, RENAMED)
        sentences.register()
        relations.register()
        deciding.register()
        register_loader("appointments", load_appointments, order=60)
        register_citing(acts_citing)
        register_finder(people_called)
        register_desk(desk_items)
        register_emendable(ACT)
        register_emendable(NOTICE)
        register_emendable(PROBATION.emendable())
        register_concern(concerns)
        register_demo("personnel", PART)
        register_unit_part(UNIT_PART)
        register_overdue(overdue)
        register_subject("personnel", "人事任免", order=180)
