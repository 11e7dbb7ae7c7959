"""承接, 单列 or 不排名 of a unit that did not exist all year: what 结果审议 said, by two persons (engine 21)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from evaluation.engine.models.year_units import YearUnit
from evaluation.engine.queries.closing import closed_year, require_not_closed
from evaluation.enums import UnitChangeState, YearUnitKind
from evaluation.periods.queries.population import year_units
from evaluation.periods.services import year_moved
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access.year_end import require_year_work
from miyun_kpi.acts.acting import Act, acting, unless_taken
from miyun_kpi.acts.two_persons import release, revoke
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, NotFound, Refused
from miyun_kpi.lib.reading import wrong_lengths
from miyun_kpi.organisations.models import Organisation

CLAUSE = "四（三）4"
LIMITS = {"meeting": ("会议", 2, 120), "minutes_number": ("纪要文号", 2, 80), "reason": ("理由", 4, 500)}


@dataclass(frozen=True)
class Said:
    """What is typed from the minutes; `predecessor_id` only with 承接."""

    organisation_id: int
    kind: str
    predecessor_id: int | None
    meeting: str
    minutes_number: str
    reason: str

    @classmethod
    def read(cls, typed: Mapping[str, str]) -> "Said":
        """From a form, where an organisation is the text of its key and "" is none."""
        words = {name: typed[name] for name in ("kind", *LIMITS)}
        predecessor = int(typed["predecessor"]) if typed["predecessor"] else None
        return cls(organisation_id=int(typed["organisation"]), predecessor_id=predecessor, **words)


def record_year_unit(*, actor: Actor, scheme_id: int, said: Said, at: datetime) -> YearUnit:
    """One person of the office records it; it enters the year's total when a second has confirmed it."""
    scheme = one_of(Scheme.objects.issued().filter(pk=scheme_id))
    require_year_work(actor, scheme)
    organisation = next((one for one in year_units(scheme) if one.pk == said.organisation_id), None)
    if organisation is None:
        raise NotFound
    words = {name: getattr(said, name).strip() for name in LIMITS}
    problems = wrong_lengths(words, LIMITS)
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
    with acting(actor, at) as act:
        taken = Conflict("already-recorded", f"{organisation.name}的全年处理已经登记，没有再登记。")
        with unless_taken(taken):
            row = YearUnit.objects.create(
                scheme=scheme,
                organisation=Organisation.objects.get(pk=organisation.pk),
                kind=said.kind,
                predecessor=predecessor,
                **words,
                **act.signed(YearUnit, "recorded"),
            )
        _record(act, "recorded", row)
    return row


def decide_year_unit(
    *, actor: Actor, year_unit_id: int, version: int, confirm: bool, note: str, at: datetime
) -> YearUnit:
    """Confirmed against the minutes by a second person, or given back with an observation."""
    with acting(actor, at) as act:
        row = _locked(act, year_unit_id, version)
        release(act, row, UnitChangeState, confirm=confirm, note=note)
        if confirm:
            year_moved(row.scheme_id, row.scheme.year)
        _record(act, "confirmed" if confirm else "returned", row)
    return row


def revoke_year_unit(*, actor: Actor, year_unit_id: int, version: int, note: str, at: datetime) -> YearUnit:
    """A later meeting said otherwise; the record stays and the year needs another decision."""
    with acting(actor, at) as act:
        row = _locked(act, year_unit_id, version)
        require_not_closed(closed_year(row.scheme), "撤销全年考评的处理")
        return _revoke(act, row, note)


def revoke_in_closed_year(*, actor: Actor, year_unit_id: int, version: int, note: str, at: datetime) -> YearUnit:
    """By the second person of a proposal (year/deciding.py): what stands is corrected by the next 核定."""
    with acting(actor, at) as act:
        return _revoke(act, _locked(act, year_unit_id, version), note)


def _revoke(act: Act, row: YearUnit, note: str) -> YearUnit:
    revoke(act, row, UnitChangeState, note=note)
    year_moved(row.scheme_id, row.scheme.year)
    _record(act, "revoked", row)
    return row


def _locked(act: Act, year_unit_id: int, version: int) -> YearUnit:
    found = one_of(YearUnit.objects.filter(pk=year_unit_id))
    scheme = act.lock(Scheme.objects.all(), found.scheme_id)
    require_year_work(act.actor, scheme)
    row = act.lock(YearUnit.objects.select_related("organisation", "predecessor"), year_unit_id, version)
    row.scheme = scheme
    return row


def _record(act: Act, what: str, row: YearUnit) -> None:
    act.record(
        f"evaluation.year-unit.{what}",
        row,
        organisation=row.organisation.code,
        kind=row.kind,
        predecessor=row.predecessor.code if row.predecessor else None,
        meeting=row.meeting,
        minutes=row.minutes_number,
        reason=row.reason,
        note=row.note,
    )
