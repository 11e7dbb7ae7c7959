"""Who hands in a 自查报告 of a year: its 考评对象, those that ended since too (engine 21)."""

from evaluation.periods.queries.population import year_units
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.models.year_close import SelfReport
from miyun_kpi.organisations.models import Organisation


def reporting_units(scheme: Scheme) -> list[Organisation]:
    """Those of the scheme's year in printed order, under its names, then whoever else has begun a report. Never save them."""
    units = year_units(scheme)
    begun = Organisation.objects.filter(pk__in=SelfReport.objects.filter(scheme=scheme).values("organisation"))
    return [*units, *begun.exclude(pk__in=[one.pk for one in units]).in_printed_order()]
