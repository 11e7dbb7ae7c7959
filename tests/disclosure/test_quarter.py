"""One quarter of 14号 walked through the services: written, asked about, audited, published, withdrawn, written again."""

from datetime import date

from django.test import Client

from disclosure.api import application_json
from disclosure.models import Application, PackageItem
from disclosure.queries.applications import line_of
from disclosure.services import packages
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.registers.models import Record
from tests.disclosure.conftest import create, somebody, step
from tests.disclosure.test_applications import receive
from tests.disclosure.test_release import decide
from tests.duties.conftest import AT
from tests.factories.rankings import BACKEND, person

DAY = date(2020, 7, 9)


def publish(actor, rows):
    made = packages.export_package(actor=actor, record_ids=[row.pk for row in rows], at=AT)
    links = {item.pk: f"https://www.bjmy.gov.cn/{item.pk}.html" for item in made.items.all()}
    packages.enter_links(actor=actor, package_id=made.pk, links=links, published_on=DAY, at=AT)
    return made


def test_three_months_are_published_and_one_is_put_right(author, head, office):
    rows = [create(author, month=month) for month in ("04", "05", "06")]
    for row in rows:
        step(author, row, "submitted")
        decide(head, row)
    made = publish(office, rows)
    assert set(Record.objects.filter(kind="disclosure.welfare").values_list("stage", flat=True)) == {"published"}
    step(author, rows[0], "take-down", "数字有误，更正")
    step(author, rows[0], "rework")
    step(author, rows[0], "submitted")
    decide(somebody("区民政局", "unit_head", 55), rows[0])
    publish(author, [rows[0]])
    assert PackageItem.objects.filter(record=rows[0]).count() == 2
    assert AuditEntry.objects.filter(action="disclosure.item.reviewed").count() == 4
    client = Client()
    client.force_login(person("zw", "区政务服务中心", "register_office"), backend=BACKEND)
    page = client.get(f"/disclosure/packages/{made.pk}/pages/").content.decode()
    assert page.count("<article>") == 3 and "100.5 元" in page and "涉及" not in page
    assert client.get(f"/disclosure/packages/{made.pk}/workbook/").content[:2] == b"PK"
    assert ">3<" in client.get("/disclosure/").content.decode()


def test_what_everybody_reads_is_what_is_published(author, head):
    row, other = create(author, month="04"), create(author, month="05")
    step(author, row, "submitted")
    decide(head, row)
    publish(author, [row])
    client = Client()
    client.force_login(person("bz", "北庄镇", "reporter"), backend=BACKEND)
    assert client.get(f"/disclosure/records/welfare/{row.pk}/").status_code == 200
    assert client.get(f"/disclosure/records/welfare/{other.pk}/").status_code == 404
    assert client.get(f"/disclosure/reviews/{other.pk}/").status_code == 404


def test_the_api_gives_clocks_and_no_applicant(author):
    receive(author)
    given = application_json(line_of(Application.objects.get(), date(2020, 7, 2)))
    assert given["due_on"] == "2020-07-29" and given["applicant"] == "＊＊＊"
    assert "王某某" not in str(given) and "低保标准" not in str(given)
