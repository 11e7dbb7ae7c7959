"""A lead unit that goes over into a unit of the same duty takes the lead along: a duty is led after it as before (0141)."""

import json
from datetime import datetime

import pytest

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.telling import Teller
from miyun_kpi.duties.models import Duty, DutyPhrase, DutyUnit
from miyun_kpi.duties.queries.lists import roles_of, with_units
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.duties.services.units import hand_over
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import kind_by
from tests.duties.conftest import acting, duty
from tests.duties.test_merged import merged
from tests.water.test_registers import create, other, step

AT = datetime(2020, 10, 10, 10, tzinfo=SHANGHAI)
KEY, LEAD, OTHER = "22/三（三）1", "区城管委", "区住建委"


def place(name: str) -> DutyUnit:
    return DutyUnit.objects.select_related("phrase").get(duty__key=KEY, organisation=resolve(name))


def handed(name: str, to: str) -> None:
    given = {"version": duty(KEY).version, "to_code": resolve(to).code, "reason": "职能划转决定"}
    hand_over(actor=acting("区水务局", "register_office"), unit_id=place(name).pk, at=AT, **given)


def led_by() -> set[str]:
    found = DutyUnit.objects.filter(duty__key=KEY, role="lead", active=True)
    return set(found.values_list("organisation__name", flat=True))


def keeps(name: str) -> bool:
    return kind_by("water", "crossing")[1].keeper(acting(name, "register_office"))


@pytest.mark.parametrize("change", ["merger", "hand-over"])
def test_the_unit_it_goes_into_leads_and_what_waits_for_the_keeper_is_closed(gazette, change):
    office = acting(LEAD, "register_office")
    row = create(office, "crossing", place="某路口", town="密云镇", found_on="2020-09-01", plan="改造", length="10")
    step(office, row, "start")
    step(office, row, "report", typed={"done_on": "2020-10-01"})
    if change == "merger":
        merged(LEAD, OTHER, AT)
    else:
        handed(LEAD, OTHER)
    assert led_by() == {resolve(OTHER).name} and keeps(OTHER)
    step(other(acting(OTHER, "register_office")), row, "close")
    assert Record.objects.get(pk=row.pk).stage == "closed"
    # The printed place of the lead is the one's that leads now.
    led = roles_of(with_units(Duty.objects.filter(key=KEY)).get())[0]
    assert led.role == "lead" and [one.organisation for one in led.phrases[0].units if one.active] == [resolve(OTHER)]
    action = "duties.units.moved" if change == "merger" else "duties.unit.handed-over"
    entry = AuditEntry.objects.get(action=action)
    (told,) = Teller([entry]).sentences()
    assert json.loads(entry.data)["leads"] and "由其牵头" in told.act


def test_a_unit_that_leads_already_keeps_its_place(gazette):
    before = place(LEAD)
    merged(OTHER, LEAD, AT)
    now = place(LEAD)
    assert (now.role, now.phrase, led_by()) == ("lead", before.phrase, {resolve(LEAD).name})


def test_an_entry_says_nothing_of_a_lead_that_did_not_change(gazette):
    handed(OTHER, LEAD)
    assert "leads" not in json.loads(AuditEntry.objects.get(action="duties.unit.handed-over").data)


def test_the_lead_that_is_handed_over_and_back_is_one_again(gazette):
    before = place(LEAD)
    handed(LEAD, OTHER)
    handed(OTHER, LEAD)
    now = place(LEAD)
    assert led_by() == {resolve(LEAD).name} and (now.role, now.phrase) == ("lead", before.phrase)


def test_a_place_that_is_woken_has_the_part_of_the_one_that_goes_over(gazette):
    """区住建委 was a responsible unit and gave its place away; then the lead goes over to it. And the other way round."""
    handed(OTHER, "区财政局")
    handed(LEAD, OTHER)
    assert led_by() == {resolve(OTHER).name} and place(OTHER).phrase == DutyPhrase.objects.get(
        duty__key=KEY, role="lead"
    )
    handed("区财政局", LEAD)
    assert led_by() == {resolve(OTHER).name} and place(LEAD).role == "responsible"
