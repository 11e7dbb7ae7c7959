"""Shapes of what an administrator fills in. Choices that come from the database are handed in by the view."""

from collections.abc import Sequence
from typing import Any

from django import forms

from miyun_kpi.organisations.enums import Category, Zone
from miyun_kpi.web.forms import day, offer

Choices = Sequence[tuple[str, str]]


class CreateForm(forms.Form):
    name = forms.CharField(label="名称", max_length=100)
    code = forms.SlugField(label="代码", max_length=60, help_text="拼音小写，用连字符相连，如 gulou-jiedao；定后不改")
    category = forms.ChoiceField(label="类别", choices=Category.choices)
    zone = forms.ChoiceField(
        label="分区",
        choices=[("", "（没有）"), *Zone.choices],
        required=False,
        help_text="只有镇街（地区）、经济功能区有分区",
    )
    evaluated = forms.BooleanField(label="列入考评", required=False)
    order = forms.IntegerField(label="次序", min_value=1, max_value=9999, initial=999, help_text="任务表中的行次")
    part_of = forms.ChoiceField(label="隶属于", required=False)
    valid_from = day("设立日期", required=False)
    note = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, wholes: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "part_of", [("", "（没有）"), *wholes])

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if code != code.lower():
            raise forms.ValidationError("代码只用小写字母、数字和连字符。")
        return code


class VersionedForm(forms.Form):
    version = forms.IntegerField(label="版本", widget=forms.HiddenInput)


class PaperedForm(VersionedForm):
    number = forms.CharField(label="文号", max_length=60, help_text="机构改革或更名的批准文件")


class RenameForm(PaperedForm):
    name = forms.CharField(label="新名称", max_length=100)
    on = day("启用日期", help_text="这一天起用新名称；已通报的结果仍用当日的名称")


class AliasForm(VersionedForm):
    text = forms.CharField(label="别名", max_length=100, help_text="导入名单时，写成这样也能认出本机构")
    source = forms.CharField(label="出处", max_length=60, required=False)


class RemoveAliasForm(VersionedForm):
    text = forms.CharField(max_length=100)


class MergeForm(PaperedForm):
    merged = forms.MultipleChoiceField(label="并入的机构", widget=forms.SelectMultiple(attrs={"size": 12}))
    on = day("并入日期", help_text="并入的机构到这一天为止；它的岗位须另行换人交接")

    def __init__(self, *args: Any, others: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "merged", others)
        # What goes along is shown as soon as somebody is chosen; the button beside does the same without a script.
        self.fields["merged"].widget.attrs |= {
            "hx-get": "../affairs/",
            "hx-trigger": "change",
            "hx-target": "#affairs",
        }


class CloseForm(PaperedForm):
    on = day("撤并日期", help_text="机构到这一天为止；没有承接的机构，名下的事项逐类移交")


class DealForm(forms.Form):
    label = forms.CharField(max_length=60)
    to = forms.CharField(max_length=100)


class SplitForm(PaperedForm):
    first_name = forms.CharField(label="新机构一的名称", max_length=100)
    first_code = forms.SlugField(label="新机构一的代码", max_length=60)
    second_name = forms.CharField(label="新机构二的名称", max_length=100)
    second_code = forms.SlugField(label="新机构二的代码", max_length=60)
    third_name = forms.CharField(label="新机构三的名称", max_length=100, required=False)
    third_code = forms.SlugField(label="新机构三的代码", max_length=60, required=False)
    on = day("分设日期", help_text="原机构到这一天为止；类别、分区和是否列入考评照原机构")

    def parts(self) -> list[tuple[str, str]]:
        """(code, name) of the new organisations."""
        given = [(self.cleaned_data[f"{n}_code"], self.cleaned_data[f"{n}_name"]) for n in ("first", "second", "third")]
        return [pair for pair in given if any(pair)]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("third_name")) != bool(values.get("third_code")):
            self.add_error("third_name", "新机构三的名称和代码须一并填写，或都不填。")
        return values
