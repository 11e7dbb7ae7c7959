from decimal import Decimal
from typing import Any

from django import forms

from miyun_kpi.lib.decimals import plain, read_decimal
from miyun_kpi.lib.errors import Refused
from miyun_kpi.web.forms import day as day_field
from miyun_kpi.web.forms.days import PaperForm
from water.enums import Source, Verdict
from water.models import Measure


class ExactField(forms.CharField):
    """A decimal of up to four places, refused instead of rounded; None when blank."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=40, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text.strip():
            return None
        try:
            found = read_decimal(text, places=4, what=str(self.label))
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from None
        if found >= Decimal(10) ** 13:
            raise forms.ValidationError(f"{self.label}过大，没有保存。请核对单位。")
        return found


class MeasureForm(PaperForm):
    measure = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    day = day_field("截至")
    numerator = ExactField(label="分子")
    denominator = ExactField(label="分母")
    unit = forms.CharField(label="分子分母的单位", max_length=20, required=False)
    share = ExactField(label="比率（%，不填分子分母时）")
    source_kind = forms.ChoiceField(label="来源", choices=Source.choices)
    source = forms.CharField(label="来源说明", max_length=200, error_messages={"required": "请写来源。"})


def initial_of(row: Measure | None) -> dict[str, Any]:
    if row is None:
        return {}
    names = ("version", "day", "numerator", "denominator", "unit", "share", "source_kind", "source", "done_on")
    values = {name: getattr(row, name) for name in names}
    shown = {name: plain(value) if isinstance(value, Decimal) else value for name, value in values.items()}
    return {"measure": row.pk, **shown}


class JudgeForm(forms.Form):
    day = day_field("截至")
    verdict = forms.ChoiceField(label="判断", choices=Verdict.choices)
    reason = forms.CharField(
        label="理由（4 至 500 字）",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写理由。"},
    )
