"""The forms of 与本期记录不符."""

from django import forms

from evaluation.enums import ConditionKind


class MarkConditionForm(forms.Form):
    kind = forms.ChoiceField(
        label="条件", choices=[("", "请选"), *ConditionKind.choices], error_messages={"required": "请选条件。"}
    )
    threshold = forms.CharField(label="得分率（%）", required=False, max_length=20)
    assumed = forms.TypedChoiceField(
        label="依据的性质",
        choices=[("yes", "推定：文件没有写明，由考评办判断"), ("no", "文件写明")],
        coerce=lambda value: value == "yes",
        error_messages={"required": "请选依据的性质。"},
    )
    basis = forms.CharField(
        label="依据",
        min_length=4,
        max_length=300,
        error_messages={
            "required": "请写依据（4 至 300 字）。",
            "min_length": "依据太短，至少 4 个字。",
            "max_length": "依据超过 300 字。",
        },
    )
