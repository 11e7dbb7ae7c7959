"""The state derived from the acts: who holds what on a day, one person's terms, one post's holders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from miyun_kpi.gazette.rules.texts import squeeze
from personnel.enums import NoticeState
from personnel.models import Act, Office, Person, Position, ProbationDecision
from personnel.rules import terms as rules
from personnel.rules.probation import probation_state

# Lines of one notice of one day are ordered by their place in it; a 更正通知 comes after what it corrects.
PLACES = 1_000
CORRECTIONS = 10**9
WHOLE = (
    "notice__corrects",
    "person",
    "position__organisation",
    "corrects__notice",
    "corrects__person",
    "corrects__position",
)


def fact_of(act: Act, on: date | None = None) -> rules.ActFact:
    """`on` for an act of a draft that has no date yet."""
    later = CORRECTIONS * (act.notice_id or 1) if act.notice is not None and act.notice.corrects_id else 0
    return rules.ActFact(
        id=act.pk,
        person=act.person_id,
        position=act.position_id,
        kind=act.kind,
        on=act.on or on,
        order=later + act.line * PLACES + act.order,
        probation_months=act.probation_months,
    )


def facts_of(acts: Iterable[Act], on: date | None = None) -> list[rules.ActFact]:
    """What the acts bring about; one of a 更正通知 also ends what the wrong one did."""
    found: list[rules.ActFact] = []
    for act in acts:
        own = fact_of(act, on)
        found += [own] if act.corrects is None else rules.correcting(fact_of(act.corrects), own)
    return found


def is_same_act(one: Act, other: Act) -> bool:
    """Of the same person, post and kind, whatever the words."""
    return (one.person_id, one.position_id, one.kind) == (other.person_id, other.position_id, other.kind)


def still_counts(act: Act, standing: Iterable[Act]) -> bool:
    """Whether it stands and no 更正通知 among the standing acts has put another one in its place; other words are no other act."""
    found = list(standing)
    corrected = {one.corrects_id: one for one in found if one.corrects_id is not None}
    if act.pk not in {one.pk for one in found}:
        return False
    while (later := corrected.get(act.pk)) is not None:
        if not is_same_act(later, act):
            return False
        act = later
    return True


def standing_acts() -> list[Act]:
    return list(Act.objects.standing().select_related(*WHOLE))


@dataclass(frozen=True)
class TermLine:
    """One term with the acts that began and ended it."""

    term: rules.Term
    person: Person
    position: Position
    began: Act | None
    ended: Act | None
    decision: ProbationDecision | None = None

    @property
    def printed(self) -> str:
        """The post in the words of the document that says it."""
        own = (self.person.pk, self.position.pk)
        said = (act.printed for act in (self.began, self.ended) if act and (act.person_id, act.position_id) == own)
        return next((one for one in said if one), "") or str(self.position)


@dataclass(frozen=True)
class Book:
    """Every standing act, once, and what follows from them."""

    acts: Sequence[Act]
    lines: Sequence[TermLine]

    def on(self, day: date) -> list[TermLine]:
        return [line for line in self.lines if line.term.on(day)]

    def concurrent(self, day: date) -> dict[int, list[rules.Term]]:
        return rules.concurrent((line.term for line in self.lines), day)


def book() -> Book:
    """Two queries, whatever the number of acts."""
    acts = standing_acts()
    by_id = {act.pk: act for act in acts}
    decisions = {one.act_id: one for one in ProbationDecision.objects.select_related("removal__notice")}
    people, posts = {act.person_id: act.person for act in acts}, {act.position_id: act.position for act in acts}
    found, _ = rules.derive(facts_of(acts))
    lines = []
    for term in found:
        began, ended = by_id.get(term.began_by or 0), by_id.get(term.ended_by or 0)
        who, post = people[term.person], posts[term.position]
        lines.append(TermLine(term, who, post, began, ended, decisions.get(term.began_by or 0)))
    return Book(acts, lines)


def held_positions() -> set[int]:
    """Positions whose last holder nothing has ended yet."""
    return {line.position.pk for line in book().lines if line.ended is None}


@dataclass(frozen=True)
class SeatLine:
    position: Position
    seat: rules.Seat
    holders: Sequence[TermLine]
    last: TermLine | None


@dataclass(frozen=True)
class OrganisationSeats:
    name: str
    code: str
    seats: list[SeatLine] = field(default_factory=list)


def seats_on(found: Book, day: date, words: str = "", organisation: str = "") -> list[OrganisationSeats]:
    """Positions by organisation on the day; `words` looks for a person, an organisation or a title."""
    positions = Position.objects.select_related("organisation").filter(
        Q(pk__in={act.position_id for act in found.acts}) | Q(seats__isnull=False)
    )
    if organisation:
        positions = positions.filter(organisation__code=organisation)
    by_id = {one.pk: one for one in positions.order_by("organisation__order", "organisation__code", "title")}
    lines = {(line.term.began_by, line.term.ended_by): line for line in found.lines}
    wanted = squeeze(words)
    groups: dict[int, OrganisationSeats] = {}
    seats = rules.seats_on((line.term for line in found.lines), day, {pk: one.seats for pk, one in by_id.items()})
    for seat in seats:
        position = by_id[seat.position]
        line = SeatLine(
            position,
            seat,
            [lines[t.began_by, t.ended_by] for t in seat.holders],
            lines[seat.last.began_by, seat.last.ended_by] if seat.last else None,
        )
        if wanted and not _says(line, wanted):
            continue
        own = groups.setdefault(
            position.organisation_id, OrganisationSeats(position.organisation.name, position.organisation.code)
        )
        own.seats.append(line)
    return list(groups.values())


def _says(line: SeatLine, wanted: str) -> bool:
    said = [str(line.position), *(holder.person.name for holder in line.holders)]
    said += [holder.printed for holder in line.holders]
    # Who held it before is named on the page only where nobody holds it now.
    said += [line.last.person.name] if line.last and not line.holders else []
    return any(wanted in squeeze(one) for one in said)


@dataclass(frozen=True)
class ProbationLine:
    line: TermLine
    state: str
    last_day: date
    days_left: int
    decision: ProbationDecision | None


def probations(found: Book, today: date, *, office: bool = False) -> list[ProbationLine]:
    """Every 试用期, those to be decided first.

    `office`: as 人事 sees them. A dismissal whose removal has not been issued is a draft: for everybody else that 试用期 goes
    on as if nothing had been recorded, in its state, its place and its count.
    """
    kept = Office.objects.first()
    remind = kept.remind_days if kept else 30
    made = []
    for line in found.lines:
        last_day = line.term.probation_until
        if last_day is None or line.term.since is None or line.term.since > today:
            continue
        decision = line.decision if office or not _drafted(line.decision) else None
        state = probation_state(
            last_day=last_day,
            today=today,
            outcome=decision.outcome if decision and not _undone(decision, found.acts) else "",
            left_on=line.term.until,
            remind_days=remind,
        )
        made.append(ProbationLine(line, state.value, last_day, (last_day - today).days, decision))
    rank = {"overdue": 0, "due": 1, "running": 2}
    return sorted(made, key=lambda one: (rank.get(one.state, 3), one.last_day))


def _drafted(decision: ProbationDecision | None) -> bool:
    removal = decision.removal if decision is not None else None
    return removal is not None and removal.notice is not None and removal.notice.state != NoticeState.ISSUED


def _undone(decision: ProbationDecision, standing: Sequence[Act]) -> bool:
    """A dismissal whose issued removal was struck or corrected: the 试用期 is to be decided, once this one is withdrawn."""
    removal = decision.removal
    if removal is None or removal.notice is None or removal.notice.state != NoticeState.ISSUED:
        return False
    return not still_counts(removal, standing)


def office() -> Office:
    return Office.objects.select_related("organisation").get()


def office_id() -> int | None:
    return Office.objects.values_list("organisation_id", flat=True).first()


def problems_with(standing: Sequence[Act], fresh: Iterable[rules.ActFact]) -> list[rules.Problem]:
    """What would contradict if the fresh acts stood beside the standing ones."""
    _, problems = rules.derive([*facts_of(standing), *fresh])
    return problems
