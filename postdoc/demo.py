"""博士后 of the demonstration: a station of the park with two people. Everything is invented and says so."""

from datetime import datetime, timedelta
from decimal import Decimal

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import DemoAccount, DemoPart, DemoWindow
from miyun_kpi.db.sealed import fingerprint, seal
from miyun_kpi.lib.citations import document_label
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers.services.records import load_demo_record
from postdoc.enums import APP, DOCUMENT, Entry, Grant, Phase
from postdoc.models import (
    Application,
    ClaimedMonth,
    LedgerLine,
    Person,
    Station,
    Stay,
)
from postdoc.queries.entitlement import months_of
from postdoc.rules.calendar import add_months, last_day
from postdoc.rules.entitlement import total
from postdoc.rules.figures import Figures

NAMED = document_label(DOCUMENT)
ACCOUNTS = (
    DemoAccount(
        "renshe",
        "人社博管（演示）",
        (("区人社保局", Role.REGISTER_OFFICE, "博士后工作"),),
        f"{NAMED}：登记工作站，审核申报",
    ),
    DemoAccount(
        "caizheng", "财政拨付（演示）", (("区财政局", Role.REGISTER_OFFICE, "社保科"),), f"{NAMED}：预算和拨付"
    ),
    DemoAccount(
        "yuanqu", "密云园博士后专员（演示）", (("中关村密云园", Role.REPORTER, "人才"),), f"{NAMED}：登记进站，报送申报"
    ),
)
BY = "演示数据"


def load(at: datetime, window: DemoWindow) -> None:
    day, park = at.astimezone().date(), resolve("中关村密云园")
    assert park is not None
    stamps = {"created_at": at, "created_by": BY}
    station = Station.objects.create(
        name="（演示）某生物公司园区分站",
        kind="park-branch",
        host="（演示）某生物公司",
        keeper=park,
        approved_on=add_months(day, -40),
        approval="（演示）1号",
        department="人力资源部",
        changed_by=BY,
        **stamps,
    )
    for number, surname, months, degree in ((9001, "王", 14, True), (9002, "李", 4, False)):
        entered = add_months(day, -months) - timedelta(days=3)
        person = Person.objects.create(
            number=number,
            masked=f"{surname}**",
            name=seal(f"{surname}某（演示）"),
            document_kind="passport",
            document_number=seal(f"DEMO{number}"),
            fingerprint=fingerprint(f"DEMO{number}"),
            born_on=seal("1990-01-01"),
            phone=seal("（演示）"),
            account=seal("（演示）"),
            **stamps,
        )
        Stay.objects.create(
            number=number,
            person=person,
            station=station,
            entered_on=entered,
            ends_on=last_day(entered, 24),
            approval="（演示）",
            project="（演示）某研究课题",
            flow_station="（演示）某大学",
            station_mentor=seal("（演示）"),
            station_mentor_title="full",
            agreement_on=entered,
            standing="graduate",
            degree_on=add_months(entered, -3) if degree else None,
            graduated_on=add_months(entered, -2),
            checks=[{"code": "upright", "level": "ok", "text": "（演示）", "clause": "第七条"}],
            changed_by=BY,
            **stamps,
        )
    _applications(at, station)
    for unit in ("区人社保局", "区财政局", "区教委"):
        load_demo_record(
            app=APP, kind="members", typed={"unit": unit, "post": "（演示）分管负责人", "from_day": "2020-06-05"}, at=at
        )


def _applications(at: datetime, station: Station) -> None:
    """One waits for its review, one was paid to the unit and is not yet passed on."""
    day, stamps = at.astimezone().date(), {"created_at": at, "entered_by": BY, "changed_by": BY}
    Application.objects.create(
        number=9001,
        grant=Grant.STATION,
        station=station,
        amount=Decimal(100000),
        once_key=f"station:station:{station.pk}",
        materials=["form", "record", "rules"],
        reasons=[["（演示）已有博士后人员进站", "第十九条"]],
        phase=Phase.FILED,
        submitted_at=at,
        **stamps,
    )
    stay = Stay.objects.select_related("person").get(number=9001)
    months = [one for one in months_of(stay.person, Figures(), day) if one.entitled][:6]
    amount = total(months)
    row = Application.objects.create(
        number=9002,
        grant=Grant.LIVING,
        station=station,
        stay=stay,
        first_month=months[0].month,
        last_month=months[-1].month,
        amount=amount,
        materials=["form", "record", "project"],
        reasons=[[f"{one.month}　{one.why}", one.clause] for one in months],
        phase=Phase.APPROVED,
        submitted_at=at,
        reviewed_by="演示数据",
        reviewed_on=day - timedelta(days=9),
        received=amount,
        **stamps,
    )
    ClaimedMonth.objects.bulk_create(
        ClaimedMonth(application=row, person=stay.person, month=one.month, slot=one.slot or 0, amount=one.amount)
        for one in months
    )
    LedgerLine.objects.create(
        application=row, kind=Entry.PAID, amount=amount, on=day - timedelta(days=5), proof="（演示）1号", by=BY, at=at
    )


PART = DemoPart(ACCOUNTS, load)
