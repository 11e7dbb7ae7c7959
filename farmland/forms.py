"""Shape of what the pages of 耕地占补 send."""

from decimal import Decimal
from typing import Any

from django import forms

from farmland.enums import BY_WARRANT, Builder, Choice, Investor, MoneyKind, RateKind
from farmland.rules.limits import LARGEST_AREA, LARGEST_MONEY, LARGEST_RATE, read_exact
from miyun_kpi.lib.errors import Refused
from miyun_kpi.web.forms import day, organisation_field
from miyun_kpi.web.forms.days import LateForm, PaperForm

LARGEST = 2**31 - 1
YES_NO = (("yes", "是"), ("no", "否"))


class ExactField(forms.CharField):
    """A typed number, never rounded."""

    def __init__(self, *, places: int, largest: Decimal = LARGEST_MONEY, **options: Any) -> None:
        self.places, self.largest = places, largest
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_exact(text, places=self.places, largest=self.largest, what=str(self.label))
        except Refused as refusal:
            raise forms.ValidationError(refusal.message.replace("，没有保存", "")) from None


def area_field(label: str, **options: Any) -> ExactField:
    return ExactField(places=4, largest=LARGEST_AREA, label=f"{label}（亩）", **options)


def money_field(label: str, **options: Any) -> ExactField:
    return ExactField(places=2, label=f"{label}（元）", **options)


def yes_no(label: str, unknown: str = "", **options: Any) -> forms.TypedChoiceField:
    """True or False; with a word for `unknown` also None."""
    if unknown:
        options |= {"choices": (("", unknown), *YES_NO), "required": False}
    else:
        options |= {"choices": YES_NO, "widget": forms.RadioSelect}
    return forms.TypedChoiceField(label=label, coerce=lambda word: word == "yes", empty_value=None, **options)


def words(label: str, longest: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, **options)


def said(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class LotForm(forms.Form):
    record_number = words("备案号", 60, help_text="农村土地整治监测监管系统的备案号（第四条）")
    name = words("批次名称", 60, help_text="例如 十里堡-02")
    town = organisation_field("所在镇", max_length=60)
    builder = forms.ChoiceField(label="实施主体", choices=Builder.choices, widget=forms.RadioSelect)
    builder_name = words("实施企业", 100, required=False, help_text="区管国企实施的必填")
    mining = yes_no("在矿区内")
    area = area_field("验收面积", help_text="最多四位小数，不代为舍入")
    accepted_on = day("验收日期")
    acceptance_number = words("市规自委验收文号", 60)
    cost = money_field("成本", required=False)
    profit = money_field("利润", required=False, help_text="只对国企，不超过成本的 20%（第十条）")
    quality = words("质量等级", 20, required=False)
    paddy = area_field("水田面积", required=False)
    capacity = words("产能", 40, required=False)
    coordination = words("协调意见", 300, required=False, help_text="所在地是街道、地区时必填（第十四条）")


class LotAmendForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    cost = money_field("成本", required=False)
    profit = money_field("利润", required=False)
    builder_name = words("实施企业", 100, required=False)
    quality = words("质量等级", 20, required=False)
    paddy = area_field("水田面积", required=False)
    capacity = words("产能", 40, required=False)


class ProjectForm(forms.Form):
    name = words("建设项目", 120)
    applicant = words("建设单位", 120)
    investor = forms.ChoiceField(label="投资主体", choices=Investor.choices, widget=forms.RadioSelect)
    commercial = yes_no("经营性项目")
    district_pays = yes_no("占补费用由区政府承担")
    public = yes_no("公益项目")
    town = organisation_field("项目坐落镇", max_length=60)
    area = area_field("占用耕地面积")
    approval_number = words(
        "区政府批准文号", 60, required=False, help_text="没有批准文号可以先登记，不能预留（第七条）"
    )
    approval_on = day("批准日期", required=False)
    request_number = words("单独请示文号", 60, required=False, help_text="公益项目用镇域外指标时必填（第六条）")
    request_on = day("请示日期", required=False)
    coordination = words(
        "协调意见", 300, required=False, help_text="办法没有写明的，写规自分局、财政局协调意见的文号（第十四条）"
    )
    coordinated_compensation = yes_no("协调结论：缴不缴补偿费", "没有协调")


class ActForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)


class DatedForm(PaperForm):
    """An act by a paper: the day on it, and for 补登 the paper and why."""

    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)


class ReasonForm(ActForm):
    reason = said("原因（4 至 300 字）")


class DatedReasonForm(DatedForm):
    reason = said("原因（4 至 300 字）")


class CoordinateForm(ActForm):
    coordination = words("协调意见（文号或会议、结论）", 300)
    coordinated_compensation = yes_no("缴不缴补偿费", "没有涉及")


class AssessForm(LateForm):
    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    on = day("核费日期")


class WaiveForm(ActForm):
    amount = money_field("减免金额")
    approval_number = words("区政府批准文号", 60)
    approval_on = day("批准日期")


class TicketForm(LateForm):
    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="费用", choices=(("in_reclamation", "耕地开垦费"), ("in_compensation", "耕地保护补偿费"))
    )
    amount = money_field("金额")
    ticket = words("票据号", 60)
    day = day("缴费日期")

    field_order = ["kind", "amount", "ticket", "day"]


