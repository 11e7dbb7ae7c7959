"""On the page of a firm or project of the library: what stops its support now."""

from django.template import Library

from finance_policy.queries.granting import halted
from miyun_kpi.registers.models import Record

register = Library()


@register.simple_tag
def halt_of(record: Record) -> str:
    """In words; "" for nothing."""
    return halted(record.values.get("code", ""))
