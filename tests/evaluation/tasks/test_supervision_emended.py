"""勘正 of a 督办 item that was closed, through the pages; days, constraints and blank texts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluation.models import SupervisionItem
from evaluation.tasks.services import supervision_course as course
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.emendations.models import Emendation
from miyun_kpi.emendations.services import decide, propose
from miyun_kpi.lib.errors import NotAllowed, NotFound, Refused
from tests.clock import Day, dated, today
from tests.emendations.test_pages import text
from tests.evaluation.conftest import actor_named
from tests.evaluation.tasks.test_supervision import keeper, register
from tests.factories.sheets import person

pytestmark = pytest.mark.usefixtures("demo")
WHY = {"basis": "entry", "paper": "督办单第 1 页", "reason": "办结日期抄错一行"}


def keeper2():
    return actor_named("zhengfuban2")


@pytest.fixture
def closed() -> SupervisionItem:
    """Finished a week after its limit, and closed by the other of the two who keep the register."""
    item = register(due_on=today() - timedelta(days=10))
    given = {"item_id": item.pk, "at": timezone.now()}
    course.finish(actor=keeper(), version=1, on=today() - timedelta(days=3), note="已经完成", **given)
    course.close(actor=keeper2(), version=2, passed=True, note="现场看过", **given)
    item.refresh_from_db()
    return item


def asked(item: SupervisionItem, by=None, **typed) -> Emendation:
    given = {"subject": "supervision", "subject_id": item.pk, "typed": typed}
    return propose(actor=by or keeper(), at=timezone.now(), **given, **WHY)


def test_through_the_pages_the_days_late_follow_the_day_that_is_put_right(closed):
    one, two = person("zhengfuban1", "evaluator"), person("zhengfuban2")
    address, page = f"/emendations/supervision/{closed.pk}/new/", f"/evaluation/supervision/{closed.pk}/"
    assert f'href="{address}"' in text(one.get(page))
    right = str(today() - timedelta(days=12))
    looked = text(one.post(address, {"fact-finished_on": right, "look": "1"}))
    assert "由 7 天变为 0 天" in looked and "不会自己改" in looked
    done = one.post(address, {"fact-finished_on": right} | WHY)
    assert done.status_code == 302, text(done)
    made = Emendation.objects.get()
    assert two.post(f"{done.url}decide/", {"version": 1, "decision": "confirm", "note": ""}).status_code == 302
    now = SupervisionItem.objects.get(pk=closed.pk)
    assert (str(now.finished_on), now.state, now.version) == (right, "closed", closed.version + 1)
    told = AuditEntry.objects.get(action="evaluation.supervision.emended")
    assert told.subject == f"supervision:{closed.pk}" and "办结日期" in told.data and f"第 {made.pk} 号" in told.data
    assert f"/emendations/{made.pk}/" in text(one.get(page))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"finished_on": "明天"}, "读不成一天"),
        ({"finished_on": Day(1)}, "晚于今天"),
        ({"finished_on": Day(-99)}, "早于立项日期"),
        ({"due_on": Day(-99)}, "早于立项日期"),
        ({"finished_on": ""}, "须有办结日期"),
        ({"title": ""}, "不能留空"),
        ({"title": "长" * 201}, "最多 200 字"),
        ({"source": "别的"}, "只能从列出的选"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(closed, typed, said):
    with pytest.raises(Refused) as refusal:
        asked(closed, **{name: str(value) for name, value in dated(typed).items()})
    assert said in str(refusal.value) and not Emendation.objects.exists()


def test_a_limit_may_lie_ahead_and_every_problem_is_said_at_once(closed):
    with pytest.raises(Refused) as refusal:
        asked(closed, title="", number="", due_on=str(today() + timedelta(days=5)))
    assert {one.field for one in refusal.value.errors} == {"title", "number"}
    assert asked(closed, due_on=str(today() + timedelta(days=5))).state == "proposed"


def test_a_number_that_another_item_bears_is_refused(closed):
    other = register(number="督〔2020〕6号")
    with pytest.raises(Refused) as refusal:
        asked(closed, number=other.number)
    assert "台账里已有这个编号" in str(refusal.value)


def test_a_number_taken_between_the_two_hands_is_refused_at_the_second(closed):
    made = asked(closed, number="督〔2020〕7号")
    register(number="督〔2020〕7号")
    with pytest.raises(Refused) as refusal:
        decide(actor=keeper2(), emendation_id=made.pk, version=1, confirm=True, note="", at=timezone.now())
    assert "台账里已有这个编号" in str(refusal.value)
    assert SupervisionItem.objects.get(pk=closed.pk).number == closed.number


def test_what_is_still_open_and_what_others_keep_is_not_put_right_here(closed):
    with pytest.raises(Refused) as refusal:
        asked(register(number="督〔2020〕8号"), title="另一件事")
    assert refusal.value.code == "still-open"
    for stranger in (actor_named("beizhuang"), actor_named("shuiwu")):
        with pytest.raises((NotAllowed, NotFound)):
            asked(closed, by=stranger, title="另一件事")


def test_a_blank_long_text_gets_no_words_by_it(closed):
    """Of what is handled on paper only there are none, and a 勘正 is no way around that."""
    SupervisionItem.objects.filter(pk=closed.pk).update(content="")
    closed.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        asked(closed, content="写到网上的内容")
    assert refusal.value.code == "nothing-changed"


def test_the_text_of_an_instruction_is_not_let_in_by_a_new_source(closed):
    """领导批示的原文和内容不在网上存, by whatever door."""
    with pytest.raises(Refused) as refusal:
        asked(closed, source="instruction")
    assert {one.code for one in refusal.value.errors} == {"instruction-text"}
    assert asked(closed, source="instruction", content="").state == "proposed"


def test_it_waits_on_the_desk_of_the_other_keeper(closed):
    made = asked(closed, title="另一件事")
    assert f"/emendations/{made.pk}/" in text(person("zhengfuban2").get("/"))
