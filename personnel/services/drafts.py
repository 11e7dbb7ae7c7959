"""拟稿: a notice and its acts before 印发. Every act takes the version seen and leaves a new one."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from django.db.models import Q

from miyun_kpi.accounts.models import User
from miyun_kpi.acts.acting import acting, lock_all, lock_one, lock_only, require_version, unless_taken
from miyun_kpi.acts.acting import record as audit
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.numbering import document_key, require_plain
from miyun_kpi.lib.reading import read_reason, require_past
from miyun_kpi.organisations.queries import resolve
from personnel import access
from personnel.enums import ActKind, NoticeState
from personnel.models import Act, Notice, Person, Position, ProbationDecision
from personnel.services.namesakes import told_apart

LONGEST_PROBATION = 24
MOST_ACTS = 200
HALF_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
YEAR = re.compile(r"[〔\[［【（(〖{｛﹝](\d{4})[〕\]］】）)〗}｝﹞]")


@dataclass(frozen=True)
class ActInput:
    """`note` tells two people of one name apart; `printed` is the post in the notice, made up when blank.

    `same` answers 同一人？ where somebody of that name is known: SAME, OTHER or "".
    """

    kind: str
    person: str
    organisation: str
    title: str
    note: str = ""
    printed: str = ""
    probation_months: int = 0
    same: str = ""


def create_draft(*, actor: Actor, meeting: str, at: datetime) -> Notice:
    """A second press of the same button comes to the empty draft of the first."""
    access.require_office(actor)
    with acting(actor, at):
        if actor.user_id is not None:
            alone(actor.user_id)
            own = Notice.objects.filter(
                state=NoticeState.DRAFT, created_by_id=actor.user_id, acts__isnull=True, corrects__isnull=True
            )
            if (empty := own.filter(meeting=_meeting(meeting)).first()) is not None:
                return empty
        made = Notice.objects.create(
            meeting=_meeting(meeting),
            created_at=at,
            created_by=actor.label,
            created_by_id=actor.user_id or 0,
            changed_by_id=actor.user_id or 0,
        )
        _audit(actor, made, "personnel.notice.drafted", at)
    return made


def alone(user_id: int) -> None:
    """Both presses of a double click are under way at once: one of them waits here and finds the other's draft."""
    lock_one(User.objects.filter(pk=user_id))


def _meeting(text: str) -> str:
    said = text.strip().removeprefix("经").removesuffix("研究决定").strip()
    if len(said) > 100:
        raise Refused("too-long", "会议名称超过 100 字，没有保存。请写成“区政府第86次常务会议”这样。")
    return said


def _audit(actor: Actor, notice: Notice, action: str, at: datetime, **data: object) -> None:
    """Without names or posts: the audit is read by others than 人事."""
    audit(actor=actor, action=action, subject=f"notice:{notice.pk}", data=dict(data), at=at)


class Named(Protocol):
    """Whoever is named for a post: by a draft, a row of the history, a 期初任职."""

    @property
    def person(self) -> str: ...
    @property
    def note(self) -> str: ...
    @property
    def organisation(self) -> str: ...
    @property
    def title(self) -> str: ...


def hold_named(named: Sequence[Named], notice_id: int | None = None) -> None:
    """People and posts, before the notice that names them: another draft does not drop them meanwhile.

    One that was dropped just before the lock is made anew by whoever names it next.
    """
    acts = Act.objects.filter(notice=notice_id) if notice_id is not None else Act.objects.none()
    people = [person_named(one.person, one.note).pk for one in named]
    posts = [position_named(one.organisation, one.title).pk for one in named]
    named_there = Q(pk__in=acts.values("person_id")) | Q(pk__in=acts.values("corrects__person_id"))
    lock_all(Person.objects.filter(Q(pk__in=people) | named_there))
    lock_all(Position.objects.filter(Q(pk__in=posts) | Q(pk__in=acts.values("position_id"))))


@contextmanager
def drafting(
    actor: Actor, notice_id: int, version: int, at: datetime, *states: str, naming: Sequence[Named] = ()
) -> Iterator[Notice]:
    """The draft, locked, in one of the states (拟稿 by default)."""
    access.visible_notice(actor, notice_id)
    access.require_office(actor)
    wanted = states or (NoticeState.DRAFT,)
    with acting(actor, at):
        # A stale version is refused below, so these are its people.
        hold_named(naming, notice_id)
        # A draft discarded a moment ago is gone for whoever still has its page.
        row = lock_only(Notice.objects.filter(pk=notice_id), "这份拟稿已经删去。")
        if row.state not in wanted:
            raise Conflict("wrong-state", f"这份通知现在是“{row.get_state_display()}”，没有执行。请刷新后再看。")
        require_version(row, version)
        yield row
        row.version += 1
        # Two may write the same number at once: neither saw the other's.
        with unless_taken(number_taken(row.number)):
            row.save()


