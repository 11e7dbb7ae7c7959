"""Every register, every stage, everybody: who may act sees, whose button it is succeeds, and every stage has a way on.

A record is made by whoever enters it and moved by whoever's step it is; nothing is inserted. At each stage everybody who
stands to the record in some way tries every act, each try taken back.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from disclosure import access as disclosure
from disclosure.enums import Check, Decision
from disclosure.rules.kinds import PUBLISHED
from disclosure.services.packages import enter_links, export_package
from disclosure.services.reviews import hands_of, review
from miyun_kpi.lib.errors import NotAllowed, NotFound, Refused
from miyun_kpi.registers import access
from miyun_kpi.registers.desk import desk_items
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.queries.hands import hands_on, kept_from
from miyun_kpi.registers.registry import Rights, all_kinds, kind_by, record_address
from miyun_kpi.registers.rules.kinds import Kind, Step
from miyun_kpi.registers.services.records import change_record, create_record, strike_record, take_step
from tests.doors.examples import FILLED, bodies, example, filled
from tests.doors.people import Person, keepers, people_of, register_office
from tests.evaluation.conftest import _demo_of_module, demo
from tests.factories.rankings import BACKEND
from water.access import reports_round
from water.rules.rounds import FIVE
from water.services.rounds import enter_round

__all__ = ["_demo_of_module", "demo"]
WHY = "走一遍各步"
# What must stand in another register first.
BEFORE = {"finance.projects": (("finance", "enterprises"),)}
# Registers that are only read and brought to their end (0087): their rows are laid down, nobody enters one.
PAST = frozenset({"finance.subsidies"})
# Stages that a fact of another thing leads to and away from; tests of that thing walk them.
BY_FACTS = {"finance.enterprises": {"halted"}, "finance.projects": {"halted"}}
KINDS = {kind.key: (kind, rights) for kind, rights in all_kinds() if kind.app != "sample" and kind.key not in PAST}


class _Back(Exception):
    pass


@contextmanager
def taken_back() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
            raise _Back
    except _Back:
        pass


def refusal_of(act: Callable[[], object]) -> Refused | None:
    """What the act answers; whatever it did is taken back."""
    try:
        with taken_back():
            act()
    except Refused as refusal:
        return refusal
    return None


def perform(kind: Kind, who: Person, row: Record, step: Step, typed: dict[str, str], at: datetime) -> None:
    """The step by the door it has: 审核 and 发布 of 14号 leave a row of their own."""
    if kind.app == "disclosure" and kind.code in PUBLISHED and step.code == "approve":
        review(
            actor=who.actor,
            record_id=row.pk,
            version=row.version,
            decision=Decision.PASSED,
            checks=Check.values,
            opinion="",
            at=at,
        )
    elif kind.app == "disclosure" and kind.code in PUBLISHED and step.code == "publish":
        made = export_package(actor=who.actor, record_ids=[row.pk], at=at)
        links = {item.pk: "https://www.bjmy.gov.cn/1" for item in made.items.all()}
        enter_links(actor=who.actor, package_id=made.pk, links=links, published_on=at.date(), at=at)
    else:
        take_step(
            actor=who.actor,
            app=kind.app,
            kind=kind.code,
            record_id=row.pk,
            version=row.version,
            step=step.code,
            reason=WHY if step.reason else "",
            typed=typed,
            at=at,
        )


def has_it(kind: Kind, rights: Rights, who: Person, row: Record, step: Step) -> bool:
    """Whether the post takes the step, by whichever door."""
    if kind.app == "disclosure" and kind.code in PUBLISHED and step.code == "approve":
        in_person = who.actor.token_id is None and who.actor.user_id not in hands_of(row)
        return in_person and disclosure.may_review(who.actor, row)
    if kind.app == "disclosure" and kind.code in PUBLISHED and step.code == "publish":
        return disclosure.may_publish(who.actor, row)
    return rights.steps(who.actor, row, step)


@dataclass
class Walk:
    kind: Kind
    rights: Rights
    faults: list[str] = field(default_factory=list)
    performed: dict[str, set[str]] = field(default_factory=dict)
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        kept = bool(keepers(self.rights))
        self.places = bodies(self.kind, None if kept else lambda place: self.rights.adds(register_office(place)))
        self.people = list(people_of(self.rights, self.places))
        self.start = timezone.now() - timedelta(days=600)

    def fault(self, stage: str, who: Person, said: str) -> None:
        self.faults.append(f"{self.kind.key} at {stage or '-'}: {who}: {said}")

    def before(self) -> None:
        for app, code in BEFORE.get(self.kind.key, ()):
            other = kind_by(app, code)[0]
            create_record(
                actor=self.people[0].actor,
                app=app,
                kind=code,
                typed=example(other, bodies(other), self.start.date()),
                at=self.start,
            )

    def go(self) -> None:
        self.before()
        values = example(self.kind, self.places, self.start.date())
        first: Person | None = None
        for who in self.people:
            refused = refusal_of(lambda who=who: self.enter(who, values))
            adds = self.rights.adds(who.actor)
            if adds and refused is not None and refused.code != "not-your-unit":
                self.fault("new", who, f"enters and is refused: {refused.message}")
            if not adds and refused is None:
                self.fault("new", who, "enters without the right")
            first = first or (who if refused is None else None)
        assert first is not None, f"nobody enters {self.kind.key}: {values}\n{self.faults[:2]}"
        self.visit(self.enter(first, values), self.start + timedelta(days=30))

    def enter(self, who: Person, values: dict[str, str]) -> Record:
        return create_record(actor=who.actor, app=self.kind.app, kind=self.kind.code, typed=values, at=self.start)

    def visit(self, row: Record, at: datetime) -> None:
        """Everything that may happen to the record as it stands, then the stages it leads to."""
        if row.stage in self.performed:
            return
        doors = self.performed[row.stage] = set()
        self.look(row, at)
        on: dict[str, tuple[Person, Step, dict[str, str]]] = {}
        for step in self.kind.steps:
            if row.stage not in step.sources:
                continue
            typed = filled(self.kind, step, row.values, self.places, at.date())
            able = self.tries(row, step, typed, at)
            if able is not None:
                doors.add(step.code)
                self.by_page(row, step, typed, able)
                on.setdefault(step.target, (able, step, typed))
        self.edits(row, at, doors)
        for who, step, typed in on.values():
            with taken_back():
                perform(self.kind, who, row, step, typed, at)
                self.visit(Record.objects.get(pk=row.pk), at + timedelta(days=30))
        self.fills(row, at)

    def look(self, row: Record, at: datetime) -> None:
        """Who has a step sees; what stands on a desk is seen, and its step is the reader's to take."""
        steps = [step for step in self.kind.steps if row.stage in step.sources]
        hands = hands_on([row.pk])[row.pk]
        for who in self.people:
            sees = access.visible_to(who.actor, self.kind, self.rights).filter(pk=row.pk).exists()
            mine = [step for step in steps if has_it(self.kind, self.rights, who, row, step)]
            if (mine or access.may_change(who.actor, self.kind, self.rights, row)) and not sees:
                self.fault(row.stage, who, f"may act ({[step.code for step in mine]}) and does not see")
            if not (mine or who.relation in self.places):
                continue
            items = [item for item in desk_items(who.actor, at) if item.url.endswith(f"/{self.kind.code}/{row.pk}/")]
            if items and not sees:
                self.fault(row.stage, who, "has it on the desk and does not see it")
            free = [
                one for one in mine if one.is_ripe(row.values, at.date()) and not kept_from(who.actor, row, one, hands)
            ]
            waits = [item for item in items if item.state == "to_confirm"]
            if waits and not any(one.label == item.action for item in waits for one in free):
                self.fault(row.stage, who, f"“{waits[0].action}” waits on the desk and is not theirs")
            if not waits and any(one.waiting for one in free) and who.relation != "client":
                self.fault(row.stage, who, "has a step somebody waits for and nothing on the desk")

    def tries(self, row: Record, step: Step, typed: dict[str, str], at: datetime) -> Person | None:
        """Everybody tries; the first who succeeds."""
        able: Person | None = None
        hands = hands_on([row.pk])[row.pk]
        for who in self.people:
            may = has_it(self.kind, self.rights, who, row, step)
            free = may and step.is_ripe(row.values, at.date()) and not kept_from(who.actor, row, step, hands)
            refused = refusal_of(lambda who=who: perform(self.kind, who, row, step, typed, at))
            if free and refused is not None:
                self.fault(row.stage, who, f"is offered “{step.label}” and refused: {refused.message}")
            if not free and refused is None:
                self.fault(row.stage, who, f"takes “{step.label}” without being offered it")
            if not may and refused is not None and not isinstance(refused, NotAllowed | NotFound):
                self.fault(row.stage, who, f"is told about “{step.label}”: {refused.message}")
            if refused is None and able is None:
                able = who
        if able is None:
            self.faults.append(f"{self.kind.key} at {row.stage}: “{step.label}” is a step that nobody can take")
        return able

    def edits(self, row: Record, at: datetime, doors: set[str]) -> None:
        """Change and 撤销登记: whoever has the form succeeds, nobody else."""
        ids = {"app": self.kind.app, "kind": self.kind.code, "record_id": row.pk, "version": row.version, "at": at}
        changed = self.changed(row)
        locked = access.is_locked(self.kind, row)
        for who in self.people:
            may = access.may_change(who.actor, self.kind, self.rights, row) and not locked
            for door, act in (
                ("change", lambda who=who: change_record(actor=who.actor, typed=changed, **ids)),
                ("strike", lambda who=who: strike_record(actor=who.actor, reason=WHY, **ids)),
            ):
                refused = refusal_of(act)
                if may and refused is not None:
                    self.fault(row.stage, who, f"may {door} and is refused: {refused.message}")
                if not may and refused is None:
                    self.fault(row.stage, who, f"{door}s without being offered it")
                if refused is None:
                    doors.add(door)

    def changed(self, row: Record) -> dict[str, str]:
        """One field said otherwise."""
        fixed = {self.kind.owner, self.kind.town, "code"}
        for one in self.kind.fields:
            if one.name not in fixed and one.type in (FieldType.TEXT, FieldType.LONG):
                if "信用代码" not in one.label and one.name != "more_focus":
                    return {one.name: f"{row.values.get(one.name, '')[:8]}改"}
        one = next(one for one in self.kind.fields if one.type == FieldType.NUMBER and one.name not in self.kind.unique)
        return {one.name: "2" if row.values.get(one.name) != "2" else "3"}

    def fills(self, row: Record, at: datetime) -> None:
        """Stages that follow from what is filled in."""
        way = FILLED.get(self.kind.key, ())
        known = [stage for stage, _ in way]
        place = known.index(row.stage) + 1 if row.stage in known else 0
        if place >= len(way):
            return
        stage, typed = way[place]
        typed = {name: value or at.date().isoformat() for name, value in typed.items()}
        keeper = next(who for who in self.people if self.rights.changes(who.actor, row))
        with taken_back():
            moved = change_record(
                actor=keeper.actor,
                app=self.kind.app,
                kind=self.kind.code,
                record_id=row.pk,
                version=row.version,
                typed=typed,
                at=at,
            )
            assert moved.stage == stage
            self.visit(moved, at + timedelta(days=30))

    def by_page(self, row: Record, step: Step, typed: dict[str, str], who: Person) -> None:
        """The page opens for the same person, has the button, and the button does it."""
        if who.post is None:
            return
        self.client.force_login(who.user, backend=BACKEND)
        session = self.client.session
        session["post_id"] = who.post.pk
        session.save()
        url = record_address(self.kind, row.pk)
        with taken_back():
            page = self.client.get(url)
            if page.status_code == 200 and self.kind.protected:
                self.client.post(f"{url}step/", {"look": "1", "reason": WHY})
                page = self.client.get(url)
            if page.status_code != 200:
                self.fault(row.stage, who, f"{url} answers {page.status_code}")
                return
            if self.kind.app == "disclosure" and step.code in ("approve", "publish"):
                return
            text = page.content.decode()
            if f'name="step" value="{step.code}"' not in text:
                self.fault(row.stage, who, f"has no button for “{step.label}”")
            lacking = [name for name in typed if f'name="{name}"' not in text]
            if lacking:
                self.fault(row.stage, who, f"is not asked {lacking} for “{step.label}”")
            data = {"version": row.version, "step": step.code, "reason": WHY} | typed
            answer = self.client.post(f"{url}step/", data)
            if answer.status_code != 302:
                self.fault(row.stage, who, f"presses “{step.label}” and gets {answer.status_code}")


