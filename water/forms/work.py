"""Rounds of small water bodies and stages of projects, as the pages send them."""

from typing import Any

from django import forms

from miyun_kpi.web.forms import day as day_field
from miyun_kpi.web.forms.days import LateForm
from water.models import Phase
from water.rules.rounds import FIVE


class RoundForm(LateForm):
    """Each 无 is asked: neither answer is the default, so a box passed over is not a no."""

    day = day_field("核查日期")
    checked_by = forms.CharField(label="核查人", max_length=40, error_messages={"required": "请写核查人。"})
    note = forms.CharField(label="情况", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    next_on = day_field("下次核查不晚于", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, words in FIVE:
            self.fields[name] = forms.ChoiceField(
                label=words,
                choices=[("", "请选"), ("yes", "是"), ("no", "否")],
                error_messages={"required": f"请答“{words}”。"},
            )


class PhaseForm(LateForm):
    phase = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    name = forms.CharField(label="阶段", max_length=60, error_messages={"required": "请写阶段名称。"})
    planned_from = day_field("计划开始")
    planned_to = day_field("计划完成")
    actual_from = day_field("实际开始", required=False)
    actual_to = day_field("实际完成", required=False)
    reason = forms.CharField(label="滞后原因（完成晚于计划时）", max_length=300, required=False)


def initial_of(row: Phase | None) -> dict[str, Any]:
    names = ("version", "name", "planned_from", "planned_to", "actual_from", "actual_to", "reason")
    return {"phase": row.pk, **{name: getattr(row, name) for name in names}} if row else {}
