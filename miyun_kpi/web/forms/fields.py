"""Fields as they are typed: a day, a choice whose answers are known only when the page is made."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse_lazy

DAY = "%Y-%m-%d"
_DAY = re.compile(r"\d{4}([-/])\d{1,2}\1\d{1,2}", re.ASCII)


class DayField(forms.DateField):
    """Digits may be of full width; a day that no calendar has is called that, not unreadable."""

    def to_python(self, value: Any) -> date | None:
        said = unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value
        try:
            return super().to_python(said)
        except forms.ValidationError as error:
            if isinstance(said, str) and _DAY.fullmatch(said):
                raise forms.ValidationError(f"没有 {said} 这一天，请核对月份和日子。", code="no-such-day") from error
            raise


def day(label: str, **options: Any) -> forms.DateField:
    return DayField(
        label=label,
        input_formats=[DAY, "%Y/%m/%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format=DAY),
        error_messages={"invalid": f"{label}读不懂，请写成 2020-09-25。", "required": f"请填{label}。"},
        **options,
    )


def reason_field(label: str, *, what: str = "理由", most: int = 500, rows: int = 2) -> forms.CharField:
    """Why somebody does it or what it rests on, four characters to `most`, as `lib.reading.read_reason` takes it; `rows` 0: in one line."""
    return forms.CharField(
        label=label,
        min_length=4,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(),
        error_messages={
            "required": f"请写{what}（4 至 {most} 字）。",
            "min_length": f"{what}太短，至少 4 个字。",
            "max_length": f"{what}超过 {most} 字。",
        },
    )


# An input in which an organisation is typed: names and aliases are fetched when somebody comes to it, into the list
# that stands empty at the end of every page.
OFFERS_ORGANISATIONS = {
    "list": "organisation-names",
    "autocomplete": "off",
    "hx-get": reverse_lazy("organisations:names"),
    "hx-trigger": "focus once",
    "hx-target": "#organisation-names",
    "hx-swap": "innerHTML",
}


def organisation_field(label: str, **options: Any) -> forms.CharField:
    """Name, alias or code of an organisation, offered while it is typed."""
    given: dict[str, Any] = {"max_length": 100, "help_text": "名称或别名"} | options
    return forms.CharField(label=label, widget=forms.TextInput(attrs=dict(OFFERS_ORGANISATIONS)), **given)


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """What a choice of this form may be, known only when the page is made."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField), name
    field.choices = list(choices)
