"""Which scheme of a track is the present one."""

from evaluation.enums import SchemeState
from evaluation.periods.models import Period
from evaluation.scheme.models.scheme import Scheme


def current_scheme(track: str) -> Scheme | None:
    """The newest in force that has a period open; one issued for the year to come is not yet it."""
    found = list(Scheme.objects.filter(track=track, state=SchemeState.IN_FORCE).order_by("-year"))
    years = {int(code[:4]) for code in Period.objects.values_list("code", flat=True)}
    return next((scheme for scheme in found if scheme.year in years), found[0] if found else None)
