"""What acts would bring about, asked before they stand: contradictions, 兼任, 转任, 期初任职, 职数. Nothing is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from personnel.enums import ActKind
from personnel.models import Act, Position
from personnel.queries.terms import fact_of, facts_of, standing_acts
from personnel.rules import terms as rules
from personnel.rules.sentences import Said, finished, group


@dataclass(frozen=True)
class Planned:
    """An act that does not stand. Ids of people and positions nobody has entered yet are negative."""

    id: int
    person: int
    person_name: str
    position: int
    post: str
    kind: str
    probation_months: int = 0
    printed: str = ""
    # In a draft of a 更正通知: the wrong act.
    wrong: Act | None = None

    @property
    def said(self) -> Said:
        return Said(self.person_name, self.printed or self.post, self.kind, self.probation_months)

    @property
    def words(self) -> str:
        verb = "任" if self.kind == ActKind.APPOINT else "免去"
        return f"{self.person_name}{verb}{self.printed or self.post}"


@dataclass(frozen=True)
class Remark:
    """`code`: same-act-twice refuses the acts; the others only tell."""

    code: str
    words: str


@dataclass(frozen=True)
class Preview:
    sentences: Sequence[str]
    remarks: Sequence[Remark]

    @property
    def refused(self) -> bool:
        return any(one.code == "same-act-twice" for one in self.remarks)


def planned_of(act: Act) -> Planned:
    return Planned(
        act.pk,
        act.person_id,
        act.person.name,
        act.position_id,
        str(act.position),
        act.kind,
        act.probation_months,
        act.printed,
        act.corrects,
    )


def preview(planned: Sequence[Planned], on: date) -> Preview:
    """The acts as of the day `on`, beside everything that stands (three queries)."""
    standing = standing_acts()
    fresh = [fact for place, one in enumerate(planned) for fact in _facts(one, on, place)]
    terms, problems = rules.derive([*facts_of(standing), *fresh])
    own = {one.id: one for one in planned}
    acts = {act.pk: act for act in standing}
    remarks = [Remark("same-act-twice", _contradiction(one, own, acts)) for one in problems]
    said = [term for term in terms if term.began_by in own or term.ended_by in own]
    remarks += [*_openings(said, own), *_undone(planned, on), *transfers_of(planned), *_probations(said, own)]
    remarks += [*_concurrent(terms, said, own, acts, on), *_seats(terms, own, on)]
    return Preview(finished(group([one.said for one in planned])), remarks)


def _facts(one: Planned, on: date, place: int) -> list[rules.ActFact]:
    fresh = rules.ActFact(one.id, one.person, one.position, one.kind, on, 10**18 + place, one.probation_months)
    return [fresh] if one.wrong is None else rules.correcting(fact_of(one.wrong), fresh)


def _undone(planned: Sequence[Planned], on: date) -> list[Remark]:
    """What becomes of whom the wrong original names."""
    found = []
    for one in planned:
        wrong = one.wrong
        if wrong is None or (wrong.person_id, wrong.position_id) == (one.person, one.position):
            continue
        appointed = wrong.kind == ActKind.APPOINT
        said = f"{wrong.person}自 {on} 起{'不再任' if appointed else '仍任'}{wrong.printed or wrong.position}（更正）。"
        if not appointed and wrong.on != on:
            said += f"{wrong.on} 至前一天按已免计，原来的试用期不接续；要当作没有免过的，更正自 {wrong.on} 起。"
        found.append(Remark("corrected", said))
    return found


def _contradiction(problem: rules.Problem, own: dict[int, Planned], acts: dict[int, Act]) -> str:
    def words(act_id: int | None) -> str:
        if act_id in own:
            return f"本通知“{own[act_id].words}”"
        act = acts[act_id or 0]
        return f"{act.notice.number if act.notice else '期初任职'}（{act.on or '日期不明'}）{act.person.name}"

    why = "当天已任此职" if problem.code == "already-holds" else "已经免去此职"
    return f"{words(problem.act)}与{words(problem.earlier)}重复：{why}。"


def _openings(said: Sequence[rules.Term], own: dict[int, Planned]) -> list[Remark]:
    return [
        Remark("opening", f"{own[one.ended_by].person_name}何时任{own[one.ended_by].post}没有记载，按期初任职处理。")
        for one in said
        if one.ended_by in own and one.began_by is None and one.person == own[one.ended_by].person
    ]


def transfers_of(planned: Sequence[Planned]) -> list[Remark]:
    """转任 among the acts of one notice, issued or not."""
    own = {one.id: one for one in planned}
    facts = [rules.ActFact(one.id, one.person, one.position, one.kind, None) for one in planned]
    return [
        Remark("transfer", f"{own[one.taken].person_name}由{own[one.left].post}转任{own[one.taken].post}。")
        for one in rules.transfers(facts)
    ]


def _probations(said: Sequence[rules.Term], own: dict[int, Planned]) -> list[Remark]:
    return [
        Remark("probation", f"{own[one.began_by].person_name}试用到 {one.probation_until}。")
        for one in said
        if one.began_by in own and one.probation_until
    ]


def _concurrent(
    terms: Sequence[rules.Term], said: Sequence[rules.Term], own: dict[int, Planned], acts: dict[int, Act], on: date
) -> list[Remark]:
    appointed = {one.person for one in said if one.began_by in own}
    names = {act.person_id: act.person.name for act in acts.values()}
    names |= {one.person: one.person_name for one in own.values()}
    posts = {one.position: one.post for one in own.values()}
    posts |= {act.position_id: str(act.position) for act in acts.values()}
    return [
        Remark(
            "concurrent",
            f"{names[person]}将同时任{'、'.join(posts[one.position] for one in held)}。如不是兼任，请同时免去原职。",
        )
        for person, held in rules.concurrent(terms, on).items()
        if person in appointed
    ]


def _seats(terms: Sequence[rules.Term], own: dict[int, Planned], on: date) -> list[Remark]:
    wanted = {one.position for one in own.values() if one.kind == ActKind.APPOINT and one.position > 0}
    seats = dict(Position.objects.filter(pk__in=wanted, seats__isnull=False).values_list("pk", "seats"))
    posts = {one.position: one.post for one in own.values()}
    return [
        Remark("seats", f"{posts[one.position]}职数 {one.seats}，任后 {len(one.holders)} 人，超出职数。")
        for one in rules.seats_on(terms, on, seats)
        if one.seats is not None and len(one.holders) > one.seats
    ]


@dataclass(frozen=True)
class Wanted:
    """An act of a 试算 as a client gives it, by names."""

    kind: str
    person: str
    position: Position | None
    post: str
    person_id: int | None = None
    probation_months: int = 0


def plan(wanted: Sequence[Wanted]) -> list[Planned]:
    """Ids for a 试算: equal names and posts that nobody has entered are equal people and positions."""
    people: dict[str, int] = {}
    posts: dict[str, int] = {}
    made = []
    for at, one in enumerate(wanted, start=1):
        person = one.person_id or people.setdefault(one.person, -len(people) - 1)
        position = one.position.pk if one.position else posts.setdefault(one.post, -len(posts) - 1)
        made.append(Planned(-at, person, one.person, position, one.post, one.kind, one.probation_months))
    return made
