"""The kernel of acts on real rows: what it refuses, in which order it writes, what a refused part leaves behind."""

import sys
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from miyun_kpi.acts.acting import acting, is_hand_of, lock_all, lock_one, require_other_hand, unless_taken
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.models import Alias, Organisation
from tests.act_watch import Inverted, OutsideAnAct, check_writer

AT = datetime(2026, 11, 28, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
CLERK = Actor(label="甲", user_id=11)
pytestmark = pytest.mark.django_db


def _message(key: str) -> Message:
    return Message(key=key, organisation_id=Organisation.objects.values_list("pk", flat=True)[0], title="试")


def test_notices_and_audit_wait_for_the_end_of_the_act() -> None:
    before = AuditEntry.objects.count()
    with acting(CLERK, AT) as act:
        act.record("tests.acts.done", "thing:1", said="一")
        act.tell([_message("acts/1")])
        assert AuditEntry.objects.count() == before
        assert not Notice.objects.filter(key="acts/1").exists()
    (entry,) = AuditEntry.objects.filter(action="tests.acts.done")
    assert (entry.actor_label, entry.subject, entry.at) == ("甲", "thing:1", AT)
    assert Notice.objects.filter(key="acts/1").exists()


def test_a_refused_part_leaves_neither_notice_nor_audit_and_the_rest_goes_on() -> None:
    with acting(CLERK, AT) as outer:
        outer.record("tests.acts.outer", "thing:1")
        with pytest.raises(Refused), acting(Actor(label="乙"), AT) as inner:
            inner.record("tests.acts.inner", "thing:1")
            inner.tell([_message("acts/2")])
            Alias.objects.create(organisation=Organisation.objects.all()[0], text="别", key="别", source="")
            raise Refused("no", "不行。")
        with acting(Actor(label="丙"), AT) as other:
            other.record("tests.acts.other", "thing:1")
    told = AuditEntry.objects.filter(action__startswith="tests.acts.").order_by("seq")
    assert [(one.action, one.actor_label) for one in told] == [("tests.acts.outer", "甲"), ("tests.acts.other", "丙")]
    assert not Notice.objects.filter(key="acts/2").exists()
    assert not Alias.objects.filter(key="别").exists()


def test_what_the_outermost_refuses_is_not_told_at_all() -> None:
    with pytest.raises(Refused), acting(CLERK, AT) as act:
        act.record("tests.acts.gone", "thing:1")
        raise Refused("no", "不行。")
    assert not AuditEntry.objects.filter(action="tests.acts.gone").exists()


def test_a_lock_asks_for_the_right_before_it_tells_of_a_version() -> None:
    row = Organisation.objects.all()[0]

    def may(_: Organisation) -> None:
        raise NotAllowed("verb-lacking", "不行。")

    with pytest.raises(NotAllowed), acting(CLERK, AT) as act:
        act.lock(Organisation.objects.all(), row.pk, row.version + 1, may=may)
    with pytest.raises(NotFound), acting(CLERK, AT) as act:
        act.lock(Organisation.objects.none(), row.pk, row.version)


@pytest.mark.parametrize(
    ("first", "actor"), [(11, CLERK), (11, Actor(label="令牌", user_id=11, token_id="t")), (None, Actor(label="系统"))]
)
def test_the_second_person_is_another_owner(first: int | None, actor: Actor) -> None:
    """A token of the same person is not a second person, and nobody is not one either."""
    with pytest.raises(NotAllowed, match="另一个人|接口不能代办"):
        require_other_hand(actor, first, "要由另一个人办理，没有执行。", AT)
    require_other_hand(Actor(label="乙", user_id=12), first, "", AT)


def test_a_broken_constraint_is_the_refusal_and_the_act_goes_on() -> None:
    row = Organisation.objects.all()[0]
    with acting(CLERK, AT) as act:
        with pytest.raises(Conflict, match="已经有了"), unless_taken(Conflict("taken", "已经有了，没有登记。")):
            Organisation.objects.create(code=row.code, name="另", key="另", category=row.category)
        act.record("tests.acts.went-on", "thing:1")
    assert AuditEntry.objects.filter(action="tests.acts.went-on").exists()


def test_an_inverted_order_of_locks_is_heard() -> None:
    """Control of the watch: the alias hangs on the organisation and comes after it; keys come in their order."""
    one, two = Organisation.objects.order_by("pk")[:2]
    alias = Alias.objects.create(organisation=one, text="别", key="别", source="")
    with acting(CLERK, AT):
        lock_all(Organisation.objects.filter(pk__in=[two.pk, one.pk]))
        lock_one(Alias.objects.filter(pk=alias.pk))
        lock_one(Organisation.objects.filter(pk=one.pk))  # held already
    with pytest.raises(Inverted), acting(CLERK, AT):
        lock_one(Alias.objects.filter(pk=alias.pk))
        lock_one(Organisation.objects.filter(pk=one.pk))
    with pytest.raises(Inverted), acting(CLERK, AT):
        lock_one(Organisation.objects.filter(pk=two.pk))
        lock_one(Organisation.objects.filter(pk=one.pk))


def test_a_service_that_writes_outside_an_act_is_seen() -> None:
    """Control of the watch: the same code as a service of an app, within an act and without."""
    space: dict[str, object] = {"check": lambda: check_writer(sys._getframe(1))}
    from tests.act_watch import ROOT

    exec(compile("def act():\n    check()", f"{ROOT}/water/services/phases.py", "exec"), space)
    service = space["act"]
    assert callable(service)
    with pytest.raises(OutsideAnAct, match="water/services/phases.py"):
        service()
    with acting(CLERK, AT):
        service()


def test_who_stands_in_for_the_first_hand_is_the_first_hand(gazette):
    """For the acts whose first part was done by several: nobody of them, and no deputy of theirs, is the second."""
    one = replace(SYSTEM, user_id=7)
    assert is_hand_of(one, (7, None)) and not is_hand_of(one, (8, None)) and not is_hand_of(one, ())
    assert is_hand_of(replace(one, stands_for=8), (8,)) and not is_hand_of(replace(one, stands_for=8), (9,))
    # The system and a program without an owner are nobody's hand, nor is a row without one.
    assert not is_hand_of(SYSTEM, (None,))
