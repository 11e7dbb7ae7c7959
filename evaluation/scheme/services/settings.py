"""The settings of a scheme that the text leaves open (推定): changed by the office with a reason."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from evaluation.scheme.access.office import require_office
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.registry import after_settings
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.acts.acting import acting, locked
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason

# Name of the column, and between what it may lie; a truth value lies between nothing.
LIMITS: dict[str, tuple[Decimal, Decimal] | None] = {
    "certification": None,
    "scan_required": None,
    "quarter_adjustments": None,
    "reasons_required": None,
    "problems_below_percent": (Decimal(0), Decimal(100)),
    "least_spread": (Decimal(0), Decimal(100)),
    "far_change": (Decimal("0.001"), Decimal(100)),
    "outlier_z": (Decimal("0.001"), Decimal(100)),
    "missing_report_percent": (Decimal(0), Decimal(100)),
    "blank_floor_percent": (Decimal(0), Decimal(100)),
    "rank_precision": (Decimal(2), Decimal(4)),
    "hang_places": (Decimal(1), Decimal(50)),
    "unit_check_days": (Decimal(1), Decimal(30)),
    "review_after_days": (Decimal(1), Decimal(30)),
    "review_answer_days": (Decimal(1), Decimal(30)),
    "review_decision_days": (Decimal(1), Decimal(30)),
    "visit_spread_days": (Decimal(1), Decimal(60)),
    "instruction_text": None,
}
Value = bool | int | Decimal


def change_settings(
    *, actor: Actor, scheme_id: int, version: int, values: Mapping[str, Value], reason: str, at: datetime
) -> Scheme:
    """Change what differs. What is filed stays as it is; a submitted sheet still waits for its certifier."""
    reason = reason.strip()
    with acting(actor, at) as act:
        scheme = locked(Scheme.objects.all(), scheme_id)
        require_office(actor, Verb.KEEP_SETTINGS, track=scheme.track)
        if scheme.version != version:
            raise Conflict("stale", "方案设置刚被别人改过，没有执行。请刷新后看过再改。")
        if values.get("rank_precision", scheme.rank_precision) != scheme.rank_precision and scheme.sheets.exists():
            raise Refused(
                "precision-fixed",
                f"{scheme.year} 年已有期间开启，名次精度不能再改，没有执行。下一年度的方案可以另定。",
                clause=scheme.cite("四（二）"),
            )
        changes = {}
        for name, value in values.items():
            _require_within(scheme, name, value)
            old = getattr(scheme, name)
            if old != value:
                changes[name] = {"old": _word(old), "new": _word(value)}
                setattr(scheme, name, value)
        if not changes:
            return scheme
        reason = read_reason(reason, "改方案设置要写理由")
        scheme.version += 1
        scheme.save()
        if "quarter_adjustments" in changes:
            for after in after_settings():
                after(scheme)
        data = {"changes": changes, "reason": reason}
        act.record("evaluation.scheme.settings-changed", f"scheme:{scheme.pk}", **data)
    return scheme


def _require_within(scheme: Scheme, name: str, value: Value) -> None:
    limits = LIMITS[name]
    if limits is None:
        return
    low, high = limits
    if not low <= Decimal(value) <= high:
        title = getattr(scheme._meta.get_field(name), "verbose_name", name)
        raise Refused("out-of-range", f"“{title}”须在 {plain(low)} 至 {plain(high)} 之间，没有执行。请改正。")


def _word(value: Value) -> str:
    if isinstance(value, bool):
        return "开" if value else "关"
    return plain(Decimal(value))
