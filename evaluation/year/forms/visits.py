"""What is typed about 现场考评."""

from collections.abc import Sequence
from typing import Any

from django import forms

from evaluation.adjustments.forms import day_field, text_field


class VisitForm(forms.Form):
    organisation = forms.ChoiceField(label="考评对象", error_messages={"required": "请选考评对象。"})
    starts_on = day_field("开始日期")
    ends_on = day_field("结束日期")
    indicators = forms.MultipleChoiceField(
        label="考评内容", widget=forms.CheckboxSelectMultiple, error_messages={"required": "请选考评内容。"}
    )
    leader = text_field("带队人", 60, required=True)
    note = text_field("说明", 500, 2)
    crowd_reason = text_field("与另一次相近的理由", 500, 2)

    def __init__(self, *args: Any, organisations: Sequence[Any], indicators: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("organisation", [("", "请选"), *organisations]), ("indicators", indicators)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


class ResultForm(forms.Form):
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    act = forms.ChoiceField(choices=[("done", "登记"), ("cancel", "取消")], required=False)
    result = text_field("现场考评情况", 2000, 5)
