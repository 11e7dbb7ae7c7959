"""耕地占补: totals for everybody, lots for offices, leaders and their town; 区规自分局 moves quota, 区财政局 money.

The application lies in 北庄镇, which is beizhuang's.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from farmland.services import applications, lots
from miyun_kpi.accounts.access import verbs_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.queries import resolve

EXTRA = ("区规自分局", "区财政局")
LOT = {
    "record_number": "备1", "name": "北庄-01", "town": "北庄镇", "builder": "town", "area": "10.5000",
    "accepted_on": "2020-05-01", "acceptance_number": "验1",
}  # fmt: skip
PROJECT = {
    "name": "项目", "applicant": "某公司", "investor": "social", "town": "北庄镇", "area": "1.0000",
    "approval_number": "批1", "approval_on": "2020-06-01",
}  # fmt: skip
FACTS = ("commercial", "district_pays", "public")
NATURE = {"investor": "social", "town": "北庄镇", "area": "1.0000", "on": "2020-06-01"} | dict.fromkeys(FACTS, True)
BODIES: dict[str, Any] = {
    "farmland:new-lot": LOT | {"mining": "no"},
    "farmland:lot": {"version": "1", "cost": "1.00"},
    "farmland:new-application": PROJECT | dict.fromkeys(FACTS, "no"),
    "farmland:amend-application": PROJECT | dict.fromkeys(FACTS, "no") | {"version": "1"},
    "farmland:application-act": {"version": "1"},
    "farmland:reverse-entry": {"number": "1", "reason": "登记有误"},
    "api:farmland-lots": LOT | {"mining": False},
    "api:farmland-applications": PROJECT | dict.fromkeys(FACTS, False),
    "api:farmland-application-acts": {"act": "reserve", "version": 1},
    "api:farmland-trial": NATURE,
}


def things(world: dict[str, Any]) -> dict[str, Any]:
    office, at = resolve("区规自分局"), timezone.now()
    assert office is not None
    verbs = verbs_of("register_office")
    actor = Actor("甲", user_id=1, organisation_id=office.pk, role="register_office", verbs=verbs)
    lot = lots.accept_lot(
        actor=actor, at=at,
        new=lots.NewLot("备0", "北庄-00", "北庄镇", "town", False, Decimal(10), date(2020, 5, 1), "验0"),
    )  # fmt: skip
    row = applications.register_application(
        actor=actor, at=at,
        project=applications.Project("项目", "某公司", "social", True, False, False, "北庄镇", Decimal(1), "批1", date(2020, 6, 1)),
    )  # fmt: skip
    made: dict[str, Any] = {"lot_id": lot.pk}
    for name, _ in [*PAGES, *API]:
        made |= {f"{name}:application_id": row.pk, f"{name}:act": "reserve"}
    return made


PAGES: dict[tuple[str, str], str] = {
    ("farmland:amend-application", "GET"): "SNNFFFFNNNAF",
    ("farmland:amend-application", "POST"): "SNNFFFFNNNAF",
    ("farmland:application", "GET"): "SNNAAAANNNAA",
    ("farmland:application-act", "POST"): "SNNFFFFNNNAF",
    ("farmland:applications", "GET"): "SAAAAAAAAAAA",
    ("farmland:check", "POST"): "SFFFFFFFFFAA",
    ("farmland:entries", "GET"): "SAAAAAAAAAAA",
    ("farmland:index", "GET"): "SAAAAAAAAAAA",
    ("farmland:lot", "GET"): "SNNAAAANNNAA",
    ("farmland:lot", "POST"): "SNNFFFFNNNAF",
    ("farmland:new-application", "GET"): "SFFFFFFFFFAF",
    ("farmland:new-application", "POST"): "SFFFFFFFFFAF",
    ("farmland:new-lot", "GET"): "SFFFFFFFFFAF",
    ("farmland:new-lot", "POST"): "SFFFFFFFFFAF",
    ("farmland:reverse-entry", "POST"): "SFFFFFFFFFAF",
}
API: dict[tuple[str, str], str] = {
    ("api:farmland-allocations", "GET"): "SAAAAAAAAAA",
    ("api:farmland-application", "GET"): "SNNNAAANNAA",
    ("api:farmland-application-acts", "POST"): "SNNNFFFNNAF",
    ("api:farmland-applications", "GET"): "SAAAAAAAAAA",
    ("api:farmland-applications", "POST"): "SFFFFFFFFAF",
    ("api:farmland-balances", "GET"): "SAAAAAAAAAA",
    ("api:farmland-checks", "POST"): "SFFFFFFFFAA",
    ("api:farmland-entries", "GET"): "SAAAAAAAAAA",
    ("api:farmland-lots", "GET"): "SAAAAAAAAAA",
    ("api:farmland-lots", "POST"): "SFFFFFFFFAF",
    ("api:farmland-trial", "POST"): "SFFFAFAFFAA",
}
