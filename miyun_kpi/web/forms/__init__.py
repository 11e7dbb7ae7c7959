"""What the forms of the pages share; its tags are `miyun_kpi/web/templatetags/forms.py`."""

from miyun_kpi.web.forms.fields import DAY, day, offer
from miyun_kpi.web.forms.reading import checked, unreadable

__all__ = ["DAY", "checked", "day", "offer", "unreadable"]
