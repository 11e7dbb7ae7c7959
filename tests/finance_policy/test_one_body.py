"""区生态环境局 goes into another body: whoever takes its place lifts its notices and puts its grades right, nobody else."""

from datetime import date

import pytest

from finance_policy import access
from finance_policy.models import GradeDecision
from finance_policy.services import library, veto
from miyun_kpi.lib.errors import NotAllowed, NotFound
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.organisations.services import Seen, merge_organisations
from tests.duties.conftest import acting
from tests.finance_policy.conftest import AT, ENTERPRISE, another, in_library
from tests.organisations.conftest import administrator
from tests.registers.test_records import client_of

__all__ = ["administrator"]


def merged(administrator, name, into):
    one, other = resolve(name), resolve(into)
    merge_organisations(
        actor=administrator,
        merged=[Seen(one.code, one.version)],
        into=Seen(other.code, other.version),
        number="密编〔2020〕11号",
        on=AT.date(),
        at=AT,
    )
    return another(acting(into, "register_office"), 61)


def test_who_takes_the_place_of_the_bureau_lifts_its_notice_and_corrects_its_grade(
    office, second, environment, administrator
):
    firm = in_library(office, second)
    given = {"enterprise_id": firm.pk, "decided_on": AT.date(), "at": AT}
    wrong = library.decide_grade(actor=environment, grade="green", basis="评定书1号", **given)
    row = veto.issue(
        actor=environment,
        name=ENTERPRISE["name"],
        code=ENTERPRISE["code"],
        fact="超标排放受罚",
        basis="某处罚决定",
        issued_on=date(2020, 10, 1),
        at=AT,
    )
    heir = merged(administrator, "区生态环境局", "区水务局")
    lift = {"notice_id": row.pk, "version": 1, "on": AT.date(), "reason": "整改完成", "at": AT}
    with pytest.raises(NotAllowed, match="区生态环境局"):
        veto.lift(actor=office, **lift)
    with pytest.raises(NotFound):
        veto.lift(actor=environment, **lift)
    assert "解除" in client_of("区水务局", "register_office", "sw").get(f"/finance/vetoes/{row.pk}/").content.decode()
    veto.lift(actor=heir, **lift)
    row.refresh_from_db()
    assert row.lifted_on == AT.date()
    library.decide_grade(actor=heir, grade="blue", basis="评定书2号", corrects=wrong.pk, reason="录错了一级", **given)
    assert GradeDecision.objects.get(corrects=wrong).grade == "blue"
    assert not access.grades(acting("区水务局", "reporter")), "a post that keeps registers"
