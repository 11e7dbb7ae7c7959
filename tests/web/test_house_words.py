"""Sentences of the framework's fields, odd years, addresses that only take forms, refusals beside a list called acts."""

from datetime import date

import pytest
from django import forms
from django.template.loader import render_to_string
from rest_framework import serializers

from miyun_kpi.lib.errors import Refused
from miyun_kpi.web.wording import EARLIEST, LATEST


class Form(forms.Form):
    number = forms.IntegerField(max_value=24, required=False)
    words = forms.CharField(max_length=3)
    amount = forms.DecimalField(max_digits=5, decimal_places=2, required=False)
    day = forms.DateField(required=False)


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"number": "25"}, "number", "不能大于 24，请核对。"),
        ({"number": "1.5"}, "number", "请写整数。"),
        ({"words": "四个字的"}, "words", "超过 3 字（现在 4 字），请精简。"),
        ({"words": ""}, "words", "是空白，请填写。"),
        ({"words": "a\x00"}, "words", "含有读不出的字符，请删去重写。"),
        ({"amount": "1234567"}, "amount", "超过 5 位数字，请核对。"),
        ({"amount": "1.234"}, "amount", "至多 2 位小数，系统不代为舍入。"),
        ({"day": "昨天"}, "day", "日期读不懂，请写成 2020-09-25。"),
        ({"day": "0001-01-01"}, "day", "1900 年"),
        ({"day": "2200-01-01"}, "day", "2199 年"),
    ],
)
def test_a_field_speaks_as_the_house_does(typed, field, said):
    form = Form({"words": "可以", **typed})
    assert not form.is_valid() and said in str(form.errors[field][0])


def test_days_that_can_be_meant_pass_on_page_and_interface():
    for day in (EARLIEST, LATEST):
        assert Form({"words": "可以", "day": day.isoformat()}).is_valid()
        assert serializers.DateField().run_validation(day.isoformat()) == day
    with pytest.raises(serializers.ValidationError):
        serializers.DateField().run_validation(date(1, 1, 1).isoformat())


def test_a_refusal_prints_nothing_of_the_page_around_it():
    context = {"refusal": Refused("x", "没有保存。"), "acts": [("secret", object())], "who": "某人"}
    for name in ("components/refusal.html", "components/empty.html"):
        text = render_to_string(name, context | {"title": "标题", "why": "缘由"})
        assert "secret" not in text and "某人" not in text


def test_an_address_that_takes_forms_only_says_so(gazette, client):
    from tests.factories.rankings import person

    client.force_login(person("kan", "区水务局", "reporter"))
    answer = client.get("/personnel/notices/new/")
    assert answer.status_code == 405 and "只收表单提交" in answer.content.decode() and answer["Allow"] == "POST"
