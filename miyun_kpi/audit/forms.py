from datetime import date, datetime, time, timedelta

from django import forms
from django.utils import timezone

from miyun_kpi.audit.sentences import choices_of_kinds

# Beyond these a day with its zone leaves what the store can hold.
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)


class AnchorForm(forms.Form):
    number = forms.CharField(label="第几号", max_length=11)
    printed = forms.CharField(label="校验值", max_length=120)


class FilterForm(forms.Form):
    action = forms.CharField(label="动作", required=False, max_length=100)
    subject = forms.CharField(label="对象", required=False, max_length=200)
    actor = forms.CharField(label="经办", required=False, max_length=60)
    since = forms.DateField(label="从", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="到", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> None:
        since, until = (self.cleaned_data.get(name) for name in ("since", "until"))
        if since and until and since > until:
            self.add_error("since", f"“从”{since}在“到”{until}之后，中间没有日子。请对调两个日期。")
            # Neither narrows the list then.
            del self.cleaned_data["until"]

    def kinds(self) -> list[tuple[str, str]]:
        """What the things acted on can be narrowed to; a single thing that the address names stays chosen."""
        chosen = str(self["subject"].value() or "")
        found = choices_of_kinds(chosen)
        return found if not chosen or chosen in dict(found) else [*found, (chosen, "选定的一个对象")]

    def limits(self) -> tuple[datetime | None, datetime | None]:
        """The first moment of `since` and the first after `until`, None where not given or not readable."""
        since, until = (self.cleaned_data.get(name) for name in ("since", "until"))
        since = since and min(max(since, EARLIEST), LATEST)
        until = until and min(max(until, EARLIEST), LATEST)
        zone = timezone.get_current_timezone()
        return (
            datetime.combine(since, time(), zone) if since else None,
            datetime.combine(until + timedelta(days=1), time(), zone) if until else None,
        )


class ReasonForm(forms.Form):
    """Why a withheld entry is opened; the service says what a reason is."""

    reason = forms.CharField(label="理由（4 至 500 字）", max_length=500, required=False)
