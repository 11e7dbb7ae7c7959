"""勘正 of an application: what was entered wrongly, or turned out otherwise (复议、诉讼), long after it was answered."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from disclosure import access
from disclosure.enums import DOCUMENT, Applicant, Outcome, Way
from disclosure.models import Application, ApplicationEvent, PackageItem
from disclosure.queries.applications import STATES, facts_of
from disclosure.rules.clocks import clock
from miyun_kpi.acts.acting import locked, record
from miyun_kpi.emendations.enums import Way as Typed
from miyun_kpi.emendations.registry import Emendable, Fact, Facts, Place, Rest
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.lib.reading import require_past
from miyun_kpi.registers.models import Record
from miyun_kpi.routes import to

CODE = "application"
CLAUSE = "五（一）"
# In the order in which they can happen.
DAYS = {
    "received_on": "收到日期",
    "correction_sent_on": "补正告知日期",
    "corrected_on": "收到补正日期",
    "answered_on": "答复日期",
    "archived_on": "归档日期",
}
CHOICES: dict[str, tuple[str, Any]] = {
    "way": ("方式", Way),
    "applicant_kind": ("申请人类别", Applicant),
    "outcome": ("办理结果", Outcome),
}
TEXTS = {"content": ("所需政府信息", 2000), "answer": ("答复要点", 2000)}
ORDER = (
    "received_on",
    "way",
    "applicant_kind",
    "content",
    "correction_sent_on",
    "corrected_on",
    "answered_on",
    "outcome",
    "answer",
    "archived_on",
)


def may(actor: Actor, row: Application) -> bool:
    """People of the handling organ, and the one of it who decides extensions."""
    return access.may_handle(actor, row.organisation_id) or access.may_extend(actor, row)


def facts(row: Application) -> list[Fact]:
    """Only what has been said can be put right; what is still to come is entered by its own act."""
    found = [_fact(row, name) for name in ORDER]
    return [one for one in found if one.value]


def _fact(row: Application, name: str) -> Fact:
    if name in DAYS:
        day: date | None = getattr(row, name)
        return Fact(name, DAYS[name], day.isoformat() if day else "", way=Typed.DATE)
    if name in CHOICES:
        label, words = CHOICES[name]
        return Fact(name, label, getattr(row, name), way=Typed.CHOICE, choices=tuple(words.choices))
    label, most = TEXTS[name]
    return Fact(name, label, getattr(row, name), way=Typed.LONG, most=most)


def read(row: Application, wanted: Facts, today: date) -> dict[str, str]:
    """Days in their order and not in the future. An answer is taken back whole: day, result and words blank together."""
    values = {name: text.strip() for name, text in wanted.items()}
    if "answered_on" in values and not values["answered_on"] and not values.get("outcome"):
        values |= {name: "" for name in ("answer", "archived_on") if name in values}
    problems = [
        FieldError(f"{_label(name)}不能留空。", "not-filled", field=name)
        for name in values
        if not values[name] and name not in _taken_back(values) and name != "answer"
    ]
    days = {name: _day(text, DAYS[name]) for name, text in values.items() if name in DAYS and text}
    for day in days.values():
        require_past(day, today, "日期")
    said = [name for name in DAYS if name in days]
    problems += [
        FieldError(f"{DAYS[later]} {days[later]} 早于{DAYS[earlier]} {days[earlier]}。", "too-early", field=later)
        for earlier, later in zip(said, said[1:], strict=False)
        if days[later] < days[earlier]
    ]
    problems += _before_what_was_done(row, days.get("received_on"))
    problems += [
        FieldError(f"{label}只能从列出的选。", "bad-choice", field=name)
        for name, (label, words) in CHOICES.items()
        if values.get(name) and values[name] not in words.values
    ]
    if problems:
        raise Refused(
            "bad-emendation",
            f"{''.join(one.message for one in problems)}没有提出，请改正。",
            clause=cite(DOCUMENT, CLAUSE),
            errors=problems,
        )
    return values


def _before_what_was_done(row: Application, received_on: date | None) -> list[FieldError]:
    """Nothing was asked for before the application had come."""
    asked = [one.asked_on or one.asked_at.astimezone().date() for one in row.extensions.all()]
    if received_on is None or not asked or received_on <= min(asked):
        return []
    said = f"收到日期 {received_on} 晚于申请延期的日期 {min(asked)}，请核对。"
    return [FieldError(said, "too-early", field="received_on")]


def _taken_back(values: Mapping[str, str]) -> tuple[str, ...]:
    """The fields of an answer that is taken back."""
    blank = "answered_on" in values and not values["answered_on"] and not values.get("outcome")
    return ("answered_on", "outcome", "answer", "archived_on") if blank else ()


def _label(name: str) -> str:
    return DAYS.get(name) or (CHOICES[name][0] if name in CHOICES else TEXTS[name][0])


def _day(text: str, label: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("bad-date", f"{label}“{text[:20]}”读不成一天，没有提出。请写成 2020-09-25。") from None


def put(row: Application, wanted: Facts) -> None:
    for name, text in wanted.items():
        value = (date.fromisoformat(text) if text else None) if name in DAYS else text
        setattr(row, name, value)


def rests_on(row: Application, wanted: Facts, today: date) -> Sequence[Rest]:
    """The clock, the yearly table, and the page of whoever waits for the answer."""
    before = clock(facts_of(row), today)
    now = Application(pk=row.pk)
    for name in ("extension_days", "again_from", "again_days"):
        setattr(now, name, getattr(row, name))
    for name in DAYS:
        setattr(now, name, getattr(row, name))
    put(now, {name: text for name, text in wanted.items() if name in DAYS})
    after = clock(facts_of(now), today)
    found = []
    if (before.due_on, before.state) != (after.due_on, after.state):
        found.append(
            Rest(
                "答复期限",
                f"由 {before.due_on or '不计'}（{STATES[before.state][1]}）变为 "
                f"{after.due_on or '不计'}（{STATES[after.state][1]}）",
            )
        )
    if row.answered_on is not None and now.answered_on is None:
        found.append(Rest("答复", "登记的答复作废，这件申请重新在办，期限照算"))
    years = sorted({row.received_on.year, now.received_on.year, *(d.year for d in (row.answered_on,) if d)})
    if set(wanted) & {"received_on", "applicant_kind", "answered_on", "outcome"}:
        said = "、".join(f"{year}年" for year in years)
        found.append(Rest(f"{said}的年度统计", "按改后的内容重新计数；已经报出的表请另行更正"))
    return found


def apply(row: Application, wanted: Facts, actor: Actor, words: str, at: datetime) -> None:
    labels = [_label(name) for name, text in wanted.items() if text != _fact(row, name).value]
    put(row, wanted)
    row.version, row.changed_at, row.changed_by = row.version + 1, at, actor.label
    row.save()
    note = f"{'、'.join(labels)}　{words}"[:500]
    ApplicationEvent.objects.create(application=row, act="勘正", note=note, at=at, by=actor.label)
    record(
        actor=actor,
        action="disclosure.application.emended",
        subject=f"application:{row.pk}",
        data={"fields": labels},
        at=at,
    )


def name_of(row: Application) -> str:
    return f"{row.organisation.name}依申请公开第 {row.number} 号"


def published(row: Record, wanted: Facts, today: date) -> Sequence[Rest]:
    """What stands on the website was exported once and is not reached from here."""
    items = PackageItem.objects.filter(record=row).exclude(link="").select_related("package")
    said = "网站上的不会自己改，请重新导出发布包并回填地址"
    return [Rest(f"第 {one.package.number} 号发布包里发布的内容", said) for one in items]


APPLICATION = Emendable(
    code=CODE,
    word="公开申请",
    place=lambda row: Place("disclosure", DOCUMENT, CLAUSE),
    find=access.visible_application,
    lock=lambda pk, wanted: locked(Application.objects.select_related("organisation"), pk),
    may=may,
    reads=may,
    name=name_of,
    address=lambda row: to("disclosure:application", row.pk),
    facts=facts,
    read=read,
    rests=rests_on,
    apply=apply,
)
