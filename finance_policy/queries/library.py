"""绿色产业（项目）库 as other parts need it: an enterprise by its code."""

from collections.abc import Mapping
from decimal import Decimal

from finance_policy.rules.kinds.library import ENTERPRISES, HALTED, IN_LIBRARY, PROJECTS
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import FieldError
from miyun_kpi.registers.models import Record


def enterprise_by(code: str) -> Record | None:
    """The standing record of the enterprise with this 统一社会信用代码."""
    return Record.objects.filter(kind=ENTERPRISES.key, unique_key=code, struck_at__isnull=True).first()


def checks_enterprise(values: Mapping[str, str]) -> list[FieldError]:
    """A project belongs to an enterprise that is registered and has not left the library."""
    problems = PROJECTS.check(values) if PROJECTS.check else []
    if problems:
        return problems
    found = enterprise_by(values["code"])
    if found is None:
        said = f"企业库里没有代码为 {values['code']} 的企业，请先在企业库登记。"
    elif found.stage in ("removed", "refused"):
        said = f"企业“{found.values['name']}”已移出或不予认定，请先在企业库重新申报。"
    else:
        return []
    return [FieldError(said, "unknown-enterprise", field="code")]


def in_library() -> dict[str, int]:
    """How many enterprises and projects stand recognised, those whose support has stopped among them."""
    return {
        kind.code: Record.objects.filter(kind=kind.key, stage__in=[IN_LIBRARY, HALTED], struck_at__isnull=True).count()
        for kind in (ENTERPRISES, PROJECTS)
    }


def trial_values(project_id: str) -> dict[str, object]:
    """What the trial of 贴息 takes over from a project: its level, and its loan in 元. Empty for anything else."""
    if not (project_id.isascii() and project_id.isdigit() and len(project_id) < 10):
        return {}
    row = Record.objects.filter(pk=int(project_id), kind=PROJECTS.key, struck_at__isnull=True).first()
    if row is None:
        return {}
    loan = row.values.get("loan", "")
    return {"level": row.values.get("level", ""), "principal": plain(Decimal(loan) * 10_000) if loan else ""}
