"""What comes in along a 复核申请. The rules stand in the services; here only lengths and choices."""

from django import forms

from evaluation.enums import ReviewOutcome

_LONG = {"required": "请写明（4 至 1000 字）。", "max_length": "超过 1000 字，请精简。"}


class AskForm(forms.Form):
    reason = forms.CharField(
        label="申请理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}), error_messages=_LONG
    )
    evidence = forms.CharField(
        label="佐证", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}), error_messages=_LONG
    )


class VersionedForm(forms.Form):
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


class ConsentForm(VersionedForm):
    decision = forms.ChoiceField(choices=[("consent", "同意申请"), ("refused", "不同意")])
    note = forms.CharField(
        label="意见",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "超过 500 字，请精简。"},
    )


class OutcomeForm(VersionedForm):
    """Upheld, or another mark; for the evaluator's answer and for the office's decision."""

    outcome = forms.ChoiceField(
        label="结论",
        choices=ReviewOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一个结论。"},
    )
    value = forms.CharField(
        label="改为",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"max_length": "这个数太长，请改正。"},
    )
    text = forms.CharField(
        label="说明", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), error_messages=_LONG
    )


class CheckForm(VersionedForm):
    decision = forms.ChoiceField(choices=[("confirm", "确认"), ("returned", "退回")])
    note = forms.CharField(
        label="意见",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "超过 500 字，请精简。"},
    )
