from typing import Any

from django import forms

from miyun_kpi.lib.decimals import read_decimal
from miyun_kpi.lib.errors import Refused


class PaperForm(forms.Form):
    """What the paper says: its code, and a figure, a place or the file itself."""

    code = forms.CharField(label="核验码", max_length=60)
    unit = forms.CharField(label="单位", max_length=100, required=False)
    total = forms.CharField(label="纸上的合计", max_length=30, required=False)
    rank = forms.CharField(label="纸上的名次", max_length=8, required=False)
    file = forms.FileField(label="导出的文件", required=False)

    def clean_total(self) -> Any:
        text = self.cleaned_data["total"].strip()
        try:
            return read_decimal(text, places=4, what="合计") if text else None
        except Refused as refusal:
            raise forms.ValidationError(refusal.message.replace("没有保存", "没有比对")) from refusal

    def clean_rank(self) -> Any:
        text = self.cleaned_data["rank"].strip()
        if not text:
            return None
        try:
            return int(read_decimal(text, places=0, what="名次"))
        except Refused as refusal:
            raise forms.ValidationError(refusal.message.replace("没有保存", "没有比对")) from refusal
