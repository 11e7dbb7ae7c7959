"""Shape of what the pages of 月跟踪 send."""

from django import forms
from django.http import QueryDict

from miyun_kpi.duties.services import ReportInput, Seen
from miyun_kpi.lib.errors import Malformed, Refused

LARGEST = 2**31


class LineForm(forms.Form):
    """One line. Lengths are limits of reading; what a line must hold is the service's business."""

    version = forms.IntegerField(min_value=0, max_value=LARGEST)
    course = forms.CharField(max_length=20, required=False)
    progress = forms.CharField(max_length=5000, required=False)
    problem = forms.CharField(max_length=5000, required=False)
    next_step = forms.CharField(max_length=5000, required=False)
    offline_on = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    offline_handler = forms.CharField(max_length=200, required=False)
    offline_number = forms.CharField(max_length=200, required=False)
    unchanged = forms.BooleanField(required=False)


def read_line(data: QueryDict) -> ReportInput:
    form = LineForm(data)
    if not form.is_valid():
        if "offline_on" in form.errors:
            raise Refused("bad-date", "线下报送日期读不懂，没有保存。请写成 2020-09-25。")
        if "version" in form.errors:
            raise unreadable()
        raise Refused("too-long", "有一栏太长或含有读不出的字符，没有保存。每栏不超过 1000 字。")
    return ReportInput(**form.cleaned_data)


def read_seen(values: list[str]) -> list[Seen]:
    """Ticked rows as “id:version”."""
    found = []
    for value in values:
        left, _, right = value.partition(":")
        if not (left.isascii() and left.isdigit() and right.isascii() and right.isdigit() and len(value) < 32):
            raise unreadable()
        found.append(Seen(int(left), int(right)))
    return found


def unreadable() -> Malformed:
    return Malformed("bad-request", "这次提交的内容读不懂，没有执行。请刷新页面后再试。")
