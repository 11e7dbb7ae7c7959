from collections.abc import Iterable
from typing import Any

from django import forms

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.forms import AccountForm, DayField


class UnitPostForm(forms.Form):
    """A post among those that the unit has."""

    role = forms.ChoiceField(label="岗位")
    title = forms.CharField(label="职务", max_length=60, required=False)
    starts_on = DayField(label="从哪天起")

    def __init__(self, *given: Any, roles: Iterable[Role] = (), **options: Any) -> None:
        super().__init__(*given, **options)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *((role.value, role.label) for role in roles)]


class UnitAccountForm(UnitPostForm, AccountForm):
    """A new account and its first post."""

    field_order = ("display_name", "username", "role", "title", "starts_on")


class ShutForm(forms.Form):
    reason = forms.CharField(label="停用的理由（4 至 500 字）", max_length=500, help_text="如：调离本单位，已交接")
