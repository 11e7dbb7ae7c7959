"""勘正 of the day on which the acts of an issued notice were decided: 任职时间 and 试用期 of all of them follow it.

Nothing that the document prints is changed: the day stands beside it. Of a notice that was typed from a paper of before,
its number and its date may have been typed wrongly; what was issued here, and what the gazette prints, keeps them.
"""

from collections.abc import Sequence
from datetime import date, datetime

from miyun_kpi.acts.acting import lock_all, lock_only, record, unless_taken
from miyun_kpi.db.finding import one_of
from miyun_kpi.emendations.enums import Way
from miyun_kpi.emendations.registry import Emendable, Fact, Facts, Place, Rest
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import document_of
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.reading import require_past
from miyun_kpi.routes import to
from personnel import access
from personnel.enums import NoticeState
from personnel.models import Act, Notice, Person, ProbationDecision
from personnel.queries.terms import WHOLE, facts_of
from personnel.rules.terms import derive
from personnel.services.drafts import holder_of, number_taken, read_number
from personnel.services.emending import ORIGINAL
from personnel.services.issue import acts_of, require_consistent, require_year

ISSUED = Notice.objects.filter(state=NoticeState.ISSUED)


def lock(notice_id: int, wanted: Facts) -> Notice:
    """People before their notice, as everywhere in this app."""
    lock_all(Person.objects.filter(pk__in=Act.objects.filter(notice=notice_id).values("person_id")))
    return lock_only(ISSUED.filter(pk=notice_id))


def facts(row: Notice) -> list[Fact]:
    found = [Fact("decided_on", "研究决定日期", row.decided_on.isoformat() if row.decided_on else "", way=Way.DATE)]
    if is_typed_from_paper(row):
        found += [
            Fact("number", "发文字号", row.number, most=60),
            Fact("dated", "成文日期", row.dated.isoformat() if row.dated else "", way=Way.DATE),
        ]
    return found


def is_typed_from_paper(row: Notice) -> bool:
    """Neither issued here nor printed in the gazette: taken in from a workbook of history."""
    return not row.document and not row.submitted_by_id


def read(row: Notice, wanted: Facts, today: date) -> dict[str, str]:
    typed = _read_head(row, wanted, today) if is_typed_from_paper(row) else {}
    dated = date.fromisoformat(typed["dated"]) if typed else row.dated
    text = wanted.get("decided_on", "").strip()
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused("bad-date", f"研究决定日期“{text[:20]}”读不成一天，没有提出。请写成 2020-09-25。") from None
    require_past(day, today, "研究决定日期")
    if day is not None and dated is not None and day > dated:
        raise Refused("days-reversed", f"研究决定日期 {day} 晚于成文日期 {dated}，没有提出。请核对两个日期。")
    first = row.corrections.filter(state=NoticeState.ISSUED).order_by("effective_on").first()
    since = day or dated
    if first is not None and since is not None and first.effective_on is not None and first.effective_on < since:
        said = f"更正通知{first.number}自 {first.effective_on} 起更正这份通知，任职时间不能晚于那天，没有提出。请核对两个日期。"
        raise Refused("days-reversed", said)
    return {"decided_on": text, **typed}


def _read_head(row: Notice, wanted: Facts, today: date) -> dict[str, str]:
    """Number and date of the paper; a number that another paper bears is refused."""
    number = read_number(wanted.get("number", row.number))
    if not 2 <= len(number) <= 60:
        raise Refused("not-filled", "发文字号须为 2 至 60 字，没有提出。请照原件写。")
    if holder_of(number, row.pk) is not None:
        raise Refused("number-taken", f"发文字号“{number}”已经登记过另一份通知，没有提出。请核对原件。")
    try:
        dated = date.fromisoformat(wanted.get("dated", "").strip())
    except ValueError:
        raise Refused("bad-date", "成文日期读不成一天，没有提出。请写成 2020-09-25。") from None
    require_past(dated, today, "成文日期")
    require_year(number, dated)
    return {"number": number, "dated": dated.isoformat()}


def rests_on(row: Notice, wanted: Facts, today: date) -> Sequence[Rest]:
    """The terms of office, and the probations that end on another day."""
    since = str(row.effective_on or wanted.get("decided_on") or wanted.get("dated") or row.dated)
    acts = list(row.acts.filter(struck_at__isnull=True).select_related(*WHOLE))
    found = [Rest(f"{row}的 {len(acts)} 项任免", f"任职时间由 {row.on} 改为 {since}")]
    ends = {term.began_by: term.probation_until for term in derive(facts_of(acts))[0]}
    moved = {
        term.began_by: term.probation_until
        for term in derive(facts_of(_on(one, date.fromisoformat(since)) for one in acts))[0]
    }
    found += [
        Rest(f"{one.person}的试用期", f"期满日由 {ends[one.pk]} 改为 {moved[one.pk]}")
        for one in acts
        if ends.get(one.pk) and ends.get(one.pk) != moved.get(one.pk)
    ]
    decided = ProbationDecision.objects.filter(act__in=acts).select_related("act__person")
    return [
        *found,
        *(Rest(f"{one.act.person}的试用期满决定（{one.decided_on}）", "不变，照登记的日期") for one in decided),
    ]


def _on(act: Act, day: date) -> Act:
    """The act as if its notice had been decided on the day; nothing is stored."""
    assert act.notice is not None
    copied = Notice(pk=act.notice.pk, dated=act.notice.dated, decided_on=day, effective_on=act.notice.effective_on)
    other = Act(pk=act.pk, kind=act.kind, line=act.line, order=act.order, probation_months=act.probation_months)
    other.person_id, other.position_id, other.notice = act.person_id, act.position_id, copied
    other.corrects = act.corrects
    return other


def apply(row: Notice, wanted: Facts, actor: Actor, words: str, at: datetime) -> None:
    text = wanted["decided_on"]
    before = {"number": row.number, "dated": row.dated}
    row.decided_on = date.fromisoformat(text) if text else None
    if "number" in wanted and is_typed_from_paper(row):
        row.number, row.dated = wanted["number"], date.fromisoformat(wanted["dated"])
    row.version += 1
    with unless_taken(number_taken(row.number)):
        row.save(update_fields=["decided_on", "number", "dated", "version"])
    people = set(row.acts.values_list("person_id", flat=True))
    require_consistent(acts_of(people), [], None)
    record(
        actor=actor,
        action="personnel.notice.emended",
        subject=f"notice:{row.pk}",
        data={"decided_on": text, "old": before, "number": row.number, "dated": row.dated},
        at=at,
    )


NOTICE = Emendable(
    code="notice",
    word="任职时间",
    place=lambda row: Place("personnel", row.document or document_of("personnel"), ""),
    find=lambda actor, pk: one_of(ISSUED.filter(pk=pk)),
    lock=lock,
    may=lambda actor, row: access.is_office(actor),
    reads=lambda actor, row: access.is_office(actor),
    name=lambda row: f"{row.number}的任职时间",
    address=lambda row: to("personnel:notice", row.pk),
    facts=facts,
    read=read,
    rests=rests_on,
    apply=apply,
    original=ORIGINAL,
)
