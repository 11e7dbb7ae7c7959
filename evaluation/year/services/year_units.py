"""承接, 单列 or 不排名 of a unit that did not exist all year: what 结果审议 said, by two persons (engine 21)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError

from evaluation.engine.models.year_units import YearUnit
from evaluation.enums import UnitChangeState, YearUnitKind
from evaluation.periods.queries.population import year_units
from evaluation.periods.services import year_moved
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access.year_end import require_year_work
from miyun_kpi.acts.acting import acting, locked, record, require_other_hand
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, NotFound, Refused
from miyun_kpi.organisations.models import Organisation

CLAUSE = "四（三）4"


@dataclass(frozen=True)
class Said:
    """What is typed from the minutes; `predecessor_id` only with 承接."""

    organisation_id: int
    kind: str
    predecessor_id: int | None
    meeting: str
    minutes_number: str
    reason: str


def record_year_unit(*, actor: Actor, scheme_id: int, said: Said, at: datetime) -> YearUnit:
    """One person of the office records it; it enters the year's total when a second has confirmed it."""
    scheme = one_of(Scheme.objects.issued().filter(pk=scheme_id))
    require_year_work(actor, scheme)
    organisation = next((one for one in year_units(scheme) if one.pk == said.organisation_id), None)
    if organisation is None:
        raise NotFound
    words = {
        "meeting": said.meeting.strip(),
        "minutes_number": said.minutes_number.strip(),
        "reason": said.reason.strip(),
    }
    limits = {"meeting": ("会议", 2, 120), "minutes_number": ("纪要文号", 2, 80), "reason": ("理由", 4, 500)}
    problems = [
        FieldError(f"请写{label}（{least} 至 {most} 字）。", f"bad-{name}", field=name)
        for name, (label, least, most) in limits.items()
        if not least <= len(words[name]) <= most or "\x00" in words[name]
    ]
    continues = said.kind == YearUnitKind.CONTINUES
    predecessor = Organisation.objects.filter(pk=said.predecessor_id).first() if said.predecessor_id else None
    if said.kind not in YearUnitKind.values:
        problems.append(FieldError("请选承接、单列或不排名。", "bad-kind", field="kind"))
    if continues and (predecessor is None or predecessor.pk == organisation.pk):
        problems.append(FieldError("承接须选承接哪个单位的季度。", "bad-predecessor", field="predecessor"))
    if not continues and predecessor is not None:
        problems.append(FieldError("只有承接才选承接哪个单位。", "bad-predecessor", field="predecessor"))
    if problems:
        raise Refused(
            "bad-year-unit",
            f"有 {len(problems)} 处要改，没有登记。请按提示改正。",
            scheme.cite(CLAUSE),
            errors=problems,
        )
    try:
        with acting(actor, at):
            row = YearUnit.objects.create(
                scheme=scheme,
                organisation=Organisation.objects.get(pk=organisation.pk),
                kind=said.kind,
                predecessor=predecessor,
                recorded_by=actor.label,
                recorded_by_id=actor.user_id,
                recorded_at=at,
                **words,
            )
            _record(actor, "recorded", row, at)
    except IntegrityError:
        raise Conflict("already-recorded", f"{organisation.name}的全年处理已经登记，没有再登记。") from None
    return row


def decide_year_unit(
    *, actor: Actor, year_unit_id: int, version: int, confirm: bool, note: str, at: datetime
) -> YearUnit:
    """Confirmed against the minutes by a second person, or given back with an observation."""
    with acting(actor, at):
        row = _locked(actor, year_unit_id, version)
        if row.state != UnitChangeState.PROPOSED:
            raise Conflict("not-to-confirm", f"这项处理{row.get_state_display()}，没有再办。请刷新。")
        require_other_hand(
            actor, row.recorded_by_id, "确认要由登记人以外的另一个人办理，没有执行。请考评办的另一位同事办理。"
        )
        row.note = _note(note, required=not confirm)
        row.state = UnitChangeState.CONFIRMED if confirm else UnitChangeState.RETURNED
        row.confirmed_by, row.confirmed_by_id, row.confirmed_at = actor.label, actor.user_id, at
        row.save()
        if confirm:
            year_moved(row.scheme_id, row.scheme.year)
        _record(actor, "confirmed" if confirm else "returned", row, at)
    return row


def revoke_year_unit(*, actor: Actor, year_unit_id: int, version: int, note: str, at: datetime) -> YearUnit:
    """A later meeting said otherwise; the record stays and the year needs another decision."""
    with acting(actor, at):
        row = _locked(actor, year_unit_id, version)
        if row.state != UnitChangeState.CONFIRMED:
            raise Conflict("not-in-force", f"这项处理{row.get_state_display()}，没有撤销。请刷新。")
        row.note = _note(note, required=True)
        row.state, row.revoked_by, row.revoked_at = UnitChangeState.REVOKED, actor.label, at
        row.save()
        year_moved(row.scheme_id, row.scheme.year)
        _record(actor, "revoked", row, at)
    return row


def _locked(actor: Actor, year_unit_id: int, version: int) -> YearUnit:
    found = one_of(YearUnit.objects.filter(pk=year_unit_id))
    scheme = locked(Scheme.objects.all(), found.scheme_id)
    require_year_work(actor, scheme)
    row = locked(YearUnit.objects.select_related("organisation", "predecessor"), year_unit_id)
    if row.version != version:
        raise Conflict("stale", f"这项处理{row.get_state_display()}，没有执行。请刷新后再看。")
    row.scheme, row.version = scheme, row.version + 1
    return row


def _note(note: str, *, required: bool) -> str:
    note = note.strip()
    if len(note) > 500 or "\x00" in note or (required and len(note) < 4):
        raise Refused("reason-missing", "请写意见或撤销依据（4 至 500 字），没有执行。")
    return note


def _record(actor: Actor, act: str, row: YearUnit, at: datetime) -> None:
    data = {
        "organisation": row.organisation.code,
        "kind": row.kind,
        "predecessor": row.predecessor.code if row.predecessor else None,
        "meeting": row.meeting,
        "minutes": row.minutes_number,
        "reason": row.reason,
        "note": row.note,
    }
    record(actor=actor, action=f"evaluation.year-unit.{act}", subject=f"year-unit:{row.pk}", data=data, at=at)
