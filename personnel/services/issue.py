"""印发 by a second person, and the striking of an act that was recorded wrongly."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q

from miyun_kpi.acts.acting import acting, lock_all, require_other_hand, tell
from miyun_kpi.acts.acting import record as audit
from miyun_kpi.acts.days import Late, late_words
from miyun_kpi.db.finding import one_of
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.routes import to
from personnel import access
from personnel.enums import ActKind, NoticeState
from personnel.models import Act, Notice, Person, ProbationDecision
from personnel.queries.document import said_of
from personnel.queries.terms import WHOLE, facts_of, is_same_act, problems_with
from personnel.rules import sentences
from personnel.rules.terms import Problem, derive
from personnel.services.drafts import drafting, read_number, require_days, require_effective, require_free_number

DRAFTED = "印发要由拟稿、送审以外的另一个人登记，没有执行。请由另一位人事同事办理。"
ISSUED = "撤销要由印发（期初任职的登记）以外的另一个人办理，没有执行。请由另一位人事同事办理。"


def words_of(act: Act) -> str:
    said = {ActKind.APPOINT: "任", ActKind.REMOVE: "免去", ActKind.OPENING: "期初任"}[ActKind(act.kind)]
    return f"{act.person}{said}{act.printed or act.position}"


def where(act: Act) -> str:
    return f"{act.notice.number or '拟稿'}（{act.on}）" if act.notice else f"期初任职（{act.since or '日期不明'}）"


def explain(problem: Problem, acts: dict[int, Act]) -> str:
    """One sentence of what contradicts what."""
    act, earlier = acts[problem.act], acts.get(problem.earlier or 0)
    if earlier is not None and earlier.corrects is not None and earlier.person_id != act.person_id:
        return f"按{earlier.notice}更正以后，{where(act)}“{words_of(act)}”就落空了；更正改自 {act.on} 起，或先办那一项"
    before = f"{where(earlier)}“{words_of(earlier)}”" if earlier else "以前的任免"
    if problem.code == "already-holds":
        return f"“{words_of(act)}”与{before}重复：当天已任此职，没有免去过"
    return f"“{words_of(act)}”与{before}重复：已经免去，没有再任过"


def require_consistent(standing: Sequence[Act], fresh: Sequence[Act], on: date | None) -> None:
    """Refuse fresh acts that say again what already stands. `on` dates acts of a notice without a date."""
    by_id = {act.pk: act for act in [*standing, *fresh]}
    problems = problems_with(standing, facts_of(fresh, on))
    if problems:
        said = [explain(one, by_id) for one in problems]
        errors = [FieldError(text, one.code) for text, one in zip(said, problems, strict=True)]
        more = f"等 {len(said)} 处" if len(said) > 1 else ""
        raise Refused(
            "same-act-twice", f"{said[0]}{more}。同一任免不登记两次，没有保存。请核对姓名、职务和日期。", errors=errors
        )


def require_held(standing: Sequence[Act], fresh: Sequence[Act], on: date) -> None:
    """A removal ends what is held on its day. Only where nothing at all is known of the post is it taken for a 期初任职."""
    terms, _ = derive(facts_of(standing))
    appointed = {(act.person_id, act.position_id) for act in fresh if act.kind == ActKind.APPOINT}
    for act in fresh:
        pair = (act.person_id, act.position_id)
        known = [one for one in terms if (one.person, one.position) == pair]
        if act.kind != ActKind.REMOVE or not known or pair in appointed or any(one.on(on) for one in known):
            continue
        # 更正 of the words alone: the removal itself stands in the wrong paper.
        if act.corrects is not None and is_same_act(act, act.corrects):
            continue
        since = "、".join(f"{one.since or '期初'} 至 {one.until or '今'}" for one in known)
        said = f"“{words_of(act)}”：{on} 这一天没有任此职（任职 {since}），没有印发。请核对成文日期。"
        raise Refused("not-held", said)


def require_year(number: str, dated: date) -> None:
    """〔2020〕 in the number is the year of the document."""
    found = re.search(r"[〔（(](\d{4})[〕）)]", number)
    if found and int(found[1]) != dated.year:
        said = f"发文字号“{number}”是 {found[1]} 年的，成文日期是 {dated}，没有印发。请核对字号和日期。"
        raise Refused("year-differs", said)


def standing_of(people: set[int]) -> list[Act]:
    """Standing acts of these people, with the people locked: two notices cannot appoint the same person at once."""
    lock_all(Person.objects.filter(pk__in=people))
    return acts_of(people)


def acts_of(people: set[int]) -> list[Act]:
    """Also those of a 更正通知 that took one of their acts out, with all of whom that one put in its place."""
    named = Q(person_id__in=people) | Q(corrects__person_id__in=people)
    found = list(Act.objects.standing().filter(named).select_related(*WHOLE))
    more = {act.person_id for act in found} - people
    return acts_of(people | more) if more else found


def issue(
    *,
    actor: Actor,
    notice_id: int,
    version: int,
    number: str,
    dated: date,
    decided_on: date | None = None,
    late_reason: str = "",
    at: datetime,
) -> Notice:
    """From here on the acts count, from the day of the decision or else the notice's date, and everybody reads them.

    `late_reason`: why a paper of an earlier day is registered only now; the paper itself is what it rests on.
    """
    with drafting(actor, notice_id, version, at, NoticeState.SUBMITTED) as row:
        require_other_hand(actor, (row.submitted_by_id, row.changed_by_id), DRAFTED, at)
        row.number, row.dated, row.decided_on = read_number(number), dated, decided_on or row.decided_on
        if not row.number:
            raise Refused("not-filled", "请填发文字号，没有印发。")
        if dated > at.astimezone().date():
            raise Refused("future", f"成文日期 {dated} 在今天以后，没有印发。请等到当天，或改成文日期。")
        require_days(row.decided_on, dated, at)
        require_free_number(row)
        require_year(row.number, dated)
        row.late = late_words(dated, at, Late(row.number, late_reason), what="成文日期")
        require_effective(row)
        since = row.on or dated
        acts = list(row.acts.select_related(*WHOLE).order_by("order"))
        if not acts:
            raise Refused("empty", "这份拟稿没有任免事项，没有印发。请退回补上。")
        _set_lines(acts)
        for act in acts:
            act.notice = row
        wrong = [act.corrects for act in acts if act.corrects is not None]
        _require_to_correct(wrong)
        standing = standing_of({act.person_id for act in [*acts, *wrong]})
        require_consistent(standing, acts, since)
        require_held(standing, acts, since)
        Act.objects.bulk_update(acts, ["line", "order"])
        row.state, row.issued_at = NoticeState.ISSUED, at
        row.issued_by, row.issued_by_id = actor.label, actor.user_id or 0
        audit(
            actor=actor,
            action="personnel.notice.issued",
            subject=f"notice:{row.pk}",
            data={"number": row.number, "dated": dated.isoformat(), "acts": len(acts)}
            | ({"late": row.late} if row.late else {}),
            at=at,
        )
        _tell(row, acts, at)
    return row


def _require_to_correct(wrong: Sequence[Act]) -> None:
    """An entry that was struck or put right since the 更正通知 was drafted is not corrected any more."""
    gone = next((act for act in wrong if act.struck_at is not None), None)
    if gone is not None:
        said = f"被更正的“{words_of(gone)}”已经撤销，没有印发。请退回，把这一项从拟稿里删去。"
        raise Conflict("revoked", said)


def _set_lines(acts: Sequence[Act]) -> None:
    """Lines and places as the sentences have them; in a 更正通知 every entry has its own."""
    if any(act.corrects_id is not None for act in acts):
        for line, act in enumerate(acts, start=1):
            act.line, act.order = line, 1
        return
    said = [said_of(act) for act in acts]
    places = {id(one): act for one, act in zip(said, acts, strict=True)}
    for line, members in enumerate(sentences.group(said), start=1):
        for order, member in enumerate(members, start=1):
            act = places[id(member)]
            act.line, act.order = line, order


def _tell(row: Notice, acts: Sequence[Act], at: datetime) -> None:
    """The organisations whose posts it changes."""
    own: dict[int, list[str]] = {}
    for act in acts:
        own.setdefault(act.position.organisation_id, []).append(words_of(act))
        if act.corrects is not None and act.corrects.position.organisation_id != act.position.organisation_id:
            said = f"更正：{words_of(act.corrects)}有误"
            own.setdefault(act.corrects.position.organisation_id, []).append(said)
    tell(
        [
            Message(
                key=f"appointments:{row.pk}:{organisation_id}",
                organisation_id=organisation_id,
                title=f"人事任免：{row.number}",
                body=("；".join(said) + "。")[:500],
                url=to("personnel:notice", row.pk),
            )
            for organisation_id, said in own.items()
        ],
        at=at,
    )


def strike_act(*, actor: Actor, act_id: int, reason: str, at: datetime) -> None:
    """撤销登记: the act was recorded wrongly. It stays to be read, struck, and no longer counts.

    Not by whoever issued it (or entered a 期初任职); and what remains must still fit together.
    """
    access.require_office(actor)
    said = read_reason(reason, "请写撤销理由", most=300)
    with acting(actor, at):
        found = one_of(
            Act.objects.standing().filter(pk=act_id).select_related("notice", "person", "position", "corrects"),
            "没有这一项任免，或已经撤销。",
        )
        # Without a 更正 the one whom it had put right holds, or has left, the post again.
        people = {found.person_id} | ({found.corrects.person_id} if found.corrects is not None else set())
        others = standing_of(people)
        act = next((one for one in others if one.pk == act_id), None)
        if act is None or (act.corrects is not None and act.corrects.person_id not in people):
            raise Conflict("revoked", "这一项刚刚已被撤销或勘正，没有再办。请刷新后再看。")
        hand = act.notice.issued_by_id if act.notice else act.entered_by_id
        require_other_hand(actor, hand, ISSUED, at)
        # A removal may go before the decision that it carried out: that one is withdrawn once nothing issued rests on it.
        if ProbationDecision.objects.filter(act=act).exists():
            told = "这一项任职已有试用期满决定，没有撤销。请先在试用期页撤回决定，由登记决定以外的另一个人办理。"
            raise Refused("decided", told)
        later = act.corrections.filter(struck_at__isnull=True).select_related("notice").first()
        if later is not None and later.notice is not None:
            said = f"这一项已由{later.notice}更正，没有撤销。更正也有误的，先撤销更正的那一项。"
            raise Refused("corrected", said)
        _require_fits([one for one in others if one.pk != act_id])
        act.struck_at, act.struck_by, act.struck_reason = at, actor.label, said
        act.save(update_fields=["struck_at", "struck_by", "struck_reason"])
        audit(actor=actor, action="personnel.act.revoked", subject=f"act:{act.pk}", data={"reason": said}, at=at)


def _require_fits(remaining: Sequence[Act]) -> None:
    """What stands without the act must not contradict itself; the later of the two is put right first."""
    problems = problems_with(remaining, [])
    if not problems:
        return
    by_id = {one.pk: one for one in remaining}
    act, earlier = by_id[problems[0].act], by_id.get(problems[0].earlier or 0)
    what = f"{where(act)}“{words_of(act)}”"
    before = f"{where(earlier)}“{words_of(earlier)}”" if earlier is not None else "以前的任免"
    raise Refused("same-act-twice", f"撤销以后，{what}就与{before}重复，没有撤销，请先撤销或更正{what}。")
