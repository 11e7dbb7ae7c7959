"""Where the task of the demonstration's tour is done in 耕地占补."""

from datetime import datetime

from farmland.enums import State
from farmland.models import Application
from miyun_kpi.routes import to


def to_be_reserved(at: datetime) -> str:
    """The application that was registered first and has nothing reserved; the list where there is none."""
    found = Application.objects.filter(state=State.REGISTERED).order_by("pk").first()
    return to("farmland:application", found.pk) if found else to("farmland:applications")
