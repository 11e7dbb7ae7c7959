from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "miyun_kpi.duties"
    label = "duties"
    verbose_name = "任务"

    def ready(self) -> None:
        from miyun_kpi.accounts.registry import register_demo
        from miyun_kpi.attachments.registry import register_keeper
        from miyun_kpi.audit.verifying import register_check
        from miyun_kpi.audit.wording import register_words
        from miyun_kpi.duties import deciding, relations, sentences
        from miyun_kpi.duties.access import may_read_evidence
        from miyun_kpi.duties.citing import duties_citing
        from miyun_kpi.duties.demo import PART
        from miyun_kpi.duties.desk import concerns, desk_items
        from miyun_kpi.duties.leader_part import overdue
        from miyun_kpi.duties.loading import load_duties
        from miyun_kpi.duties.on_record import PROVIDER
        from miyun_kpi.duties.queries.reports import tally_faults
        from miyun_kpi.duties.services.evidence import EVIDENCE
        from miyun_kpi.duties.unit_part import PART as UNIT_PART
        from miyun_kpi.duties.wording import RENAMED, WORDS
        from miyun_kpi.duties.years import fill
        from miyun_kpi.gazette.registry import register_citing, register_loader
        from miyun_kpi.inbox.registry import register_concern, register_desk
        from miyun_kpi.lib.years import register_years
        from miyun_kpi.organisations.leader_parts import register_overdue
        from miyun_kpi.organisations.on_record import register_provider
        from miyun_kpi.organisations.unit_record import register_unit_part

        register_words(WORDS, RENAMED)
        sentences.register()
        register_loader("duties", load_duties, order=40)
        register_citing(duties_citing)
        register_desk(desk_items)
        register_concern(concerns)
        register_keeper(EVIDENCE, may_read_evidence)
        relations.register()
        deciding.register()
        register_demo("duties", PART)
        register_unit_part(UNIT_PART)
        register_provider(PROVIDER)
        register_overdue(overdue)
        register_check("任务期的合计", tally_faults)
        register_years("duties", "任务", fill)
