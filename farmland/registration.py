"""What farmland hangs on the floors below, in one place."""


def register() -> None:
    from farmland import access, deciding, relations, sentences
    from farmland.demo import PART
    from farmland.desk import concerns, desk_items
    from farmland.loading import load_printed
    from farmland.models import Pool
    from farmland.rules import kinds
    from farmland.tour import to_be_reserved
    from farmland.unit_part import PART as UNIT_PART
    from farmland.wording import RENAMED, WORDS
    from farmland.years import fill
    from miyun_kpi.accounts.registry import register_demo
    from miyun_kpi.accounts.tour import register_target
    from miyun_kpi.acts.order import Rank, register_rank
    from miyun_kpi.audit.wording import register_words
    from miyun_kpi.gazette.registry import register_loader
    from miyun_kpi.inbox.registry import register_concern, register_desk
    from miyun_kpi.lib.years import register_years
    from miyun_kpi.organisations.unit_record import register_unit_part
    from miyun_kpi.registers.registry import register_kind
    from miyun_kpi.web.registry import register_subject

    register_words(WORDS, RENAMED)
    sentences.register()
    register_rank(Rank.POOL, Pool)
    relations.register()
    deciding.register()
    register_loader("farmland", load_printed, order=60)
    register_kind(kinds.PLAN, access.PLAN_RIGHTS)
    register_kind(kinds.PROJECT, access.PROJECT_RIGHTS)
    register_desk(desk_items)
    register_concern(concerns)
    register_demo("farmland", PART)
    register_unit_part(UNIT_PART)
    register_years("farmland", "耕地占补", fill)
    register_target("farmland.reserve", to_be_reserved)
    register_subject("farmland", "耕地占补", order=150)
