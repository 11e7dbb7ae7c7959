"""Fields as they are typed: a day, a choice whose answers are known only when the page is made."""

from collections.abc import Iterable
from typing import Any

from django import forms

DAY = "%Y-%m-%d"


def day(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        input_formats=[DAY, "%Y/%m/%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format=DAY),
        error_messages={"invalid": f"{label}读不懂，请写成 2020-09-25。", "required": f"请填{label}。"},
        **options,
    )


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """What a choice of this form may be, known only when the page is made."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField), name
    field.choices = list(choices)
