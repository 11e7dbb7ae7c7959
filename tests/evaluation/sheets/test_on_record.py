"""据实打分: what the providers of all documents tell of a unit in a period, and what none of them tells."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from disclosure.models import Application
from evaluation.models import DataSet, DataTable, Indicator, SupervisionItem, SupervisionUnit
from miyun_kpi.db.sealed import seal
from miyun_kpi.duties.models import Duty, DutyPeriod, DutyUnit
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.on_record import Span, facts_of, providers, source_of
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import all_kinds

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = datetime(2020, 11, 1, 9, tzinfo=SHANGHAI)
TOWNS = ("gubeikou-zhen", "taishitun-zhen")
CANARY = "金丝雀仓库"
Planted = tuple[str, str, str, str]


def noon(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), SHANGHAI) + timedelta(hours=12)


def record(town: Organisation, kind: str, stage: str = "", created: str = "2020-01-02", **values: str) -> None:
    Record.objects.create(
        kind=kind,
        number=Record.objects.filter(kind=kind).count() + 1,
        town=town,
        stage=stage,
        values=values,
        created_at=noon(created),
        changed_at=noon(created),
        created_by="某人",
        hand="某人",
    )


def duty(town: Organisation, document: str, period: str, state: str, *, late: bool = False) -> None:
    found = Duty.objects.filter(document=document).order_by("key")[0]
    unit, _ = DutyUnit.objects.get_or_create(duty=found, organisation=town, defaults={"role": "lead"})
    end = PeriodCode.parse(period).last_day.isoformat()
    DutyPeriod.objects.create(
        unit=unit,
        period=period,
        starts_at=noon(end) - timedelta(40),
        due_at=noon(end) + timedelta(5),
        late_until=noon(end) + timedelta(9),
        locks_at=noon(end) + timedelta(12),
        state=state,
        late=late,
    )


def supervise(town: Organisation, due: str, state: str, finished: str = "") -> None:
    item = SupervisionItem.objects.create(
        indicator=Indicator.objects.get(scheme__track="department", scheme__year=2020, number=10),
        number=f"督{SupervisionItem.objects.count() + 1}",
        source="practical",
        title=CANARY,
        registered_on=date(2020, 5, 6),
        due_on=date.fromisoformat(due),
        first_due_on=date.fromisoformat(due),
        state=state,
        saved_at=AT,
        finished_on=date.fromisoformat(finished) if finished else None,
        finished_by_id=1 if finished else None,
        closed_by_id=2 if state == "closed" else None,
    )
    SupervisionUnit.objects.create(item=item, organisation=town, role="lead")


def application(town: Organisation, received: str, answered: str = "") -> None:
    row = Application.objects.create(
        number=Application.objects.filter(organisation=town).count() + 1,
        organisation=town,
        received_on=date.fromisoformat(received),
        way="post",
        applicant_kind="natural",
        applicant=seal(CANARY, findable=True),
        contact=seal(""),
        content=CANARY,
        answered_on=date.fromisoformat(answered) if answered else None,
        created_at=AT,
        changed_at=AT,
    )
    row.holds.create(kind="third", sent_on=date(2020, 7, 7), returned_on=date(2020, 7, 8))
    row.holds.create(kind="organ", sent_on=date(2020, 7, 9), returned_on=date(2020, 7, 10))


def month_of_table(towns: list[Organisation]) -> None:
    indicator = Indicator.objects.get(scheme__track="township", scheme__year=2020, number=4)
    table = DataTable.objects.create(
        indicator=indicator, name="水质", rows_by="unit", columns=[], kept_for=towns[0], saved_at=AT
    )
    rows = [{"key": town.code, "name": town.name, "values": ["81.5"]} for town in towns]
    DataSet.objects.create(
        table=table, period="2020-07", number=1, columns=[], rows=rows, source="报表", imported_at=AT
    )


# (document, quarter, provider, source, state) of what each of the two towns is given: fifteen facts in seven documents.
PLANTED: tuple[tuple[str, str, str, str, str], ...] = (
    ("2020-13", "2020Q3", "supervision", "all", "overdue"),
    ("2020-13", "2020Q4", "supervision", "all", "late"),
    ("2020-13", "2020Q3", "data-tables", "all", "filed"),
    ("2020-14", "2020Q3", "disclosure", "applications", "overdue"),
    ("2020-14", "2020Q4", "disclosure", "applications", "running"),
    ("2020-14", "2020Q3", "registers", "disclosure.meetings", "filed"),
    ("2020-15", "2020Q3", "registers", "safety.hazards", "overdue"),
    ("2020-15", "2020Q4", "registers", "safety.hazards", "running"),
    ("2020-15", "2020Q3", "duties", "2020-15", "on_time"),
    ("2020-19", "2020Q3", "registers", "finance.enterprises", "overdue"),
    ("2020-21", "2020Q2", "registers", "farmland.plans", "filed"),
    ("2020-22", "2020Q3", "registers", "water.outfall", "late"),
    ("2020-22", "2020Q3", "duties", "2020-22", "missing"),
    ("2020-22", "2020Q3", "registers", "water.payment", "submitted"),
    ("2020-27", "2020Q3", "registers", "postdoc.household", "done"),
)


def plant(town: Organisation) -> None:
    acts: list[Callable[[], None]] = [
        lambda: supervise(town, "2020-08-15", "running"),
        lambda: supervise(town, "2020-10-20", "closed", "2020-10-25"),
        lambda: application(town, "2020-07-06"),
        lambda: application(town, "2020-10-30"),
        lambda: record(town, "disclosure.meetings", topic=CANARY, held_on="2020-09-10"),
        lambda: record(town, "safety.hazards", "working", title=CANARY, due_on="2020-09-30"),
        lambda: record(town, "safety.hazards", "working", title=CANARY, due_on="2020-11-10"),
        lambda: duty(town, "2020-15", "2020-08", "accepted"),
        lambda: record(town, "finance.enterprises", "recognised", name=CANARY, review_on="2020-09-01"),
        # No date at all: the day on which it was registered.
        lambda: record(town, "farmland.plans", created="2020-06-30", year="2020", note=CANARY),
        lambda: record(town, "water.outfall", "closed", code="1", due_on="2020-07-15", finished_on="2020-07-20"),
        lambda: duty(town, "2020-22", "2020-08", "expected"),
        lambda: record(town, "water.payment", first_open("water.payment"), created="2020-12-01", period="2020Q3"),
        lambda: record(town, "postdoc.household", "done", need=CANARY, by="2020-07-01"),
    ]
    for act in acts:
        act()


def first_open(key: str) -> str:
    kind = next(kind for kind, _ in all_kinds() if kind.key == key)
    return next(one.code for one in kind.stages if one.status == "submitted")


def told(town: Organisation, period: str) -> Counter[tuple[str, str, str, str]]:
    span = PeriodCode.parse(period)
    wanted = [(one.code, source.code) for one in providers() for source in one.sources()]
    found = facts_of(Span([town], span.first_day, span.last_day, AT), wanted)
    rows: Counter[tuple[str, str, str, str]] = Counter()
    for (unit, provider, source), facts in found.items():
        assert unit == town.pk
        for fact in facts:
            rows[fact.document, provider, source, fact.state] += fact.count
            assert span.first_day <= fact.on <= span.last_day
    return rows


@pytest.fixture
def towns(gazette: None) -> list[Organisation]:
    found = [Organisation.objects.get(code=code) for code in TOWNS]
    month_of_table(found)
    for town in found:
        plant(town)
    return found


@pytest.mark.parametrize("period", ["2020Q1", "2020Q2", "2020Q3", "2020Q4"])
def test_thirty_planted_facts_stand_once_at_their_town_in_their_period(towns: list[Organisation], period: str) -> None:
    for town in towns:
        planted = Counter((document, *rest) for document, quarter, *rest in PLANTED if quarter == period)
        assert told(town, period) == planted
    third = Organisation.objects.get(code="gulou-jiedao")
    assert not told(third, period)


def test_the_year_holds_all_of_them_and_each_provider_asks_once(
    towns: list[Organisation], django_assert_num_queries: Callable[..., object]
) -> None:
    assert sum(told(towns[0], "2020").values()) + sum(told(towns[1], "2020").values()) == 30
    year = PeriodCode(2020)
    span = Span([towns[0]], year.first_day, year.last_day, AT)
    for provider in providers():
        codes = [one.code for one in provider.sources()]
        with django_assert_num_queries(1):
            assert provider.facts(span, codes)


def test_all_units_are_told_at_once_as_each_alone(
    towns: list[Organisation], django_assert_num_queries: Callable[..., object]
) -> None:
    year = PeriodCode(2020)
    third = Organisation.objects.get(code="gulou-jiedao")
    for provider in providers():
        codes = [one.code for one in provider.sources()]
        with django_assert_num_queries(1):
            together = provider.facts(Span([*towns, third], year.first_day, year.last_day, AT), codes)
        alone = [
            fact for one in towns for fact in provider.facts(Span([one], year.first_day, year.last_day, AT), codes)
        ]
        assert sorted(together, key=repr) == sorted(alone, key=repr)
        assert {fact.unit for fact in together} == {one.pk for one in towns}


def test_what_nobody_has_ended_is_told_to_be_running(towns: list[Organisation]) -> None:
    wanted = [(one.code, source.code) for one in providers() for source in one.sources()]
    found = facts_of(Span(towns[:1], date(2020, 1, 1), date(2020, 12, 31), AT), wanted)
    running = Counter((key[1], key[2], fact.state) for key, facts in found.items() for fact in facts if fact.running)
    assert running == {
        ("supervision", "all", "overdue"): 1,
        ("disclosure", "applications", "overdue"): 1,
        ("disclosure", "applications", "running"): 1,
        ("registers", "safety.hazards", "overdue"): 1,
        ("registers", "safety.hazards", "running"): 1,
        ("registers", "finance.enterprises", "overdue"): 1,
        ("registers", "water.payment", "submitted"): 1,
    }


def test_what_an_earlier_period_left_open_is_told_behind_its_own(
    towns: list[Organisation], django_assert_num_queries: Callable[..., object]
) -> None:
    """Of the fourth quarter: what the third left open, and what was never reported; not what has ended, nor what comes later."""
    autumn = PeriodCode.parse("2020Q4")
    span = Span(towns[:1], autumn.first_day, autumn.last_day, AT, unended=True)
    wanted = [(one.code, source.code) for one in providers() for source in one.sources()]
    found = [(key, fact) for key, facts in facts_of(span, wanted).items() for fact in facts]
    earlier = Counter((key[1], key[2], fact.state) for key, fact in found for _ in range(fact.count) if fact.earlier)
    assert earlier == {
        ("supervision", "all", "overdue"): 1,
        ("disclosure", "applications", "overdue"): 1,
        ("registers", "safety.hazards", "overdue"): 1,
        ("registers", "finance.enterprises", "overdue"): 1,
        ("registers", "water.payment", "submitted"): 1,
        ("duties", "2020-22", "missing"): 1,
    }
    assert all((fact.on < span.first_day) == fact.earlier for _, fact in found)
    own = Counter((key[1], key[2], fact.state) for key, fact in found if not fact.earlier)
    plain = facts_of(Span(towns[:1], span.first_day, span.last_day, AT), wanted)
    assert own == Counter((key[1], key[2], fact.state) for key, facts in plain.items() for fact in facts)
    for provider in providers():
        with django_assert_num_queries(1):
            provider.facts(span, [one.code for one in provider.sources()])
    # The tasks of a year are its own; what else was left open is told in the next year too.
    spring = PeriodCode.parse("2021Q1")
    later = facts_of(Span(towns[:1], spring.first_day, spring.last_day, AT, unended=True), wanted)
    assert {key[1] for key in later} == {"supervision", "disclosure", "registers"}
    summer = PeriodCode.parse("2020Q2")
    before = facts_of(Span(towns[:1], summer.first_day, summer.last_day, AT, unended=True), wanted)
    assert not any(fact.earlier for facts in before.values() for fact in facts)


def test_a_protected_register_is_no_source_and_answers_nothing(towns: list[Organisation]) -> None:
    """The same record in a register that is not protected is counted."""
    assert source_of("registers", "safety.supplies") is None
    assert source_of("registers", "safety.plans") is not None
    before = told(towns[0], "2020Q3")
    record(towns[0], "safety.supplies", item=CANARY, checked_on="2020-08-01")
    span = Span([towns[0]], date(2020, 7, 1), date(2020, 9, 30), AT)
    forced = facts_of(span, [("registers", "safety.supplies"), ("registers", "no.such"), ("nobody", "all")])
    assert not any(forced.values())
    assert told(towns[0], "2020Q3") == before
    record(towns[0], "safety.plans", title=CANARY, issued_on="2020-08-01")
    assert told(towns[0], "2020Q3") - before == Counter({("2020-15", "registers", "safety.plans", "filed"): 1})


def test_a_fact_says_no_word_of_what_it_counts(towns: list[Organisation]) -> None:
    wanted = [(one.code, source.code) for one in providers() for source in one.sources()]
    found = facts_of(Span([towns[0]], date(2020, 1, 1), date(2020, 12, 31), AT), wanted)
    assert sum(len(facts) for facts in found.values()) >= 15
    assert CANARY not in repr(found)


def test_what_is_struck_is_on_nobodys_record(towns: list[Organisation]) -> None:
    Record.objects.filter(kind="safety.hazards").update(struck_at=AT)
    assert not any(source == "safety.hazards" for _, _, source, _ in told(towns[0], "2020"))
