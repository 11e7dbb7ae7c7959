"""The course of an item of the 督办台账: 反馈 and 延期 by its units; 催办, 办结, 销号 by who keeps the register."""

from datetime import date, datetime

from evaluation.enums import ExtensionState, SupervisionAct, SupervisionState
from evaluation.periods.rules.calendar import SHANGHAI
from evaluation.tasks.access.supervision import is_unit_of, require_keep_register, visible_item
from evaluation.tasks.models.supervision import SupervisionEntry, SupervisionItem
from evaluation.tasks.rules.supervision import CLAUSE
from evaluation.tasks.services.supervision import record_item, require_version, tell_units
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.acting import acting, locked, require_other_hand, tell
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from miyun_kpi.routes import to

SHORTEST, LONGEST = 4, 1000


def _text(text: str, label: str, *, longest: int = LONGEST) -> str:
    said = text.strip()
    if not SHORTEST <= len(said) <= longest or "\x00" in said:
        raise Refused("text-missing", f"请写{label}（{SHORTEST} 至 {longest} 字），没有保存。")
    return said


def _locked(item: SupervisionItem, version: int, *states: str) -> SupervisionItem:
    """The item, read after the lock, in the version seen and in one of the states."""
    fresh = locked(SupervisionItem.objects.select_related("indicator__scheme"), item.pk)
    require_version(fresh, version)
    if fresh.state not in states:
        raise Conflict("wrong-state", f"“{fresh.number}”现在是“{fresh.get_state_display()}”，没有执行。请刷新。")
    fresh.version += 1
    return fresh


def _enter(item: SupervisionItem, act: str, actor: Actor, text: str, at: datetime, **fields: object) -> None:
    SupervisionEntry.objects.create(
        item=item,
        act=act,
        organisation_id=actor.organisation_id,
        text=text,
        at=at,
        by=actor.label,
        **fields,
    )


def _as_unit(actor: Actor, item_id: int, *, lead: bool = False) -> SupervisionItem:
    item = visible_item(actor, item_id)
    require(actor, Verb.REPORT_PROGRESS)
    if not is_unit_of(actor, item, lead=lead):
        raise NotAllowed("not-the-lead", "延期由主办单位申请，没有执行。请与主办单位联系。")
    return item


def _as_keeper(actor: Actor, item_id: int) -> SupervisionItem:
    item = visible_item(actor, item_id)
    require_keep_register(actor, item.indicator)
    return item


def _tell_keeper(item: SupervisionItem, title: str, body: str, at: datetime) -> None:
    shares = item.indicator.figures.filter(kind="share")
    tell(
        [
            Message(
                key=f"supervision/{item.pk}/{item.version}/keeper/{pk}/{role}",
                organisation_id=pk,
                role=role,
                title=title[:120],
                body=body[:400],
                url=to("evaluation:supervision-item", item.pk),
                clause=item.indicator.scheme.cite(CLAUSE),
            )
            for pk in shares.values_list("organisation_id", flat=True)
            if pk is not None
            for role in (Role.EVALUATOR, Role.EVALUATION_OFFICE)
        ],
        at=at,
    )


def give_feedback(*, actor: Actor, item_id: int, version: int, text: str, at: datetime) -> SupervisionItem:
    """主办 and 协办 say how it stands; after the limit too, then shown as overdue."""
    item = _as_unit(actor, item_id)
    said = _text(text, "反馈")
    with acting(actor, at):
        item = _locked(item, version, SupervisionState.RUNNING)
        item.save(update_fields=["version"])
        _enter(item, SupervisionAct.FEEDBACK, actor, said, at)
        record_item(actor, "feedback", item, {"text": said}, at)
        _tell_keeper(item, f"督办反馈：{item.title}", f"{said}　{actor.label}", at)
    return item


def ask_extension(
    *, actor: Actor, item_id: int, version: int, new_due_on: date, reason: str, at: datetime
) -> SupervisionItem:
    """The 主办 asks for a later limit; until it is approved the old one stands."""
    item = _as_unit(actor, item_id, lead=True)
    said = _text(reason, "延期理由", longest=300)
    with acting(actor, at):
        item = _locked(item, version, SupervisionState.RUNNING)
        if new_due_on <= item.due_on:
            raise Refused("bad-due", f"延期须晚于现在的时限 {item.due_on}，没有提出。请改一个日期。")
        if item.entries.filter(extension=ExtensionState.WAITING).exists():
            raise Conflict("already-asked", "已有一个延期申请等待答复，没有再提。")
        item.save(update_fields=["version"])
        extra = {"old_due_on": item.due_on, "new_due_on": new_due_on, "extension": ExtensionState.WAITING}
        _enter(item, SupervisionAct.EXTENSION, actor, said, at, **extra)
        record_item(
            actor, "extension-asked", item, {"old": str(item.due_on), "new": str(new_due_on), "reason": said}, at
        )
        _tell_keeper(item, f"申请延期：{item.title}", f"{item.due_on} → {new_due_on}：{said}", at)
    return item


