"""What a form has brought: its values, or the one sentence of everything that is wrong."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from miyun_kpi.lib.errors import Malformed, Refused


def unreadable() -> Malformed:
    return Malformed("bad-request", "这次提交的内容读不懂，没有执行。请刷新页面后再试。")


def sent_twice() -> Malformed:
    return Malformed("doubled-field", "这次提交里同一栏有两个不同的值，没有执行。请刷新页面，只填一个再提交。")


def twice(given: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """Those of the names that were given with two values that differ; the same value twice is one."""
    return sorted(one for one in names if isinstance(given, QueryDict) and len(set(given.getlist(one))) > 1)


def require_one_each(form: forms.Form) -> None:
    """Malformed where a field that holds one value was sent with two."""
    single = [
        form.add_prefix(name)
        for name, field in form.fields.items()
        if not isinstance(field.widget, forms.SelectMultiple | forms.MultipleHiddenInput)
        and not getattr(field.widget, "allow_multiple_selected", False)
    ]
    if twice(form.data, single):
        raise sent_twice()


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
