"""What a register is made of, as declared by the app that keeps it: kinds of records, their fields, stages and steps. Pure.

A value is kept as text in one canonical form: a number without exponent or trailing zeros, a date as 2020-09-25, a truth
value as yes or no, a period as 2020Q3, a choice and an organisation by their codes. "" is blank, which is not 0 and not no.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from miyun_kpi.lib.decimals import narrow, plain, read_decimal
from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.lib.periods import PeriodCode, label_of
from miyun_kpi.registers.enums import FieldType

YES, NO = "yes", "no"
# A spreadsheet keeps fifteen significant digits.
MOST_DIGITS = 15
# A year like 1 or 9999 is a slip of the hand, and sorts before or after everything.
EARLIEST, LATEST = 1900, 2199
_YES_WORDS = {
    "是": YES,
    "有": YES,
    "√": YES,
    "1": YES,
    "yes": YES,
    "true": YES,
    "否": NO,
    "无": NO,
    "×": NO,
    "0": NO,
    "no": NO,
    "false": NO,
}


@dataclass(frozen=True)
class Field:
    """One column. `choices` are (code, words); `places` decimals of a number, `least` and `most` its limits, inclusive.

    `summed`: the list shows its total, exactly. `secret`: shown and exported only to those who may write the record.
    `past`: a date of something done, which cannot lie ahead.
    """

    name: str
    label: str
    type: FieldType = FieldType.TEXT
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    places: int = 0
    least: Decimal | None = Decimal(0)
    most: Decimal | None = None
    unit: str = ""
    help: str = ""
    longest: int = 200
    listed: bool = True
    summed: bool = False
    secret: bool = False
    past: bool = False

    def words(self, value: str) -> str:
        """What stands on screen for a stored value; organisations are named by the caller."""
        if self.type == FieldType.CHOICE:
            return dict(self.choices).get(value, value)
        if self.type == FieldType.BOOL:
            return {YES: "是", NO: "否"}.get(value, "")
        if self.type == FieldType.PERIOD:
            return label_of(value)
        return value


@dataclass(frozen=True)
class Stage:
    """`status` is a word of the status vocabulary of pages. `locked`: only steps touch a record that stands here.

    `once`: codes it went by before; filters, saved views and clients that still say them are understood.
    """

    code: str
    label: str
    status: str
    closed: bool = False
    locked: bool = False
    once: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A move between stages. `second_person`: not by whoever did the step before (or registered the record).

    `needs`: fields that must be filled by then. `by_owner`: also by the organisation the record belongs to.
    `apart_from`: codes of earlier steps (or "created") whose hands are not this one's. `after`: a date field; the step may
    be taken only once that day has passed. `sets`: (field, source field) filled by the step; a source "" empties the field. `later`: (date field, the date it
    must lie after). `waiting`: somebody is
    expected to take it, so it stands on their desk.
    """

    code: str
    label: str
    sources: tuple[str, ...]
    target: str
    reason: bool = False
    second_person: bool = False
    by_owner: bool = False
    needs: tuple[str, ...] = ()
    apart_from: tuple[str, ...] = ()
    after: str = ""
    sets: tuple[tuple[str, str], ...] = ()
    later: tuple[tuple[str, str], ...] = ()
    waiting: bool = False
    # Codes it went by before, still understood from a client.
    once: tuple[str, ...] = ()


Coded = TypeVar("Coded", Stage, Step)


def _named(found: Iterable[Coded], code: str) -> Coded | None:
    """By its code; by one it had before where no other has taken that since."""
    known = list(found)
    return next((one for one in known if one.code == code), None) or next(
        (one for one in known if code in one.once), None
    )


