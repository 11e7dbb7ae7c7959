from django import forms

from evaluation.enums import DisclosureScope, RankingKind, SigningTitle


class ComputeForm(forms.Form):
    """What the buttons 试算 and 正式核定 send."""

    scheme = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    period = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    kind = forms.ChoiceField(choices=RankingKind.choices)


class SigningForm(forms.Form):
    """领导审签: who signed the paper, in what office, on which day; the scan of the paper is sent beside it."""

    signer = forms.CharField(label="审签人", max_length=60, error_messages={"required": "请写明审签人，没有登记。"})
    title = forms.ChoiceField(
        label="职务",
        choices=SigningTitle.choices,
        error_messages={
            "required": "请写明审签人的职务，没有登记。",
            "invalid_choice": "审签人须是区政府办主任或分管区领导，没有登记。",
        },
    )
    signed_on = forms.DateField(
        label="审签日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": "请写明审签日期，没有登记。",
            "invalid": "审签日期读不成一天，没有登记。请写成 2020-07-16 的样子。",
        },
    )


class OwnSigningForm(forms.Form):
    """我已审签: in which of the two offices the leader signs."""

    title = forms.ChoiceField(
        label="职务",
        choices=SigningTitle.choices,
        error_messages={
            "required": "请选您审签的职务，没有登记。",
            "invalid_choice": "职务须是区政府办主任或分管区领导，没有登记。",
        },
    )


class PublishForm(forms.Form):
    """公开范围 of this bulletin: what an evaluated unit sees of the others."""

    scope = forms.ChoiceField(
        label="公开范围",
        choices=DisclosureScope.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "请选公开范围，没有通报。",
            "invalid_choice": "没有这种公开范围，没有通报。请从列出的三种中选。",
        },
    )
    sure = forms.BooleanField(
        label="已核对上面各项，知道通报后不能收回、不能改，只能更正为新的一版",
        error_messages={"required": "请先核对，再勾选确认，没有通报。"},
    )
