"""Pure rules of 19号: the credit code, tags of 四, terms of 附件."""

import json
import re
from itertools import pairwise

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from finance_policy.rules.focus import read_focus
from finance_policy.rules.terms import read_term
from miyun_kpi.gazette.rules.terms import term_pieces
from miyun_kpi.lib.credit_code import ALPHABET, LENGTH, check_digit, problem_of

# The example of GB 32100—2015 itself and two codes that stand on public licences.
VALID = ("91350100M000100Y43", "91440300708461136T", "91110108551385082Q")
TERMS = [
    row["text"]
    for row in json.loads((settings.FIXTURES_DIR / "gazettes/2020-02/clauses.json").read_text(encoding="utf-8"))
    if row["document"] == "2020-19" and re.fullmatch(r"附件·\d+", row["ref"])
]


@pytest.mark.parametrize("code", VALID)
def test_a_valid_code_passes_and_every_single_changed_character_is_refused(code):
    assert problem_of(code) == ""
    for place in range(LENGTH):
        for other in ALPHABET:
            if other != code[place]:
                assert problem_of(code[:place] + other + code[place + 1 :]), (place, other)


@pytest.mark.parametrize("letter", "IOZSVa０中 ")
def test_letters_outside_the_alphabet_are_named_with_their_place(letter):
    assert "第 10 位" in problem_of(VALID[0][:9] + letter + VALID[0][10:])


@pytest.mark.parametrize(
    ("code", "said"), [("", "现为 0 位"), (VALID[0][:-1], "现为 17 位"), (VALID[0] + "1", "现为 19 位")]
)
def test_the_length_is_said(code, said):
    assert said in problem_of(code)


BODIES = st.tuples(
    st.text("19N", min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
).map("".join)


@example_settings(max_examples=40)
@given(body=BODIES, place=st.integers(0, LENGTH - 2))
def test_a_code_with_its_check_digit_is_valid_and_swapped_neighbours_are_not(body, place):
    code = body + check_digit(body)
    assert problem_of(code) == ""
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert swapped == code or problem_of(swapped)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ()),
        ("四（一）", ("1",)),
        ("四（六）、四（三）", ("3", "6")),
        ("一，七 一", ("1", "7")),
        ("4;2", ("2", "4")),
        ("四（八）", None),
        ("0", None),
        ("污染", None),
    ],
)
def test_tags_of_the_seven_are_read_and_others_are_not(text, codes):
    assert read_focus(text) == codes


def test_the_37_terms_are_read_from_their_clauses():
    terms = [read_term(text) for text in TERMS]
    assert [term.number for term in terms] == list(range(1, 38))
    assert all(term.meaning and term.spellings for term in terms)
    spelled = [word for term in terms for word in term.spellings]
    assert len(spelled) == len(set(spelled))
    assert {"三个不低于", "气象指数保险", "林权抵押贷款", "绿色产业（项目）库", "PPP", "洗绿"} <= set(spelled)


def test_of_two_terms_at_one_place_the_longer_is_linked():
    addresses = {word: f"#{term.number}" for term in map(read_term, TERMS) for word in term.spellings}
    text = "争取绿色信贷专营机构，扩大绿色信贷；将符合条件的纳入绿色产业（项目）库"
    pieces = term_pieces(text, addresses)
    assert "".join(piece for piece, _ in pieces) == text
    assert [(p, a) for p, a in pieces if a] == [
        ("绿色信贷专营机构", "#7"),
        ("绿色信贷", "#2"),
        ("绿色产业（项目）库", "#33"),
    ]
    assert all(before[1] or after[1] for before, after in pairwise(pieces))
    assert term_pieces("没有名词", addresses) == [("没有名词", "")] and term_pieces("", addresses) == []