@dataclass(frozen=True)
class Kind:
    """A register. `town` and `owner` name the fields by which records are counted and belong to an organisation.

    `due`: the date field by which an open record is to be finished; it is reminded of and shown as overdue.

    `unique`: fields that no two standing records share. `code` is unique within the app and part of the address.
    `subject`: its place in the top bar where that is not called like `app`.
    """

    app: str
    code: str
    title: str
    document: str
    clause: str
    fields: tuple[Field, ...]
    name: str
    town: str = ""
    owner: str = ""
    stages: tuple[Stage, ...] = ()
    steps: tuple[Step, ...] = ()
    unique: tuple[str, ...] = ()
    due: str = ""
    note: str = ""
    # More problems of the values together, after each was read; the stage where it follows from the values; and a printed
    # number of records, beyond which the named field must say why.
    check: Callable[[Mapping[str, str]], list[FieldError]] | None = None
    stage_of: Callable[[Mapping[str, str]], str] | None = None
    limit: tuple[int, str] | None = None
    # No bulk export and no API, and every viewing of a record is written down (for points that must not be collected).
    protected: bool = False
    # Each record is the whole as of its day: a sum over several would count things twice.
    cumulative: bool = False
    subject: str = ""

    @property
    def key(self) -> str:
        return f"{self.app}.{self.code}"

    def field(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)

    def stage(self, code: str) -> Stage | None:
        return _named(self.stages, code)

    @property
    def first_stage(self) -> str:
        return self.stages[0].code if self.stages else ""

    @property
    def open_stages(self) -> tuple[str, ...]:
        """Stages in which something is still to be done."""
        return tuple(one.code for one in self.stages if not one.closed)

    def is_overdue(self, stage: str, values: Mapping[str, str], on: date) -> bool:
        """Past its date and not finished; the day itself is still in time."""
        due = values.get(self.due, "") if self.due else ""
        found = self.stage(stage)
        return bool(due) and not (found and found.closed) and due < on.isoformat()

    def starting_stage(self, values: Mapping[str, str]) -> str:
        return self.stage_of(values) if self.stage_of else self.first_stage

    @property
    def asked_later(self) -> frozenset[str]:
        """Fields nobody need know when a record begins: a step asks for them, or fills them itself."""
        asked = {name for step in self.steps for name in (*step.needs, *(field for field, _ in step.sets))}
        return frozenset(asked - {one.name for one in self.fields if one.required})

    def step(self, code: str) -> Step | None:
        return _named(self.steps, code)


# Text → code of an organisation, or None; a second argument says whether a township is asked for.
Resolve = Callable[[str, bool], str | None]


def read_value(field: Field, text: str, resolve: Resolve) -> str:
    """The canonical form of what was typed. Raises Refused in one sentence."""
    typed = text.strip()
    if "\x00" in typed or any(unicodedata.category(ch) == "Cs" for ch in typed):
        raise Refused("bad-character", f"{field.label}含有读不出的字符。")
    if not typed:
        return ""
    if field.type == FieldType.NUMBER:
        return _number(field, typed)
    if field.type == FieldType.DATE:
        return _date(field, typed)
    if field.type == FieldType.CHOICE:
        return _choice(field, typed)
    if field.type == FieldType.BOOL:
        found = _YES_WORDS.get(narrow(typed).lower())
        if found is None:
            raise Refused("bad-truth", f"{field.label}请写“是”或“否”，不认识“{typed[:20]}”。")
        return found
    if field.type == FieldType.PERIOD:
        return _period(field, typed)
    if field.type in (FieldType.ORGANISATION, FieldType.TOWN):
        code = resolve(typed, field.type == FieldType.TOWN)
        if code is None:
            what = "镇街" if field.type == FieldType.TOWN else "单位"
            raise Refused("unknown-organisation", f"{field.label}：没有叫“{typed[:30]}”的{what}。")
        return code
    longest = 5000 if field.type == FieldType.LONG else field.longest
    if len(typed) > longest:
        raise Refused("too-long", f"{field.label}超过 {longest} 字，请精简。")
    return typed


def _number(field: Field, typed: str) -> str:
    negative = narrow(typed).startswith("-") and field.least is not None and field.least < 0
    try:
        value = read_decimal(
            narrow(typed).removeprefix("-") if negative else typed, places=field.places, what=field.label
        )
    except Refused as refusal:
        said = refusal.message.replace("，没有保存", "").replace("系统不代为舍入。", "系统不代为舍入。")
        raise Refused(refusal.code, said if field.label in said else f"{field.label}：{said}") from None
    if len(value.as_tuple().digits) > MOST_DIGITS:
        raise Refused("too-long", f"{field.label}超过 {MOST_DIGITS} 位数字，表格软件存不下，请核对。")
    value = -value if negative else value
    if field.least is not None and value < field.least:
        raise Refused("too-small", f"{field.label}不能小于 {plain(field.least)}。")
    if field.most is not None and value > field.most:
        raise Refused("too-large", f"{field.label}不能大于 {plain(field.most)}。")
    return plain(value)


