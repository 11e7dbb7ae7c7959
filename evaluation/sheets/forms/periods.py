from typing import Any

from django import forms

from evaluation.periods.rules.calendar import Window

FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


class Moment(forms.DateTimeField):
    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            input_formats=FORMATS,
            widget=forms.DateTimeInput(format=FORMATS[0], attrs={"type": "datetime-local", "step": "60"}),
            error_messages={
                "required": f"请写{label}的日期和时刻。",
                "invalid": f"{label}读不成日期和时刻，请写成 2020-10-20 18:00。",
            },
        )


class WindowForm(forms.Form):
    """The four dates, read as Beijing time."""

    starts_at = Moment("填报开始")
    due_at = Moment("报送截止")
    late_until = Moment("补报截止")
    locks_at = Moment("锁定")


class ChangeWindowForm(WindowForm):
    reason = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明改日期的理由和依据。", "max_length": "理由请写在 500 字以内。"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


def initial_of(window: Window) -> dict[str, Any]:
    return {name: getattr(window, name) for name in Window.__dataclass_fields__}
