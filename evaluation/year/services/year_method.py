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
from miyun_kpi.acts.acting import Act, acting
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import citing
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Conflict, Malformed, Refused
from miyun_kpi.lib.reading import read_reason, wrong_lengths

LIMITS = {"basis_document": ("依据文件", 2, 120), "basis_clause": ("依据条款", 2, 60)}


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
    problems = wrong_lengths({"basis_document": basis_document, "basis_clause": basis_clause}, LIMITS)
    if problems:
        raise Refused("basis-missing", "年度计算办法须写明依据的文件和条款，没有保存。请补上。", errors=problems)
    with acting(actor, at) as act:
        # Two proposals of one scheme meet here.
        act.lock(Scheme.objects.all(), scheme.pk)
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
            **act.signed(YearMethod, "entered"),
        )
        MethodWeight.objects.bulk_create(
            MethodWeight(method=method, period=code, weight=weight) for code, weight in sorted(read.items())
        )
        said = {code: plain(weight) for code, weight in read.items()}
        _record(act, "proposed", method, **said, basis=f"{basis_document} {basis_clause}")
    return method


def check_method(*, actor: Actor, method_id: int, version: int, passed: bool, note: str, at: datetime) -> YearMethod:
    """A second person locks it, or sends it away with an observation. Locked it is never changed, only replaced."""
    found = one_of(YearMethod.objects.select_related("scheme").filter(pk=method_id))
    require_office(actor, Verb.KEEP_YEAR_METHOD, track=found.scheme.track)
    with acting(actor, at) as act:
        scheme = act.lock(Scheme.objects.all(), found.scheme_id)
        method = act.lock(YearMethod.objects.all(), method_id, version)
        act.require_state(method, (MethodState.PROPOSED,), "复核")
        act.require_other_hand(
            method, "entered", "复核要由拟定人以外的另一个人办理，没有执行。请考评办的另一位同事办理。"
        )
        method.note = read_reason(note, "退回要写意见", required=not passed)
        act.sign(method, "checked")
        if passed:
            if fixed := method_is_fixed(scheme):
                raise Refused("method-fixed", f"{fixed}，没有执行。请写明意见，选“退回”。", scheme.cite(CLAUSE))
            YearMethod.objects.filter(scheme=scheme, state=MethodState.LOCKED).update(state=MethodState.REPLACED)
            method.state, method.locked_at = MethodState.LOCKED, at
        else:
            method.state = MethodState.RETURNED
        act.save(method)
        if passed:
            scheme_moved(scheme)
        _record(act, "locked" if passed else "returned", method, note=method.note)
    return method


def _record(act: Act, what: str, method: YearMethod, **data: object) -> None:
    act.record(f"evaluation.year-method.{what}", f"scheme:{method.scheme_id}", number=method.number, **data)
