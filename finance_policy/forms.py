"""Shape of what the pages of 绿色金融 send."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from finance_policy.enums import EntryKind, Grade, Level
from finance_policy.rules.settings import DAY_BASES
from miyun_kpi.lib.decimals import read_decimal
from miyun_kpi.lib.errors import Refused
from miyun_kpi.web.forms import day, offer, organisation_field
from miyun_kpi.web.forms.days import PaperForm

LARGEST = 2**31 - 1


class ExactField(forms.CharField):
    """A decimal with at most `places`, refused instead of rounded; None when blank and not required. `signed`: may be negative."""

    def __init__(self, *, places: int, signed: bool = False, **options: Any) -> None:
        self.places, self.signed = places, signed
        super().__init__(
            max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **options
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text.strip():
            return None
        try:
            return exact(text, places=self.places, signed=self.signed, what=str(self.label))
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from None


def exact(text: str, *, places: int, what: str, signed: bool = False) -> Decimal:
    """A decimal as typed, thousands separators dropped; refused above what a spreadsheet keeps."""
    bare = text.strip().replace(",", "").replace("，", "")
    negative = signed and bare[:1] in ("-", "−", "－")
    found = read_decimal(bare[1:] if negative else bare, places=places, what=what)
    if found >= Decimal(10) ** (15 - places):
        raise Refused("too-large", f"{what}过大，没有保存。请核对单位。")
    return -found if negative else found


class TrialForm(forms.Form):
    level = forms.ChoiceField(label="级次", choices=Level.choices, error_messages={"required": "请选级次。"})
    principal = ExactField(label="贷款本金（元）", places=2, error_messages={"required": "请填贷款本金。"})
    from_on = day("计息起")
    to_on = day("计息止")
    on = day("按哪一天的贴息率", required=False, help_text="不填按计息起日（推定）")


class RateForm(forms.Form):
    level = forms.ChoiceField(label="级次", choices=Level.choices)
    percent = ExactField(
        label="贴息年率（%）", places=4, help_text="如 1.5 即年率 1.5%", error_messages={"required": "请填贴息年率。"}
    )
    from_on = day("起")
    until = day("止", required=False, help_text="不填则到下一条起日为止")
    basis = forms.CharField(
        label="依据", max_length=200, help_text="文号和条款", error_messages={"required": "请写依据。"}
    )


class StrikeForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    reason = forms.CharField(label="理由（4 至 300 字）", max_length=300, error_messages={"required": "请写理由。"})


class GradeForm(forms.Form):
    grade = forms.ChoiceField(label="等级", choices=Grade.choices, error_messages={"required": "请选等级。"})
    decided_on = day("评定日期")
    basis = forms.CharField(label="依据", max_length=300, error_messages={"required": "请写依据。"})
    corrects = forms.IntegerField(label="更正哪一次", required=False, min_value=1, max_value=LARGEST)
    reason = forms.CharField(label="更正理由", max_length=300, required=False, help_text="只在更正以前录错的评定时填")


class SettingsForm(forms.Form):
    starts_on = day("起用日期")
    day_basis = forms.TypedChoiceField(label="一年按几天计息", coerce=int, choices=[(n, f"{n} 天") for n in DAY_BASES])
    count_last_day = forms.BooleanField(label="计息含止日", required=False, help_text="不勾选即算头不算尾")
    fewest_banks = forms.IntegerField(label="汇总至少几家银行", min_value=0, max_value=99)
    due_days = forms.IntegerField(label="银行季报在季末后几日内报", min_value=0, max_value=99)
    basis = forms.CharField(
        label="依据", max_length=200, help_text="文号或会议", error_messages={"required": "请写依据。"}
    )


class StrikeSettingsForm(SettingsForm, StrikeForm):
    """What was mistyped, with what should stand there."""

    only = forms.BooleanField(label="只作废，以前的设置重新有效", required=False)

    field_order = ["reason", "only", "starts_on"]


class EntryForm(PaperForm):
    kind = forms.ChoiceField(label="事项", choices=[one for one in EntryKind.choices if one[0] != EntryKind.REVERSED])
    amount = ExactField(label="金额（元）", places=2, error_messages={"required": "请填金额。"})
    party = forms.CharField(label="对方", max_length=100, error_messages={"required": "请填对方。"})
    basis = forms.CharField(label="依据", max_length=300, error_messages={"required": "请写依据。"})

    field_order = ["kind", "amount", "party", "basis", "done_on", "late_source", "late_reason"]


class ReturnForm(forms.Form):
    """Eight figures and a note; a blank stays blank."""

    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    loans = ExactField(label="各项贷款余额", places=2, required=False)
    loans_before = ExactField(label="各项贷款余额（上年同期）", places=2, required=False)
    green = ExactField(label="绿色信贷余额", places=2, required=False)
    green_before = ExactField(label="绿色信贷余额（上年同期）", places=2, required=False)
    increment = ExactField(label="绿色信贷增量", places=2, signed=True, required=False)
    increment_before = ExactField(label="绿色信贷增量（上年同期）", places=2, signed=True, required=False)
    customers = forms.CharField(label="绿色信贷客户数", max_length=12, required=False)
    customers_before = forms.CharField(label="绿色信贷客户数（上年同期）", max_length=12, required=False)
    note = forms.CharField(label="说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_customers(self) -> int | None:
        return whole(self.cleaned_data["customers"], "绿色信贷客户数")

    def clean_customers_before(self) -> int | None:
        return whole(self.cleaned_data["customers_before"], "绿色信贷客户数（上年同期）")


def whole(text: str, what: str) -> int | None:
    """A count; None when blank. Raises ValidationError."""
    if not text.strip():
        return None
    try:
        found = read_decimal(text.strip().replace(",", ""), places=0, what=what)
    except Refused as refusal:
        raise forms.ValidationError(refusal.message) from None
    if found > LARGEST:
        raise forms.ValidationError(f"{what}过大，请核对。")
    return int(found)


class DecideReturnForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    accept = forms.ChoiceField(
        label="结论",
        choices=[("accept", "接受"), ("returned", "退回")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选接受或退回。"},
    )
    opinion = forms.CharField(
        label="意见", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="退回时必写"
    )


class BankForm(forms.Form):
    version = forms.IntegerField(min_value=0, max_value=LARGEST, widget=forms.HiddenInput)
    code = forms.SlugField(
        label="代码",
        max_length=40,
        help_text="拼音小写，用连字符相连",
        error_messages={"required": "请填代码。", "invalid": "代码只用小写字母、数字和连字符。"},
    )
    name = forms.CharField(label="名称", max_length=100, error_messages={"required": "请填名称。"})
    organisation = organisation_field(
        "机构", required=False, help_text="系统管理员在“机构”里增加后，填它的名称；填报人在该机构任岗"
    )
    active = forms.BooleanField(label="在报", required=False, initial=True)
    from_period = forms.CharField(
        label="自哪个季度起报",
        max_length=20,
        required=False,
        help_text="如 2026年第二季度；一直在报的不填，以前的季度不算它未报",
    )


class VetoForm(forms.Form):
    name = forms.CharField(label="企业", max_length=200, error_messages={"required": "请填企业。"})
    code = forms.CharField(
        label="统一社会信用代码", max_length=30, error_messages={"required": "请填统一社会信用代码。"}
    )
    fact = forms.CharField(
        label="事实",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写事实。"},
    )
    basis = forms.CharField(label="依据", max_length=300, error_messages={"required": "请写依据。"})
    issued_on = day("发出日期")


class LiftForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    on = day("解除日期")
    reason = forms.CharField(label="理由（4 至 300 字）", max_length=300, error_messages={"required": "请写理由。"})


class LoanForm(forms.Form):
    lender = forms.CharField(label="贷款银行", max_length=100, error_messages={"required": "请填贷款银行。"})
    contract = forms.CharField(label="贷款合同号", max_length=60, error_messages={"required": "请填贷款合同号。"})
    principal = ExactField(label="贷款本金（元）", places=2, error_messages={"required": "请填贷款本金。"})
    drawn_on = day("放款日期")
    due_on = day("到期日期")


class RepayForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    repaid_on = day("提前还清日期")


class StrikeRateForm(StrikeForm):
    """With a rate the right entry takes the place of the struck one, for the same days."""

    percent = ExactField(label="改为年率（%）", places=4, required=False, help_text="只作废的不填")
    basis = forms.CharField(label="改后的依据", max_length=200, required=False, help_text="填了年率的必写")


class ReleaseForm(forms.Form):
    """A span of a firm or project of the library; nothing else is typed."""

    record_id = forms.TypedChoiceField(
        label="企业或项目",
        coerce=int,
        error_messages={
            "required": "请从绿色产业（项目）库里选。",
            "invalid_choice": "这一家不在绿色产业（项目）库，请从库里选。",
        },
    )
    from_on = day("计息起")
    to_on = day("计息止")

    def __init__(self, *given: Any, choices: Iterable[tuple[int, str]] = (), **options: Any) -> None:
        super().__init__(*given, **options)
        offer(self, "record_id", [("", "请选"), *((str(key), words) for key, words in choices)])


class VoucherForm(PaperForm):
    """What a payment is known by. Sum and payee follow from what was released."""

    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    proof = forms.CharField(label="凭证号", max_length=100, error_messages={"required": "请填凭证号。"})

    field_order = ["proof", "done_on", "late_source", "late_reason"]


class RecoverForm(VoucherForm):
    amount = ExactField(label="到账金额（元）", places=2, error_messages={"required": "请填到账金额。"})

    field_order = ["amount", "proof", "done_on", "late_source", "late_reason"]


class LineForm(StrikeForm):
    line_id = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)


class ReadingForm(forms.Form):
    """Why 区领导 should read one bank's return of a quarter."""

    bank_id = forms.TypedChoiceField(label="银行", coerce=int, error_messages={"required": "请选银行。"})
    period = forms.CharField(label="季度", max_length=20, error_messages={"required": "请写季度。"})
    reason = forms.CharField(label="理由（4 至 300 字）", max_length=300, error_messages={"required": "请写理由。"})

    def __init__(self, *given: Any, choices: Iterable[tuple[int, str]] = (), **options: Any) -> None:
        super().__init__(*given, **options)
        offer(self, "bank_id", [("", "请选"), *((str(key), words) for key, words in choices)])