def shape(key: str) -> object:
    """Registers alike in this are walked alike: in the day one of each, in the night all of them."""
    kind, rights = KINDS[key]
    said = (rights.owners_write, rights.open_to_all, rights.doers, rights.own_doers, tuple(rights.doers_of))
    return kind.app, kind.stages, kind.steps, said, bool(kind.owner), bool(kind.town), kind.due != "", kind.protected


def walked() -> list[str]:
    if os.environ.get("KPI_TEST_DOORS") == "all":
        return sorted(KINDS)
    return sorted({shape(key): key for key in sorted(KINDS)}.values())


def test_whoever_enters_a_register_enters_a_valid_example_and_sees_it(demo):
    for key in sorted(KINDS):
        with taken_back():
            walk = Walk(*KINDS[key])
            walk.before()
            values = example(walk.kind, walk.places, walk.start.date())
            who = next(one for one in walk.people if walk.rights.adds(one.actor))
            row = walk.enter(who, values)
            assert access.visible_record(who.actor, walk.kind, walk.rights, row.pk).stage == row.stage


@pytest.mark.parametrize("key", walked())
def test_a_register_is_walked_by_everybody(demo, key):
    kind, rights = KINDS[key]
    walk = Walk(kind, rights)
    walk.go()
    assert not walk.faults, "\n".join(walk.faults[:20])
    reached = set(walk.performed)
    if kind.key != "water.body":
        known = {stage.code for stage in kind.stages} - BY_FACTS.get(kind.key, set())
        assert reached == known or not kind.stages, "a stage nobody came to"
    assert all(walk.performed.values()), {stage for stage, doors in walk.performed.items() if not doors}


