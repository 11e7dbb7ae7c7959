"""The forms of 记录对照."""

from typing import Any

from django import forms

from miyun_kpi.web.forms.fields import offer


class BasisForm(forms.Form):
    """On what the office rests what it adds beside a mark."""

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


class RecordLineForm(BasisForm):
    """`source` is sent as provider:source."""

    field_order = ("share", "source")

    share = forms.TypedChoiceField(
        label="指标和考评部门", coerce=int, error_messages={"required": "请选指标和考评部门。"}
    )
    source = forms.ChoiceField(label="看哪里的记录", error_messages={"required": "请选来源。"})

    def __init__(self, *args: Any, shares: Any = (), sources: Any = (), **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "share", [("", "请选"), *shares])
        offer(self, "source", [("", "请选"), *sources])


class WithdrawLineForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=2**31, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="撤回的理由",
        min_length=4,
        max_length=300,
        error_messages={
            "required": "请写撤回的理由（4 至 300 字）。",
            "min_length": "理由太短，至少 4 个字。",
            "max_length": "理由超过 300 字。",
        },
    )
