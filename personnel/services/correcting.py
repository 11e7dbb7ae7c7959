"""更正通知: the text of an issued notice is wrong, so another one says what is right, under its own number (16号、23号、32号).

Nothing under the wrong number changes. From the day that the 更正通知 names its acts count and those it corrects do not.
"""

from dataclasses import replace
from datetime import date, datetime

from miyun_kpi.acts.acting import acting, record, unless_taken
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from personnel import access
from personnel.enums import NoticeState
from personnel.models import Act, Notice
from personnel.queries.terms import WHOLE
from personnel.services.drafts import ActInput, alone, drafting, put_in, require_effective
from personnel.services.namesakes import told_apart

TAKEN = Conflict("corrected", "这一项已有更正，没有再拟。请刷新后在那一份更正通知里办理。")


def correctable(act_id: int) -> Act:
    """A standing entry of an issued notice."""
    found = Act.objects.standing().filter(pk=act_id, notice__isnull=False).select_related(*WHOLE)
    return one_of(found, "没有这一项任免，或已经撤销。")


def draft_correction(*, actor: Actor, act_id: int, given: ActInput, effective_on: date, at: datetime) -> Notice:
    """The entry as it should have been printed, put into the draft of the 更正通知 of its notice; made where there is none."""
    access.require_office(actor)
    wrong = correctable(act_id)
    given = replace(given, kind=wrong.kind, printed=given.printed.strip())
    if (given.person, given.note.strip()) != (wrong.person.name, wrong.person.note):
        given = told_apart(given)
    with acting(actor, at):
        if actor.user_id is not None:
            alone(actor.user_id)
        draft = _draft(actor, wrong, effective_on, at)
        with drafting(actor, draft.pk, draft.version, at, naming=[given]) as row:
            with unless_taken(TAKEN):
                made = put_in(actor, row, given, at, corrects=wrong)
            if _said(made) == _said(wrong):
                said = "与被更正的一项没有不同，没有拟。请改正有误的地方；认错同名的人，改“区别”。"
                raise Refused("nothing-changed", said)
            require_effective(row)
    return draft


def _draft(actor: Actor, wrong: Act, effective_on: date, at: datetime) -> Notice:
    """The one draft of a notice's correction takes all its wrong entries: one paper names one day."""
    assert wrong.notice is not None
    found = Notice.objects.filter(corrects=wrong.notice, state=NoticeState.DRAFT).order_by("pk").first()
    if found is None:
        made = Notice.objects.create(
            corrects=wrong.notice,
            effective_on=effective_on,
            created_at=at,
            created_by=actor.label,
            created_by_id=actor.user_id or 0,
            changed_by_id=actor.user_id or 0,
        )
        record(actor=actor, action="personnel.notice.drafted", subject=f"notice:{made.pk}", at=at)
        return made
    if found.effective_on != effective_on:
        said = f"这份通知已有一份更正的拟稿，自 {found.effective_on} 起；一份更正通知只写一天，没有加上。"
        raise Refused("other-day", f"{said}请写同一天，或先印发那一份。")
    return found


def _said(act: Act) -> tuple[int, int, str, int]:
    return (act.person_id, act.position_id, act.printed or str(act.position), act.probation_months)
