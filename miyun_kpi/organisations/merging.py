"""Carry out at a merge what the relations declare: lock what is open, move it, leave the rest where it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model, Q

from miyun_kpi.acts.acting import lock_free
from miyun_kpi.acts.order import place_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.relations import Relation
from miyun_kpi.organisations.models import Organisation, Reorganisation
from miyun_kpi.organisations.registry import Declared, Reorganised, keys_of, relations


@dataclass
class Outcome:
    """Numbers by label. `kept`: open rows that found their like at the successor and wait for a person; `taken`: what went, from
    whom to whom, by the relation it hangs on (`Declared.key`)."""

    moved: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    taken: list[dict[str, Any]] = field(default_factory=list)


def move_open(
    actor: Actor, sources: Sequence[Organisation], target: Organisation, on: date, at: datetime, *, only: str = ""
) -> Outcome:
    """All relations that move, or those of one label, in the order of (table, column, primary key).

    The caller has locked the organisations.
    """
    chosen = [one for one in relations() if not only or one.said.label == only]
    _lock(sources, chosen)
    outcome = Outcome()
    for one in chosen:
        if one.said.relation != Relation.MOVES or one.said.along:
            continue
        several = [Reorganised(actor, source, target, on, at) for source in sources]
        if one.said.hold:
            one.said.hold(several)
        for done in several:
            source = done.source
            waiting = one.open_rows([source]).count()
            moved = one.said.mover(done) if one.said.mover else _move(one, done)
            # Of rows that may be open again somebody may come to the target afterwards: its mover knows them.
            if done.rows or one.said.reopens:
                outcome.taken.append({"of": one.key, "from": source.code, "to": target.code, "rows": done.rows})
            _add(outcome.moved, one.said.label, moved)
            _add(outcome.kept, one.said.label, one.open_rows([source]).count() if waiting else 0)
    return outcome


def give_back(actor: Actor, change: Reorganisation, on: date, at: datetime) -> Outcome:
    """What a change took goes back where it is open still and with whom it went to; `kept` is the rest. The caller has locked
    the organisations, and those of before stand again."""
    known, taken = {one.key: one for one in relations()}, change.taken or []
    others = Reorganisation.objects.standing().filter(pk__gt=change.pk)
    since = [entry for other in others for entry in other.taken or []]
    wanted: dict[type[Model], Q] = {}
    for entry in taken:
        one, rows = known[entry["of"]], entry["rows"]
        keys = keys_of(rows) + (one.said.beside(rows) if one.said.beside else [])
        wanted[one.model] = wanted.get(one.model, Q(pk__in=[])) | Q(pk__in=keys)
    _hold(wanted)
    by_code = {one.code: one for one in Organisation.objects.all()}
    outcome = Outcome()
    for key, one in known.items():
        # Of two that went into one the last comes out first.
        several = [
            Reorganised(
                actor,
                by_code[entry["to"]],
                by_code[entry["from"]],
                on,
                at,
                entry["rows"],
                back=True,
                later={keys_of([row])[0]: row for one in since if one["of"] == key for row in one["rows"]},
            )
            for entry in reversed(taken)
            if entry["of"] == key
        ]
        if one.said.hold and several:
            one.said.hold(several)
        for done in several:
            moved = one.said.mover(done) if one.said.mover else _move(one, done)
            _add(outcome.moved, one.said.label, moved)
            left = len(done.rows) - moved
            if one.said.reopens:
                # Some came besides.
                there = one.model._default_manager.filter(pk__in=keys_of(done.rows))
                left = there.exclude(**{one.name: done.target}).count()
            _add(outcome.kept, one.said.label, left)
    return outcome


def _add(numbers: dict[str, int], label: str, number: int) -> None:
    if number:
        numbers[label] = numbers.get(label, 0) + number


def _lock(sources: Sequence[Organisation], chosen: Sequence[Declared]) -> None:
    """Everything that will be moved, table by table: two merges, or a merge and an act, never wait for each other for ever."""
    wanted: dict[type[Model], Q] = {}
    for one in chosen:
        if one.said.relation == Relation.MOVES:
            rows = Q(pk__in=one.held_rows(sources).order_by().values("pk"))
            wanted[one.model] = wanted.get(one.model, Q(pk__in=[])) | rows
    _hold(wanted)


def _hold(wanted: Mapping[type[Model], Q]) -> None:
    """In the order in which every act takes them, whatever the tables are called."""
    for model, rows in sorted(wanted.items(), key=lambda one: place_of(one[0], 0)):
        found = model._default_manager.filter(rows).order_by("pk").select_for_update(no_key=True)
        list(found.values_list("pk", flat=True))


def _move(one: Declared, done: Reorganised) -> int:
    """Update the column, row by row; a row whose like the successor already has stays, and is shown as undecided.

    So does one that came after the locks and is at work: moved unlocked, it would lose what is being written.
    """
    said, moved = one.said, []
    versioned = any(column.name == "version" for column in one.model._meta.concrete_fields)
    for row in lock_free(done.of_these(one.open_rows([done.source]))):
        if said.settle:
            said.settle(row, done)
        setattr(row, one.name, done.target)
        if versioned:
            row.version += 1
        if _saved(row):
            moved.append(row)
    if moved and said.noted:
        said.noted(moved, done)
    done.went(row.pk for row in moved)
    return len(moved)


def _saved(row: Any) -> bool:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return False
    return True
