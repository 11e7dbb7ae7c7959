"""A POST that comes again under its key gets the first answer while what it did stands; moved since, it is told so."""

from datetime import timedelta

import pytest

from evaluation.models import MarkSheet
from evaluation.sheets.services.sheets import reopen_sheet
from miyun_kpi.accounts.models import ApiToken
from miyun_kpi.api.models import IdempotencyKey
from miyun_kpi.audit.models import AuditEntry
from tests.evaluation.conftest import NOW, actor_named
from tests.evaluation.sheets.test_api_marks import Api, patch, said_of, shuiwu

__all__ = ["shuiwu"]
KEY = {"idempotency-key": "file-q3"}
BODY = {"version": 1, "reason": "与检查记录一致"}


def sent(client: Api, sheet: MarkSheet):
    return client.send("POST", f"mark-sheets/{sheet.pk}/file/", BODY, **KEY)


@pytest.fixture
def filed(shuiwu, sheet):
    assert patch(shuiwu, sheet, said_of(sheet)).status_code == 200
    answer = sent(shuiwu, sheet)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_while_the_sheet_stands_as_it_was_filed_the_first_answer_comes_again(shuiwu, sheet, filed):
    assert shuiwu.get(f"mark-sheets/{sheet.pk}/").status_code == 200
    again = sent(shuiwu, sheet)
    assert (again.status_code, again.json(), again.headers["Idempotent-Replay"]) == (200, filed, "true")


def test_a_sheet_returned_since_is_not_said_to_be_filed(shuiwu, sheet, filed):
    at = NOW()
    now = MarkSheet.objects.get(pk=sheet.pk)
    reopen_sheet(
        actor=actor_named("zhengfuban1"),
        sheet_id=sheet.pk,
        version=now.version,
        reason="有两个镇待核",
        until=at + timedelta(days=1),
        at=at,
    )
    again = sent(shuiwu, sheet)
    said = again.json()
    assert (again.status_code, said["code"], again.headers["Idempotent-Replay"]) == (409, "done-and-moved", "true")
    assert (
        "又有“退回重开打分表”（" in said["message"]
        and "打分表），没有再办一遍" in said["message"]
        and "换一个键" in said["message"]
    )
    assert said["first"] == {"status": 200, "answer": filed}
    assert MarkSheet.objects.get(pk=sheet.pk).state == "returned" and IdempotencyKey.objects.count() == 1


def test_what_the_same_person_does_elsewhere_takes_nothing_back(shuiwu, sheet, filed):
    """Unlike a person at a page a client does many acts a minute: each answers for itself."""
    other_one = MarkSheet.objects.filter(scheme__track="department", period=sheet.period).first()
    owner = ApiToken.objects.get(client="shuiwu").owner.display_name.removesuffix("负责人")
    other = Api(owner, other_one.evaluator.name, "evaluator")
    assert patch(other, other_one, said_of(other_one)).status_code == 200
    hands = AuditEntry.objects.filter(action="evaluation.marks.saved").values_list("actor_user_id", flat=True)
    assert len(set(hands)) == 1 and len(hands) == 2
    again = sent(shuiwu, sheet)
    assert (again.status_code, again.json()) == (200, filed)
