"""与本期记录不符: the office adds a condition, tries it on the last period, activates it only then, withdraws it."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from evaluation.enums import ConditionKind, ConditionState
from evaluation.scheme.access.office import require_office
from evaluation.scheme.models.scheme import Scheme
from evaluation.sheets.models.conditions import MarkCondition
from evaluation.sheets.models.record import RecordLine
from evaluation.sheets.queries.conditions import last_period, trial_of
from evaluation.sheets.services.record import LONGEST
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.acts.acting import Act, acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain, read_decimal
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason

STANDING = (ConditionState.DRAFT, ConditionState.TRIED)


def add_condition(
    *, actor: Actor, scheme_id: int, kind: str, threshold: str, basis: str, assumed: bool, at: datetime
) -> MarkCondition:
    """A draft: it asks nothing until it was tried and activated."""
    with acting(actor, at) as act:
        scheme = act.lock(Scheme.objects.issued(), scheme_id)
        require_office(actor, Verb.KEEP_SETTINGS, track=scheme.track)
        known = ConditionKind(kind)
        limit = _limit(known, threshold)
        basis = read_reason(basis, "条件要写依据：哪份文件怎样说，或为什么推定", most=LONGEST)
        if MarkCondition.objects.filter(scheme=scheme, kind=known).exclude(state=ConditionState.WITHDRAWN).exists():
            raise Conflict("condition-stands", f"这份方案已有“{known.label}”，没有再增加。要改界限请先撤回原来的一个。")
        row = MarkCondition.objects.create(
            scheme=scheme,
            kind=known,
            threshold=limit,
            basis=basis,
            assumed=assumed,
            **act.signed(MarkCondition, "added"),
        )
        said = {"limit": plain(limit)} if limit is not None else {}
        act.record("evaluation.mark-condition.added", row, kind=row.kind, basis=basis, assumed=assumed, **said)
    return row


def try_condition(*, actor: Actor, condition_id: int, version: int, at: datetime) -> MarkCondition:
    """Which marks of the last filed period it would have asked about, kept as it was shown."""
    with acting(actor, at) as act:
        row = _standing(act, condition_id, version, "试算")
        period = last_period(row.scheme, at)
        if period is None:
            raise Refused("no-period", "还没有办结的一期，没有上一期可试算，也就不能启用。请等一期报送锁定以后再试。")
        row.trial, row.state = trial_of(row, period, at), ConditionState.TRIED
        act.sign(row, "tried")
        act.save(row)
        asked = {"period": period.code, "looked": row.trial["looked"], "asked": len(row.trial["cells"])}
        act.record("evaluation.mark-condition.tried", row, kind=row.kind, **asked)
    return row


def activate_condition(*, actor: Actor, condition_id: int, version: int, at: datetime) -> MarkCondition:
    """From the next filing on it asks for a 差异说明. Refused before it was tried on what is the last period now."""
    with acting(actor, at) as act:
        row = _standing(act, condition_id, version, "启用")
        last = last_period(row.scheme, at)
        if row.state != ConditionState.TRIED or last is None or row.trial["period"] != last.code:
            raise Conflict("not-tried", "这个条件还没有在上一期试算过，没有启用。请先试算，看过会问哪些得分再启用。")
        _require_looked(row)
        row.state = ConditionState.ACTIVE
        act.sign(row, "activated")
        act.save(row)
        act.record("evaluation.mark-condition.activated", row, kind=row.kind)
    return row


def _require_looked(row: MarkCondition) -> None:
    """A trial that saw no mark shows nobody anything; nor does one from before the mapping it looks through was changed.

    The own 细则 says itself what it gives: the first period with a method has none before it to be tried on.
    """
    if row.kind == ConditionKind.OWN_RULE:
        return
    if not row.trial["looked"]:
        raise Conflict("nothing-tried", "上一期的试算一格也没有看到，没有启用。请先在记录对照里增加来源，再试算。")
    lines = RecordLine.objects.filter(share_figure__scheme=row.scheme)
    since = Q(added_at__gt=row.tried_at) | Q(withdrawn_at__gt=row.tried_at)
    if lines.filter(since).exists():
        raise Conflict("not-tried", "试算以后记录对照又改过，没有启用。请再试算一次，看过会问哪些得分再启用。")


def withdraw_condition(*, actor: Actor, condition_id: int, version: int, reason: str, at: datetime) -> MarkCondition:
    """It asks nothing more, at once; what was said under it stays in the trail of the sheets."""
    with acting(actor, at) as act:
        row = _locked(act, condition_id, version)
        act.require_state(row, (*STANDING, ConditionState.ACTIVE), "撤回")
        row.withdrawn_reason = read_reason(reason, "撤回条件要写理由", most=LONGEST)
        row.state = ConditionState.WITHDRAWN
        act.sign(row, "withdrawn")
        act.save(row)
        act.record("evaluation.mark-condition.withdrawn", row, kind=row.kind, reason=row.withdrawn_reason)
    return row


def _locked(act: Act, condition_id: int, version: int) -> MarkCondition:
    return act.lock(
        MarkCondition.objects.select_related("scheme"),
        condition_id,
        version,
        may=lambda row: require_office(act.actor, Verb.KEEP_SETTINGS, track=row.scheme.track),
    )


def _standing(act: Act, condition_id: int, version: int, what: str) -> MarkCondition:
    row = _locked(act, condition_id, version)
    act.require_state(row, STANDING, what)
    return row


def _limit(kind: ConditionKind, text: str) -> Decimal | None:
    if kind == ConditionKind.OWN_RULE:
        if text.strip():
            raise Refused("limit-unused", "与细则所算不同不看得分率，没有增加。请把得分率空着。")
        return None
    limit = read_decimal(text, places=2, what="得分率") if text.strip() else None
    if limit is None or not 0 <= limit <= 100:
        raise Refused("bad-limit", "得分率界限要写 0 至 100 的数，没有增加。例如 90。")
    return limit
