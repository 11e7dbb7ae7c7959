"""The acts that tests/doors declares for every model with states, by whoever stands nearest to the row."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Model, QuerySet

from disclosure.models import Application as Inquiry
from evaluation import models as ev
from evaluation.drafting.services import basics, copying
from evaluation.feedback.models.feedback import Feedback
from evaluation.ranking.services import publish_ranking
from tests.doors import makers, subjects, table
from tests.doors.walking import bodies_of
from tests.races.mixed.hands import WHY, Hand, Move, NothingToDo

ACTS = table.ACTS | subjects.ACTS
# Those that are one act: of several, refused half way, nobody could count what was done.
MAKERS = makers.MAKERS
# Copied and discarded by moves of their own, less often: a scheme is two thousand rows.
SELDOM = {ev.Scheme, Inquiry}


def of_state(hand: Hand) -> Any:
    """Any act of any model, on one of its newest rows."""
    model = hand.chance.choice([one for one in ACTS if one not in SELDOM])
    row = hand.newest(model)
    act = hand.chance.choice(ACTS[model])
    actor = hand.near(bodies_of(row), act.role)
    with what_it_needs():
        return act.call(row, actor, hand.at)


def of_check(hand: Hand) -> Any:
    """单位核对 of a computed quarter, what is asked of it, its bulletins, and its publication."""
    towns = ("beizhuang-zhen", "xiwengzhuang-zhen")
    rows: dict[type[Model], QuerySet[Any]] = {
        Feedback: Feedback.objects.filter(organisation__code__in=towns).order_by("-pk"),
        ev.Review: ev.Review.objects.order_by("-pk"),
        ev.Bulletin: ev.Bulletin.objects.order_by("-pk"),
        ev.Ranking: ev.Ranking.objects.filter(kind="official").order_by("-pk"),
    }
    model = hand.chance.choice(list(rows))
    row = hand.pick(rows[model])
    if model is ev.Ranking and hand.chance.random() < 0.3:
        office = hand.one_of("zhengfuban1", "zhengfuban2")
        return publish_ranking(actor=office, ranking_id=row.pk, at=hand.at, scope=row.scheme.disclosure_scope)
    act = hand.chance.choice(ACTS[model])
    with what_it_needs():
        return act.call(row, hand.near(bodies_of(row), act.role), hand.at)


@contextmanager
def what_it_needs() -> Iterator[None]:
    """An act of the doors looks for the row it hangs on; where there is none, it has nothing to act on."""
    try:
        yield
    except IndexError as error:
        frames = [one.filename for one in traceback.extract_tb(error.__traceback__) if "/.venv/" not in one.filename]
        if "/tests/doors/" not in frames[-1]:
            raise
        raise NothingToDo from None


def made(hand: Hand) -> Any:
    model = hand.chance.choice(sorted(MAKERS, key=lambda one: one._meta.label))
    role, make = hand.chance.choice(MAKERS[model])
    actor = hand.near([], role)
    with what_it_needs():
        return make(actor, hand.at)


def draft(hand: Hand) -> Any:
    actor = hand.one_of("zhengfuban1", "zhengfuban2")
    drafts = ev.Scheme.objects.filter(state="draft").order_by("-pk").first()
    if drafts is None:
        source = hand.pick(ev.Scheme.objects.filter(state="in_force").order_by("pk"))
        return copying.copy_scheme(actor=actor, scheme_id=source.pk, at=hand.at)
    version = hand.version(drafts)
    if hand.chance.random() < 0.15:
        return copying.discard_draft(actor=actor, scheme_id=drafts.pk, version=version, reason=WHY, at=hand.at)
    wanted = basics.Basics(f"考评方案{hand.number(9)}", "", "2021-05", "2021-12", "100", "100")
    return basics.change_basics(actor=actor, scheme_id=drafts.pk, version=version, wanted=wanted, at=hand.at)


MOVES = [
    Move("feedback/check", of_check, 8),
    Move("doors/state", of_state, 12),
    Move("doors/made", made, 2),
    Move("doors/draft", draft, 0.5),
]
