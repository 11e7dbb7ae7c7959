from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from miyun_kpi.emendations.enums import Basis, Way
from miyun_kpi.emendations.registry import Fact
from miyun_kpi.web.forms import day, organisation_field
from miyun_kpi.web.forms.reading import checked

PREFIX, WAS = "fact-", "was-"
LONG = {"required": "请写明。", "max_length": "写得太长，请精简。"}


class EmendForm(forms.Form):
    """Every fact with what is stored, and why it is put right."""

    basis = forms.ChoiceField(
        label="哪里有误",
        choices=Basis.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请先选是录入有误、事后查明还是原件有误。"},
    )
    paper = forms.CharField(
        label="依据", max_length=200, help_text="原件名称、文号、页码", error_messages={"required": "请写依据。"}
    )
    reason = forms.CharField(
        label="理由（4 至 500 字）",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写勘正的理由。", "max_length": "理由超过 500 字，请精简。"},
    )

    def __init__(self, *given: Any, facts: list[Fact], **options: Any) -> None:
        super().__init__(*given, **options)
        self.known, why = facts, dict(self.fields)
        self.fields = {f"{PREFIX}{one.name}": _field(one) for one in facts} | why

    @property
    def facts(self) -> list[tuple[forms.BoundField, Fact]]:
        """Each box with the fact as it is stored now."""
        return [(self[f"{PREFIX}{one.name}"], one) for one in self.known]


def _field(one: Fact) -> forms.Field:
    if one.way == Way.DATE:
        return day(one.label, required=False, initial=one.value)
    if one.way == Way.CHOICE:
        return forms.ChoiceField(
            label=one.label, required=False, choices=[("", "（空）"), *one.choices], initial=one.value
        )
    if one.way == Way.ORGANISATION:
        return organisation_field(one.label, required=False, initial=one.shown)
    widget = forms.Textarea(attrs={"rows": 3}) if one.way == Way.LONG else forms.TextInput()
    return forms.CharField(
        label=one.label, required=False, max_length=one.most, widget=widget, initial=one.value, error_messages=LONG
    )


def emended(form: forms.Form) -> dict[str, Any]:
    """The facts that differ from what stood in their boxes when the page was opened, what stood there, and why."""
    given = checked(form)
    assert isinstance(form, EmendForm)
    texts = {one.name: _text(given[f"{PREFIX}{one.name}"]) for one in form.known if f"{PREFIX}{one.name}" in form.data}
    return changed(texts, form.data) | {name: given[name] for name in ("basis", "paper", "reason")}


def changed(texts: Mapping[str, str], data: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Of the boxes' texts those that are not what stood there (`was-…`), and that. An untouched box asks for nothing."""
    was = {name: _unix(data[f"{WAS}{name}"]) for name in texts if f"{WAS}{name}" in data}
    typed = {name: text for name, text in texts.items() if text != was.get(name)}
    return {"typed": typed, "seen": {name: was[name] for name in typed if name in was}}


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else _unix(str(value or ""))


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def typed_facts(facts: Iterable[Fact], data: Mapping[str, str]) -> dict[str, str]:
    """What stands in the boxes, whatever else of the form is still empty."""
    texts = {one.name: data.get(f"{PREFIX}{one.name}") for one in facts}
    return changed({name: _unix(text) for name, text in texts.items() if text is not None}, data)["typed"]
