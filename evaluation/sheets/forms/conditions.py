"""The forms of 与本期记录不符."""

from django import forms

from evaluation.enums import ConditionKind
from evaluation.sheets.forms.record import BasisForm


class MarkConditionForm(BasisForm):
    field_order = ("kind", "threshold")

    kind = forms.ChoiceField(
        label="条件", choices=[("", "请选"), *ConditionKind.choices], error_messages={"required": "请选条件。"}
    )
    threshold = forms.CharField(label="得分率（%）", required=False, max_length=20)
