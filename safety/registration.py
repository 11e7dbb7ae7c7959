"""What safety hangs on the floors below, in one place."""

from safety.enums import DOCUMENT


def register() -> None:
    from miyun_kpi.accounts.registry import register_demo
    from miyun_kpi.duties.registry import register_document
    from miyun_kpi.registers.registry import register_kind
    from miyun_kpi.web.registry import register_subject
    from safety import access
    from safety.demo import PART
    from safety.rules import kinds

    for kind in kinds.PROJECTS:
        register_kind(kind, access.COMMON)
    register_kind(kinds.RISK, access.COMMON)
    register_kind(kinds.HAZARD, access.HAZARD)
    for kind in kinds.CREDIT:
        register_kind(kind, access.CLOSED)
    register_kind(kinds.ROADMAP, access.COMMON)
    register_kind(kinds.INDICATOR, access.OFFICE_ONLY)
    register_kind(kinds.ASSESSMENT, access.OFFICE_ONLY)
    register_kind(kinds.DELIVERABLE, access.COMMON)
    for kind in kinds.PREPAREDNESS:
        register_kind(kind, access.COMMON)
    for kind in (kinds.SOURCE, kinds.SUPPLIES, kinds.WATER_POINT):
        register_kind(kind, access.PROTECTED)
    register_demo("safety", PART)
    register_document(DOCUMENT)
    register_subject("safety", "城市安全", order=130)
