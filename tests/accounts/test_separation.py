from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from miyun_kpi.accounts.enums import MARKING_ROLES, SEPARATED_ROLES, Role
from miyun_kpi.accounts.rules import Held, incompatible, overlap, separation_problem

DAY = date(2026, 3, 10)


def test_every_pair_of_roles_is_judged_as_the_separation_of_powers_has_it():
    for one in Role.values:
        for other in Role.values:
            three = {one, other} & SEPARATED_ROLES
            expected = one != other and (len(three) == 2 or (len(three) == 1 and bool({one, other} & MARKING_ROLES)))
            assert incompatible(one, other) is expected, (one, other)


def test_posts_that_touch_on_one_day_overlap_and_posts_that_follow_do_not():
    ended = Held(Role.AUDITOR, DAY - timedelta(days=9), DAY)
    assert separation_problem(Held(Role.SYSTEM_ADMIN, DAY), [ended])
    assert separation_problem(Held(Role.SYSTEM_ADMIN, DAY + timedelta(days=1)), [ended]) is None


def test_the_sentence_names_both_roles_and_the_end_of_the_one_in_the_way():
    sentence = separation_problem(Held(Role.EVALUATOR, DAY), [Held(Role.AUDITOR, DAY, date(2026, 12, 31))])
    assert "审计员" in sentence and "考评经办" in sentence and "2026-12-31" in sentence


DAYS = st.dates(date(2026, 1, 1), date(2026, 2, 10))
HELD = st.builds(
    lambda start, length: Held(Role.AUDITOR, start, None if length is None else start + timedelta(days=length)),
    DAYS,
    st.none() | st.integers(0, 20),
)


@given(HELD, HELD)
def test_overlap_means_a_day_in_common(one, other):
    def days(held):
        last = held.ends_on or date(2026, 4, 1)
        return {held.starts_on + timedelta(days=n) for n in range((last - held.starts_on).days + 1)}

    assert overlap(one, other) is bool(days(one) & days(other))
