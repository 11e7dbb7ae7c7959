from typing import Any

from django import forms

from miyun_kpi.accounts.enums import Role
from miyun_kpi.operations.first_steps import ADMINISTRATORS, Administrator
from miyun_kpi.web.forms.reading import checked

PARTS = (("display_name", "姓名", 30), ("username", "用户名", 30), ("organisation", "单位", 100))
USERNAMES = {Role.SYSTEM_ADMIN: "xitong", Role.SECURITY_ADMIN: "anquan", Role.AUDITOR: "shenji"}


class AdministratorsForm(forms.Form):
    """Name, user name and organisation of each of the three separated administrators."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for role, label, _, organisation in ADMINISTRATORS:
            initial = {"organisation": organisation, "username": USERNAMES[role]}
            for part, word, most in PARTS:
                self.fields[f"{role.value}_{part}"] = forms.CharField(
                    label=word,
                    max_length=most,
                    initial=initial.get(part, ""),
                    error_messages={"required": f"请写{label}的{word}。"},
                )

    @property
    def persons(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """(who, what for, fields) in the order of the page."""
        return [
            (label, what, [self[f"{role.value}_{part}"] for part, _, _ in PARTS])
            for role, label, what, _ in ADMINISTRATORS
        ]


class CopyForm(forms.Form):
    check = forms.CharField(
        label="核对码",
        max_length=40,
        help_text="打印的那一页最下面一行，8 位",
        error_messages={"required": "请填打印的那一页最下面一行的核对码。"},
    )


def named(form: forms.Form) -> dict[str, Any]:
    said = checked(form)
    roles = [role for role, _, _, _ in ADMINISTRATORS]
    made = [Administrator(role, **{part: said[f"{role.value}_{part}"] for part, _, _ in PARTS}) for role in roles]
    return {"administrators": made}