class ReclaimForm(DatedForm):
    approval_number = words("区政府批准文号", 60)
    approval_on = day("批准日期")
    force_majeure = yes_no("因国家政策调整等不可抗力")
    coordination = words("费用处理的协调意见", 300, required=False, help_text="不可抗力时必填（第十四条）")


class FindForm(ActForm):
    force_majeure = yes_no("因国家政策调整等不可抗力")
    coordination = words("协调意见（文号或会议、结论）", 300)


class SettleForm(ActForm):
    coordination = words("费用处理的协调意见（文号或会议、结论）", 300)
    reclamation = money_field("退还耕地开垦费", help_text="不退的填 0")
    compensation = money_field("退还耕地保护补偿费", help_text="不退的填 0")


class ReverseForm(forms.Form):
    reason = said("原因（4 至 300 字）")


class RateForm(forms.Form):
    kind = forms.ChoiceField(label="哪张表", choices=RateKind.choices, initial=RateKind.COMPENSATION)
    value = ExactField(places=2, largest=LARGEST_RATE, label="数值", help_text="元/亩；利润上限写百分数，例如 20")
    starts_on = day("起用日期")
    ends_on = day("止用日期", required=False)
    basis = words("依据（文号或会议）", 200)


class PeriodForm(forms.Form):
    starts_on = day("起")
    ends_on = day("止（含当日）")
    basis = words("后续办法的文号", 200)


class ChooseForm(forms.Form):
    key = forms.ChoiceField(label="设置", choices=Choice.choices)
    value = yes_no("取值")
    starts_on = day("从哪天起")
    basis = words("依据", 200)


class StrikeForm(forms.Form):
    """What was mistyped, and the right row in its place; without a value none takes it."""

    reason = said("录错了什么（4 至 300 字）")
    starts_on = day("正确的起用日期", required=False, help_text="不填的，与划去的一行相同")
    basis = words("依据（文号或会议）", 200, required=False, help_text="补了正确的一行时必填")


class StrikeRateForm(StrikeForm):
    value = ExactField(places=2, largest=LARGEST_RATE, label="正确的数值", required=False)
    ends_on = day("正确的止用日期", required=False)

    field_order = ["reason", "value", "starts_on", "ends_on", "basis"]


class StrikePeriodForm(StrikeForm):
    ends_on = day("正确的止日（含当日）", required=False)

    field_order = ["reason", "starts_on", "ends_on", "basis"]


class StrikeChoiceForm(StrikeForm):
    value = yes_no("正确的取值", "不补")

    field_order = ["reason", "value", "starts_on", "basis"]


class MoneyForm(LateForm):
    kind = forms.ChoiceField(
        label="类别", choices=[(code, label) for code, label in MoneyKind.choices if code not in BY_WARRANT]
    )
    amount = money_field("金额")
    day = day("日期")
    ticket = words("票据或凭证号", 60)
    application = forms.IntegerField(
        label="申请编号", required=False, min_value=1, max_value=LARGEST, help_text="收开垦费、补偿费的填"
    )
    transfer = forms.IntegerField(
        label="转让编号", required=False, min_value=1, max_value=LARGEST, help_text="转让的收入填"
    )
    town = organisation_field("镇", max_length=60, required=False, help_text="镇的用途填")
    note = words("说明", 300, required=False)

    field_order = ["kind", "amount", "day", "ticket", "application", "transfer", "town", "note"]


class WarrantForm(forms.Form):
    """One row of what is payable: the thing it is for is hidden, the amount and why are typed."""

    kind = forms.ChoiceField(choices=[(one, one) for one in BY_WARRANT], widget=forms.HiddenInput)
    entry_id = forms.IntegerField(required=False, min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    lot_id = forms.IntegerField(required=False, min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    transfer_id = forms.IntegerField(required=False, min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    fee_id = forms.IntegerField(required=False, min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    town = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    amount = money_field("金额")
    note = words("依据", 300, required=False)


class VoucherForm(LateForm):
    ticket = words("凭证号", 60)
    day = day("日期")

    field_order = ["ticket", "day"]


class DealForm(PaperForm):
    district = words("受让区", 40, help_text="例如 某某区人民政府")
    area = area_field("转让面积")
    price = ExactField(places=2, label="协商补偿费单价（元/亩）", help_text="由双方协商议价（第八条（一））")
    agreement = words("协议编号或名称", 100)
    approval_number = words("区政府批准文号", 60)
    approval_on = day("批准日期")

    field_order = ["district", "area", "price", "agreement", "approval_number", "approval_on"]


class RewardForm(ActForm):
    reward = money_field("议定奖励")
    reward_number = words("区政府议定文号", 60)


class TrialForm(forms.Form):
    investor = forms.ChoiceField(label="投资主体", choices=Investor.choices, widget=forms.RadioSelect)
    commercial = yes_no("经营性项目")
    district_pays = yes_no("占补费用由区政府承担")
    public = yes_no("公益项目")
    town = organisation_field("项目坐落镇", max_length=60)
    area = area_field("占用耕地面积")
    on = day("按哪一天计算")
    coordination = words("协调意见", 300, required=False)
    coordinated_compensation = yes_no("协调结论：缴不缴补偿费", "没有协调")
