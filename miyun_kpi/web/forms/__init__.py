"""What the forms of the pages share: a day as it is typed, and the one sentence of everything that is wrong."""

from collections.abc import Iterable
from typing import Any

from django import forms

from miyun_kpi.lib.errors import Malformed, Refused

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


def unreadable() -> Malformed:
    return Malformed("bad-request", "这次提交的内容读不懂，没有执行。请刷新页面后再试。")


def checked(form: forms.Form) -> dict[str, Any]:
    """The cleaned values, or one sentence with every problem; a broken version is a broken page."""
    if form.is_valid():
        return form.cleaned_data
    if "version" in form.errors:
        raise unreadable()
    said = []
    for name, errors in form.errors.items():
        label = str(form.fields[name].label or "") if name in form.fields else ""
        words = str(errors[0]).rstrip("。").replace("，没有保存", "")
        said.append(words if label and label[:4] in words else f"{label}：{words}" if label else words)
    raise Refused("bad-form", f"{'；'.join(said)}。没有保存，请改正。")
