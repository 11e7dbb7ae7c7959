"""What a register is made of, as declared by the app that keeps it: kinds of records, their fields, stages and steps. Pure.

A value is kept as text in one canonical form: a number without exponent or trailing zeros, a date as 2020-09-25, a truth
value as yes or no, a period as 2020Q3, a target as 95@2022-12-31, a choice and an organisation by their codes; what is
sealed as its token. "" is blank, which is not 0 and not no.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.lib.relations import Relation
from miyun_kpi.lib.spans import Span, form_of, label_of
from miyun_kpi.registers.enums import NUMERIC, FieldType
from miyun_kpi.registers.rules.texts import (
    AREA_UNITS,
    HINTS,
    MONEY_UNITS,
    target_label,
)

YES, NO = "yes", "no"
# Words of the status vocabulary for what has come to its end.
SETTLED = ("done", "ended")


@dataclass(frozen=True)
class Field:
    """One column. `choices` are (code, words); `places` decimals of a number, `least` and `most` its limits, inclusive.

    `summed`: the list shows its total, exactly. `secret`: shown and exported only to those who may write the record.
    `past`: a date of something done, which cannot lie ahead. `periods`: which spans a period may be.
    Money and land have the decimals of their unit; a sealed field is secret, in no list and in no search; one that is
    `findable` is found by its keeper who writes it in full.
    `relation`: of a field that names an organisation, what a merger does to it (`Kind.relation_of` has the defaults).
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
    findable: bool = False
    past: bool = False
    periods: tuple[Span, ...] = (Span.MONTH, Span.QUARTER, Span.YEAR)
    relation: Relation | None = None

    def __post_init__(self) -> None:
        units = {FieldType.MONEY: MONEY_UNITS, FieldType.AREA: AREA_UNITS}.get(self.type)
        if units is not None:
            object.__setattr__(self, "places", units[self.unit])
        if self.type == FieldType.SEALED:
            object.__setattr__(self, "secret", True)
            object.__setattr__(self, "listed", False)
        if self.findable and not self.sealed:
            raise ValueError(f"{self.name}: what is in the clear is found by the search of its list")

    @property
    def numeric(self) -> bool:
        return self.type in NUMERIC

    @property
    def sealed(self) -> bool:
        return self.type == FieldType.SEALED

    @property
    def hint(self) -> str:
        """How it is written, under the box and in the template: its own words, else those of its type."""
        if self.help or self.type == FieldType.PERIOD:
            return self.help or form_of(self.periods)
        return HINTS.get(self.type, "")

    def words(self, value: str) -> str:
        """What stands on screen for a stored value; organisations are named by the caller."""
        if self.type == FieldType.CHOICE:
            return dict(self.choices).get(value, value)
        if self.type == FieldType.BOOL:
            return {YES: "是", NO: "否"}.get(value, "")
        if self.type == FieldType.PERIOD:
            return label_of(value)
        if self.type == FieldType.TARGET:
            return target_label(value, self.unit)
        return value


@dataclass(frozen=True)
class Stage:
    """`status` is a word of the status vocabulary of pages. `locked`: only steps touch a record that stands here.

    `once`: codes it went by before; filters, saved views and clients that still say them are understood. `back`: the
    label of the step that leads back to where it is written: what waits for its audit, or has just passed it, is changed
    there and audited again, not by 勘正.
    """

    code: str
    label: str
    status: str
    closed: bool = False
    locked: bool = False
    once: tuple[str, ...] = ()
    back: str = ""


