"""Shape of what the pages of duties send."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from miyun_kpi.duties.enums import Cadence, Course, OpeningHow
from miyun_kpi.duties.services.making_up import Paper
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
    decision = forms.ChoiceField(choices=[("accept", "收下"), ("returned", "退回"), ("revoked", "撤销")])
    opinion = forms.CharField(max_length=1000, required=False)


class ReturnForm(VersionForm):
    observation = forms.CharField(max_length=1000, required=False)


class _LineForm(VersionForm):
    """A whole line in boxes of its own; an offline duty has the last three instead of texts."""

    course = forms.ChoiceField(
        label="状态",
        choices=Course.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选状态：在轨、滞后、受阻或完成。"},
    )
    progress = forms.CharField(label="进展", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    problem = forms.CharField(
        label="问题（滞后或受阻必写）", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    next_step = forms.CharField(
        label="下一步", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    offline_on = day("线下报送日期", required=False)
    offline_handler = forms.CharField(label="经办人", max_length=40, required=False)
    offline_number = forms.CharField(label="线下编号", max_length=60, required=False)

    def __init__(self, *args: Any, offline: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("progress", "problem", "next_step") if offline else OFFLINE:
            del self.fields[name]


OFFLINE = ("offline_on", "offline_handler", "offline_number")


class MadeUpForm(_LineForm):
    """补报: the line and why it comes only now."""

    reason = forms.CharField(
        label="现在才报的理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写现在才报的理由。"},
    )


class FromPaperForm(_LineForm):
    """代录: the line and the paper it is entered from."""

    paper_number = forms.CharField(
        label="纸质件的名称、编号", max_length=60, error_messages={"required": "请写纸质件的名称、编号。"}
    )
    received_on = day("收件日期", required=False, help_text="今天收到的可以不填；是否迟报按收件日期算")
    late_reason = forms.CharField(
        label="现在才代录的理由", max_length=200, required=False, help_text="收件日期早于上一个工作日的才写"
    )

    field_order = ["version", "paper_number", "received_on", "late_reason"]


def line_of(given: dict[str, Any]) -> ReportInput:
    """The line out of what was sent; the rest stays."""
    names = ("version", "course", "progress", "problem", "next_step", *OFFLINE)
    return ReportInput(**{name: given.pop(name) for name in names if name in given})


def paper_of(given: dict[str, Any]) -> Paper:
    return Paper(given["paper_number"], given["received_on"], given["late_reason"])


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


class OpeningForm(forms.Form):
    """期初已办 of many periods at once: one 依据, a day for all that have none of their own, and a line a period.

    `keys`: “unit-period” of the lines shown.
    """

    basis = forms.CharField(
        label="期初依据",
        max_length=200,
        help_text="台账或来文的名称、页码，用于下面选中的各期",
        error_messages={"required": "请写期初依据。"},
    )
    on = day("没有单独填日期的，都按", required=False)
    rest = forms.ChoiceField(label="没有单独选的，都按", required=False, choices=[("", "不登记"), *OpeningHow.choices])

    def __init__(self, *args: Any, keys: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = keys
        for key in keys:
            how = forms.ChoiceField(label="期初情形", required=False, choices=[("", "—"), *OpeningHow.choices])
            self.fields[f"how-{key}"], self.fields[f"on-{key}"] = how, day("纸面日期", required=False)

    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"how-{key}"], self[f"on-{key}"]) for key in self.keys]


def opening_rows(given: dict[str, Any], keys: Sequence[str]) -> dict[str, dict[str, str]]:
    """By key the rows that are to be taken in, as the service reads them."""
    found = {}
    for key in keys:
        how, on = given[f"how-{key}"] or given["rest"], given[f"on-{key}"] or given["on"]
        if how or given[f"on-{key}"]:
            unit, _, period = key.partition("-")
            said = {"how": how, "on": on.isoformat() if on else "", "basis": given["basis"]}
            found[key] = {"unit": unit, "period": period, **said}
    return found


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label="撤销的理由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text="4 至 500 字"
    )
