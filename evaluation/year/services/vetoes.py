"""一票否决: a dated decision of another body, recorded and confirmed by two persons. It changes no score (engine 17)."""

from datetime import date, datetime

from evaluation.engine.queries.closing import reported_year, require_not_closed
from evaluation.enums import VetoState
from evaluation.periods.queries.population import year_units
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access.year_end import require_year_work
from evaluation.year.models.year_end import Veto
from miyun_kpi.acts.acting import Act, acting, unless_taken
from miyun_kpi.acts.two_persons import release, revoke
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, NotFound, Refused
from miyun_kpi.lib.reading import wrong_lengths
from miyun_kpi.organisations.models import Organisation

LIMITS = {"body": ("决定机关", 2, 80), "number": ("决定文号", 2, 80), "ground": ("事由", 4, 500)}


def record_veto(
    *,
    actor: Actor,
    scheme_id: int,
    organisation_id: int,
    body: str,
    number: str,
    decided_on: date,
    ground: str,
    at: datetime,
) -> Veto:
    scheme = one_of(Scheme.objects.issued().filter(pk=scheme_id))
    require_year_work(actor, scheme)
    if organisation_id not in {one.pk for one in year_units(scheme)}:
        raise NotFound
    words = {"body": body.strip(), "number": number.strip(), "ground": ground.strip()}
    problems = wrong_lengths(words, LIMITS)
    if not date(scheme.year, 1, 1) <= decided_on <= at.astimezone().date():
        problems.append(FieldError(f"决定日期须在 {scheme.year} 年以后、今天以前。", "bad-date", field="decided_on"))
    if problems:
        raise Refused("bad-veto", f"有 {len(problems)} 处要改，没有登记。请按提示改正。", errors=problems)
    with acting(actor, at) as act:
        with unless_taken(Conflict("already-recorded", "这个单位的这件决定已经登记，没有再登记。")):
            veto = Veto.objects.create(
                scheme=scheme,
                organisation=Organisation.objects.get(pk=organisation_id),
                decided_on=decided_on,
                **words,
                **act.signed(Veto, "recorded"),
            )
        _record(act, "recorded", veto)
    return veto


def decide_veto(*, actor: Actor, veto_id: int, version: int, confirm: bool, note: str, at: datetime) -> Veto:
    """Confirmed against the decision itself by a second person, or given back with an observation."""
    with acting(actor, at) as act:
        veto = _locked(act, veto_id, version)
        release(act, veto, VetoState, confirm=confirm, note=note)
        _record(act, "confirmed" if confirm else "returned", veto)
    return veto


def revoke_veto(*, actor: Actor, veto_id: int, version: int, note: str, at: datetime) -> Veto:
    """The body has taken its decision back; `note` names the document. The record itself stays."""
    with acting(actor, at) as act:
        veto = _locked(act, veto_id, version)
        require_not_closed(reported_year(veto.scheme), "撤销一票否决")
        return _revoke(act, veto, note)


def revoke_in_reported_year(*, actor: Actor, veto_id: int, version: int, note: str, at: datetime) -> Veto:
    """By the second person of a proposal (year/deciding.py): the report that was sent stays, and waits for a 更正."""
    with acting(actor, at) as act:
        return _revoke(act, _locked(act, veto_id, version), note)


def _revoke(act: Act, veto: Veto, note: str) -> Veto:
    revoke(act, veto, VetoState, note=note)
    _record(act, "revoked", veto)
    return veto


def _locked(act: Act, veto_id: int, version: int) -> Veto:
    found = Veto.objects.select_related("scheme", "organisation")
    return act.lock(found, veto_id, version, may=lambda veto: require_year_work(act.actor, veto.scheme))


def _record(act: Act, what: str, veto: Veto) -> None:
    act.record(
        f"evaluation.veto.{what}",
        veto,
        organisation=veto.organisation.code,
        body=veto.body,
        number=veto.number,
        decided_on=veto.decided_on.isoformat(),
        ground=veto.ground,
        note=veto.note,
    )
