from django import forms

from evaluation.figures.forms.figures import ProposalForm


class UploadForm(forms.Form):
    workbook = forms.FileField(
        label="填好的任务表（.xlsx）",
        allow_empty_file=True,
        max_length=200,
        error_messages={"required": "请选择填好的工作簿。", "max_length": "文件名太长，请改短后再上传。"},
    )


class AcceptForm(ProposalForm):
    """`read` carries the values that were read, signed: nothing of the file is kept in between."""

    read = forms.CharField(widget=forms.HiddenInput)
