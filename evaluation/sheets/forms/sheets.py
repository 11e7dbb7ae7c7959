"""Shape of what the matrix sends: one cell, a pasted column, the acts on a sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.core import signing
from django.http import QueryDict

from evaluation.sheets.services.marks import DeductionInput, RowInput
from miyun_kpi.lib.errors import Malformed, Refused
from miyun_kpi.lib.reading import read_whole
from miyun_kpi.web.forms import day
from miyun_kpi.web.forms.fields import reason_field

REASON = (4, 500)
LINES = "evaluation.replaced-deductions"


class CellForm(forms.Form):
    """One cell. A field that is not sent is not touched."""

    organisation = forms.CharField(max_length=100)
    version = forms.IntegerField(min_value=0, max_value=2**31)
    value = forms.CharField(max_length=60, required=False, strip=False)
    problems = forms.CharField(max_length=4000, required=False, strip=False)
    suggestions = forms.CharField(max_length=4000, required=False, strip=False)
    reason = forms.CharField(max_length=1000, required=False)
    accepts = forms.CharField(max_length=16, required=False)


class DeductionForm(forms.Form):
    line = forms.IntegerField(min_value=1, max_value=2**62)
    points = forms.CharField(max_length=60, required=False)
    why = forms.CharField(max_length=1000, required=False)


def _unreadable() -> Malformed:
    return Malformed("bad-request", "这次提交的内容读不懂，没有保存。请刷新页面后再试。")


def sealed_lines(organisation: str, lines: Sequence[DeductionInput]) -> str:
    """扣分明细 that has gone, as the page gives it back to put it there again; "" where none stood."""
    rows = [[one.line_id, one.points, one.reason, list(one.sets)] for one in lines]
    return signing.dumps([organisation, rows], salt=LINES, compress=True) if rows else ""


def _opened_lines(organisation: str, sealed: str) -> tuple[DeductionInput, ...]:
    try:
        of, rows = signing.loads(sealed, salt=LINES)
    except signing.BadSignature:
        raise _unreadable() from None
    if of != organisation:
        raise _unreadable()
    return tuple(DeductionInput(line, points, reason, tuple(sets)) for line, points, reason, sets in rows)


def read_cell(data: QueryDict) -> RowInput:
    """The posted cell as the service takes it. Raises Malformed, or Refused when overriding gives no reason."""
    form = CellForm(data)
    if not form.is_valid():
        if "value" in form.errors and set(form.errors) == {"value"}:
            raise Refused("not-a-number", "得分太长或含有读不出的字符，没有保存。请只写阿拉伯数字和小数点。")
        for name, what in (("problems", "存在问题"), ("suggestions", "改进建议")):
            if set(form.errors) == {name}:
                raise Refused("too-long", f"{what}超过 2000 字或含有读不出的字符，没有保存。请精简。")
        raise _unreadable()
    cleaned = form.cleaned_data
    reason = cleaned["reason"].strip()
    if "override" in data and not REASON[0] <= len(reason) <= REASON[1]:
        raise Refused("reason-missing", "用自己的数取代别人刚存的数要写理由（4 至 500 字），没有保存。")
    sealed = data.get("restores", "")
    deductions = _opened_lines(cleaned["organisation"], sealed) if sealed else _read_deductions(data)
    not_applicable = data.get("not_applicable") == "1"
    return RowInput(
        organisation=cleaned["organisation"],
        version=cleaned["version"],
        value=cleaned["value"] if "value" in data else None,
        not_applicable=not_applicable,
        reason=reason,
        problems=cleaned["problems"] if "problems" in data else None,
        suggestions=cleaned["suggestions"] if "suggestions" in data else None,
        deductions=deductions,
        sets_value="value" in data or not_applicable or bool(deductions),
        accepts=cleaned["accepts"],
        replaces="replaces" in data,
    )


def read_accepted(data: QueryDict) -> list[RowInput]:
    """The cells whose proposed mark is accepted, each as code:version:token of what was on the screen."""
    rows, given = [], data.getlist("cell")
    if len(given) > 200:
        raise _unreadable()
    for text in given:
        code, _, rest = text.partition(":")
        version, _, token = rest.partition(":")
        found = read_whole(version)
        if not code or found is None or not token:
            raise _unreadable()
        rows.append(RowInput(code, found, accepts=token))
    if not rows:
        raise Refused("nothing-proposed", "没有可采纳的格，没有保存。空白的格里有细则算出的得分才能采纳。")
    return rows


def _read_deductions(data: QueryDict) -> tuple[DeductionInput, ...]:
    """Lines of 扣分明细; a line without points and reason was left empty on the page."""
    found = []
    for line, points, why in zip(data.getlist("line"), data.getlist("points"), data.getlist("why"), strict=False):
        if not points.strip() and not why.strip():
            continue
        form = DeductionForm({"line": line, "points": points, "why": why})
        if not form.is_valid():
            raise Refused("unknown-line", "扣分要选一条考评细则、写扣几分和理由，没有保存。请补全。")
        found.append(DeductionInput(form.cleaned_data["line"], points, why))
    if "line" in data and not found:
        raise Refused("no-deductions", "一条扣分也没有填，没有保存。不扣分请直接写得分。")
    return tuple(found)


@dataclass(frozen=True)
class PastedRow:
    """One row of the preview as it comes back: what was there, how it is to be read, what was decided.

    `touch`: p and s where the texts are to be written, c where the cell is to be emptied, w that it is of a workbook.
    """

    organisation: str
    version: int
    pasted: str
    read: str
    choice: str
    reason: str
    problems: str = ""
    suggestions: str = ""
    not_applicable: str = ""
    where: str = ""
    touch: str = ""


NAMES = ("pasted", "read", "choice", "reason")
TEXTS = ("problems", "suggestions", "not_applicable", "where", "touch")


def read_column(data: QueryDict) -> list[PastedRow]:
    """The rows of the preview form, as parallel lists; those of the texts only where the preview had them."""
    codes = data.getlist("organisation")
    try:
        versions = [int(text) for text in data.getlist("version")]
    except ValueError:
        raise _unreadable() from None
    given = [name for name in TEXTS if name in data]
    lists = [data.getlist(name) for name in (*NAMES, *given)]
    if not codes or len(codes) > 200 or {len(codes), len(versions)} | {len(one) for one in lists} != {len(codes)}:
        raise _unreadable()
    if any("\x00" in text or len(text) > 4000 for one in (codes, *lists) for text in one):
        raise _unreadable()
    if any(not 0 <= version < 2**31 for version in versions):
        raise _unreadable()
    return [
        PastedRow(code, version, **dict(zip((*NAMES, *given), texts, strict=True)))
        for code, version, *texts in zip(codes, versions, *lists, strict=True)
    ]


class PasteForm(forms.Form):
    clipboard = forms.CharField(max_length=20000, strip=False)
    start = forms.CharField(max_length=100, required=False)


class VersionForm(forms.Form):
    version = forms.IntegerField(min_value=0, max_value=2**31, widget=forms.HiddenInput)


class ReopenForm(VersionForm):
    reason = reason_field("退回重开的理由")
    until = forms.DateTimeField(
        label="可改到",
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "请选一个截止时间。", "invalid": "这个时间读不懂，请写成 2020-10-20 18:00。"},
    )

    def clean_until(self) -> datetime:
        until: datetime = self.cleaned_data["until"]
        return until


class PaperForm(VersionForm):
    paper_number = forms.CharField(
        label="盖章纸质报送表的编号",
        max_length=60,
        error_messages={"required": "请写纸质报送表的编号。", "max_length": "编号超过 60 字。"},
    )
    received_on = day("收件日期", required=False, help_text="今天收到的可以不填；是否迟报按收件日期算")
    late_reason = forms.CharField(
        label="现在才代录的理由", max_length=200, required=False, help_text="收件日期早于上一个工作日的才写"
    )


class ObservationForm(VersionForm):
    """What a certifier writes; the service asks for it where a sheet is returned."""

    note = forms.CharField(max_length=500, required=False)
    decision = forms.ChoiceField(choices=[("certify", "审核通过"), ("returned", "退回")])


class DecisionForm(VersionForm):
    organisation = forms.CharField(max_length=100)
    decision = forms.ChoiceField(choices=[("approve", "批准"), ("refused", "不同意")])
    note = forms.CharField(max_length=500, required=False)
