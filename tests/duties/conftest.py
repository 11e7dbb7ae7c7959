from collections.abc import Callable
from datetime import date, datetime

import pytest

from miyun_kpi.accounts.access import verbs_of
from miyun_kpi.duties.models import Duty, DutyPeriod
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.duties.services.opening import open_past
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.queries import resolve

AT = datetime(2020, 7, 10, 10, tzinfo=SHANGHAI)
Acting = Callable[..., Actor]


def acting(name: str, role: str) -> Actor:
    """Somebody of the organisation in a role, without an account: the services ask for no more."""
    organisation = resolve(name)
    assert organisation is not None, name
    return Actor(label=f"某人（{name}）", user_id=1, organisation_id=organisation.pk, role=role, verbs=verbs_of(role))


@pytest.fixture
def office(gazette: None) -> Actor:
    return acting("区政务服务中心", "register_office")


@pytest.fixture
def opened(office: Actor) -> None:
    """Everything of 14号 that is owed for the second and third quarter of 2020."""
    open_past(actor=office, document="2020-14", first=date(2020, 6, 3), last=date(2020, 7, 10), at=AT)


def period_of(key: str, name: str, code: str) -> DutyPeriod:
    return DutyPeriod.objects.select_related("unit__duty", "unit__organisation").get(
        unit__duty__key=key, unit__organisation=resolve(name), period=code
    )


def duty(key: str) -> Duty:
    return Duty.objects.get(key=key)
