"""What is typed at the year's end; the limits stand in the rules and services."""

from collections.abc import Sequence
from typing import Any

from django import forms

from evaluation.adjustments.forms import day_field, text_field
from evaluation.enums import YearUnitKind


class MethodForm(forms.Form):
    """One weight a period; its field carries the code of the period."""

    basis_document = text_field("依据文件", 120, required=True)
    basis_clause = text_field("依据条款", 60, required=True)

    def __init__(self, *args: Any, periods: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.periods = [code for code, _ in periods]
        for code, label in periods:
            self.fields[code] = forms.CharField(
                label=label,
                max_length=20,
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        return [self[code] for code in self.periods]


class VetoForm(forms.Form):
    organisation = forms.ChoiceField(label="考评对象", error_messages={"required": "请选考评对象。"})
    body = text_field("决定机关", 80, required=True)
    number = text_field("决定文号", 80, required=True)
    decided_on = day_field("决定日期")
    ground = text_field("事由", 500, 3, required=True)

    def __init__(self, *args: Any, organisations: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选"), *organisations]


class YearUnitForm(forms.Form):
    """全年考评的处理 of one unit, as the minutes have it."""

    organisation = forms.ChoiceField(label="考评对象", error_messages={"required": "请选考评对象。"})
    kind = forms.ChoiceField(
        label="怎样处理",
        choices=YearUnitKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选承接、单列或不排名。"},
    )
    predecessor = forms.ChoiceField(label="承接哪个单位的季度", required=False)
    meeting = text_field("会议", 120, required=True)
    minutes_number = text_field("纪要文号", 80, required=True)
    reason = text_field("理由", 500, 3, required=True)

    def __init__(
        self,
        *args: Any,
        organisations: Sequence[tuple[str, str]],
        predecessors: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, offered, first in (
            ("organisation", organisations, "请选"),
            ("predecessor", predecessors, "不承接"),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", first), *offered]


class DeliberationForm(forms.Form):
    """The heading of the minutes; the outcomes and ties are rows beside it."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    ranking = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)
    meeting = text_field("会议", 120, required=True)
    held_on = day_field("开会日期")
    minutes_number = text_field("纪要文号", 80, required=True)
    note = text_field("其他审议意见", 1000, 2)


class ReportForm(forms.Form):
    number = text_field("报送文号", 80, required=True)
    sent_on = day_field("报送日期")


class SecondForm(forms.Form):
    """What a second person, or who revokes, says."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    decision = forms.ChoiceField(label="决定", choices=[("pass", "通过"), ("returned", "退回"), ("revoked", "撤销")])
    note = text_field("意见", 500, 2)
