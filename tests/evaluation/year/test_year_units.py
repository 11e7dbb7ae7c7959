"""The year of a unit that was not there all year: 结果审议 decides, and until then it is no official year (engine 21)."""

import json
from decimal import Decimal

import pytest
from django.utils import timezone

from evaluation.enums import YearUnitKind
from evaluation.models import Ranking, YearUnit
from evaluation.ranking.services import compute_official, compute_trial
from evaluation.year.services.year_units import Said, decide_year_unit, record_year_unit, revoke_year_unit
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.services import NewOrganisation, Seen, split_organisation
from tests.factories.feedback import actor, client_of, people
from tests.factories.rankings import filed_quarter, official, published, signed
from tests.factories.year_end import YEAR, locked, township

pytestmark = pytest.mark.django_db
WEIGHTS = {"2020": "0.7", "2020Q1": "", "2020Q2": "0.3", "2020Q3": "", "2020Q4": ""}
OLD, NEW = "dachengzi-zhen", ("dachengzi-east", "dachengzi-west")


@pytest.fixture
def year(gazette):
    """A town ranked and published in the second quarter, split before 专项考评 opens."""
    people()
    locked(WEIGHTS)
    quarter = filed_quarter()
    published(signed(official("township", quarter, by=actor("office1")), by=actor("office1")), by=actor("office2"))
    old, now = Organisation.objects.get(code=OLD), timezone.now()
    parts = [
        NewOrganisation(code, f"大城子{n}镇", "township", old.zone, True) for code, n in zip(NEW, "东西", strict=True)
    ]
    split_organisation(
        number="密编〔2020〕1号",
        actor=actor("sysadmin"),
        seen=Seen(OLD, old.version),
        parts=parts,
        on=now.astimezone().date(),
        at=now,
    )
    return filed_quarter(YEAR)


def recorded(code, kind=YearUnitKind.APART, predecessor=None, who="office1", **words):
    said = Said(
        organisation_id=Organisation.objects.get(code=code).pk,
        kind=kind,
        predecessor_id=Organisation.objects.get(code=predecessor).pk if predecessor else None,
        **({"meeting": "2021年第3次", "minutes_number": "密政党纪〔2021〕3号", "reason": "年中由大城子镇分设"} | words),
    )
    return record_year_unit(actor=actor(who), scheme_id=township().pk, said=said, at=timezone.now())


def decided(row, who="office2"):
    return decide_year_unit(
        actor=actor(who), year_unit_id=row.pk, version=row.version, confirm=True, note="", at=timezone.now()
    )


def trial(year):
    return compute_trial(actor=SYSTEM, scheme=township(), period=year, at=timezone.now())[0]


def rows(ranking):
    return {row["organisation"]: row for row in json.loads(ranking.document)["rows"]}


def test_undecided_it_stays_a_trial_and_names_the_units(year):
    problems = json.loads(trial(year).document)["year"]["problems"]
    assert len(problems) == 2 and all("2020Q2 不在考评对象里" in one for one in problems)
    with pytest.raises(Refused) as refusal:
        compute_official(actor=actor("office1"), scheme=township(), period=year, at=timezone.now())
    assert refusal.value.code == "year-method" and len(refusal.value.errors) == 2
    page = client_of("office1").get("/evaluation/year-end/2020/township/").content.decode()
    assert page.count("待结果审议") == 2 and "大城子东镇" in page


def test_continued_it_takes_the_quarter_of_the_one_before_and_unranked_it_has_no_place(year):
    decided(recorded(NEW[0], YearUnitKind.CONTINUES, OLD))
    decided(recorded(NEW[1], YearUnitKind.UNRANKED))
    found = compute_official(actor=actor("office1"), scheme=township(), period=year, at=timezone.now())[0]
    then = rows(Ranking.objects.get(period__code="2020Q2", state="published"))[OLD]["total"]
    by_code = rows(found)
    parts = {part["period"]: part["total"] for part in by_code[NEW[0]]["closing"]["parts"]}
    assert parts["2020Q2"] == then and by_code[NEW[0]]["rank"] is not None
    own = Decimal("0.7") * Decimal(parts["2020"]) + Decimal("0.3") * Decimal(then)
    assert abs(own - Decimal(by_code[NEW[0]]["total"])) <= Decimal("0.0001")
    assert by_code[NEW[1]]["rank"] is None
    assert sorted(row["rank"] for row in by_code.values() if row["rank"]) == list(range(1, 22))
    named = json.loads(found.document)["year"]
    assert [(one["organisation"], one["kind"]) for one in named["units"]] == [
        (NEW[0], "continues"),
        (NEW[1], "unranked"),
    ]
    assert named["quarters"]["2020Q2"]["digest"] == Ranking.objects.get(period__code="2020Q2", state="published").digest
    page = client_of("office1").get("/evaluation/year-end/2020/township/").content.decode()
    assert "承接大城子镇的季度得分" in page


def test_two_persons_and_a_predecessor_only_with_a_continued_year(year):
    with pytest.raises(Refused) as refusal:
        recorded(NEW[0], YearUnitKind.CONTINUES)
    assert refusal.value.errors[0].field == "predecessor"
    with pytest.raises(Refused):
        recorded(NEW[0], YearUnitKind.APART, OLD)
    row = recorded(NEW[0])
    with pytest.raises(NotAllowed):
        decided(row, "office1")
    row = decided(row)
    revoke_year_unit(
        actor=actor("office1"), year_unit_id=row.pk, version=row.version, note="另行审议", at=timezone.now()
    )
    assert len(json.loads(trial(year).document)["year"]["problems"]) == 2
    assert AuditEntry.objects.filter(subject=f"year-unit:{row.pk}").count() == 3


def test_the_pages_record_and_confirm(year):
    one, two = client_of("office1"), client_of("office2")
    address = "/evaluation/year-end/2020/township/units/"
    assert "大城子镇" in one.get(address).content.decode()
    data = {
        "organisation": Organisation.objects.get(code=NEW[0]).pk,
        "kind": "continues",
        "predecessor": "",
        "meeting": "2021年第3次",
        "minutes_number": "密政党纪〔2021〕3号",
        "reason": "年中由大城子镇分设",
    }
    wrong = one.post(address, data)
    assert wrong.status_code == 422 and "承接须选承接哪个单位的季度" in wrong.content.decode()
    data["predecessor"] = Organisation.objects.get(code=OLD).pk
    assert one.post(address, data).status_code == 302
    row = YearUnit.objects.get()
    act = f"/evaluation/year-end/units/{row.pk}/decide/"
    assert one.post(act, {"version": row.version, "decision": "pass", "note": ""}).status_code == 403
    assert two.post(act, {"version": row.version, "decision": "pass", "note": ""}).status_code == 302
    row.refresh_from_db()
    assert row.state == "confirmed"
