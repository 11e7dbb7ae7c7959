"""Shape of what comes in when figures are confirmed: which figures, with which values, on which page of the original."""

import re
from collections.abc import Iterable, Mapping

from django import forms

from miyun_kpi.lib.errors import Malformed
from miyun_kpi.web.forms.fields import reason_field

_SEEN = re.compile(r"(?a:(\d{1,12}):(\d{1,9}))")


def read_seen(texts: Iterable[str]) -> dict[int, int]:
    """`figure:version` pairs, one or several (comma) a text."""
    seen: dict[int, int] = {}
    for text in texts:
        for part in filter(None, text.split(",")):
            match = _SEEN.fullmatch(part)
            if not match:
                raise Malformed("bad-figures", "选中的数字读不懂，没有提交。请回到方案页重新选择。")
            seen[int(match[1])] = int(match[2])
    return seen


def typed_value(post: Mapping[str, str], figure_id: int, stored: str) -> str:
    """The value wanted for a figure; a share is typed in two fields. Nothing sent: the stored value, a confirmation."""
    if f"evaluator-{figure_id}" in post:
        return f"{post[f'evaluator-{figure_id}'].strip()}:{post.get(f'value-{figure_id}', '')}"
    return post.get(f"value-{figure_id}", stored)


class ProposalForm(forms.Form):
    page = forms.CharField(
        label="印发原件页码",
        max_length=60,
        error_messages={"required": "请写明印发原件的页码。", "max_length": "页码请写在 60 字以内。"},
    )
    reason = forms.CharField(
        label="依据",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明依据（哪份文件、谁答复）。", "max_length": "依据请写在 2000 字以内。"},
    )


class WithdrawForm(forms.Form):
    reason = reason_field("撤回的理由", what="撤回的理由", most=300)


class CheckForm(forms.Form):
    note = forms.CharField(
        label="复核意见",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "意见请写在 2000 字以内。"},
    )
