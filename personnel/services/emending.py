"""勘正 of an act of an issued notice: the entry did not say what the document says (A5). The old entry stays, struck.

Where the document itself is wrong nothing under its number changes: another notice says so.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q, QuerySet

from miyun_kpi.acts.acting import lock_all, lock_only, record, unless_taken
from miyun_kpi.db.finding import one_of
from miyun_kpi.emendations.enums import Way
from miyun_kpi.emendations.registry import Emendable, Fact, Facts, Place, Rest
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import document_of
from miyun_kpi.lib.errors import Conflict, FieldError, Refused
from miyun_kpi.lib.reading import read_whole
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.routes import to
from personnel import access
from personnel.enums import ActKind, NoticeState
from personnel.models import Act, Person, Position, ProbationDecision
from personnel.queries.terms import WHOLE
from personnel.services.drafts import LONGEST_PROBATION, person_named, position_named
from personnel.services.issue import acts_of, require_consistent, where, words_of

ORIGINAL = "原件有误的，这个文号下的登记不改，没有提出。请在通知页那一项点“有误…”，选“原件有误”，另拟一份更正通知；两份都留着。"
TAKEN = Conflict("corrected", "这一项刚刚另有登记或更正，没有勘正。请刷新后再看。")
# What the sentence of the document prints.
PRINTED = ("person", "printed", "probation_months")


def find(actor: Actor, act_id: int) -> Act:
    """An entry of an issued notice, or a 期初任职; also one that was struck and has nothing in its place."""
    issued = Act.objects.filter(Q(notice__isnull=True) | Q(notice__state=NoticeState.ISSUED))
    return one_of(_whole(issued).filter(pk=act_id))


def _whole(found: QuerySet[Act]) -> QuerySet[Act]:
    return found.select_related(*WHOLE)


def lock(act_id: int, wanted: Facts) -> Act:
    """People before the acts that name them: who was named, who shall be, and whom the act had put right."""
    row = one_of(_whole(Act.objects.filter(pk=act_id)))
    name, note = wanted.get("person", row.person.name), wanted.get("note", row.person.note)
    put_right = row.corrects.person_id if row.corrects is not None else None
    lock_all(Person.objects.filter(Q(pk__in=[row.person_id, put_right]) | Q(name=name, note=note)))
    return lock_only(_whole(Act.objects.filter(pk=act_id)))


def may(actor: Actor, row: Act) -> bool:
    return access.is_office(actor) and not hasattr(row, "emended_by")


def facts(row: Act) -> list[Fact]:
    found = [
        Fact("person", "姓名", row.person.name, most=40),
        Fact("note", "区别（同名的人）", row.person.note, most=60),
        Fact(
            "organisation",
            "机构",
            row.position.organisation.code,
            row.position.organisation.name,
            Way.ORGANISATION,
            most=100,
        ),
        Fact("title", "职务", row.position.title, most=60),
        Fact("printed", "通知里的职务", row.printed, most=100),
    ]
    if row.kind == ActKind.APPOINT:
        found.append(Fact("probation_months", "试用期（月，没有写 0）", str(row.probation_months), most=2))
    if row.kind == ActKind.OPENING:
        since = row.since.isoformat() if row.since else ""
        found.append(Fact("since", "期初任职日期", since, way=Way.DATE))
    return found


def read(row: Act, wanted: Facts, today: date) -> dict[str, str]:
    values = {name: text.strip() for name, text in wanted.items()}
    organisation = resolve(values["organisation"])
    problems = []
    if organisation is None:
        said = f"没有叫“{values['organisation'][:30]}”的机构。"
        problems.append(FieldError(said, "unknown-organisation", field="organisation"))
    else:
        values["organisation"] = organisation.code
    for name, label, least in (("person", "姓名", 2), ("title", "职务", 2)):
        values[name] = "".join(values[name].split())
        if len(values[name]) < least:
            problems.append(FieldError(f"{label}太短。", "not-filled", field=name))
    if "probation_months" in values:
        months = read_whole(values["probation_months"], most=LONGEST_PROBATION)
        if months is None:
            said = f"试用期须为 0 至 {LONGEST_PROBATION} 个月。"
            problems.append(FieldError(said, "bad-probation", field="probation_months"))
        else:
            values["probation_months"] = str(months)
    if values.get("since") and date.fromisoformat(values["since"]) > today:
        problems.append(FieldError("期初任职日期晚于今天。", "future", field="since"))
    if problems:
        raise Refused(
            "bad-emendation", f"{''.join(one.message for one in problems)}没有提出，请改正。", errors=problems
        )
    _require_paper_unchanged(row, values)
    return values


def _require_paper_unchanged(row: Act, values: Facts) -> None:
    """What was drafted and issued here is itself the original: its sentence is not rewritten."""
    if row.notice is None or not row.notice.submitted_by_id:
        return
    now = {one.name: one.value for one in facts(row)}
    if any(values.get(name, "") != now.get(name, "") for name in PRINTED):
        said = "这份通知是在系统里拟稿、印发的，姓名、职务、试用期照印发的不改，没有提出。"
        raise Refused(
            "original-wrong", f"{said}文件写错的，请在通知页那一项点“有误…”，拟更正通知；认错人的，改“区别”。"
        )


def rests_on(row: Act, wanted: Facts, today: date) -> Sequence[Rest]:
    other = wanted["person"] != row.person.name or wanted["note"] != row.person.note
    found = [Rest("原登记", f"{words_of(row)}：留痕，不再计入任职情况")]
    if other:
        found.append(
            Rest(
                f"{row.person}的任职情况",
                f"不再有这一项；归到{wanted['person']}{wanted['note'] and '（' + wanted['note'] + '）'}",
            )
        )
    decision = ProbationDecision.objects.filter(Q(act=row) | Q(removal=row)).first()
    if decision is not None:
        found.append(
            Rest(
                f"试用期满决定（{decision.get_outcome_display()}，{decision.decided_on}）",
                "随原登记留存，请对改正后的任职另行登记" if other else "随改正后的登记继续有效",
            )
        )
    return found


def apply(row: Act, wanted: Facts, actor: Actor, words: str, at: datetime) -> None:
    """The old entry is struck and the right one stands in its line, within the same notice."""
    person, position = (
        person_named(wanted["person"], wanted["note"]),
        position_named(wanted["organisation"], wanted["title"]),
    )
    if row.struck_at is None:
        row.struck_at, row.struck_by, row.struck_reason = at, actor.label[:100], words[:300]
        row.save(update_fields=["struck_at", "struck_by", "struck_reason"])
    _require_free(row, person, position)
    with unless_taken(TAKEN):
        made = Act.objects.create(
            notice=row.notice,
            line=row.line,
            order=row.order,
            kind=row.kind,
            person=person,
            position=position,
            printed=wanted["printed"] or str(position),
            probation_months=int(wanted.get("probation_months", "0")),
            clause=row.clause,
            since=date.fromisoformat(wanted["since"]) if wanted.get("since") else None,
            basis=row.basis,
            entered_by_id=actor.user_id or 0,
            emends=row,
            corrects=row.corrects,
        )
    Act.objects.filter(corrects=row).update(corrects=made)
    put_right = {row.corrects.person_id} if row.corrects is not None else set()
    others = [one for one in acts_of({row.person_id, person.pk} | put_right) if one.pk != made.pk]
    require_consistent(others, [made], None)
    if person.pk == row.person_id:
        ProbationDecision.objects.filter(act=row).update(act=made)
    ProbationDecision.objects.filter(removal=row).update(removal=made)
    record(
        actor=actor,
        action="personnel.act.emended",
        subject=f"act:{made.pk}",
        data={"old": words_of(row)},
        at=at,
    )


def _require_free(row: Act, person: Person, position: Position) -> None:
    """What was struck is taken up again only where nothing else has come into its place since."""
    others = Act.objects.filter(struck_at__isnull=True).exclude(pk=row.pk).select_related("notice")
    if row.corrects is not None:
        other = others.filter(corrects=row.corrects).first()
        if other is not None:
            said = f"“{words_of(row.corrects)}”已由{where(other)}更正，没有勘正。那一项也有误的，先撤销或删去它。"
            raise Conflict("corrected", said)
    if (
        row.notice is not None
        and others.filter(notice=row.notice, person=person, position=position, kind=row.kind).exists()
    ):
        raise Conflict("twice", f"{row.notice}里已有同样的一项，没有勘正。请核对姓名和职务。")


def name_of(row: Act) -> str:
    return f"{where(row)}　{words_of(row)}"


ACT = Emendable(
    code="act",
    word="任免登记",
    place=lambda row: Place("personnel", (row.notice.document if row.notice else "") or document_of("personnel"), ""),
    find=find,
    lock=lock,
    may=may,
    reads=lambda actor, row: access.is_office(actor),
    name=name_of,
    address=lambda row: (
        to("personnel:person", row.person_id) if row.notice is None else to("personnel:notice", row.notice_id)
    ),
    facts=facts,
    read=read,
    rests=rests_on,
    apply=apply,
    original=ORIGINAL,
    on_paper=lambda row: row.notice is not None,
    asks=lambda row: to("personnel:wrong", row.pk) if row.notice is not None and row.struck_at is None else "",
)
