"""What a second person answers: confirmed, or given back with an observation."""

from django import forms


class DecideForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[("confirm", "确认"), ("returned", "退回")])
    note = forms.CharField(
        label="意见（退回必写）",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "意见超过 500 字，请精简。"},
    )
