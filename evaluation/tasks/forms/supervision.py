from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from evaluation.enums import SupervisionSource
from evaluation.tasks.rules.supervision import LONGEST, ItemInput

DAY = "%Y-%m-%d"


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=[DAY],
        widget=forms.DateInput(attrs={"type": "date"}, format=DAY),
        error_messages={"invalid": "这个日期读不懂，请写成 2020-09-30。"},
    )


def _words(label: str, longest: int = 1000) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": f"{label}超过 {longest} 字。"},
    )


class ItemForm(forms.Form):
    """Shape alone; what an item must say is checked by its rule, all at once."""

    version = forms.IntegerField(min_value=0, max_value=2**31, widget=forms.HiddenInput, initial=0)
    number = forms.CharField(label="编号", required=False, max_length=LONGEST["number"])
    source = forms.ChoiceField(label="来源", required=False, choices=[("", "选来源"), *SupervisionSource.choices])
    title = forms.CharField(label="事项", required=False, max_length=LONGEST["title"])
    content = _words("内容和要求", LONGEST["content"])
    registered_on = _day("立项日期")
    due_on = _day("时限")
    lead = forms.TypedChoiceField(label="主办单位", required=False, coerce=int, empty_value=None)
    co = forms.TypedMultipleChoiceField(
        label="协办单位", required=False, coerce=int, widget=forms.SelectMultiple(attrs={"size": 8})
    )

    def __init__(self, *args: Any, units: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lead: Any = self.fields["lead"]
        co: Any = self.fields["co"]
        lead.choices = [("", "选单位"), *units]
        co.choices = list(units)


def item_of(given: Mapping[str, Any]) -> ItemInput:
    """From the values of an ItemForm."""
    return ItemInput(
        **{name: given.get(name) or "" for name in ("number", "source", "title", "content")},
        registered_on=given.get("registered_on"),
        due_on=given.get("due_on"),
        lead_id=given.get("lead"),
        co_ids=tuple(given.get("co") or ()),
    )


class ActForm(forms.Form):
    """One act of the course: what it needs of these, its service says."""

    version = forms.IntegerField(min_value=0, max_value=2**31, widget=forms.HiddenInput)
    text = _words("内容")
    on = _day("日期")
    decision = forms.CharField(required=False, max_length=10)
