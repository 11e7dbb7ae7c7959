"""What the tests of a draft share."""

from datetime import datetime

from django.utils import timezone

from evaluation.drafting.services.copying import copy_scheme
from evaluation.drafting.services.weights import Typed
from evaluation.models import Figure, Scheme
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.services import NewOrganisation, Seen, merge_organisations, split_organisation

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


def split(administrator: Actor, track: str, *, code: str = "", at: datetime = AT) -> list[Organisation]:
    """A unit of the track split in two that are ranked like it: the one named, else the last that marks nothing."""
    units = Organisation.objects.of_track(track).in_printed_order()
    marking = Figure.objects.filter(kind="share").values("organisation")
    old = Organisation.objects.get(code=code) if code else units.exclude(pk__in=marking).last()
    assert old is not None
    parts = [
        NewOrganisation(f"{old.code}-{n}", f"{old.name[:-1]}{word}{old.name[-1]}", old.category, old.zone, True)
        for n, word in ((1, "东"), (2, "西"))
    ]
    on = at.astimezone().date()
    seen = Seen(old.code, old.version)
    split_organisation(number="密编〔2020〕1号", actor=administrator, seen=seen, parts=parts, on=on, at=at)
    return list(Organisation.objects.filter(code__in=[part.code for part in parts]).order_by("code"))


def merged(administrator: Actor, code: str, into: str, *, at: datetime = AT) -> None:
    row, other = (Organisation.objects.get(code=one) for one in (code, into))
    merge_organisations(
        number="密编〔2020〕2号",
        actor=administrator,
        merged=[Seen(row.code, row.version)],
        into=Seen(other.code, other.version),
        on=at.astimezone().date(),
        at=at,
    )
