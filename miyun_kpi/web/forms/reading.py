"""What a form has brought: its values, or the one sentence of everything that is wrong."""

from typing import Any

from django import forms

from miyun_kpi.lib.errors import Malformed, Refused


def unreadable() -> Malformed:
    return Malformed("bad-request", "这次提交的内容读不懂，没有执行。请刷新页面后再试。")


def checked(form: forms.Form) -> dict[str, Any]:
    """The cleaned values, or one sentence with every problem; a broken version is a broken page."""
    if form.is_valid():
        return form.cleaned_data
    if "version" in form.errors:
        raise unreadable()
    said = []
    for name, errors in form.errors.items():
        label = str(form.fields[name].label or "") if name in form.fields else ""
        words = str(errors[0]).rstrip("。").replace("，没有保存", "")
        said.append(words if label and label[:4] in words else f"{label}：{words}" if label else words)
    raise Refused("bad-form", f"{'；'.join(said)}。没有保存，请改正。")
