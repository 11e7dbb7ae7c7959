"""Two notices appoint the same person to the same post in the same moment: one of them stands, on real connections."""

from contextlib import nullcontext
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError

from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from personnel.models import Act, Notice, Person, Position
from personnel.services import drafts
from personnel.services import issue as issuing
from tests.factories.rankings import actor_of, person
from tests.races.control import Meeting, somebody_waits, unlock, wait_for
from tests.races.test_marks import together
from tests.races.test_reviews import at_once

pytestmark = pytest.mark.postgres
AT = datetime(2020, 7, 6, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def two_notices() -> tuple[list[int], Actor]:
    one, two = (actor_of(person(name, "区委组织部", "register_office")) for name in ("race1", "race2"))
    made = []
    for _ in range(2):
        row = drafts.create_draft(actor=one, meeting="会议", at=AT)
        given = drafts.ActInput(kind="appoint", person="争先人", organisation="区水务局", title="副局长")
        drafts.add_act(actor=one, notice_id=row.pk, version=row.version, given=given, at=AT)
        row.refresh_from_db()
        drafts.submit(actor=one, notice_id=row.pk, version=row.version, at=AT)
        made.append(row.pk)
    return made, two


def issue_both(monkeypatch: Any) -> list[Any]:
    """Both read what stands before either writes, as far as the locks let them."""
    notices, actor = two_notices()
    meeting, read = Meeting(), issuing.require_consistent

    def waiting(*given: Any) -> None:
        read(*given)
        meeting.wait()

    monkeypatch.setattr(issuing, "require_consistent", waiting)

    def act(number: int) -> Any:
        row = Notice.objects.get(pk=notices[number])
        return issuing.issue(
            actor=actor,
            notice_id=row.pk,
            version=row.version,
            number=f"密政发〔2020〕{90 + number}号",
            dated=date(2020, 7, 6),
            at=AT,
        )

    return together(2, act)


def test_of_two_notices_at_once_one_appoints(live_demo: None, monkeypatch: Any) -> None:
    outcomes = issue_both(monkeypatch)
    assert sorted(type(one).__name__ for one in outcomes) == ["Notice", "Refused"], outcomes
    assert next(one for one in outcomes if isinstance(one, Refused)).code == "same-act-twice"
    assert Act.objects.standing().filter(person__name="争先人").count() == 1


@pytest.mark.control("test_of_two_notices_at_once_one_appoints")
def test_without_the_lock_both_would_appoint(live_demo: None, monkeypatch: Any) -> None:
    unlock(monkeypatch, Person, Position)
    assert [type(one).__name__ for one in issue_both(monkeypatch)] == ["Notice", "Notice"]


def press_twice(monkeypatch: Any) -> int:
    """How many drafts a double click leaves; both presses look for an empty one before either makes its own."""
    one = actor_of(person("race3", "区委组织部", "register_office"))
    meeting, read = Meeting(), drafts._meeting

    def waiting(text: str) -> str:
        meeting.wait()
        return read(text)

    monkeypatch.setattr(drafts, "_meeting", waiting)
    made = together(2, lambda _: drafts.create_draft(actor=one, meeting="双击", at=AT))
    return len({row.pk for row in made})


def test_a_double_click_comes_to_one_empty_draft(live_demo: None, monkeypatch: Any) -> None:
    assert press_twice(monkeypatch) == 1


@pytest.mark.control("test_a_double_click_comes_to_one_empty_draft")
def test_without_the_lock_a_double_click_leaves_two(live_demo: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(drafts, "alone", lambda user_id: None)
    assert press_twice(monkeypatch) == 2


def dropped_while_another_draft_names_them() -> list[Any]:
    """One draft is discarded, and its person with it, while another is about to name the same person."""
    one, two = (actor_of(person(name, "区委组织部", "register_office")) for name in ("race4", "race5"))
    first, second = (drafts.create_draft(actor=who, meeting=f"{n}", at=AT) for n, who in enumerate((one, two)))
    given = drafts.ActInput(kind="appoint", person="两处人", organisation="区水务局", title="副局长")
    drafts.add_act(actor=one, notice_id=first.pk, version=first.version, given=given, at=AT)
    first.refresh_from_db()
    named: list[int] = []
    gone: list[int] = []

    def add() -> str:
        with acting(two, AT):
            act = drafts.add_act(actor=two, notice_id=second.pk, version=second.version, given=given, at=AT)
            named.append(act.pk)
            wait_for(lambda: somebody_waits() or bool(gone))
        return act.person.name

    def discard() -> None:
        wait_for(lambda: bool(named))
        drafts.discard(actor=one, notice_id=first.pk, version=first.version, at=AT)
        gone.append(first.pk)

    return at_once([add, discard])


def test_a_person_named_by_another_draft_is_not_dropped(live_demo: None) -> None:
    assert dropped_while_another_draft_names_them() == ["两处人", None]
    assert Act.objects.get(person__name="两处人").notice.meeting == "1"


@pytest.mark.control("test_a_person_named_by_another_draft_is_not_dropped")
def test_without_the_lock_the_other_draft_names_nobody(live_demo: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(drafts, "hold_named", lambda named, notice_id=None: None)
    added, discarded = dropped_while_another_draft_names_them()
    assert isinstance(added, IntegrityError) and discarded is None


def number_both(monkeypatch: Any) -> list[Any]:
    """Two drafts are given the same number; both look whether it is free before either is stored."""
    people = [actor_of(person(name, "区委组织部", "register_office")) for name in ("race6", "race7")]
    made = [drafts.create_draft(actor=who, meeting=f"{n}", at=AT) for n, who in enumerate(people)]
    meeting, read = Meeting(), drafts.require_free_number

    def waiting(row: Notice) -> None:
        read(row)
        meeting.wait()

    monkeypatch.setattr(drafts, "require_free_number", waiting)
    given = {"meeting": "会议", "dated": date(2020, 7, 6), "number": "密政发〔2020〕97号", "at": AT}
    return together(
        2, lambda n: drafts.change_draft(actor=people[n], notice_id=made[n].pk, version=made[n].version, **given)
    )


def test_of_two_drafts_at_once_one_takes_the_number(live_demo: None, monkeypatch: Any) -> None:
    outcomes = number_both(monkeypatch)
    (refused,) = [one for one in outcomes if one is not None]
    assert isinstance(refused, Conflict) and "密政发〔2020〕97号" in refused.message, outcomes
    assert Notice.objects.filter(number="密政发〔2020〕97号").count() == 1


@pytest.mark.control("test_of_two_drafts_at_once_one_takes_the_number")
def test_without_the_constraint_s_sentence_it_is_a_fault(live_demo: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(drafts, "unless_taken", lambda refusal: nullcontext())
    assert sum(isinstance(one, IntegrityError) for one in number_both(monkeypatch)) == 1
