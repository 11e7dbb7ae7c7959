"""What finance_policy hangs on the floors below, in one place."""

from dataclasses import replace


def register() -> None:
    from finance_policy import deciding, deciding_besides, relations, sentences
    from finance_policy.access import rights_of
    from finance_policy.demo import PART
    from finance_policy.desk import concerns, desk_items
    from finance_policy.enums import DOCUMENT, SUBJECT
    from finance_policy.leader_part import goals
    from finance_policy.queries import resting
    from finance_policy.queries.glossary import terms
    from finance_policy.queries.library import checks_enterprise
    from finance_policy.rules.kinds import KINDS
    from finance_policy.wording import RENAMED, WORDS
    from miyun_kpi.accounts.registry import register_demo
    from miyun_kpi.audit.wording import register_words
    from miyun_kpi.duties.registry import register_document
    from miyun_kpi.gazette.registry import register_glossary
    from miyun_kpi.inbox.registry import register_concern, register_desk
    from miyun_kpi.organisations.leader_parts import register_goals
    from miyun_kpi.registers.registry import register_kind
    from miyun_kpi.web.registry import register_subject

    register_words(WORDS, RENAMED)
    sentences.register()
    for kind in KINDS:
        # Whether the enterprise of a project is registered only the database knows.
        register_kind(replace(kind, check=checks_enterprise) if kind.code == "projects" else kind, rights_of(kind))
    register_desk(desk_items)
    register_goals(goals)
    register_concern(concerns)
    register_demo(SUBJECT, PART)
    relations.register()
    deciding.register()
    deciding_besides.register()
    resting.register()
    register_glossary(DOCUMENT, terms)
    register_document(DOCUMENT)
    register_subject("finance_policy", "绿色金融", order=140, address="/finance/")
