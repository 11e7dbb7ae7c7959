"""What a field says of what it cannot read."""

from datetime import date

import pytest
from django import forms

from miyun_kpi.web.forms import day


class DayForm(forms.Form):
    on = day("办理日期")


def said(text: str) -> str:
    form = DayForm({"on": text})
    return "" if form.is_valid() else str(form.errors["on"][0])


@pytest.mark.parametrize("text", ["2020-09-25", "2020/9/25", "２０２０-０９-２５", " 2020-09-25 "])
def test_a_day_is_read_however_its_digits_were_typed(text):
    form = DayForm({"on": text})
    assert form.is_valid() and form.cleaned_data["on"] == date(2020, 9, 25)


@pytest.mark.parametrize("text", ["2021-02-29", "2021-13-01", "2021-04-31", "0000-01-01"])
def test_a_day_that_no_calendar_has_is_called_so(text):
    assert said(text) == f"没有 {text} 这一天，请核对月份和日子。"


@pytest.mark.parametrize(
    ("text", "words"), [("昨天", "办理日期读不懂"), ("", "请填办理日期"), ("0001-01-01", "1900 年至 2199 年")]
)
def test_what_is_no_day_at_all_is_not(text, words):
    assert words in said(text)


def test_a_choice_that_is_not_there_is_named_in_the_words_of_the_house():
    class Form(forms.Form):
        one = forms.MultipleChoiceField(choices=[("a", "甲")])

    assert Form({"one": ["x:1"]}).errors["one"] == ["没有“x:1”这一项，请从列出的里面选。"]
