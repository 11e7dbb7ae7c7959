"""一票否决: a dated decision of another body, recorded and confirmed by two persons. It changes no score (engine 17)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from evaluation.enums import VetoState
from evaluation.periods.queries.population import year_units
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access.year_end import require_year_work
from evaluation.year.models.year_end import Veto
from miyun_kpi.audit.services import record
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.models import Organisation


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
    scheme = Scheme.objects.issued().filter(pk=scheme_id).first()
    if scheme is None:
        raise NotFound
    require_year_work(actor, scheme)
    if organisation_id not in {one.pk for one in year_units(scheme)}:
        raise NotFound
    organisation = Organisation.objects.get(pk=organisation_id)
    words = {"body": body.strip(), "number": number.strip(), "ground": ground.strip()}
    limits = {"body": ("决定机关", 2, 80), "number": ("决定文号", 2, 80), "ground": ("事由", 4, 500)}
    problems = [
        FieldError(f"请写{label}（{least} 至 {most} 字）。", f"bad-{name}", field=name)
        for name, (label, least, most) in limits.items()
        if not least <= len(words[name]) <= most or "\x00" in words[name]
    ]
    if not date(scheme.year, 1, 1) <= decided_on <= at.astimezone().date():
        problems.append(FieldError(f"决定日期须在 {scheme.year} 年以后、今天以前。", "bad-date", field="decided_on"))
    if problems:
        raise Refused("bad-veto", f"有 {len(problems)} 处要改，没有登记。请按提示改正。", errors=problems)
    try:
        with transaction.atomic():
            veto = Veto.objects.create(
                scheme=scheme,
                organisation=organisation,
                decided_on=decided_on,
                recorded_by=actor.label,
                recorded_by_id=actor.user_id,
                recorded_at=at,
                **words,
            )
            _record(actor, "recorded", veto, at)
    except IntegrityError:
        raise Conflict("already-recorded", "这个单位的这件决定已经登记，没有再登记。") from None
    return veto


def decide_veto(*, actor: Actor, veto_id: int, version: int, confirm: bool, note: str, at: datetime) -> Veto:
    """Confirmed against the decision itself by a second person, or given back with an observation."""
    with transaction.atomic():
        veto = _locked(actor, veto_id, version)
        if veto.state != VetoState.PROPOSED:
            raise Conflict("not-to-confirm", f"这件决定{veto.get_state_display()}，没有再办。请刷新。")
        if veto.recorded_by_id == actor.user_id:
            raise NotAllowed("second-person", "确认要由登记人以外的另一个人办理，没有执行。请考评办的另一位同事办理。")
        veto.note = _note(note, required=not confirm)
        veto.state = VetoState.CONFIRMED if confirm else VetoState.RETURNED
        veto.confirmed_by, veto.confirmed_by_id, veto.confirmed_at = actor.label, actor.user_id, at
        veto.save()
        _record(actor, "confirmed" if confirm else "returned", veto, at)
    return veto


def revoke_veto(*, actor: Actor, veto_id: int, version: int, note: str, at: datetime) -> Veto:
    """The body has taken its decision back; `note` names the document. The record itself stays."""
    with transaction.atomic():
        veto = _locked(actor, veto_id, version)
        if veto.state != VetoState.CONFIRMED:
            raise Conflict("not-in-force", f"这件决定{veto.get_state_display()}，没有撤销。请刷新。")
        veto.note = _note(note, required=True)
        veto.state, veto.revoked_by, veto.revoked_at = VetoState.REVOKED, actor.label, at
        veto.save()
        _record(actor, "revoked", veto, at)
    return veto


def _note(note: str, *, required: bool) -> str:
    note = note.strip()
    if len(note) > 500 or "\x00" in note or (required and len(note) < 4):
        raise Refused("reason-missing", "请写意见或撤销依据（4 至 500 字），没有执行。")
    return note


def _locked(actor: Actor, veto_id: int, version: int) -> Veto:
    veto = (
        Veto.objects.select_for_update(of=("self",), no_key=True)
        .select_related("scheme", "organisation")
        .filter(pk=veto_id)
        .first()
    )
    if veto is None:
        raise NotFound
    require_year_work(actor, veto.scheme)
    if veto.version != version:
        raise Conflict("stale", f"这件决定{veto.get_state_display()}，没有执行。请刷新后再看。")
    veto.version += 1
    return veto


def _record(actor: Actor, act: str, veto: Veto, at: datetime) -> None:
    data = {
        "organisation": veto.organisation.code,
        "body": veto.body,
        "number": veto.number,
        "decided_on": veto.decided_on.isoformat(),
        "ground": veto.ground,
        "note": veto.note,
    }
    record(actor=actor, action=f"evaluation.veto.{act}", subject=f"veto:{veto.pk}", data=data, at=at)
