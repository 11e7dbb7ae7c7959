"""Shape of what the pages of 人事任免 send."""

from django import forms

from miyun_kpi.web.forms import day, organisation_field
from personnel.enums import ActKind, Outcome
from personnel.services.namesakes import OTHER, SAME

VERSION = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


class DraftForm(forms.Form):
    version = VERSION
    meeting = forms.CharField(
        label="研究决定的会议", max_length=100, required=False, help_text="如：区政府第86次常务会议"
    )
    number = forms.CharField(label="发文字号", max_length=60, required=False, help_text="印发时填也可以")
    dated = day("成文日期", required=False)
    decided_on = day("研究决定日期", required=False, help_text="任职时间从这天起；空着按成文日期（推定）")


SAMES = [("", "没有同名的人"), (SAME, "是同一人"), (OTHER, "不是，区别里写明")]


class PostForm(forms.Form):
    """A person and a post, typed by name."""

    person = forms.CharField(label="姓名", max_length=40, widget=forms.TextInput(attrs={"list": "people"}))
    note = forms.CharField(label="区别", max_length=60, required=False, help_text="只在有同名的人时填，如“水务局”")
    organisation = organisation_field("机构", max_length=60)
    title = forms.CharField(label="职务", max_length=60, help_text="不带机构名，如“副主任”")
    same = forms.ChoiceField(label="同一人？", choices=SAMES, required=False, help_text="已有同名的人时要答")


class ActForm(PostForm):
    version = VERSION
    kind = forms.ChoiceField(
        label="任免", choices=[("appoint", ActKind.APPOINT.label), ("remove", ActKind.REMOVE.label)]
    )
    probation_months = forms.IntegerField(
        label="试用期（月）", min_value=0, max_value=24, required=False, help_text="一年写 12，没有写 0"
    )
    printed = forms.CharField(label="通知里的写法", max_length=100, required=False, help_text="空着就用“机构＋职务”")
    field_order = ("version", "kind", "person", "same", "note", "organisation", "title", "probation_months", "printed")

    def clean_probation_months(self) -> int:
        return self.cleaned_data["probation_months"] or 0


class CorrectForm(PostForm):
    """One entry as it should have been printed, and from when it counts."""

    probation_months = forms.IntegerField(
        label="试用期（月）", min_value=0, max_value=24, required=False, help_text="一年写 12，没有写 0"
    )
    printed = forms.CharField(label="通知里的写法", max_length=100, required=False, help_text="空着就用“机构＋职务”")
    effective_on = day("更正自何日起", help_text="从这天起按更正的算；当作一开始就对的，写原来的任职时间")
    field_order = ("person", "same", "note", "organisation", "title", "probation_months", "printed", "effective_on")

    def clean_probation_months(self) -> int:
        return self.cleaned_data["probation_months"] or 0


class CorrectionForm(forms.Form):
    """A draft of a 更正通知: it has no 任职时间 but the day that it names."""

    version = VERSION
    meeting = forms.CharField(
        label="决定更正的会议", max_length=100, required=False, help_text="如：区政府第86次常务会议"
    )
    number = forms.CharField(label="发文字号", max_length=60, required=False, help_text="另编，不用原通知的")
    dated = day("成文日期", required=False)
    effective_on = day("更正自何日起")


class OpeningForm(PostForm):
    since = day("任职日期", required=False, help_text="不清楚就空着")
    basis = forms.CharField(label="依据", max_length=200, help_text="任职文件或干部名册")


class VersionForm(forms.Form):
    version = VERSION


class ReturnForm(VersionForm):
    reason = forms.CharField(label="退回理由", max_length=300)


def _late_reason() -> forms.CharField:
    return forms.CharField(
        label="现在才登记的理由", max_length=200, required=False, help_text="成文日期早于上一个工作日的才写，记为补登"
    )


class IssueForm(VersionForm):
    number = forms.CharField(label="发文字号", max_length=60, help_text="如：密政发〔2020〕32号")
    dated = day("成文日期")
    decided_on = day("研究决定日期", required=False, help_text="任职时间从这天起；空着按成文日期（推定）")
    late_reason = _late_reason()


class IssueCorrectionForm(VersionForm):
    number = forms.CharField(label="发文字号", max_length=60, help_text="另编，不用原通知的")
    dated = day("成文日期")
    late_reason = _late_reason()


class DecisionForm(forms.Form):
    outcome = forms.ChoiceField(label="结果", choices=Outcome.choices)
    decided_on = day("决定日期")
    basis = forms.CharField(label="依据", max_length=300, help_text="会议或考核结论")


class SeatsForm(VersionForm):
    seats = forms.IntegerField(label="职数", min_value=0, max_value=99, required=False, help_text="不清楚就空着")
    basis = forms.CharField(label="依据", max_length=200, required=False, help_text="三定规定或编制文件")


class OfficeForm(VersionForm):
    organisation = organisation_field("人事主管单位", max_length=60)
    remind_days = forms.IntegerField(label="试用期满前几天提醒", min_value=1, max_value=180)
