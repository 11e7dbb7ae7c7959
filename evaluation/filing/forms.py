"""What comes in about sheets that are not filed. The rules stand in the services; here only shapes and choices."""

from collections.abc import Sequence
from typing import Any

from django import forms

from evaluation.enums import DecisionKind, UnitChange
from evaluation.sheets.forms.periods import FORMATS
from miyun_kpi.web.forms import day

_WORDS = {"required": "请写理由（4 至 500 字）。", "max_length": "理由超过 500 字，请精简。"}


def _moment(label: str, *, required: bool, help_text: str = "") -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=required,
        input_formats=FORMATS,
        widget=forms.DateTimeInput(format=FORMATS[0], attrs={"type": "datetime-local", "step": "60"}),
        error_messages={
            "required": f"请写{label}的日期和时刻。",
            "invalid": f"{label}读不成日期和时刻，请写成 2020-10-20 18:00。",
        },
    )


class DecisionForm(forms.Form):
    """缺表处理决定. Nothing is chosen beforehand: the product proposes none."""

    kind = forms.ChoiceField(
        label="怎样处理",
        choices=DecisionKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一种处理。", "invalid_choice": "请从列出的三种处理中选。"},
    )
    until = _moment("可报至", required=False)
    paper_number = forms.CharField(
        label="盖章纸质报送表的编号", max_length=60, required=False, error_messages={"max_length": "编号超过 60 字。"}
    )
    received_on = day(
        "纸质报送表的收件日期", required=False, help_text="代录的填；今天收到的可以不填，是否迟报按这一天算"
    )
    reason = forms.CharField(
        label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), error_messages=_WORDS
    )
    signer = forms.CharField(
        label="签批人",
        max_length=60,
        error_messages={"required": "请写签批人。", "max_length": "签批人超过 60 字。"},
    )
    signed_on = forms.DateField(
        label="签批日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "请写签批日期。", "invalid": "签批日期读不懂，请写成 2020-07-25。"},
    )


class UnlockForm(forms.Form):
    """申请开锁."""

    reason = forms.CharField(
        label="为什么要开锁", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), error_messages=_WORDS
    )


class AnswerForm(forms.Form):
    """The office on a request: opened until a moment, or declined with a reason."""

    decision = forms.ChoiceField(choices=[("approve", "同意"), ("refused", "不同意")])
    until = _moment("开锁至", required=False)
    answer = forms.CharField(
        label="答复",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "超过 500 字，请精简。"},
    )


class ExtendForm(forms.Form):
    """延期 for every unfiled sheet of one evaluator."""

    until = _moment("延期至", required=True)
    reason = forms.CharField(
        label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}), error_messages=_WORDS
    )


class ConfirmForm(forms.Form):
    decision = forms.ChoiceField(choices=[("confirm", "确认"), ("returned", "退回")])
    note = forms.CharField(
        label="意见",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "超过 500 字，请精简。"},
    )


class UnitDecisionForm(forms.Form):
    """考评对象调整决定. `unit` is the kind and the organisation in one choice, so that neither is offered without the other."""

    unit = forms.ChoiceField(
        label="哪个单位怎样调整",
        error_messages={"required": "请选一个单位。", "invalid_choice": "请从列出的单位中选。"},
    )
    number = forms.CharField(label="决定文号", max_length=80, error_messages={"required": "请写决定文号。"})
    reason = forms.CharField(
        label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), error_messages=_WORDS
    )

    def __init__(
        self,
        *args: Any,
        may_leave: Sequence[tuple[str, str]],
        may_come: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        leave, come = UnitChange.LEAVE_OUT, UnitChange.TAKE_IN
        offered: list[Any] = [("", "请选")]
        offered.append((leave.label, [(f"{leave.value}:{pk}", name) for pk, name in may_leave]))
        if may_come:
            offered.append((come.label, [(f"{come.value}:{pk}", name) for pk, name in may_come]))
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = offered


class SecondOnUnitForm(forms.Form):
    """What the second person, or who revokes, says of a 考评对象调整决定."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[("pass", "通过"), ("returned", "退回"), ("revoked", "撤销")])
    note = forms.CharField(label="意见", max_length=500, required=False)
