from django import forms

from evaluation.enums import YEAR_ORIGINS

DAY = "%Y-%m-%d"


class PressForm(forms.Form):
    requirement = forms.CharField(
        label="整改要求",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "整改要求超过 1000 字。"},
    )
    offline_number = forms.CharField(label="线下文书编号", max_length=60, required=False)
    due_on = forms.DateField(
        label="整改期限",
        input_formats=[DAY],
        widget=forms.DateInput(attrs={"type": "date"}, format=DAY),
        error_messages={"required": "请选整改期限。", "invalid": "这个日期读不懂，请写成 2020-10-20。"},
    )


class AnswerForm(forms.Form):
    version = forms.IntegerField(min_value=0, max_value=2**31, widget=forms.HiddenInput)
    answer = forms.CharField(
        label="整改情况", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class DecisionForm(forms.Form):
    version = forms.IntegerField(min_value=0, max_value=2**31, widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[("pass", "验收销号"), ("returned", "未通过，退回")])
    note = forms.CharField(label="验收意见", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class YearPressForm(PressForm):
    """Of 年终: which unit and item, and where it was found."""

    unit = forms.CharField(label="单位", max_length=60, error_messages={"required": "请选单位。"})
    indicator = forms.IntegerField(
        label="考评内容", min_value=1, max_value=999, error_messages={"required": "请选考评内容。"}
    )
    origin = forms.ChoiceField(
        label="来源",
        choices=[(one.value, one.label) for one in YEAR_ORIGINS],
        error_messages={"required": "请选来源。"},
    )
    field_order = ["unit", "indicator", "origin", "requirement", "offline_number", "due_on"]
