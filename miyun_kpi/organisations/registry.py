"""What becomes of every relation to an organisation when that ends in another: each app says so in AppConfig.ready().

A foreign key that says nothing is refused by a house test (tests/house/test_relations.py).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Model, Q, QuerySet

from miyun_kpi.acts.acting import record
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.relations import Relation
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import change_between, how_it_went


@dataclass(frozen=True)
class Reorganised:
    """What an organisation that ended on a day leaves to another: by 并入, or dealt out after 分设 or 撤并; by whom and when.

    `rows`: what went, as its mover writes it down for the day on which the change is taken back: a key, or a list that begins
    with one, of the row that stands in the name of the target now. `back`: it is taken back; the source is who took over then,
    and of what it has only those rows go to the target, which stands again. `later`: rows into which other changes have come
    since, by key.
    """

    actor: Actor
    source: Organisation
    target: Organisation
    on: date
    at: datetime
    rows: list[Any] = field(default_factory=list)
    back: bool = False
    later: Mapping[int, Any] = field(default_factory=dict)

    def of_these(self, found: QuerySet[Any]) -> QuerySet[Any]:
        """Of the rows that are open those that this is about."""
        return found.filter(pk__in=keys_of(self.rows)) if self.back else found

    def went(self, rows: Iterable[Any]) -> None:
        """Write down what went; of what goes back nothing is written down."""
        if not self.back:
            self.rows.extend(rows)

    @property
    def words(self) -> str:
        """For the trail of a record: from whom it came, by what change, under which day."""
        return f"{self.step}：{self.how(f'于{self.on}')}"

    def how(self, when: str = "") -> str:
        """The same without its head."""
        if self.back:
            return f"{when}撤销{change_between(self.target, self.source)}的登记，由{self.source.name}退回{self.target.name}"
        return how_it_went(self.source, self.target, self.change, when)

    @cached_property
    def change(self) -> str:
        """并入, 分设 or 撤并; 并入撤销 where it is taken back."""
        return (
            f"{change_between(self.target, self.source)}撤销" if self.back else change_between(self.source, self.target)
        )

    @property
    def step(self) -> str:
        """What happened to the record, in the column of its trail for acts."""
        return f"机构{self.change}"

    @property
    def data(self) -> dict[str, object]:
        """The same for the audit."""
        return {"old_unit": self.source.code, "new_unit": self.target.code, "on": self.on.isoformat()}


def keys_of(rows: Iterable[Any]) -> list[int]:
    return [one[0] if isinstance(one, list) else one for one in rows]


# Moves what is open and says how many; writes down what went (`Reorganised.went`), and takes that alone back.
Mover = Callable[[Reorganised], int]
# The rows that are open and name one of the organisations.
Open = Callable[[Sequence[Organisation]], QuerySet[Any]]


@dataclass(frozen=True)
class Said:
    """What a relation says of itself. `label` is what its rows are called on the page of a merge and in its audit entry.

    `rows`: which rows are open (MOVES) or wait for somebody's decision (ASKS). `why`: one sentence for people.
    `mover` does more than update the column; the plain mover calls `settle` before a row is saved and `noted` once with all.
    `along`: the relation that says the same fact, is counted and moved for both. `address`: where the open rows are listed.
    `reopens`: rows that are not open may become so again (退回), so all are held: one is open before the merge, or after it.
    `beside`: of what the mover has written down the rows that are held besides when it goes back. `hold` locks what hangs on the rows
    of all that move in one act, before the first moves.
    """

    relation: Relation
    label: str
    why: str = ""
    rows: Q | Open = field(default_factory=Q)
    mover: Mover | None = None
    settle: Callable[[Any, Reorganised], None] | None = None
    noted: Callable[[Sequence[Any], Reorganised], None] | None = None
    along: str = ""
    address: str = ""
    reopens: bool = False
    beside: Callable[[Sequence[Any]], list[int]] | None = None
    hold: Callable[[Sequence[Reorganised]], None] | None = None


@dataclass(frozen=True)
class Declared:
    model: type[Model]
    name: str
    said: Said

    @property
    def key(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def open_rows(self, organisations: Sequence[Organisation]) -> QuerySet[Any]:
        if callable(self.said.rows):
            return self.said.rows(organisations)
        return self.model._default_manager.filter(self.said.rows, **{f"{self.name}__in": organisations})

    def held_rows(self, organisations: Sequence[Organisation]) -> QuerySet[Any]:
        return self.all_rows(organisations) if self.said.reopens else self.open_rows(organisations)

    def all_rows(self, organisations: Sequence[Organisation]) -> QuerySet[Any]:
        return self.model._default_manager.filter(**{f"{self.name}__in": organisations})


def moves(label: str, **options: Any) -> Said:
    return Said(Relation.MOVES, label, **options)


def stays(label: str, why: str, **options: Any) -> Said:
    return Said(Relation.STAYS, label, why, **options)


def asks(label: str, why: str, **options: Any) -> Said:
    return Said(Relation.ASKS, label, why, **options)


def audited(action: str, subject: str) -> Callable[[Sequence[Any], Reorganised], None]:
    """`noted` of an app without a trail of its own: one audit entry a row, `subject` with its number."""

    def note(rows: Sequence[Any], done: Reorganised) -> None:
        for row in rows:
            record(actor=done.actor, action=action, subject=f"{subject}:{row.pk}", data=done.data, at=done.at)

    return note


Began = Callable[[Actor, Sequence[Organisation], datetime], None]
_began: list[Began] = []


def register_after_beginning(function: Began) -> None:
    """`function(actor, made, at)` runs in the act that made organisations (新建, 分设), when they are written and before its audit.

    The organisations are nobody else's yet; what it locks comes after organisations in the order of locks.
    """
    if function not in _began:
        _began.append(function)


def after_beginning() -> list[Began]:
    return list(_began)


_declared: dict[tuple[type[Model], str], Declared] = {}


def register_relations(model: type[Model], said: Mapping[str, Said]) -> None:
    """`said` by the name of the foreign key, one-to-one or many-to-many field."""
    for name, one in said.items():
        _declared[model, name] = Declared(model, name, one)


def relations() -> list[Declared]:
    """By table and column: the order in which a merge takes its locks and moves."""
    return sorted(_declared.values(), key=lambda one: (one.model._meta.db_table, one.name))


def undeclared(models: Sequence[type[Model]]) -> list[str]:
    """Relations to an organisation that do not say what a merge does to them."""
    return [
        f"{model._meta.label}.{one.name}"
        for model in models
        for one in model._meta.get_fields()
        if one.is_relation
        and not one.auto_created
        and one.related_model is Organisation
        and (model, one.name) not in _declared
    ]
