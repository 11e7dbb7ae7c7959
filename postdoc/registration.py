"""What postdoc hangs on the floors below, in one place."""


def register() -> None:
    from miyun_kpi.accounts.registry import register_demo
    from miyun_kpi.acts.order import Rank, register_rank
    from miyun_kpi.audit.wording import register_words
    from miyun_kpi.inbox.registry import register_concern, register_desk
    from miyun_kpi.organisations.leader_parts import register_overdue
    from miyun_kpi.organisations.unit_record import register_unit_part
    from miyun_kpi.registers.registry import register_kind
    from miyun_kpi.web.registry import register_subject
    from postdoc import access, deciding, relations, sentences
    from postdoc.demo import PART
    from postdoc.desk import concerns, desk_items
    from postdoc.leader_part import overdue
    from postdoc.models import BudgetYear
    from postdoc.rules import kinds
    from postdoc.unit_part import PART as UNIT_PART
    from postdoc.wording import RENAMED, WORDS

    register_words(WORDS, RENAMED)
    sentences.register()
    register_rank(Rank.POOL, BudgetYear)
    relations.register()
    deciding.register()
    register_kind(kinds.MEMBERS, access.OFFICE)
    register_kind(kinds.MEETINGS, access.OFFICE)
    register_kind(kinds.HOUSEHOLD, access.HOUSEHOLD)
    register_kind(kinds.SCHOOLING, access.SCHOOLING)
    register_kind(kinds.SCIENCE, access.SCIENCE)
    register_kind(kinds.INSPECTIONS, access.CLOSED)
    register_kind(kinds.TRANSFERS, access.CLOSED)
    register_desk(desk_items)
    register_overdue(overdue)
    register_concern(concerns)
    register_demo("postdoc", PART)
    register_unit_part(UNIT_PART)
    register_subject("postdoc", "博士后", order=170)
