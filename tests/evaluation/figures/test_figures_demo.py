"""What demonstration accounts confirmed goes with the demonstration."""

import pytest

from evaluation.demo.services import remove_demo
from evaluation.models import Figure, FigureBatch, MarkSheet, Period
from miyun_kpi.accounts.models import User
from miyun_kpi.lib.actors import Actor
from tests.evaluation.figures.test_figures_followed import sheet
from tests.evaluation.figures.test_figures_proposed import AT, check, figure, propose

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(actor_for):
    return actor_for("zhengfuban1"), actor_for("zhengfuban2")


@pytest.fixture
def real_people(people):
    """Two persons of the office who are no demonstration."""
    return tuple(Actor(f"甲{n}", user_id=90_000 + n, role="evaluation_office", verbs=people[0].verbs) for n in (1, 2))


def settle(people, *pairs):
    return check(people[1], propose(people[0], *pairs))


def test_confirmed_and_replaced_figures_go_back_to_the_text(people):
    settle(people, (figure("weight/9/core"), "10"), (figure("weight/10/core"), "3"), (figure("weight/1/core"), None))
    settle(people, (figure("weight/9/core"), "11"), (figure("weight/10/core"), "2"))
    settle(people, (figure("share/4/1"), "区生态环境局:1"))
    propose(people[0], (figure("weight/3/core"), None))
    open_before = 83
    remove_demo(at=AT)
    assert (figure("weight/9/core").value, figure("weight/10/core").value) == ("8", "5")
    assert figure("share/4/1").organisation.name == "区水务局" and figure("share/4/1").value.endswith(":1")
    assert Figure.objects.unconfirmed().filter(scheme__track="township").count() == open_before
    assert not FigureBatch.objects.exists()


def test_what_real_persons_settled_stays(people, real_people):
    settle(real_people, (figure("weight/9/core"), "10"), (figure("weight/10/core"), "3"))
    settle(people, (figure("weight/9/core"), "11"), (figure("weight/10/core"), "2"))
    settle(people, (figure("weight/11/core"), None))
    settle(real_people, (figure("weight/11/core"), None))
    remove_demo(at=AT)
    values = [(figure(f"weight/{n}/core").value, figure(f"weight/{n}/core").confirmed) for n in (9, 10, 11)]
    assert values == [("10", True), ("3", True), ("3", True)]
    assert FigureBatch.objects.count() == 2


def test_sheets_of_a_real_period_follow_the_figure_back(people):
    Period.objects.filter(code="2020Q3").update(demo=False)
    settle(people, (figure("share/4/1"), "区生态环境局:1"))
    assert sheet(4).evaluator.name == "区生态环境局"
    remove_demo(at=AT)
    assert sheet(4).evaluator.name == "区水务局"


def test_a_figure_on_which_real_marks_rest_keeps_its_value_and_stands_unconfirmed(people):
    Period.objects.filter(code="2020Q3").update(demo=False)
    settle(people, (figure("share/4/1"), "区生态环境局:1"), (figure("weight/9/core"), None))
    sheet(4).marks.update(value="80")
    remove_demo(at=AT)
    assert figure("share/4/1").organisation.name == "区生态环境局" and not figure("share/4/1").confirmed
    assert not figure("weight/9/core").confirmed
    assert MarkSheet.objects.get(pk=sheet(4).pk).marks.filter(value="80").count() == 20
    assert not User.objects.filter(demo=True).exists()