def test_the_stages_of_a_water_body_follow_its_rounds_and_each_can_be_left(demo):
    """Stages that no step and no field leads to: those who report a round move it, there and back."""
    walk = Walk(*KINDS["water.body"])
    row = walk.enter(walk.people[0], example(walk.kind, walk.places, walk.start.date()))
    walk.performed["unchecked"] = set()
    town = next(who for who in walk.people if who.relation == "town" and who.actor.role == "reporter")
    for number, (stage, passes) in enumerate((("failing", False), ("reached", True), ("failing", False)), start=1):
        day = walk.start + timedelta(days=30 * number)
        for who in walk.people:
            refused = refusal_of(lambda who=who, day=day, passes=passes: enter_one(who, row, day, passes))
            assert (refused is None) == reports_round(who.actor, row), f"{who}: {refused}"
        enter_one(town, row, day, passes)
        row.refresh_from_db()
        assert row.stage == stage
        walk.look(row, day)
        walk.edits(row, day, walk.performed.setdefault(stage, set()))
    assert not walk.faults, "\n".join(walk.faults[:20])
    assert walk.performed["failing"] and walk.performed["reached"]


def enter_one(who: Person, row: Record, at: datetime, passes: bool) -> None:
    enter_round(
        actor=who.actor,
        body_id=row.pk,
        day=at.date(),
        found={name: passes for name, _ in FIVE},
        note="" if passes else "有垃圾",
        next_on=None,
        checked_by="某人",
        at=at,
    )
