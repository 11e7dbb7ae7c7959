"""Of two values of one name nobody knows which was meant: neither an address nor a form is taken by its last."""

import pytest
from django import forms
from django.http import QueryDict
from django.test import Client, RequestFactory

from miyun_kpi.lib.errors import Malformed
from miyun_kpi.web.acts import sent
from tests.factories.rankings import BACKEND, person

pytestmark = pytest.mark.django_db


class Asked(forms.Form):
    reason = forms.CharField()
    units = forms.MultipleChoiceField(choices=[("1", "一"), ("2", "二")], widget=forms.CheckboxSelectMultiple)


@pytest.fixture
def browser(gazette):
    client = Client()
    client.force_login(person("guizi", "区规自分局", "register_office"), backend=BACKEND)
    return client


def test_a_form_has_one_value_of_a_field_that_holds_one():
    request = RequestFactory().post("/")
    request.POST = QueryDict("reason=甲&reason=甲&units=1&units=2&more=1&more=2")
    assert sent(request, Asked) == {"reason": "甲", "units": ["1", "2"]}
    request.POST = QueryDict("reason=甲&reason=乙&units=1")
    with pytest.raises(Malformed, match="同一栏有两个不同的值"):
        sent(request, Asked)


def test_an_address_has_one_value_a_name(browser):
    page = browser.get("/farmland/entries/?kind=reserve&kind=post")
    assert page.status_code == 400 and "“kind”写了两次" in page.content.decode()
    assert browser.get("/farmland/entries/?kind=reserve&kind=reserve").status_code == 200


def test_a_decision_is_one(browser):
    answer = browser.post("/farmland/entries/1/reverse/", {"decision": ["confirm", "returned"]})
    assert answer.status_code == 400 and "同一栏有两个不同的值" in answer.content.decode()


def test_what_takes_several_takes_them(browser):
    assert browser.get("/drafts/?form=a&form=b&address=/").status_code == 200
