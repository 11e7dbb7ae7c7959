"""What the tests of a draft share."""

from datetime import datetime

from django.utils import timezone

from evaluation.drafting.services.copying import copy_scheme
from evaluation.drafting.services.weights import Typed
from evaluation.models import Scheme

AT = datetime(2020, 11, 24, 10, tzinfo=timezone.get_default_timezone())


def copied(actor, track: str = "township") -> Scheme:
    return copy_scheme(actor=actor, scheme_id=Scheme.objects.get(track=track, year=2020).pk, at=AT)


def weight(scheme: Scheme, number: int, zone: str, text: str) -> Typed:
    figure = scheme.figures.get(kind="weight", indicator__number=number, zone=zone)
    return Typed(figure.pk, figure.version, text)


def share_values(scheme: Scheme, number: int) -> list[str]:
    return list(
        scheme.figures.filter(kind="share", indicator__number=number).order_by("order").values_list("value", flat=True)
    )
