"""`{{ row.organisation|unit_page }}`: the name of a unit, leading to its page."""

from django.template import Library
from django.utils.html import format_html
from django.utils.safestring import SafeString

from miyun_kpi.organisations.models import Organisation
from miyun_kpi.routes import to

register = Library()


@register.filter
def unit_page(unit: Organisation | str | None, name: str = "") -> SafeString | str:
    """Of an organisation; or of its code, with the name as the second. "" for none."""
    if not unit:
        return ""
    code, said = (unit, name) if isinstance(unit, str) else (unit.code, name or unit.name)
    return format_html('<a class="plain" href="{}">{}</a>', to("organisations:organisation", code), said)
