"""The boxes of an act whose original is paper: 办理日期, and for 补登 its paper and reason."""

from typing import Any

from django import forms

from miyun_kpi.acts.days import Late
from miyun_kpi.web.forms.fields import day
from miyun_kpi.web.forms.reading import checked

LATE_BOXES = ("done_on", "late_source", "late_reason")


class LateForm(forms.Form):
    """Paper and reason of an act that is registered late; both are empty in the usual case."""

    late_source = forms.CharField(
        label="补登的依据", max_length=100, required=False, help_text="办理日期早于上一个工作日的才写：文书名称、文号"
    )
    late_reason = forms.CharField(label="现在才登记的理由", max_length=200, required=False)

    @property
    def in_time_fields(self) -> list[forms.BoundField]:
        """The visible boxes of the act itself."""
        return [one for one in self.visible_fields() if one.name not in LATE_BOXES]

    @property
    def late_open(self) -> bool:
        """Whether something was typed in these boxes, or is wrong with it."""
        return any(self[name].errors or self[name].value() for name in self.fields if name in LATE_BOXES)


class PaperForm(LateForm):
    """An act that is usually done now; by a paper of an earlier day it takes that day."""

    done_on = day("办理日期", required=False, help_text="今天办的可以不填")

    field_order = ["done_on", "late_source", "late_reason"]


def read_late(form: forms.Form) -> dict[str, Any]:
    """What was sent, as the service takes it; a form without these boxes gives what it has."""
    given = checked(form)
    return with_late(given) if isinstance(form, LateForm) else given


def with_late(given: dict[str, Any]) -> dict[str, Any]:
    """The boxes as the service takes them: `late`, and `on` where the form asks for the day itself."""
    given["late"] = Late(given.pop("late_source", ""), given.pop("late_reason", ""))
    if "done_on" in given:
        given["on"] = given.pop("done_on")
    return given