@dataclass(frozen=True)
class Step:
    """A move between stages. `second_person`: not by whoever did the step before (or registered the record).

    `needs`: fields that must be filled by then. `by_owner`: also by the organisation the record belongs to.
    `apart_from`: codes of earlier steps (or "created") whose hands are not this one's. `after`: a date field; the step may
    be taken only once that day has passed. `sets`: (field, source field) filled by the step; a source "" empties the field. `later`: (date field, the date it
    must lie after). `settles`: (field, value) that the step itself brings about. `waiting`: somebody is
    expected to take it, so it stands on their desk. `online`: the step itself is the act (审核, 发布), so that no paper of
    an earlier day stands behind it.
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
    settles: tuple[tuple[str, str], ...] = ()
    waiting: bool = False
    online: bool = False
    # Codes it went by before, still understood from a client.
    once: tuple[str, ...] = ()

    def is_ripe(self, values: Mapping[str, str], on: date) -> bool:
        """Whether the day that must have passed has passed."""
        return not self.after or "" < values.get(self.after, "") < on.isoformat()


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

    `due`: the date field by which an open record is to be finished; it is reminded of and shown as overdue. `done`: the date
    field that says when it was finished; later than `due` it bears 迟 for good.

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
    done: str = ""
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
    # What already runs is taken in by a door of its own, with rules that 期初登记 does not know.
    opened_apart: bool = False
    # A thing that stands on after its last stage (a village): a merger moves it there too.
    lasting: bool = False
    subject: str = ""

    @property
    def key(self) -> str:
        return f"{self.app}.{self.code}"

    @property
    def summed(self) -> tuple["Field", ...]:
        """Fields that are added up over records; none of a cumulative register."""
        return () if self.cumulative else tuple(one for one in self.fields if one.summed)

    def __post_init__(self) -> None:
        told = {self.fields[0].name, self.owner, self.town, self.due, *self.unique}
        if any(one.sealed and (one.summed or one.name in told) for one in self.fields):
            raise ValueError(f"{self.key}: what is sealed names, sorts, sums and counts nothing")

    def field(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)

    def relation_of(self, field: Field) -> Relation | None:
        """What a merger does to a field that names an organisation: unit and town of an open record move; others must say."""
        return field.relation or (Relation.MOVES if field.name in (self.owner, self.town) else None)

    @property
    def moving(self) -> tuple[str, ...]:
        """Fields in which the successor takes the place of an organisation that ends, while the record is open."""
        named = [one for one in self.fields if one.type in (FieldType.ORGANISATION, FieldType.TOWN)]
        return tuple(one.name for one in named if self.relation_of(one) == Relation.MOVES)

    @property
    def settled_stages(self) -> tuple[str, ...]:
        """Where a record is history, though it may be taken up again: what was published then is not rewritten by a merger."""
        ended = [one for one in self.stages if one.closed or (one.locked and one.status in SETTLED)]
        return tuple(one.code for one in ended if not self.lasting)

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

    def days_late(self, values: Mapping[str, str]) -> int:
        """How many days after its limit it was finished, 0 in time or while it is not."""
        due, done = (values.get(name, "") if name else "" for name in (self.due, self.done))
        return max(0, (date.fromisoformat(done) - date.fromisoformat(due)).days) if due and done else 0

    def starting_stage(self, values: Mapping[str, str]) -> str:
        return self.stage_of(values) if self.stage_of else self.first_stage

    @property
    def asked_later(self) -> frozenset[str]:
        """Fields nobody need know when a record begins: a step asks for them, or fills them itself."""
        asked = {name for step in self.steps for name in (*step.needs, *(field for field, _ in step.sets))}
        return frozenset(asked - {one.name for one in self.fields if one.required})

    def step(self, code: str) -> Step | None:
        return _named(self.steps, code)


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
    if not step.is_ripe(values, on):
        field = kind.field(step.after)
        said = values.get(step.after) or "还没有填"
        raise Refused("too-early", f"“{step.label}”须等{field.label}（{said}）过后，没有执行。请到时再办。")
    return step


def totals(kind: Kind, rows: Iterable[Mapping[str, str]]) -> dict[str, Decimal]:
    """Exact sums of the summed fields, none for a cumulative register. Blanks count as nothing; nobody's field is not 0."""
    summed = [one.name for one in kind.summed]
    sums: dict[str, Decimal] = {}
    for row in rows if summed else ():
        for name in summed:
            if row.get(name):
                sums[name] = sums.get(name, Decimal(0)) + Decimal(row[name])
    return {name: sums[name] for name in summed if name in sums}
