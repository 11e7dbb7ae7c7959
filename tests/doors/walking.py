"""The walk of a model with states: from a row of each that is there, by acts to those that are not."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import IntegrityError, InternalError, models, transaction

from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.models import Post
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from tests.doors import makers, parts, subject_ended, subjects, table
from tests.doors.anew import ANEW, RULED, Anew
from tests.doors.finals import final_states
from tests.doors.standings import Standing, by_column
from tests.doors.table import UNREACHED, Act
from tests.doors.test_registers import taken_back

ACTS, MAKERS = table.ACTS | parts.ACTS | subjects.ACTS, makers.MAKERS | parts.MAKERS | subjects.MAKERS
ACTS |= {model: [*ACTS[model], act] for model, act in subject_ended.ACTS.items()}
STANDINGS = parts.STANDINGS | subjects.STANDINGS
FINAL = {state for row in final_states() for state in row.states}
ROWS, PEOPLE = 4, 40


def standing_of(model: type[models.Model]) -> Standing:
    """By the column of its states, unless its subject says how its rows stand."""
    return STANDINGS.get(model) or by_column(model)


def states_of(model: type[models.Model]) -> tuple[str, ...]:
    return standing_of(model).codes


def bodies_of(row: models.Model) -> set[int]:
    """Organisations that the row, or what it hangs on, names."""
    found, rows = set(), [row]
    for depth in range(2):
        for one in rows[:]:
            for field in one._meta.concrete_fields:
                if isinstance(field, models.ForeignKey) and (value := getattr(one, field.attname)):
                    if field.related_model.__name__ == "Organisation":
                        found.add(value)
                    elif depth == 0:
                        rows.append(getattr(one, field.name))
    return found


class People:
    def __init__(self) -> None:
        self.posts = list(Post.objects.select_related("user", "organisation").order_by("pk"))

    def near(self, row: models.Model | None, role: str) -> Iterator[Actor]:
        """Posts of the role (of any with ""), those of the bodies the row names first."""
        near = bodies_of(row) if row is not None else set()
        posts = [post for post in self.posts if not role or post.role == role]
        posts.sort(key=lambda post: post.organisation_id not in near)
        for post in posts[:PEOPLE]:
            yield actor_in_post(post.user, post)


class Walk:
    """The states of one model: from a row of each that is there, by acts to those that are not."""

    def __init__(self, model: type[models.Model], at: datetime) -> None:
        self.model, self.at, self.people = model, at, People()
        self.standing = standing_of(model)
        self.doors: dict[str, set[str]] = {}
        self.said: list[str] = []
        self.under_way: set[str] = set()
        self.anew: set[str] = set()

    def go(self) -> dict[str, set[str]]:
        for state, rows in self.there().items():
            for row in rows:
                if not self.doors.get(state) and state not in self.anew:
                    self.visit(row)
        for role, make in MAKERS.get(self.model, ()):
            self.begin(role, make)
        return self.doors

    def begin(self, role: str, make: Any) -> None:
        for actor in self.people.near(None, role):
            with taken_back():
                row = self.performed(lambda actor=actor: make(actor, self.at))
                if row is not None:
                    self.visit(row)
                    return

    def there(self) -> dict[str, list[Any]]:
        """The newest rows of each state."""
        found: dict[str, list[Any]] = {state: [] for state in self.standing.codes}
        for row in self.standing.rows(self.model):
            if len(rows := found[self.standing.of(row, self.at)]) < ROWS:
                rows.append(row)
        return found

    def visit(self, row: Any) -> None:
        """Every act, until each was performed once on some row that stands so."""
        state = self.standing.of(row, self.at)
        if state in self.under_way:
            return
        self.under_way.add(state)
        doors = self.doors.setdefault(state, set())
        for act in ACTS[self.model]:
            if act.name not in doors:
                self.through(row, act, doors)
        final = f"{self.model._meta.label}.{state}"
        if final in FINAL and final not in RULED and self.entered_anew(row):
            self.anew.add(state)
        self.under_way.discard(state)

    def entered_anew(self, row: Any) -> bool:
        """What is final was wrong: the right one is begun once more by whoever begins such rows."""
        role, make = ANEW[self.model] if self.model in ANEW else _made(self.model)
        for actor in self.people.near(row, role):
            with taken_back():
                fresh = self.model.objects.get(pk=row.pk)
                if self.performed(lambda actor=actor, fresh=fresh: make(fresh, actor, self.at)) is not None:
                    return True
        return False

    def through(self, row: Any, act: Act, doors: set[str]) -> None:
        for actor in self.people.near(row, act.role):
            with taken_back():
                fresh = self.model.objects.get(pk=row.pk)
                if self.performed(lambda actor=actor, fresh=fresh: act.call(fresh, actor, self.at)) is None:
                    continue
                doors.add(act.name)
                moved = self.model.objects.filter(pk=row.pk).first()
                if moved is not None and not self.doors.get(self.standing.of(moved, self.at)):
                    self.visit(moved)
                return

    def performed(self, act: Any) -> Any:
        """What the act gave, if it left its entry in the audit; None if it was refused."""
        before = AuditEntry.objects.count()
        try:
            with transaction.atomic():
                result = act()
        except (Refused, IntegrityError, InternalError) as error:
            self.said.append(str(error)[:120])
            return None
        return (result if result is not None else True) if AuditEntry.objects.count() > before else None


def _made(model: type[models.Model]) -> Anew:
    role, make = MAKERS[model][0]
    return role, lambda row, actor, at: make(actor, at)


def problems_of(model: type[models.Model], at: datetime) -> list[str]:
    """States nobody came to, and states without a door that are not final, or final and with one."""
    walk = Walk(model, at)
    doors = walk.go()
    label = model._meta.label
    states = {f"{label}.{code}" for code in states_of(model)}
    unseen = states - {f"{label}.{code}" for code in doors} - set(UNREACHED)
    dead = {f"{label}.{code}" for code, found in doors.items() if not found}
    anew = {f"{label}.{code}" for code in walk.anew}
    said = list(dict.fromkeys(walk.said))[-8:]
    return (
        [f"{one}: nobody came to it ({said})" for one in sorted(unseen)]
        + [f"{one}: no door, and not listed as final ({said})" for one in sorted(dead - FINAL)]
        + [f"{one}: listed as final, and has doors" for one in sorted((FINAL & states) - dead - unseen)]
        + [
            f"{one}: final, and the right one cannot be entered ({said})"
            for one in sorted(dead & FINAL - anew - set(RULED))
        ]
    )
