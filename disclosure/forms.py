"""Shape of what the pages of 政务公开 send."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from disclosure.enums import Answer, Applicant, ChallengeKind, Decision, Finding, Ground, HoldKind, Outcome, Way
from disclosure.rules.clocks import ANSWER_DAYS
from disclosure.rules.opening import STAGES
from disclosure.services.challenges import MOST_DAYS
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.web.forms import day, offer, organisation_field
from miyun_kpi.web.forms.days import LateForm, PaperForm

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


class ReceiveForm(LateForm):
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


class OpeningForm(forms.Form):
    """An application that ran before this system, with the days of what was done."""

    stage = forms.ChoiceField(label="期初阶段", choices=list(STAGES.items()), help_text="现在停在哪一步，按日期核对")
    received_on = day("收到日期", help_text="期限从这天起算")
    way = forms.ChoiceField(label="方式", choices=Way.choices)
    applicant_kind = forms.ChoiceField(label="申请人类别", choices=Applicant.choices)
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
    correction_sent_on = day("补正告知日期", required=False)
    corrected_on = day("收到补正日期", required=False)
    third_sent_on = day("征求第三方意见日期", required=False)
    third_returned_on = day("收到第三方意见日期", required=False)
    organ_sent_on = day("征求其他机关意见日期", required=False)
    organ_returned_on = day("收到其他机关意见日期", required=False)
    extension_days = forms.IntegerField(label="延长工作日", min_value=0, max_value=20, required=False)
    extended_on = day("批准延期日期", required=False)
    basis = forms.CharField(label="期初依据", max_length=200, help_text="收件登记本、台账的名称和页码")


def as_row(given: Mapping[str, Any]) -> dict[str, str]:
    """What was typed, as the service takes it."""
    return {name: "" if value is None else str(value) for name, value in given.items()}


class LinkForm(forms.Form):
    seen = forms.CharField(max_length=500, widget=forms.HiddenInput)
    link = forms.CharField(label="发布地址", max_length=500)
    published_on = day("发布日期")
    reason = forms.CharField(
        label="改正的理由（4 至 300 字）", max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class ActForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)


class DayForm(LateForm, ActForm):
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


class ExtendForm(PaperForm, ActForm):
    days = forms.IntegerField(label="延长工作日", min_value=1, max_value=20)
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class DecideForm(PaperForm, ActForm):
    approved = forms.ChoiceField(label="决定", choices=[("yes", "同意延期"), ("no", "不同意")])
    opinion = forms.CharField(label="意见", max_length=500, required=False)


class NotifyForm(DayForm):
    kind = forms.ChoiceField(label="类别", choices=ChallengeKind.choices)
    number = forms.CharField(label="案号", max_length=60)
    on = day("收到通知日期")
    field_order = ["version", "kind", "number", "on"]


class SettleForm(DayForm):
    challenge_id = forms.TypedChoiceField(label="哪一件", coerce=int)
    finding = forms.ChoiceField(label="结果", choices=[("", "请选"), *Finding.choices])
    decision_number = forms.CharField(label="决定文号", max_length=60)
    on = day("收到决定日期")
    again_days = forms.IntegerField(
        label="责令重新答复的工作日",
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        help_text=f"没有责令的留空；决定书没有写天数的写 {ANSWER_DAYS}（推定）",
    )
    field_order = ["version", "challenge_id", "finding", "decision_number", "on", "again_days"]

    def __init__(self, *given: Any, pending: Sequence[tuple[int, str]] = (), **options: Any) -> None:
        super().__init__(*given, **options)
        offer(self, "challenge_id", [(str(pk), words) for pk, words in pending])


class StrikeForm(ActForm):
    challenge_id = forms.TypedChoiceField(label="哪一件", coerce=int)
    reason = forms.CharField(label="撤销的理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *given: Any, pending: Sequence[tuple[int, str]] = (), **options: Any) -> None:
        super().__init__(*given, **options)
        offer(self, "challenge_id", [(str(pk), words) for pk, words in pending])


class AnswerForm(DayForm):
    outcome = forms.ChoiceField(label="办理结果", choices=[("", "请选"), *Outcome.choices])
    note = forms.CharField(label="答复要点", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ["version", "outcome", "on", "note"]


def organisation_named(text: str) -> Organisation:
    found = resolve(text.strip()[:60])
    if found is None:
        raise Refused("unknown-organisation", f"没有叫“{text.strip()[:30]}”的单位，没有保存。请换名称或别名。")
    return found
