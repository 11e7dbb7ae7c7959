"""The forms of 记录对照."""

from typing import Any

from django import forms

from miyun_kpi.web.forms.fields import offer, reason_field


class BasisForm(forms.Form):
    """On what the office rests what it adds beside a mark."""

    assumed = forms.TypedChoiceField(
        label="依据的性质",
        choices=[("yes", "推定：文件没有写明，由考评办判断"), ("no", "文件写明")],
        coerce=lambda value: value == "yes",
        error_messages={"required": "请选依据的性质。"},
    )
    basis = reason_field("依据", what="依据", most=300, rows=0)


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
    reason = reason_field("撤回的理由", what="撤回的理由", most=300, rows=0)
