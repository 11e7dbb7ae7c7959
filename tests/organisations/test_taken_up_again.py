"""What was history when its unit ended, and is taken up again since, waits for whoever goes on."""

from datetime import timedelta

import pytest

from disclosure import desk as disclosure_desk
from disclosure.models import Application
from disclosure.services import reminders as disclosure_reminders
from miyun_kpi.inbox.models import Notice
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers import desk as registers_desk
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services import reminders as register_reminders
from tests.disclosure.conftest import author, somebody
from tests.disclosure.test_late_and_disputed import answered, disputed, row, settled
from tests.disclosure.test_late_and_disputed import at as moment
from tests.duties.conftest import acting
from tests.factories.drafts import merged, split
from tests.safety.test_safety import another, listed, office, second, step, town

__all__ = ["answered", "author", "office", "row", "second", "town"]


def code_of(name):
    found = resolve(name)
    assert found is not None
    return found.code


def test_an_archived_application_that_has_to_be_answered_again(answered, author, administrator):
    merged(administrator, code_of("区民政局"), code_of("区退役军人局"), at=moment("08-03"))
    heir = somebody("区退役军人局", "reporter", 15)
    settled(heir, answered, disputed(heir, answered))
    found = Application.objects.get(pk=answered.pk)
    assert found.organisation.name == "区民政局", "what was published stays under its name"
    for day, group in (("09-18", "due-soon"), ("09-28", "late")):
        (item,) = disclosure_desk.desk_items(heir, moment(day))
        assert (item.group, item.action, item.url) == (group, "答复", f"/disclosure/applications/{found.pk}/")
        assert disclosure_desk.desk_items(author, moment(day)) == []
        disclosure_reminders.send_notices(at=moment(day))
    notices = Notice.objects.filter(key__regex=f"^application-(due|overdue):{found.pk}:")
    assert [one.organisation_id for one in notices] == [heir.organisation_id] * 2
    yearly = Notice.objects.filter(key__startswith="annual-unit")
    assert author.organisation_id not in set(yearly.values_list("organisation_id", flat=True))


@pytest.mark.parametrize("change", ["merger", "split"])
def test_a_hazard_that_is_reopened(office, second, town, administrator, change):
    row = listed(office, second)
    step(town, row, "ask", done="已清除并画线")
    third = another(office, 13)
    step(third, row, "close", verified="现场查看属实")
    at = moment("08-10")
    if change == "merger":
        merged(administrator, code_of("北庄镇"), code_of("溪翁庄镇"), at=at)
        goes_on = ["溪翁庄镇"]
    else:
        goes_on = [one.name for one in split(administrator, "township", code=code_of("北庄镇"), at=at)]
    step(office, row, "reopen", at, reason="又被占用，照原要求整改")
    assert Record.objects.get(pk=row.pk).owner.name == "北庄镇"
    heirs = [acting(name, "reporter") for name in goes_on]
    for heir in heirs:
        (item,) = registers_desk.desk_items(heir, at)
        assert item.group == "late" and item.url == f"/safety/records/hazards/{row.pk}/"
    assert registers_desk.desk_items(town, at) == []
    for hour in (1, 2):
        register_reminders.send_due_notices(at=at + timedelta(hours=hour))
    notices = Notice.objects.filter(key__startswith=f"record-late:{row.pk}:")
    assert sorted(one.organisation_id for one in notices) == sorted(heir.organisation_id for heir in heirs)
