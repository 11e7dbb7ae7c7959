"""What the pages of administration share."""

from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve


def organisation_named(text: str) -> Organisation:
    found = resolve(text)
    if found is None:
        raise Refused("no-such-organisation", f"没有叫“{text[:30]}”的单位，没有执行。请写机构页上的名称、别名或代码。")
    return found
