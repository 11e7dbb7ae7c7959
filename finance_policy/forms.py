"""Shape of what the pages of 绿色金融 send."""

from decimal import Decimal
from typing import Any

from django import forms

from finance_policy.enums import EntryKind, Grade, Level
from finance_policy.rules.settings import DAY_BASES
from miyun_kpi.lib.decimals import read_decimal
from miyun_kpi.lib.errors import Malformed, Refused

LARGEST = 2**31 - 1


def day(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": f"{label}读不懂，请写成 2020-09-25。", "required": f"请填{label}。"}, **options,
    )  # fmt: skip


class ExactField(forms.CharField):
    """A decimal with at most `places`, refused instead of rounded; None when blank and not required. `signed`: may be negative."""

    def __init__(self, *, places: int, signed: bool = False, **options: Any) -> None:
        self.places, self.signed = places, signed
        super().__init__(max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **options)  # fmt: skip

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
    percent = ExactField(label="贴息年率（%）", places=4, help_text="如 1.5 即年率 1.5%", error_messages={"required": "请填贴息年率。"})  # fmt: skip
    from_on = day("起")
    until = day("止", required=False, help_text="不填则到下一条起日为止")
    basis = forms.CharField(label="依据", max_length=200, help_text="文号和条款", error_messages={"required": "请写依据。"})  # fmt: skip


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
    version = forms.IntegerField(min_value=0, max_value=LARGEST, widget=forms.HiddenInput)
    day_basis = forms.TypedChoiceField(label="一年按几天计息", coerce=int, choices=[(n, f"{n} 天") for n in DAY_BASES])
    count_last_day = forms.BooleanField(label="计息含止日", required=False, help_text="不勾选即算头不算尾")
    fewest_banks = forms.IntegerField(label="汇总至少几家银行", min_value=0, max_value=99)
    due_days = forms.IntegerField(label="银行季报在季末后几日内报", min_value=0, max_value=99)


class EntryForm(forms.Form):
    kind = forms.ChoiceField(label="事项", choices=[one for one in EntryKind.choices if one[0] != EntryKind.REVERSAL])
    amount = ExactField(label="金额（元）", places=2, error_messages={"required": "请填金额。"})
    on = day("日期")
    party = forms.CharField(label="对方", max_length=100, error_messages={"required": "请填对方。"})
    basis = forms.CharField(label="依据", max_length=300, error_messages={"required": "请写依据。"})


def checked(form: forms.Form) -> dict[str, Any]:
    """The cleaned values, or one sentence with every problem; a broken version is a broken page."""
    if form.is_valid():
        return form.cleaned_data
    if "version" in form.errors:
        raise Malformed("bad-request", "这次提交的内容读不懂，没有执行。请刷新页面后再试。")
    said = []
    for name, errors in form.errors.items():
        label = str(form.fields[name].label or "") if name in form.fields else ""
        words = str(errors[0]).rstrip("。").replace("，没有保存", "")
        said.append(words if label and label[:4] in words else f"{label}：{words}" if label else words)
    raise Refused("bad-form", f"{'；'.join(said)}。没有保存，请改正。")