def change_draft(
    *,
    actor: Actor,
    notice_id: int,
    version: int,
    meeting: str,
    dated: date | None,
    number: str,
    decided_on: date | None = None,
    effective_on: date | None = None,
    at: datetime,
) -> None:
    """`effective_on`: of a 更正通知 alone, which has no other 任职时间; left out it stays."""
    with drafting(actor, notice_id, version, at) as row:
        row.meeting, row.dated, row.number, row.decided_on = _meeting(meeting), dated, read_number(number), decided_on
        if row.corrects_id is not None:
            row.effective_on = effective_on or row.effective_on
        require_days(decided_on, dated, at)
        require_effective(row)
        require_free_number(row)
        row.changed_by_id = actor.user_id or 0
        _audit(actor, row, "personnel.notice.changed", at)


def require_days(decided_on: date | None, dated: date | None, at: datetime) -> None:
    """The decision comes before the document, and neither lies in the future when it is entered."""
    if decided_on is None:
        return
    require_past(decided_on, at.astimezone().date(), "研究决定日期")
    if dated is not None and decided_on > dated:
        said = f"研究决定日期 {decided_on} 晚于成文日期 {dated}，没有保存。请核对两个日期。"
        raise Refused("days-reversed", said)


def require_effective(row: Notice) -> None:
    """A 更正通知 counts from a day between the beginning of what it corrects and its own date."""
    if row.corrects_id is None or row.effective_on is None:
        return
    wrong = Act.objects.filter(corrections__notice=row).select_related("notice")
    first = max((act.on for act in wrong if act.on is not None), default=None)
    if first is not None and row.effective_on < first:
        said = f"更正自 {row.effective_on} 起，早于被更正的任免（{first}），没有保存。请写 {first} 或以后的一天。"
        raise Refused("days-reversed", said)
    if row.dated is not None and row.effective_on > row.dated:
        said = f"更正自 {row.effective_on} 起，晚于更正通知的成文日期 {row.dated}，没有保存。请核对两个日期。"
        raise Refused("days-reversed", said)


# The end of a number: 2020年第032号 and 〔2020〕32号 are one.
END = re.compile(r"(?:〔((?:19|20|21)\d\d)年?〕?|((?:19|20|21)\d\d)(?:年|〕))年?第?0*(\d+)号?$")


def read_number(text: str) -> str:
    """One number has one spelling: no spaces, figures in half width, the year in 〔〕, without 第 and leading zeros.

    Two spellings would be two papers; a sign that nobody sees is refused.
    """
    said = "".join(text.translate(HALF_WIDTH).split())
    if any(unicodedata.category(one).startswith("C") for one in said):
        raise Refused("bad-character", "发文字号里有看不见的字符，没有保存。请删去重写。")
    require_plain(said, "发文字号")
    return END.sub(r"〔\1\2〕\3号", YEAR.sub(r"〔\1〕", said))


def holder_of(number: str, apart_from: int = 0) -> Notice | None:
    """The notice that bears the number already, however it was spelled there."""
    found = Notice.objects.exclude(number="").exclude(pk=apart_from)
    key = document_key(number)
    return next((one for one in found if document_key(one.number) == key), None) if number else None


def number_taken(number: str) -> Conflict:
    return Conflict("number-taken", f"发文字号“{number}”刚刚用在另一份通知上，没有保存。请核对字号。")


def require_free_number(row: Notice) -> None:
    if len(row.number) > 60:
        raise Refused("too-long", "发文字号超过 60 字，没有保存。请写成“密政发〔2020〕32号”这样。")
    holder = holder_of(row.number, row.pk)
    if holder is None:
        return
    if holder.state == NoticeState.ISSUED:
        said = "一个字号只有一份通知：录入有误的办勘正，原件有误的拟更正通知，另编字号。"
        raise Refused("number-taken", f"发文字号“{row.number}”已经印发过一份通知，没有保存。{said}")
    raise Refused("number-taken", f"发文字号“{row.number}”已用在另一份拟稿上，没有保存。请核对字号。")


def person_named(name: str, note: str) -> Person:
    said, mark = "".join(name.split()), note.strip()
    # A character that is not seen would make two people of one name.
    if any(unicodedata.category(ch).startswith("C") for ch in said + mark):
        raise Refused("bad-character", "姓名或区别里有看不见的字符，没有保存。请删去重写。")
    if not 2 <= len(said) <= 40 or len(mark) > 60:
        raise Refused("bad-name", "姓名须为 2 至 40 字，区别不超过 60 字，没有保存。请核对姓名。")
    return Person.objects.get_or_create(name=said, note=mark)[0]


def position_named(organisation: str, title: str) -> Position:
    found = resolve(organisation)
    if found is None:
        raise Refused(
            "unknown-organisation", f"没有叫“{organisation.strip()[:30]}”的机构，没有保存。请写机构的名称或别名。"
        )
    said = "".join(title.split())
    if not 2 <= len(said) <= 60:
        raise Refused("bad-title", "职务须为 2 至 60 字，没有保存。请写成“副主任”这样，不带机构名。")
    return Position.objects.get_or_create(organisation=found, title=said)[0]