def decide_extension(
    *, actor: Actor, item_id: int, version: int, approve: bool, answer: str, at: datetime
) -> SupervisionItem:
    """Approve or decline the waiting extension; a decline says why. The old limit stays in the entry."""
    item = _as_keeper(actor, item_id)
    said = answer.strip()
    if not approve or said:
        said = _text(answer, "答复", longest=300)
    with acting(actor, at):
        item = _locked(item, version, SupervisionState.RUNNING)
        asked = item.entries.filter(extension=ExtensionState.WAITING).first()
        if asked is None:
            raise Conflict("nothing-asked", "没有等待答复的延期申请，可能已经答复，没有执行。请刷新。")
        asked.extension = ExtensionState.APPROVED if approve else ExtensionState.REFUSED
        asked.answer, asked.answered_at, asked.answered_by = said, at, actor.label
        asked.save()
        if approve:
            assert asked.new_due_on is not None
            item.due_on = asked.new_due_on
        item.save(update_fields=["version", "due_on"])
        data = {"approved": approve, "old": str(asked.old_due_on), "due": str(item.due_on), "answer": said}
        record_item(actor, "extension-decided", item, data, at)
        word = f"同意延至 {item.due_on}" if approve else f"不同意延期，仍为 {item.due_on}"
        tell_units(item, f"延期答复：{item.title}", f"{word}。{said}", at)
    return item


def urge(*, actor: Actor, item_id: int, version: int, text: str, at: datetime) -> SupervisionItem:
    """催办: a notice to every unit of the item, counted. A second press meets a newer version."""
    item = _as_keeper(actor, item_id)
    said = text.strip()[:300]
    with acting(actor, at):
        item = _locked(item, version, SupervisionState.RUNNING)
        item.save(update_fields=["version"])
        _enter(item, SupervisionAct.URGE, actor, said, at)
        count = item.entries.filter(act=SupervisionAct.URGE).count()
        record_item(actor, "urged", item, {"count": count, "text": said}, at)
        tell_units(item, f"催办（第 {count} 次）：{item.title}", f"时限 {item.due_on}。{said}", at)
    return item


def finish(*, actor: Actor, item_id: int, version: int, on: date, note: str, at: datetime) -> SupervisionItem:
    """办结 with its day; a second person strikes it off."""
    item = _as_keeper(actor, item_id)
    said = _text(note, "办结情况", longest=500)
    with acting(actor, at):
        item = _locked(item, version, SupervisionState.RUNNING)
        if not item.registered_on <= on <= at.astimezone(SHANGHAI).date():
            raise Refused("bad-day", f"办结日期须在立项 {item.registered_on} 至今天之间，没有保存。")
        if item.entries.filter(extension=ExtensionState.WAITING).exists():
            raise Conflict("extension-waiting", "还有延期申请没有答复，没有办结。请先答复。")
        item.state, item.finished_on = SupervisionState.FINISHED, on
        item.finished_by, item.finished_by_id = actor.label, actor.user_id
        item.save()
        _enter(item, SupervisionAct.FINISHED, actor, said, at)
        record_item(actor, "finished", item, {"on": str(on), "note": said}, at)
    return item


def close(*, actor: Actor, item_id: int, version: int, passed: bool, note: str, at: datetime) -> SupervisionItem:
    """销号 by another person than who entered 办结, or back to work with what is lacking."""
    item = _as_keeper(actor, item_id)
    said = note.strip()[:500]
    if not passed:
        said = _text(note, "退回理由", longest=500)
    with acting(actor, at):
        item = _locked(item, version, SupervisionState.FINISHED)
        if passed:
            alone = "销号须由登记办结以外的第二个人办理，没有销号。请换一个人。"
            require_other_hand(actor, item.finished_by_id, alone, at)
            item.state, item.closed_at = SupervisionState.CLOSED, at
            item.closed_by, item.closed_by_id = actor.label, actor.user_id
        else:
            item.state, item.finished_on = SupervisionState.RUNNING, None
            item.finished_by, item.finished_by_id = "", None
        item.save()
        _enter(item, SupervisionAct.CLOSED if passed else SupervisionAct.RETURNED, actor, said, at)
        record_item(actor, "closed" if passed else "returned", item, {"note": said}, at)
        tell_units(item, f"{'已销号' if passed else '退回续办'}：{item.title}", said, at)
    return item
