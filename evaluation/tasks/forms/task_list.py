from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from evaluation.tasks.rules.task_list import LONGEST, TaskInput

DAY = "%Y-%m-%d"


class TaskForm(forms.Form):
    """Shape alone; what a task must say is checked by its rule, all at once."""

    organisation = forms.TypedChoiceField(
        label="责任单位",
        coerce=int,
        error_messages={"required": "请选责任单位。", "invalid_choice": "请从承担单位里选。"},
    )
    name = forms.CharField(label="任务名称", required=False, max_length=LONGEST["name"])
    target = forms.CharField(label="目标值", required=False, max_length=LONGEST["target"])
    unit = forms.CharField(label="计量单位", required=False, max_length=LONGEST["unit"])
    due_on = forms.DateField(
        label="完成时限",
        required=False,
        input_formats=[DAY],
        widget=forms.DateInput(attrs={"type": "date"}, format=DAY),
        error_messages={"invalid": "这个日期读不懂，请写成 2020-10-31。"},
    )
    sub_indicator = forms.ChoiceField(label="分指标", required=False)
    definition = forms.CharField(
        label="口径", required=False, max_length=LONGEST["definition"], widget=forms.Textarea(attrs={"rows": 2})
    )
    data_source = forms.CharField(label="数据来源", required=False, max_length=LONGEST["data_source"])
    department = forms.CharField(label="责任部门", required=False, max_length=LONGEST["department"])

    def __init__(self, *args: Any, units: Sequence[tuple[int, str]], parts: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["organisation"]
        chosen.choices = [("", "选单位"), *units]
        part: Any = self.fields["sub_indicator"]
        part.choices = [("", "（没有）"), *((name, name) for name in parts)]
        if not parts:
            del self.fields["sub_indicator"]


def task_of(given: Mapping[str, Any]) -> TaskInput:
    """From the values of a TaskForm."""
    words = {name: given.get(name) or "" for name in TaskInput.__dataclass_fields__ if name != "due_on"}
    return TaskInput(due_on=given.get("due_on"), **words)


class ChangeForm(TaskForm):
    version = forms.IntegerField(min_value=1, max_value=2**31, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, units=[], **kwargs)
        del self.fields["organisation"]


class WithdrawForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=2**31, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="撤回理由",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "理由超过 300 字。"},
    )


class UploadForm(forms.Form):
    workbook = forms.FileField(
        label="填好的工作簿（.xlsx）",
        allow_empty_file=True,
        max_length=200,
        error_messages={"required": "请选择填好的工作簿。", "max_length": "文件名太长，请改短后再上传。"},
    )
