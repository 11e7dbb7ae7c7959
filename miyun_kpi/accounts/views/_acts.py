"""What the pages of administration share: one act from one form, with the refusal beside what was typed."""

from collections.abc import Callable
from typing import Any

from django import forms

from miyun_kpi.lib.errors import NotAllowed, NotFound, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve


class Outcome:
    """`done` when the act was carried out; else `refusal` (if a rule refused it) and the status of the page."""

    def __init__(self, *, result: Any = None, refusal: Refused | None = None, status: int = 200) -> None:
        self.result, self.refusal, self.status = result, refusal, status
        self.done = status == 200


def carry_out(form: forms.Form, act: Callable[[dict[str, Any]], Any]) -> Outcome:
    """Call `act` with the cleaned values of a valid form. Not found and not allowed stay pages of their own."""
    if not form.is_valid():
        return Outcome(status=422)
    try:
        return Outcome(result=act(form.cleaned_data))
    except (NotFound, NotAllowed):
        raise
    except Refused as refusal:
        return Outcome(refusal=refusal, status=refusal.status)


def organisation_named(text: str) -> Organisation:
    found = resolve(text)
    if found is None:
        raise Refused("no-such-organisation", f"没有叫“{text[:30]}”的单位，没有执行。请写机构页上的名称、别名或代码。")
    return found
