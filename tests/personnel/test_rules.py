"""Terms, probations and sentences of 16号、23号、32号, by case."""

from datetime import date

import pytest

from miyun_kpi.gazette.fixtures import read_json, rows_of, source_text
from personnel.enums import ActKind, Outcome, ProbationState
from personnel.rules import sentences
from personnel.rules.probation import probation_end, probation_state
from personnel.rules.sentences import Said
from personnel.rules.terms import ActFact, concurrent, derive, seats_on, transfers

A, R, O = ActKind.APPOINT, ActKind.REMOVE, ActKind.OPENING  # noqa: E741
DAY = date(2020, 7, 5)


def fact(number, kind, on=DAY, *, person=1, position=1, order=0, months=0):
    return ActFact(number, person, position, kind, on, order, months)


def test_a_term_is_held_from_the_day_of_the_document_to_the_day_before_the_removal():
    ((term,), problems) = derive([fact(1, A), fact(2, R, date(2020, 9, 1))])
    assert problems == []
    held = [date(2020, 7, 4), DAY, date(2020, 8, 31), date(2020, 9, 1)]
    assert [term.on(day) for day in held] == [False, True, True, False]


def test_a_removal_without_a_known_appointment_closes_a_term_of_unknown_beginning():
    ((term,), problems) = derive([fact(1, R)])
    assert problems == [] and term.since is None and term.began_by is None
    assert term.on(date(1999, 1, 1)) and not term.on(DAY)


@pytest.mark.parametrize(
    ("acts", "code", "wrong", "earlier"),
    [
        ([fact(1, A), fact(2, A, date(2020, 8, 1))], "already-holds", 2, 1),
        ([fact(1, A), fact(2, A)], "already-holds", 2, 1),
        ([fact(1, O, None), fact(2, A)], "already-holds", 2, 1),
        ([fact(1, R), fact(2, R, date(2020, 8, 1))], "not-held-any-more", 2, 1),
        # An appointment entered later, dated earlier: the one that stands is the one it contradicts.
        ([fact(1, A), fact(2, A, date(2020, 6, 1))], "already-holds", 1, 2),
    ],
)
def test_the_same_act_twice_is_a_contradiction(acts, code, wrong, earlier):
    _, problems = derive(acts)
    assert [(one.code, one.act, one.earlier) for one in problems] == [(code, wrong, earlier)]


def test_leaving_and_returning_are_two_terms():
    terms, problems = derive([fact(1, A), fact(2, R, date(2020, 8, 1)), fact(3, A, date(2021, 1, 1))])
    assert problems == [] and [(one.since, one.until) for one in terms] == [
        (DAY, date(2020, 8, 1)),
        (date(2021, 1, 1), None),
    ]


def test_concurrent_posts_and_a_transfer_of_one_notice():
    acts = [fact(1, A, position=1), fact(2, A, position=2), fact(3, R, position=3), fact(4, A, person=2, position=4)]
    terms, _ = derive(acts)
    assert {person: len(found) for person, found in concurrent(terms, DAY).items()} == {1: 2}
    assert [(one.person, one.left, one.taken) for one in transfers(acts)] == [(1, 3, 1)]


def test_a_vacancy_is_only_named_where_the_number_of_seats_is_known():
    terms, _ = derive([fact(1, R, position=1), fact(2, A, position=2), fact(3, R, position=3)])
    found = {one.position: one for one in seats_on(terms, DAY, {1: None, 2: 3, 3: 1, 4: 2, 5: None})}
    assert sorted(found) == [1, 2, 3, 4]
    assert (found[1].unfollowed, found[1].open_) == (True, None)
    assert (found[2].unfollowed, found[2].open_) == (False, 2)
    assert (found[3].unfollowed, found[3].open_, found[4].open_) == (False, 1, 2)


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2020, 4, 7), 12, date(2021, 4, 7)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2020, 8, 31), 6, date(2021, 2, 28)),
        (date(2019, 8, 31), 6, date(2020, 2, 29)),
        (date(2020, 12, 31), 1, date(2021, 1, 31)),
    ],
)
def test_a_probation_ends_on_the_corresponding_day(start, months, last):
    assert probation_end(start, months) == last


@pytest.mark.parametrize(
    ("today", "outcome", "left_on", "state"),
    [
        (date(2021, 3, 7), "", None, ProbationState.RUNNING),
        (date(2021, 3, 8), "", None, ProbationState.DUE),
        (date(2021, 4, 7), "", None, ProbationState.DUE),
        (date(2021, 4, 8), "", None, ProbationState.OVERDUE),
        (date(2021, 4, 8), Outcome.CONFIRMED, None, ProbationState.CONFIRMED),
        (date(2021, 4, 8), Outcome.DISMISSED, None, ProbationState.DISMISSED),
        (date(2020, 12, 1), "", date(2020, 12, 1), ProbationState.LEFT),
        (date(2020, 11, 30), "", date(2020, 12, 1), ProbationState.RUNNING),
    ],
)
def test_the_state_of_a_probation(today, outcome, left_on, state):
    last = date(2021, 4, 7)
    assert probation_state(last_day=last, today=today, outcome=outcome, left_on=left_on, remind_days=30) == state


@pytest.mark.parametrize(
    ("months", "words"),
    [
        (0, ""),
        (12, "（试用期一年）"),
        (24, "（试用期两年）"),
        (6, "（试用期六个月）"),
        (2, "（试用期两个月）"),
        (15, "（试用期十五个月）"),
        (20, "（试用期二十个月）"),
    ],
)
def test_a_probation_in_words(months, words):
    assert sentences.probation_words(months) == words


def test_appointments_stand_before_removals_and_neighbours_share_a_sentence():
    acts = [
        Said("甲", "某职", R),
        Said("乙", "某局副局长", A),
        Said("丙", "某局副局长", A),
        Said("丁", "某局副局长", A, 12),
    ]
    assert sentences.finished(sentences.group(acts)) == [
        "乙、丙同志任某局副局长；",
        "丁同志任某局副局长（试用期一年）；",
        "免去甲同志某职职务。",
    ]


NOTICES = read_json("gazettes/2020-02/appointments.json")["notices"]
CLAUSES = {(one["document"], one["ref"]): one["text"] for one in rows_of("clauses.json")}


@pytest.mark.parametrize("notice", NOTICES, ids=[one["document"] for one in NOTICES])
def test_the_sentences_of_the_notices_are_written_as_they_are_printed(notice):
    lines = {}
    for act in notice["acts"]:
        said = Said(act["person"], act["printed"], act["kind"], act["probation_months"])
        lines.setdefault(act["clause"], []).append(said)
    printed = [CLAUSES[notice["document"], ref] for ref in lines]
    assert sentences.finished(list(lines.values())) == printed
    assert sentences.opening(notice["meeting"]) == CLAUSES[notice["document"], "决定"]
    every = [ref for document, ref in CLAUSES if document == notice["document"] and ref.startswith("任免")]
    assert list(lines) == every
    text = "".join(source_text("2020-02").split())
    for act in notice["acts"]:
        assert act["person"] in text and act["printed"] in text and act["printed"].endswith(act["title"])


def test_there_are_32_acts():
    assert [len(one["acts"]) for one in NOTICES] == [1, 7, 24]