def _date(field: Field, typed: str) -> str:
    value = narrow(typed).replace("/", "-").replace("年", "-").replace("月", "-").removesuffix("日")
    parts = value.split("-")
    try:
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts) or len(parts[0]) != 4:
            raise ValueError
        found = date(*map(int, parts))
    except ValueError:
        raise Refused("bad-date", f"{field.label}“{typed[:20]}”读不懂，请写成 2020-09-25。") from None
    if not EARLIEST <= found.year <= LATEST:
        raise Refused("odd-year", f"{field.label}须在 {EARLIEST} 年至 {LATEST} 年之间，请核对年份。")
    return found.isoformat()


def _period(field: Field, typed: str) -> str:
    try:
        return str(PeriodCode.read(typed))
    except Refused as refusal:
        raise Refused(refusal.code, f"{field.label}{refusal.message}") from None


def _choice(field: Field, typed: str) -> str:
    for code, words in field.choices:
        if typed in (code, words):
            return code
    said = "、".join(words for _, words in field.choices)
    raise Refused("bad-choice", f"{field.label}只能是：{said}。不认识“{typed[:20]}”。")


def read_values(
    kind: Kind, typed: Mapping[str, str], resolve: Resolve, today: date
) -> tuple[dict[str, str], list[FieldError]]:
    """Every field in canonical form, and every problem at once. Unknown names are a problem too."""
    values: dict[str, str] = {}
    problems = [
        FieldError(f"没有“{name[:40]}”这一栏。", "unknown-field", field=name)
        for name in typed
        if name not in {one.name for one in kind.fields}
    ]
    for one in kind.fields:
        try:
            values[one.name] = read_value(one, typed.get(one.name, ""), resolve)
        except Refused as refusal:
            problems.append(FieldError(refusal.message, refusal.code, field=one.name))
            continue
        if one.required and not values[one.name]:
            problems.append(FieldError(f"请填{one.label}。", "missing", field=one.name))
        if one.past and values[one.name] > today.isoformat():
            said = f"{one.label} {values[one.name]} 在今天以后，请写已经发生的日期。"
            problems.append(FieldError(said, "future", field=one.name))
    if kind.check is not None and not problems:
        problems += kind.check(values)
    return values, problems


def require_step(kind: Kind, stage: str, code: str, values: Mapping[str, str], on: date) -> Step:
    """The step, if it leads on from the stage and everything it needs is there. Raises Refused."""
    step = kind.step(code)
    if step is None or stage not in step.sources:
        found = kind.stage(stage)
        raise Refused(
            "wrong-state", f"现在是“{found.label if found else stage}”，不能这样办理，没有执行。请刷新后再看。"
        )
    lacking = [kind.field(name).label for name in step.needs if not values.get(name)]
    if lacking:
        raise Refused("not-filled", f"“{step.label}”以前须先填{'、'.join(lacking)}，没有执行。请补上后再办。")
    for name, than in step.later:
        if values.get(name, "") <= values.get(than, ""):
            said = f"{kind.field(name).label}须在{kind.field(than).label}（{values.get(than) or '没有填'}）以后"
            raise Refused("not-later", f"{said}，没有执行。请改日期。")
    if step.after and not values.get(step.after, "9999") < on.isoformat():
        field = kind.field(step.after)
        said = values.get(step.after) or "还没有填"
        raise Refused("too-early", f"“{step.label}”须等{field.label}（{said}）过后，没有执行。请到时再办。")
    return step


def totals(kind: Kind, rows: Iterable[Mapping[str, str]]) -> dict[str, Decimal]:
    """Exact sums of the summed fields, none for a cumulative register. Blanks count as nothing; a field nobody has filled has no sum, not 0."""
    summed = [one.name for one in kind.fields if one.summed and not kind.cumulative]
    sums: dict[str, Decimal] = {}
    # One pass, so that the rows of a large register need not be held at once.
    for row in rows if summed else ():
        for name in summed:
            if row.get(name):
                sums[name] = sums.get(name, Decimal(0)) + Decimal(row[name])
    return {name: sums[name] for name in summed if name in sums}
