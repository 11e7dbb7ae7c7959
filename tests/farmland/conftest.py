from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from farmland.models import Entry
from farmland.services import applications, fees, lots, tables, warrants
from farmland.services.money import Movement, record_money
from tests.duties.conftest import acting

AT = datetime.fromisoformat("2020-10-19T10:00:00+08:00")
DAY = AT.date()


def somebody(name, role, user_id):
    return replace(acting(name, role), user_id=user_id, label=f"某人{user_id}")


@pytest.fixture
def pool(gazette):
    return somebody("区规自分局", "register_office", 31)


@pytest.fixture
def purse(gazette):
    return somebody("区财政局", "register_office", 32)


def put(actor, name, town, area, on, **changed):
    given = {
        "record_number": f"备{name}",
        "name": name,
        "town": town,
        "builder": "town",
        "mining": False,
        "area": Decimal(area),
        "accepted_on": on,
        "acceptance_number": f"验{name}",
    }
    return lots.accept_lot(actor=actor, new=lots.NewLot(**given | changed), at=AT)


# The pool of the picture: seven lots, 217.4650 亩.
PICTURE = (
    ("河南寨-01", "河南寨镇", "32.4", date(2018, 11, 20)),
    ("太师屯-01", "太师屯镇", "58.26", date(2019, 3, 15)),
    ("十里堡-01", "十里堡镇", "12.84", date(2019, 6, 28)),
    ("十里堡-02", "十里堡镇", "9.66", date(2020, 5, 22)),
)


@pytest.fixture
def four_lots(pool):
    return [put(pool, *row) for row in PICTURE]


def apply(actor, **changed):
    given = {
        "name": "项目甲",
        "applicant": "某公司",
        "investor": "social",
        "commercial": True,
        "district_pays": False,
        "public": False,
        "town": "十里堡镇",
        "area": Decimal("36.5"),
        "approval_number": "密政批1号",
        "approval_on": date(2020, 10, 1),
    }
    return applications.register_application(actor=actor, project=applications.Project(**given | changed), at=AT)


def act(service, actor, row, at=AT, **given):
    row.refresh_from_db()
    return service(actor=actor, application_id=row.pk, version=row.version, at=at, **given)


def reserved(actor, **changed):
    row = apply(actor, **changed)
    act(applications.reserve, actor, row)
    return row


def rate(actor, value="20000", starts_on=date(2020, 5, 1), kind="compensation", **changed):
    given = {
        "kind": kind,
        "value": Decimal(value),
        "starts_on": starts_on,
        "ends_on": None,
        "basis": "密财发〔2020〕1号",
    }
    return tables.enter_rate(actor=actor, **{"at": AT} | given | changed)


def ticket(actor, row, kind, amount, number, at=AT):
    move = Movement(kind=kind, amount=Decimal(amount), day=at.date(), ticket=number, application_id=row.pk)
    return record_money(actor=actor, movement=move, at=at)


def granted(purse, kind, amount, at=AT, town="", **of):
    """核定 of a payment; of a reward by the name of the lot and the project."""
    ids = {"entry_id": None, "lot_id": None, "transfer_id": None, "fee_id": None} | of
    return warrants.issue(actor=purse, kind=kind, amount=Decimal(amount), town=town, note="", at=at, **ids)


def use(row, lot_name):
    """The last 核销 line of a project and a lot."""
    return Entry.objects.filter(application=row, lot__name=lot_name, kind="post").order_by("-number").first().pk


def paid_out(purse, kind, amount, number, at=AT, **of):
    made = granted(purse, kind, amount, at, **of)
    return warrants.record_voucher(actor=purse, warrant_id=made.pk, ticket=number, day=at.astimezone().date(), at=at)


def settled(pool, purse, **changed):
    """Reserved, assessed, paid and posted."""
    row = reserved(pool, **changed)
    for fee in act(fees.assess_fees, purse, row, on=DAY):
        if fee.amount:
            ticket(purse, row, f"in_{fee.kind}", fee.amount, f"票{row.pk}{fee.kind}")
    act(applications.post, pool, row)
    return row
