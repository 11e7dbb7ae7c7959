from typing import Any

from django import forms
from django.http import QueryDict

from miyun_kpi.accounts.enums import SEPARATED_ROLES, Role
from miyun_kpi.lib.reading import read_whole
from miyun_kpi.web.forms import organisation_field
from miyun_kpi.web.forms.fields import reason_field

ROLES = [("", "请选择"), *Role.choices]
TOKEN_ROLES = [
    ("", "（没有：只读公开内容）"),
    *((role.value, role.label) for role in Role if role not in SEPARATED_ROLES),
]


class DayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def person_field(label: str) -> forms.CharField:
    """The user name, offered from the page's list of people."""
    return forms.CharField(label=label, max_length=60, widget=forms.TextInput(attrs={"list": "people"}))


def password_field(label: str, kind: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": kind})
    return forms.CharField(label=label, max_length=200, strip=False, widget=widget)


class SignInForm(forms.Form):
    username = forms.CharField(label="用户名", max_length=60)
    password = forms.CharField(label="密码", max_length=200, strip=False, widget=forms.PasswordInput)


class ChangePasswordForm(forms.Form):
    old = password_field("现在的密码", "current-password")
    new = password_field("新密码（至少 10 个字符）", "new-password")
    again = password_field("再输入一次新密码", "new-password")

    def clean(self) -> dict[str, str]:
        return _the_same_twice(self, super().clean() or {})


def _the_same_twice(form: forms.Form, values: dict[str, str]) -> dict[str, str]:
    if values.get("new") and values.get("again") and values["new"] != values["again"]:
        form.add_error("again", "两次输入的新密码不一样，请重新输入。")
    return values


class AccountForm(forms.Form):
    username = forms.CharField(label="用户名", max_length=30, help_text="小写字母、数字、点、连字符、下划线；定后不改")
    display_name = forms.CharField(label="姓名", max_length=30)


class RenameForm(forms.Form):
    display_name = forms.CharField(label="姓名", max_length=30)
    version = forms.IntegerField(widget=forms.HiddenInput)


class VersionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)


class ResetForm(forms.Form):
    reason = forms.CharField(label="理由（4 至 500 字）", max_length=500, help_text="如：忘记密码，本人来电，已核对")
    version = forms.IntegerField(widget=forms.HiddenInput)


class AskForm(forms.Form):
    """One reason for all that are ticked."""

    reason = reason_field("提请的理由（4 至 500 字）", what="提请的理由", rows=0)


class ActivationForm(forms.Form):
    reason = forms.CharField(label="作废的理由（4 至 500 字）", max_length=500, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


def half_field(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class ActivateForm(forms.Form):
    """Of whoever has both halves and no session."""

    username = forms.CharField(
        label="用户名", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    first = half_field("激活码前半（系统管理员给的）")
    second = half_field("激活码后半（安全管理员给的）")
    new = password_field("新密码（至少 10 个字符）", "new-password")
    again = password_field("再输入一次新密码", "new-password")

    def clean(self) -> dict[str, str]:
        return _the_same_twice(self, super().clean() or {})


class CodeForm(forms.Form):
    """A code of six digits, or a recovery code."""

    code = forms.CharField(
        label="动态口令（6 位），或一个恢复码",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class DropFactorForm(forms.Form):
    reason = forms.CharField(label="理由（4 至 500 字）", max_length=500, help_text="如：手机丢失，本人来办")


class CertificateForm(forms.Form):
    pem = forms.CharField(
        label="证书（PEM；留空是取消登记）",
        max_length=20_000,
        required=False,
        # Somebody may paste a private key by mistake: it stays on the page, and not in the browser.
        widget=forms.Textarea(attrs={"rows": 8, "data-keep": "no"}),
        help_text="只贴证书，不贴私钥；证书由本人的 UKey 导出，或由发证机构给",
    )
    reason = forms.CharField(label="理由（4 至 500 字）", max_length=500, help_text="如：本人来领 UKey，已核对身份证件")


class GrantForm(forms.Form):
    username = person_field("给谁（用户名）")
    organisation = organisation_field("单位（名称、别名或代码）")
    role = forms.ChoiceField(label="角色", choices=ROLES)
    title = forms.CharField(label="职务", max_length=60, required=False)
    starts_on = DayField(label="开始")
    ends_on = DayField(label="最后一天", required=False)


class EndForm(forms.Form):
    ends_on = DayField(label="最后一天", required=False)
    at_once = forms.BooleanField(label="立即收回，不等到当天结束", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class HandOverForm(forms.Form):
    to = person_field("交给谁（用户名）")
    first_day = DayField(label="接任的第一天")
    version = forms.IntegerField(widget=forms.HiddenInput)


class DeputyForm(forms.Form):
    to = person_field("代理人（用户名）")
    first_day = DayField(label="代理的第一天")
    last_day = DayField(label="代理的最后一天")
    reason = forms.CharField(label="理由（4 至 500 字）", max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput)


class MovePostsForm(forms.Form):
    """The posts that are ticked, each as key:version; `change`: the 机构改革 whose page it is."""

    change = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    to = organisation_field("转到")
    first_day = DayField(label="从哪天起")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        assert isinstance(self.data, QueryDict)
        pairs = [one.partition(":")[::2] for one in self.data.getlist("posts")]
        read = [(read_whole(pk), read_whole(version)) for pk, version in pairs]
        values["posts"] = [(pk, version) for pk, version in read if pk is not None and version is not None]
        return values


class PortfolioForm(forms.Form):
    leader = person_field("区领导（用户名）")
    organisation = organisation_field("分管单位")
    starts_on = DayField(label="开始")
    ends_on = DayField(label="最后一天", required=False)


class EndPortfolioForm(forms.Form):
    portfolio = forms.IntegerField(widget=forms.HiddenInput)
    ends_on = DayField(label="最后一天")


class TokenForm(forms.Form):
    client = forms.CharField(label="客户端名称", max_length=50)
    owner = person_field("负责人（用户名）")
    role = forms.ChoiceField(label="角色", choices=TOKEN_ROLES, required=False)
    organisation = organisation_field("单位", required=False)
    days = forms.IntegerField(label="有效天数", min_value=1, max_value=365, initial=365)
