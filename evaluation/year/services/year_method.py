"""年度计算办法: entered with its basis by one person of the office, locked by a second (engine 16)."""

from collections.abc import Mapping
from datetime import datetime

from evaluation.engine.models.year_method import MethodWeight, YearMethod
from evaluation.engine.queries.year_results import method_is_fixed
from evaluation.engine.rules.year_total import CLAUSE, read_weights
from evaluation.enums import MethodState, SchemeState
from evaluation.periods.services import scheme_moved
from evaluation.scheme.access.office import require_office
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.acts.acting import acting, locked, record, require_other_hand
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import citing
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Conflict, FieldError, Malformed, Refused


def method_periods(year: int) -> list[str]:
    """The year itself (专项考评) and its quarters; a quarter nobody opens weighs 0."""
    return [str(year), *(f"{year}Q{quarter}" for quarter in range(1, 5))]


def enter_method(
    *, actor: Actor, scheme_id: int, weights: Mapping[str, str], basis_document: str, basis_clause: str, at: datetime
) -> YearMethod:
    """Propose the weights with the document and clause they rest on. One proposal waits at a time."""
    scheme = one_of(Scheme.objects.filter(pk=scheme_id, state=SchemeState.IN_FORCE))
    require_office(actor, Verb.KEEP_YEAR_METHOD, track=scheme.track)
    if set(weights) != set(method_periods(scheme.year)):
        raise Malformed("bad-periods", "权重须逐期给出：专项考评和四个季度。没有保存。")
    basis_document, basis_clause = basis_document.strip(), basis_clause.strip()
    with citing(scheme.document_id):
        read = read_weights(weights, year=str(scheme.year))
    problems = [
        FieldError(f"请写{label}（2 至 {most} 字），权重不是原文印的，须有出处。", "basis-missing", field=name)
        for name, text, label, most in (
            ("basis_document", basis_document, "依据文件", 120),
            ("basis_clause", basis_clause, "依据条款", 60),
        )
        if not 2 <= len(text) <= most or "\x00" in text
    ]
    if problems:
        raise Refused("basis-missing", "年度计算办法须写明依据的文件和条款，没有保存。请补上。", errors=problems)
    with acting(actor, at):
        # Two proposals of one scheme meet here.
        locked(Scheme.objects.all(), scheme.pk)
        if fixed := method_is_fixed(scheme):
            raise Refused("method-fixed", f"{fixed}，没有保存。年度仍按已锁定的办法计算。", scheme.cite(CLAUSE))
        found = YearMethod.objects.filter(scheme=scheme)
        if found.filter(state=MethodState.PROPOSED).exists():
            raise Conflict("method-waiting", "已有一个年度计算办法待第二人确认，没有再存。请先复核那一个。")
        method = YearMethod.objects.create(
            scheme=scheme,
            number=found.count() + 1,
            basis_document=basis_document,
            basis_clause=basis_clause,
            entered_by=actor.label,
            entered_by_id=actor.user_id,
            entered_at=at,
        )
        MethodWeight.objects.bulk_create(
            MethodWeight(method=method, period=code, weight=weight) for code, weight in sorted(read.items())
        )
        data: dict[str, object] = {code: plain(weight) for code, weight in read.items()}
        _record(actor, "proposed", method, data | {"basis": f"{basis_document} {basis_clause}"}, at)
    return method


def check_method(*, actor: Actor, method_id: int, version: int, passed: bool, note: str, at: datetime) -> YearMethod:
    """A second person locks it, or sends it away with an observation. Locked it is never changed, only replaced."""
    found = one_of(YearMethod.objects.select_related("scheme").filter(pk=method_id))
    require_office(actor, Verb.KEEP_YEAR_METHOD, track=found.scheme.track)
    note = note.strip()
    with acting(actor, at):
        locked(Scheme.objects.all(), found.scheme_id)
        method = locked(YearMethod.objects.all(), method_id)
        if method.version != version or method.state != MethodState.PROPOSED:
            raise Conflict("stale", f"这个办法{method.get_state_display()}，没有执行。请刷新后再看。")
        require_other_hand(
            actor, method.entered_by_id, "复核要由拟定人以外的另一个人办理，没有执行。请考评办的另一位同事办理。"
        )
        if len(note) > 500 or "\x00" in note or (not passed and len(note) < 4):
            raise Refused("reason-missing", "退回要写意见（4 至 500 字），没有执行。")
        method.checked_by, method.checked_by_id, method.note = actor.label, actor.user_id, note
        method.version += 1
        if passed and (fixed := method_is_fixed(found.scheme)):
            raise Refused("method-fixed", f"{fixed}，没有执行。请写明意见，选“退回”。", found.scheme.cite(CLAUSE))
        if passed:
            YearMethod.objects.filter(scheme=method.scheme_id, state=MethodState.LOCKED).update(
                state=MethodState.REPLACED
            )
            method.state, method.locked_at = MethodState.LOCKED, at
        else:
            method.state = MethodState.RETURNED
        method.save()
        if passed:
            scheme_moved(found.scheme)
        _record(actor, "locked" if passed else "returned", method, {"note": note}, at)
    return method


def _record(actor: Actor, act: str, method: YearMethod, data: dict[str, object], at: datetime) -> None:
    subject = f"scheme:{method.scheme_id}"
    record(
        actor=actor,
        action=f"evaluation.year-method.{act}",
        subject=subject,
        data=data | {"number": method.number},
        at=at,
    )
