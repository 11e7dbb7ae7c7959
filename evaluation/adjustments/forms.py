"""What is typed about 加减分: shapes only; the limits of the clause stand in rules.adjustments."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from evaluation.adjustments.models import Adjustment
from evaluation.adjustments.rules import GROUNDS
from evaluation.enums import AdjustmentGround
from miyun_kpi.lib.decimals import plain

DAY = "%Y-%m-%d"


def day_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        input_formats=[DAY],
        widget=forms.DateInput(attrs={"type": "date"}, format=DAY),
        error_messages={"required": f"请写{label}。", "invalid": f"{label}读不懂，请写成 2020-10-20。"},
    )


def text_field(label: str, most: int, rows: int = 0, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}) if rows else None,
        error_messages={"required": f"请写{label}。", "max_length": f"{label}超过 {most} 字，请精简。"},
    )


class AdjustmentForm(forms.Form):
    """`organisations`: (track, [(id, name)]); empty where the actor's own unit is the only one."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False, widget=forms.HiddenInput)
    year = forms.IntegerField(label="年度", min_value=2000, max_value=9998, error_messages={"required": "请写年度。"})
    organisation = forms.ChoiceField(label="考评对象", error_messages={"required": "请选考评对象。"})
    ground = forms.ChoiceField(
        label="情形",
        choices=AdjustmentGround.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一种情形。", "invalid_choice": "请从列出的情形中选。"},
    )
    work = text_field("工作名称", 120, required=True)
    points = forms.CharField(
        label="分数",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": "请写分数。", "max_length": "分数太长，请只写一个数。"},
    )
    happened_on = day_field("事实日期")
    document_number = text_field("依据文号", 80)
    reason = text_field("理由", 1000, 4, required=True)
    city_task = text_field("没有完成的市级年度绩效任务", 120)
    bottom_place = forms.IntegerField(
        label="排名倒数第几",
        min_value=1,
        max_value=3,
        required=False,
        error_messages={
            "invalid": "请写 1、2 或 3。",
            "min_value": "请写 1、2 或 3。",
            "max_value": "只有倒数三名扣分，请写 1、2 或 3。",
        },
    )
    ranking_scope = text_field("这个排名排的是哪些单位、共几家", 120)
    tied = forms.BooleanField(label="这个名次有并列", required=False)
    awaits_city = forms.BooleanField(label="市级结果还没有出来（待市级结果）", required=False)
    keep_reason = text_field("与别的一条像是同一事实而仍各计的理由", 500, 2)

    def __init__(
        self,
        data: QueryDict | None = None,
        *args: Any,
        organisations: Sequence[Any],
        fixed: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        """`fixed`: what an amendment may not change, whatever was sent."""
        if data is not None and fixed:
            data = data.copy()
            data.update(fixed)
        super().__init__(data, *args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选"), *organisations]

    @staticmethod
    def initial_of(row: Adjustment) -> dict[str, Any]:
        names = (
            "version",
            "ground",
            "work",
            "happened_on",
            "document_number",
            "reason",
            "city_task",
            "bottom_place",
            "ranking_scope",
            "tied",
            "keep_reason",
        )
        return {name: getattr(row, name) for name in names} | {
            "year": row.scheme.year,
            "organisation": str(row.organisation_id),
            "points": plain(abs(row.points)),
            "awaits_city": row.state == "city",
        }


class CityResultForm(forms.Form):
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    result = text_field("市级结果", 500, 3, required=True)
    result_on = day_field("市级结果日期")
    points = forms.CharField(label="分数", max_length=20, error_messages={"required": "请写分数。"})
    document_number = text_field("依据文号", 80)


class CheckForm(forms.Form):
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[("pass", "核对通过"), ("returned", "退回补正")])
    keep_reason = text_field("与别的一条像是同一事实而仍各计的理由", 500, 2)
    note = text_field("意见（退回必写）", 500, 2)


class VersionForm(forms.Form):
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


def ground_help() -> list[tuple[str, str, str]]:
    """Each printed ground with its limit and its words in the gazette."""
    return [
        (ground.label, ground.limit_words, "”；镇街“".join(dict.fromkeys(ground.quotes.values())))
        for ground in GROUNDS.values()
    ]
