"""What the forms of the pages share; its tags are `miyun_kpi/web/templatetags/forms.py`."""

from miyun_kpi.web.forms.fields import DAY, OFFERS_ORGANISATIONS, day, offer, organisation_field
from miyun_kpi.web.forms.reading import checked, unreadable

__all__ = ["DAY", "OFFERS_ORGANISATIONS", "checked", "day", "offer", "organisation_field", "unreadable"]
