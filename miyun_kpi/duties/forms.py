"""Shape of what the pages of duties send."""

import re

from django import forms
from django.http import QueryDict

from miyun_kpi.duties.enums import Cadence
from miyun_kpi.duties.services.reports import ReportInput, Seen
from miyun_kpi.duties.services.upkeep import RHYTHMS, NewDuty
from miyun_kpi.web.forms import checked, day, unreadable

LARGEST = 2**31
_SEPARATORS = re.compile(r"[、，,;；\n]+")


class VersionForm(forms.Form):
    version = forms.IntegerField(min_value=0, max_value=LARGEST, widget=forms.HiddenInput)


class ReasonForm(VersionForm):
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class AmendForm(ReasonForm):
    title = forms.CharField(label="任务", max_length=200)
    requirement = forms.CharField(
        label="要求", max_length=5000, widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    due_on = day("完成时限", required=False)
    field_order = ["version", "title", "requirement", "due_on", "reason"]


class RhythmForm(ReasonForm):
    cadence = forms.ChoiceField(label="周期", choices=[(c.value, c.label) for c in RHYTHMS])
    since = day("自")
    field_order = ["version", "cadence", "since", "reason"]


class HandOverForm(ReasonForm):
    to = forms.CharField(label="接手单位代码", max_length=60)


class NewDutyForm(forms.Form):
    clause = forms.CharField(label="条款", max_length=60, help_text="照公报的条款号，例如 三（六）")
    title = forms.CharField(label="任务", max_length=200)
    requirement = forms.CharField(
        label="要求", max_length=5000, widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    leads = forms.CharField(
        label="牵头单位", max_length=500, required=False, help_text="几个单位用顿号隔开；别名也认得"
    )
    responsible = forms.CharField(
        label="责任单位", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    due_on = day("完成时限", required=False)
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def new(self) -> NewDuty:
        data = self.cleaned_data
        return NewDuty(
            clause=data["clause"],
            title=data["title"],
            requirement=data["requirement"],
            leads=_names(data["leads"]),
            responsible=_names(data["responsible"]),
            due_on=data["due_on"],
        )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in _SEPARATORS.split(text) if name.strip())


class DaysForm(VersionForm):
    due_day_month = forms.IntegerField(label="月报：次月几日前")
    due_day_other = forms.IntegerField(label="其他周期：期满次月几日前")
    late_days = forms.IntegerField(label="补报：截止后几个工作日内")
    remind_days = forms.IntegerField(label="提醒：截止前几个工作日")


class PastForm(forms.Form):
    first = day("自")
    last = day("至")


class ReportForm(VersionForm):
    course = forms.CharField(max_length=20, required=False)
    progress = forms.CharField(max_length=5000, required=False)
    problem = forms.CharField(max_length=5000, required=False)
    next_step = forms.CharField(max_length=5000, required=False)


class StatementForm(VersionForm):
    reason = forms.CharField(max_length=5000, required=False)


class StatementDecisionForm(VersionForm):
    decision = forms.ChoiceField(choices=[("accept", "收下"), ("returned", "退回"), ("revoke", "收回")])
    opinion = forms.CharField(max_length=1000, required=False)


class ReturnForm(VersionForm):
    observation = forms.CharField(max_length=1000, required=False)


def read_report(data: QueryDict) -> ReportInput:
    values = checked(ReportForm(data))
    return ReportInput(**values)


def read_seen(values: list[str]) -> list[Seen]:
    """Ticked rows as “id:version”."""
    found = []
    for value in values:
        left, _, right = value.partition(":")
        if not (left.isascii() and left.isdigit() and right.isascii() and right.isdigit() and len(value) < 32):
            raise unreadable()
        found.append(Seen(int(left), int(right)))
    return found


CADENCES = [(value, label) for value, label in Cadence.choices]
