"""A body or a bank goes into another: whoever takes its place lifts its notices, puts its grades and returns right, nobody else."""

from datetime import date

import pytest

from finance_policy import access
from finance_policy.desk import desk_items
from finance_policy.models import Bank, GradeDecision
from finance_policy.services import library, returns, veto
from finance_policy.services.banks import save_bank
from finance_policy.services.reminders import _returns
from miyun_kpi.lib.errors import NotAllowed, NotFound
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.organisations.services import Seen, merge_organisations
from tests.duties.conftest import acting
from tests.finance_policy.conftest import AT, ENTERPRISE, another, in_library
from tests.finance_policy.test_returns import accept, banks, fill
from tests.organisations.conftest import administrator
from tests.registers.test_records import client_of

__all__ = ["administrator", "banks"]


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


def test_what_takes_the_place_of_a_bank_acts_for_its_returns(office, banks, environment, administrator):
    """Both banks stand in the list: the heir keeps reporting its own, and puts right what came back of the other."""
    row, other = fill(banks[0]), fill(banks[2])
    row = accept(office, row, accept=False, opinion="增量写反了")
    notice = veto.issue(
        actor=environment,
        name=ENTERPRISE["name"],
        code=ENTERPRISE["code"],
        fact="超标排放受罚",
        basis="某处罚决定",
        issued_on=date(2020, 10, 1),
        at=AT,
    )
    veto.receive(actor=banks[0], notice_id=notice.pk, at=AT)
    assert not access.visible_returns(banks[1]).exists()
    merged(administrator, "第1银行", "第2银行")
    assert Bank.objects.get(code="b1").organisation.name == "第1银行", "the office decides what becomes of it"
    heir, ended = banks[1], banks[0]
    assert list(access.visible_returns(heir)) == [row] and access.own_bank(heir).code == "b2"
    assert not access.visible_returns(ended).exists() and access.own_bank(ended) is None
    given = {"return_id": row.pk, "version": row.version, "at": AT}
    for actor in (ended, banks[2]):
        with pytest.raises(NotFound):
            returns.submit_return(actor=actor, **given)
    assert any("第1银行2020年第三季度" in one.title for one in desk_items(heir, AT))
    again = returns.submit_return(actor=heir, **given)
    assert (again.state, again.bank.code) == ("filed", "b1")
    assert fill(heir).bank.code == "b2"
    client = client_of("第2银行", "reporter", "b2")
    assert "第1银行" in client.get("/finance/returns/").content.decode()
    assert client.get(f"/finance/returns/{row.pk}/").status_code == 200
    assert client.get(f"/finance/returns/{other.pk}/").status_code == 404
    assert "第1银行" in client.get(f"/finance/vetoes/{notice.pk}/").content.decode()


def test_a_bank_whose_body_went_into_another_with_a_bank_waits_for_the_office(office, banks, administrator):
    """Nobody can open a return for it any more: the list is to be put right, and nobody is reminded at its old address."""
    later = AT.replace(year=2021, month=1, day=25)

    def asked():
        return [one for one in desk_items(office, later) if one.action == "改名单"]

    assert asked() == [] and {one.organisation_id for one in _returns(later.date())} >= {banks[0].organisation_id}
    merged(administrator, "第1银行", "第2银行")
    (item,) = asked()
    row = Bank.objects.get(code="b1")
    assert "第1银行" in item.title and item.url.endswith(f"/finance/banks/?edit={row.pk}")
    assert banks[0].organisation_id not in {one.organisation_id for one in _returns(later.date())}
    assert client_of("区金融办", "register_office", "jr").get(item.url).status_code == 200
    given = {"code": row.code, "name": row.name, "organisation": row.organisation.name}
    save_bank(actor=office, bank_id=row.pk, version=row.version, active=False, at=later, **given)
    assert asked() == []
