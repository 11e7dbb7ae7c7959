"""Shape of what the pages of 政务公开 send."""

from django import forms

from disclosure.enums import Answer, Applicant, Decision, Ground, HoldKind, Outcome, Way
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.web.forms import day, organisation_field

LARGEST = 2**31 - 1


class AskOrganForm(forms.Form):
    organisation = organisation_field("有关机关", max_length=60)
    asked_on = day("提请日期")


class ConfirmForm(forms.Form):
    confirmed_by = forms.CharField(label="确认人", max_length=60)
    confirmed_on = day("确认日期")


class AskPartyForm(forms.Form):
    name = forms.CharField(label="第三方", max_length=60, help_text="写能认出的称呼，不写证件号码")
    ground = forms.ChoiceField(label="涉及", choices=Ground.choices)
    asked_on = day("征求意见日期")


class AnswerPartyForm(forms.Form):
    answer = forms.ChoiceField(label="答复", choices=Answer.choices)
    answered_on = day("答复日期", required=False)
    public_interest = forms.CharField(
        label="不公开会对公共利益造成重大影响的理由",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReviewForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    decision = forms.ChoiceField(label="结论", choices=Decision.choices, widget=forms.RadioSelect)
    opinion = forms.CharField(
        label="意见", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="退回时必写"
    )


class ReceiveForm(forms.Form):
    received_on = day("收到日期")
    way = forms.ChoiceField(label="方式", choices=Way.choices)
    applicant_kind = forms.ChoiceField(label="申请人类别", choices=Applicant.choices)
    # Hidden once registered: the browser keeps nothing of it (static/kpi/keep.js).
    applicant = forms.CharField(
        label="申请人",
        max_length=100,
        help_text="登记以后一律隐去，要看须写事由",
        widget=forms.TextInput(attrs={"data-keep": "no"}),
    )
    contact = forms.CharField(
        label="联系方式", max_length=200, required=False, widget=forms.TextInput(attrs={"data-keep": "no"})
    )
    content = forms.CharField(
        label="所需政府信息",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不写申请人的姓名和证件号码",
    )


class ActForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)


class DayForm(ActForm):
    on = day("日期")


class NoteForm(DayForm):
    note = forms.CharField(label="说明", max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class HandOverForm(DayForm):
    to = organisation_field("移交给", max_length=60)
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ["version", "to", "on", "reason"]


class HoldForm(DayForm):
    kind = forms.ChoiceField(label="征求谁的意见", choices=HoldKind.choices)
    field_order = ["version", "kind", "on"]


class ExtendForm(ActForm):
    days = forms.IntegerField(label="延长工作日", min_value=1, max_value=20)
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class DecideForm(ActForm):
    approved = forms.ChoiceField(label="决定", choices=[("yes", "同意延期"), ("no", "不同意")])
    opinion = forms.CharField(label="意见", max_length=500, required=False)


class AnswerForm(DayForm):
    outcome = forms.ChoiceField(label="办理结果", choices=Outcome.choices)
    note = forms.CharField(label="答复要点", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ["version", "outcome", "on", "note"]


def organisation_named(text: str) -> Organisation:
    found = resolve(text.strip()[:60])
    if found is None:
        raise Refused("unknown-organisation", f"没有叫“{text.strip()[:30]}”的单位，没有保存。请换名称或别名。")
    return found
