from collections.abc import Sequence
from typing import Any

from django import forms

from evaluation.enums import DataRows
from evaluation.tasks.forms.task_list import UploadForm

_HELP = "一行一列：“响应率,%,2”是名称、计量单位、小数位。没有单位的，单位写“无”；各行单位不同的，写“按行”。“口径,文字”是文字列。"


def _columns() -> forms.CharField:
    return forms.CharField(
        label="列", required=False, max_length=2000, help_text=_HELP, widget=forms.Textarea(attrs={"rows": 7})
    )


class DeclareForm(forms.Form):
    indicator = forms.TypedChoiceField(label="指标", coerce=int, error_messages={"required": "请选指标。"})
    name = forms.CharField(label="名称", required=False, max_length=60)
    rows_by = forms.ChoiceField(label="一行一个", choices=DataRows.choices, required=False)
    columns = _columns()

    def __init__(self, *args: Any, indicators: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["indicator"]
        chosen.choices = [("", "选指标"), *indicators]


class ColumnsForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=2**31, widget=forms.HiddenInput)
    columns = _columns()


class MonthForm(UploadForm):
    period = forms.ChoiceField(label="月份", error_messages={"required": "请选月份。", "invalid_choice": "请选月份。"})

    def __init__(self, *args: Any, months: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["period"]
        chosen.choices = months
