"""What comes in from the pages of a draft: shapes only, the services decide."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from evaluation.drafting.services.evaluators import MOST_EVALUATORS, EvaluatorInput
from evaluation.drafting.services.indicators import IndicatorInput
from evaluation.drafting.services.weights import Typed
from evaluation.enums import FullMarkRule, OwnMarkRule, Scope
from miyun_kpi.lib.errors import Malformed
from miyun_kpi.web.forms import offer
from miyun_kpi.web.forms.reading import checked

UNREADABLE = "这次提交的内容读不懂，没有保存。请刷新页面后再试。"
MOST = 2**31 - 1


def read_number(text: str) -> int:
    """A version or an id as the page sent it."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Malformed("bad-request", UNREADABLE)
    return int(text)


def read_grid(data: QueryDict, letter: str) -> list[Typed]:
    """Cells of a table: `w12` holds what was typed for figure 12, `vw12` the version that was seen."""
    found = []
    for name, text in data.items():
        if name.startswith(letter) and name[1:].isascii() and name[1:].isdigit():
            version = read_number(str(data.get(f"v{name}", "")))
            found.append(Typed(read_number(name[1:]), version, str(text)))
    return found


def _text(label: str, most: int, *, rows: int = 0, required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    words = {"required": f"请写{label}。", "max_length": f"{label}超过 {most} 字，请精简。"}
    return forms.CharField(label=label, max_length=most, widget=widget, required=required, error_messages=words)


def _month(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=7, widget=forms.TextInput(attrs={"type": "month"}))


def _number(label: str) -> forms.IntegerField:
    words = {"required": f"请写{label}。", "invalid": f"{label}请写阿拉伯数字。"}
    return forms.IntegerField(label=label, min_value=1, max_value=9999, error_messages=words)


def _version() -> forms.IntegerField:
    return forms.IntegerField(min_value=0, max_value=MOST, widget=forms.HiddenInput)


def _day(label: str) -> forms.DateField:
    words = {"required": f"请写{label}。", "invalid": f"{label}读不成一天，请写成 2020-12-01 的样子。"}
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, input_formats=["%Y-%m-%d"], widget=widget, error_messages=words)


class BasicsForm(forms.Form):
    version = _version()
    title = _text("名称", 100)
    clause = _text("条款", 60)
    process_from = _month("过程管理起")
    process_to = _month("过程管理止")
    full_mark = forms.ChoiceField(label="打分满分", choices=FullMarkRule.choices)
    own_mark = forms.ChoiceField(label="评本单位", choices=OwnMarkRule.choices)


class IndicatorForm(forms.Form):
    """The words of an indicator; `dimensions` are those of the draft."""

    version = _version()
    number = _number("序号")
    short_name = _text("简称", 40)
    name = _text("考评内容（全称）", 500, rows=2)
    dimension = forms.ChoiceField(label="考评维度", error_messages={"required": "请选考评维度。"})
    scope = forms.ChoiceField(label="考评范围", choices=Scope.choices)
    basis = _text("考评依据", 2000, rows=4, required=False)
    clause = _text("条款", 60)
    offline_only = forms.BooleanField(label="材料线下报送（不传文件、不写文字）", required=False)

    def __init__(self, *given: Any, dimensions: Iterable[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        offer(self, "dimension", list(dimensions))


class NewIndicatorForm(IndicatorForm):
    """With a weight for every zone (code and name; "" for departments) and its first evaluator."""

    evaluator = forms.CharField(
        label="考评部门（先填一家，添上后可再加）",
        max_length=100,
        widget=forms.TextInput(attrs={"list": "evaluators"}),
        error_messages={"required": "请写考评部门。"},
    )

    def __init__(
        self,
        *given: Any,
        dimensions: Iterable[tuple[str, str]],
        zones: Sequence[tuple[str, str]],
        **more: object,
    ) -> None:
        super().__init__(*given, dimensions=dimensions, **more)
        self.zones = zones
        for zone, name in zones:
            self.fields[f"weight_{zone or 'all'}"] = _text(f"{name}分值", 12)

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        return [self[f"weight_{zone or 'all'}"] for zone, _ in self.zones]


def changed_indicator(form: forms.Form) -> dict[str, Any]:
    """What the service is to make of the indicator, and the version that was seen."""
    cleaned = checked(form)
    wanted = IndicatorInput(**{name: cleaned[name] for name in IndicatorInput.__dataclass_fields__})
    return {"version": cleaned["version"], "wanted": wanted}


def new_indicator(form: forms.Form) -> dict[str, Any]:
    """The same with a weight for every zone and the first evaluator."""
    assert isinstance(form, NewIndicatorForm)
    given = changed_indicator(form)
    weights = {zone: form.cleaned_data[f"weight_{zone or 'all'}"] for zone, _ in form.zones}
    return given | {"weights": weights, "evaluator": form.cleaned_data["evaluator"]}


def read_evaluators(data: QueryDict) -> list[EvaluatorInput]:
    """The rows of the form; one without an organisation is left out, and so an evaluator is removed."""
    rows = []
    for place in range(1, MOST_EVALUATORS + 2):
        name = str(data.get(f"organisation_{place}", "")).strip()
        share, part = str(data.get(f"share_{place}", "")), str(data.get(f"part_{place}", ""))
        if name:
            rows.append(EvaluatorInput(name, share, part))
    return rows


class _ApprovalForm(forms.Form):
    """审定 behind an act: who, when, under what number."""

    organ = _text("审定机关或会议", 100)
    approved_on = _day("审定日期")
    document_number = _text("文号", 60)


class IssueForm(_ApprovalForm):
    version = _version()
    title = _text("印发的方案名称", 100)
    scan = forms.FileField(label="审定件扫描", required=False)


class AmendmentForm(_ApprovalForm):
    effective_from = forms.ChoiceField(label="自哪一季度起", error_messages={"required": "请选自哪一季度起。"})
    reason = _text("修订理由", 1000, rows=3)

    def __init__(self, *given: Any, quarters: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        offer(self, "effective_from", [("", "请选"), *quarters])


class DecideForm(forms.Form):
    issue = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[("confirm", "确认"), ("returned", "退回")])
    note = _text("意见", 500, rows=2, required=False)
