"""`{% load releases %}{% published record as links %}`: where a record has been published, for the box beside registers' records."""

from collections.abc import Sequence

from django.template import Library

from disclosure.models.release import PackageItem
from miyun_kpi.registers.models import Record

register = Library()


@register.simple_tag
def published(record: Record) -> Sequence[PackageItem]:
    """One query; the box is an include that the register knows nothing of, so no view hands it over."""
    return list(PackageItem.objects.filter(record=record).exclude(link="").order_by("pk"))
