"""Shape of what the pages of 博士后 send."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.registers.rules.texts import read_measure
from miyun_kpi.web import forms as house
from miyun_kpi.web.forms import unreadable
from miyun_kpi.web.forms.days import LateForm, PaperForm
from postdoc.enums import (
    Clawback,
    DocumentKind,
    Entry,
    Ground,
    Level,
    MentorTitle,
    Notice,
    Result,
    Standing,
    StationKind,
)
from postdoc.rules.calendar import FIRST, LAST
from postdoc.rules.figures import LABELS

LARGEST = 2**31 - 1
MOST = Decimal("99999999999.99")


def _meant(value: date) -> None:
    if not FIRST <= value <= LAST:
        raise ValidationError(f"日期请写 {FIRST} 至 {LAST} 之间的一天。")


def day(label: str, **options: Any) -> forms.DateField:
    return house.day(label, validators=[_meant], **options)


def text(label: str, longest: int, **options: Any) -> forms.CharField:
    said = {"required": f"请填{label}。", "max_length": f"{label}超过 {longest} 字，请精简。"}
    return forms.CharField(label=label, max_length=longest, error_messages=said, **options)


def long(label: str, longest: int, **options: Any) -> forms.CharField:
    return text(label, longest, widget=forms.Textarea(attrs={"rows": 2}), **options)


def choice(label: str, choices: Any, **options: Any) -> forms.ChoiceField:
    said = {"required": f"请选{label}。", "invalid_choice": f"{label}不在可选的范围，请重选。"}
    return forms.ChoiceField(label=label, choices=[("", "请选"), *choices], error_messages=said, **options)


def tick(label: str, **options: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, **options)


def unkept(field: Any) -> Any:
    """What is stored sealed: the browser keeps nothing of it either (static/kpi/keep.js)."""
    field.widget.attrs["data-keep"] = "no"
    return field


def private(label: str, longest: int, **options: Any) -> forms.CharField:
    """Not offered again by the browser to the next one at the machine."""
    return unkept(text(label, longest, widget=forms.TextInput(attrs={"autocomplete": "off"}), **options))


class VersionForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)


class StationForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput, required=False)
    name = text("工作站名称", 100)
    kind = choice("类别", StationKind.choices)
    host = text("设站单位", 100)
    keeper = text("填报单位", 60, help_text="哪个机构的填报人登记它的人员和申报，例如中关村密云园")
    approved_on = day("批准设立日期")
    approval = text("批准文号", 100)
    department = text("负责部门", 100, required=False)
    rules_on = day("实施细则制定日期", required=False)


class AwardForm(forms.Form):
    level = choice("级别", Level.choices)
    awarded_on = day("表彰（评选）日期")
    document = text("表彰文件", 200)


class ChangeAwardForm(VersionForm):
    level = choice("级别", Level.choices)
    awarded_on = day("表彰（评选）日期")
    document = text("表彰文件", 200)
    reason = long("更正理由", 300)


class StayForm(forms.Form):
    """Facts of a stay; the person stands in PersonForm."""

    entered_on = day("进站日", help_text="国家或北京市批准同意之日（第十条）")
    ends_on = day("协议在站期限至")
    approval = text("进站批准文号", 100)
    project = text("研究课题", 200)
    flow_station = text("合作流动站", 100)
    station_mentor = private("工作站导师", 40, required=False)
    station_mentor_title = choice("工作站导师职称", MentorTitle.choices)
    flow_mentor = private("流动站导师", 40, required=False)
    agreement_on = day("三方协议签订日期")
    contract_on = day("聘用（劳动）合同生效日期", required=False)
    relation_moved = tick("人事关系已转入工作站")
    standing = choice("人员身份", Standing.choices)
    own_employee = tick("是本单位或关联单位在职员工")
    again = tick("出站后再次进站")
    degree_on = day("取得博士学位日期", required=False, help_text="还没有证书的留空，填毕业日期")
    graduated_on = day("博士毕业日期", required=False)
    proof = tick("有同意授予博士学位证明")
    degree_abroad = tick("国（境）外或中外合作办学学位")
    abroad_certified = tick("有学位认证书")
    upright = tick("工作站已审核第七条（一）（三）项：拥护党的领导、守法，品学兼优、身体健康")
    major_project = tick("承担国家重大科技项目")
    project_until = day("项目资助期限至", required=False)
    exception = long("超出“一般”条件的理由", 300, required=False, help_text="超过 35 周岁或学位超过 3 年时必写")


class NewStayForm(StayForm, LateForm):
    name = private("姓名", 40)
    document_kind = choice("证件类型", DocumentKind.choices)
    document_number = private("证件号码", 40)
    born_on = unkept(day("出生日期", required=False, help_text="居民身份证可不填"))
    phone = private("电话", 40, required=False)
    account = private("银行账号", 60, required=False)
    field_order = ["name", "document_kind", "document_number", "born_on", "phone", "account"]


PERSON = ("name", "document_kind", "document_number", "born_on", "phone", "account")


class ChangeStayForm(StayForm, VersionForm):
    pass


class PersonForm(VersionForm):
    """Blank keeps what stands."""

    name = private("姓名", 40, required=False)
    document_number = private("证件号码", 40, required=False, help_text="证件类型不变，只改写错的号码")
    born_on = unkept(day("出生日期", required=False, help_text="居民身份证不填"))
    phone = private("电话", 40, required=False)
    account = private("银行账号", 60, required=False)


class OfferingForm(VersionForm):
    """One choice is known only when the page is made."""

    offers: str

    def __init__(self, *given: Any, choices: Iterable[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*given, **options)
        house.offer(self, self.offers, [("", "请选"), *choices])


class MilestoneForm(OfferingForm, LateForm):
    offers = "code"
    code = choice("事项", [])
    done_on = day("完成日期")
    result = choice("结果", Result.choices)


class TripForm(VersionForm):
    purpose = text("出国事由", 200)
    out_on = day("出国日期")
    return_by = day("批准返回日期")


class ReturnForm(VersionForm):
    trip_id = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    returned_on = day("实际返回日期")


class LeaveForm(VersionForm, LateForm):
    left_on = day("离站日", help_text="在站的最后一天；已申报的以后月份自动核减，已拨付的开追回")


class WithdrawForm(VersionForm, LateForm):
    left_on = day("退站日", help_text="已申报的以后月份自动核减，已拨付的开追回")
    ground = unkept(choice("退站情形", Ground.choices))
    notice = choice("告知方式", Notice.choices)
    noticed_on = day("告知（公告）日期")
    explanation = unkept(long("说明", 300, required=False, help_text="加密保存，只有区人社局经办人看得到"))


class ReasonForm(VersionForm):
    reason = long("理由", 300)


class TakeBackForm(OfferingForm, ReasonForm):
    offers = "what"
    what = choice("哪一项", [])
    field_order = ["version", "what", "reason"]


class EmploymentForm(VersionForm):
    employer = text("聘用单位", 100)
    in_miyun = tick("在密云区范围内")
    from_day = day("合同起")
    until = day("合同止")


class EndForm(VersionForm):
    employment_id = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    ended_on = day("提前终止日期")


class ConversionForm(VersionForm):
    converted_on = day("转化日期")
    conversion = long("转化的成果和经济社会效益", 300)


class SumField(forms.CharField):
    """A figure as people and our own pages write it (16,000.00, ２４０００), never rounded; the house reads all money so."""

    def __init__(self, *, signed: bool = False, **options: Any) -> None:
        self.least = -MOST if signed else Decimal(0)
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        what = str(self.label).partition("（")[0]
        try:
            return Decimal(read_measure(text, what=what, unit="元", places=2, least=self.least, most=MOST))
        except Refused as refusal:
            raise ValidationError(refusal.message) from None


def money(label: str = "金额（元）", **options: Any) -> SumField:
    return SumField(label=label, error_messages={"required": f"请填{label}。"}, **options)


class LedgerForm(VersionForm, PaperForm):
    """The page offers those lines of its `kind` that this person may write now."""

    kind = choice("事项", [(one.value, one.label) for one in Entry if one not in (Entry.REVERSED, Entry.CLAWBACK)])
    proof = text("凭证号", 100, help_text="不写银行账号")
    amount = money(required=False, help_text="不填即按核定、在单位或待追回的全部；代缴的税款、分期拨付的要填")
    note_text = text("说明", 300, required=False, help_text="付给本人而没有代缴税款的要写依据")

    field_order = ["kind", "proof", "amount", "note_text", "done_on", "late_source", "late_reason"]


class ClawbackForm(VersionForm):
    ground = choice("追回原因", [(one.value, one.label) for one in Clawback if one != Clawback.LEFT])
    amount = money("追回金额（元）", required=False, help_text="不填即全部；弄虚作假、挤占挪用的一律全部")
    proof = text("追回决定的文号", 100)
    note_text = long("理由", 300)


class ReverseForm(VersionForm):
    line_id = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    reason = long("理由", 300)


class ReviewForm(VersionForm, PaperForm):
    decision = choice("结论", [("approve", "通过"), ("returned", "退回补正"), ("refuse", "不予资助")])
    opinion = long("意见", 300, required=False, help_text="退回和不予资助必写")


class BudgetForm(forms.Form):
    year = forms.IntegerField(
        label="年度", min_value=2020, max_value=2100, error_messages={"invalid": "年度请写成 2020。"}
    )
    amount = money("金额（元，调减写负数）", signed=True)
    document = text("依据", 200)
    on = day("日期")


class FigureForm(forms.Form):
    code = choice("标准", [(code, f"{name}（{unit}）") for code, (name, unit) in LABELS.items()])
    value = money("数值")
    starts_on = day("自哪一天起", help_text="已经申报、核定的月份和项目以后的一天")
    document = text("依据", 200, help_text="文号或会议，至少 4 字")


class StrikeForm(forms.Form):
    reason = long("理由", 300)


class ArrangementForm(forms.Form):
    title = text("通知", 200)
    issued_on = day("印发日期")
    instalments = tick("允许分期拨付")
    note_text = text("要点", 300, required=False)


def checked(form: forms.Form) -> dict[str, Any]:
    """The cleaned values, or one sentence with every problem; a broken version is a broken page. Quotes nothing typed."""
    if form.is_valid():
        return form.cleaned_data
    if "version" in form.errors:
        raise unreadable()
    rows = [FieldError(str(said), "bad-field", field=name) for name, found in form.errors.items() for said in found]
    raise Refused("bad-form", "有几处没有填好，没有保存。请照每一栏下面的话改。", errors=rows)


class TrialForm(forms.Form):
    """Nothing of it names anybody."""

    entered_on = day("进站日")
    left_on = day("离站日", required=False)
    withdrawn = tick("是退站")
    again_on = day("第二次进站日", required=False)
    again_left_on = day("第二次离站日", required=False)
    from_day = day("出站后合同起", required=False)
    until = day("合同止", required=False)
    in_miyun = tick("在密云区范围内")
    converted_on = day("成果转化日期", required=False)
    on = day("算到哪一天", required=False)
