"""What is typed for the year's last acts; the limits stand in the rules and services."""

from typing import ClassVar

from django import forms

from evaluation.adjustments.forms import day_field, text_field
from evaluation.year.rules.effect import DEFAULT_ITEM


class SurveyForm(forms.Form):
    items = text_field("评价内容（一行一项：内容 空格 满分）", 600, 4, required=True)
    basis = text_field("依据", 200, required=True)
    due_on = day_field("填写截止")

    FIRST: ClassVar[dict[str, str]] = {"items": " ".join(map(str, DEFAULT_ITEM))}


class VersionForm(forms.Form):
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


class DecisionForm(forms.Form):
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    decision = forms.ChoiceField(label="决定", choices=[("pass", "同意"), ("returned", "退回")])
    note = text_field("意见", 500, 2)


class PlanDayForm(forms.Form):
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    step = forms.CharField(max_length=20)
    planned_on = day_field("计划日期")
    reason = text_field("理由", 500, required=True)
