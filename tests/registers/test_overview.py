"""The first page of a subject: what waits, is late and has changed comes first, and empty registers fold into one line."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from miyun_kpi.registers.models import Record
from miyun_kpi.registers.queries.overview import SHOWN, overview
from miyun_kpi.registers.registry import kinds_of
from miyun_kpi.registers.services import records as services
from tests.clock import now
from tests.duties.conftest import acting
from tests.factories.rankings import BACKEND, person

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.registers.site")]
VALUES = {"code": "M-01", "unit": "北庄镇", "town": "北庄", "flow": "12.50", "kind": "污水", "contact": "张三"}
PAGES = ("/disclosure/", "/safety/", "/water/", "/finance/", "/farmland/", "/postdoc/")


@pytest.fixture
def office(gazette):
    import tests.registers.site  # noqa: F401 (the kinds register themselves)

    return acting("区生态环境局", "register_office")


@pytest.fixture
def town(office):
    return acting("北庄镇", "reporter")


def create(actor, code, **changed):
    typed = VALUES | {"code": code} | changed
    return services.create_record(actor=actor, app="sample", kind="outfall", typed=typed, at=now())


def day(days):
    return (now().astimezone().date() + timedelta(days=days)).isoformat()


def codes(rows):
    return [row.title for row in rows]


def test_late_records_of_others_stand_above_the_registers_oldest_first(office):
    create(office, "M-1", due_on=day(-3))
    create(office, "M-2", due_on=day(-90), unit="溪翁庄镇")
    create(office, "M-3", due_on=day(0))
    create(office, "M-4")
    found = overview(acting("区政府办公室", "leader"), "sample", now())
    assert codes(found.late) == ["M-2", "M-1"] and [row.days for row in found.late] == [90, 3]
    assert [(line.kind.code, line.number, line.open, line.late) for line in found.lines] == [("outfall", 4, 4, 2)]
    assert [line.kind.code for line in found.empty] == ["point"]


def test_what_waits_for_the_reader_is_said_once(office, town):
    row = create(office, "M-1", due_on=day(-3))
    found = overview(town, "sample", now())
    assert [one.item.url for one in found.waiting] == [f"/sample/records/outfall/{row.pk}/"]
    assert codes(found.late) == [] and found.lines[0].late == 1


def test_changes_are_of_thirty_days_newest_first_and_never_cut_in_silence(office):
    for n in range(SHOWN + 2):
        create(office, f"M-{n}")
    old = create(office, "M-old")
    Record.objects.filter(pk=old.pk).update(changed_at=now() - timedelta(days=31))
    Record.objects.filter(values__code="M-3").update(changed_at=now() - timedelta(minutes=1))
    found = overview(office, "sample", now()).changed
    assert len(found) == SHOWN and found.number == SHOWN + 2 and "M-3" not in codes(found)


def test_only_what_one_may_see_is_counted_and_a_protected_place_is_not_named(office, town):
    create(office, "M-1", unit="溪翁庄镇", due_on=day(-3))
    services.create_record(actor=office, app="sample", kind="point", typed={"place": "某水源地"}, at=now())
    foreign = overview(town, "sample", now())
    assert foreign.lines == [] and not foreign.late and not foreign.changed
    own = overview(office, "sample", now())
    assert [line.number for line in own.lines] == [1, 1] and "某水源地" not in str(codes(own.changed))


def test_the_number_of_queries_does_not_grow_with_records(office):
    create(office, "M-0", due_on=day(-3))

    def asked():
        with CaptureQueriesContext(connection) as queries:
            overview(acting("区政府办公室", "leader"), "sample", now())
        return len(queries)

    before = asked()
    for n in range(1, 12):
        create(office, f"M-{n}", due_on=day(-n))
    assert asked() <= before + 2, "two lists count what they do not show"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("role", "organisation"), [("register_office", "区水务局"), ("reporter", "北庄镇"), ("leader", "区政府办公室")]
)
def test_every_first_page_begins_with_what_waits_and_has_no_row_of_zeros(gazette, path, role, organisation):
    client = Client()
    client.force_login(person("x", organisation, role), backend=BACKEND)
    page = client.get(path).content.decode()
    main = page[page.index('id="table"') :]
    assert main.index('id="waiting"') < main.index('id="ledgers"')
    app = {"/finance/": "finance"}.get(path, path.strip("/"))
    stand = set(Record.objects.filter(kind__startswith=f"{app}.").values_list("kind", flat=True))
    table = re.search(r"有登记的登记簿.*?</table>", main, re.S)
    listed = re.findall(rf'<th scope="row"><a href="/{app}/records/([\w-]+)/"', table[0] if table else "")
    assert {f"{app}.{code}" for code in listed} == stand
    number = len(kinds_of(app)) - len(stand)
    assert re.search(rf"(其余 )?{number} 个登记簿还没有登记", main)