def add_act(*, actor: Actor, notice_id: int, version: int, given: ActInput, at: datetime) -> Act:
    """Refuses a name that is known until somebody has said whether it is the same person."""
    given = told_apart(given, notice_id)
    with drafting(actor, notice_id, version, at, naming=[given]) as row:
        if row.corrects_id is not None:
            said = "更正通知只写更正，没有加上。要更正的从原通知那一项点“有误…”；另外的任免请另拟一份。"
            raise Refused("correction-only", said)
        if row.acts.count() >= MOST_ACTS:
            raise Refused("too-many", f"一份通知至多 {MOST_ACTS} 项任免，没有保存。请另拟一份。")
        return put_in(actor, row, given, at)


def put_in(actor: Actor, row: Notice, given: ActInput, at: datetime, corrects: Act | None = None) -> Act:
    """Within the lock of the draft."""
    if given.kind not in (ActKind.APPOINT, ActKind.REMOVE):
        raise Refused("bad-kind", "请选“任”或“免”，没有保存。")
    if not 0 <= given.probation_months <= LONGEST_PROBATION:
        raise Refused("bad-probation", f"试用期须为 0 至 {LONGEST_PROBATION} 个月，没有保存。没有试用期请写 0。")
    if given.probation_months and given.kind == ActKind.REMOVE:
        raise Refused("bad-probation", "免职没有试用期，没有保存。请把试用期改为 0。")
    person = person_named(given.person, given.note)
    position = position_named(given.organisation, given.title)
    if row.acts.filter(person=person, position=position, kind=given.kind).exists():
        said = f"这份通知里已有“{person.name}{ActKind(given.kind).label}{position}”，没有再加。"
        raise Conflict("twice", f"{said}请看下面的清单。")
    printed = given.printed.strip() or str(position)
    if len(printed) > 100:
        raise Refused("too-long", "通知里的职务超过 100 字，没有保存。请精简。")
    top = row.acts.order_by("-order").values_list("order", flat=True).first() or 0
    row.changed_by_id = actor.user_id or 0
    made = Act.objects.create(
        notice=row,
        order=top + 1,
        kind=given.kind,
        person=person,
        position=position,
        printed=printed,
        probation_months=given.probation_months,
        entered_by_id=actor.user_id or 0,
        corrects=corrects,
    )
    _audit(actor, row, "personnel.act.added", at, act=made.pk)
    return made


def remove_act(*, actor: Actor, notice_id: int, version: int, act_id: int, at: datetime) -> None:
    with drafting(actor, notice_id, version, at) as row:
        found = one_of(row.acts.filter(pk=act_id), "这一项已经不在拟稿里。")
        drop(actor, row, [found], at)
        row.changed_by_id = actor.user_id or 0


def drop(actor: Actor, row: Notice, acts: list[Act], at: datetime) -> None:
    """Out of a draft that is locked, with whom and what nothing else names."""
    ids = [one.pk for one in acts]
    # A decision to dismiss stands on its removal: without it the probation waits again.
    ProbationDecision.objects.filter(removal_id__in=ids).delete()
    people, posts = {one.person_id for one in acts}, {one.position_id for one in acts}
    Act.objects.filter(pk__in=ids).delete()
    # Who was only ever named in this draft is not kept.
    Person.objects.filter(pk__in=people, acts__isnull=True).delete()
    Position.objects.filter(pk__in=posts, acts__isnull=True, seats__isnull=True).delete()
    for pk in ids:
        _audit(actor, row, "personnel.act.removed", at, act=pk)


def submit(*, actor: Actor, notice_id: int, version: int, at: datetime) -> None:
    """送审: from here on it waits for the second person."""
    with drafting(actor, notice_id, version, at) as row:
        if not row.acts.exists():
            raise Refused("empty", "这份拟稿还没有任免事项，没有送审。请先加任免。")
        if not row.meeting:
            raise Refused("not-filled", "还没有填研究决定的会议，没有送审。请先填会议。")
        row.state, row.returned = NoticeState.SUBMITTED, ""
        row.submitted_by, row.submitted_by_id = actor.label, actor.user_id or 0
        _audit(actor, row, "personnel.notice.submitted", at)


def send_back(*, actor: Actor, notice_id: int, version: int, reason: str, at: datetime) -> None:
    said = read_reason(reason, "请写退回理由", least=2, most=300)
    with drafting(actor, notice_id, version, at, NoticeState.SUBMITTED) as row:
        row.state, row.returned = NoticeState.DRAFT, said
        _audit(actor, row, "personnel.notice.returned", at)


def discard(*, actor: Actor, notice_id: int, version: int, at: datetime) -> None:
    access.visible_notice(actor, notice_id)
    access.require_office(actor)
    with acting(actor, at):
        hold_named([], notice_id)
        row = lock_one(Notice.objects.filter(pk=notice_id))
        if row is None or row.state != NoticeState.DRAFT or row.version != version:
            raise Conflict("stale", "这份拟稿刚被改过或已送审，没有删去。请刷新后再看。")
        drop(actor, row, list(row.acts.all()), at)
        _audit(actor, row, "personnel.notice.discarded", at)
        row.delete()
