"""移交 of one record by whoever keeps the register: same stage, same dates, another unit."""

import json
from datetime import date, timedelta

import pytest
from django.test import Client

from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services.moving import hand_over
from tests.duties.conftest import AT, acting
from tests.factories.markup import one_line
from tests.registers.test_records import api, change, client_of, create, office, step, town

pytestmark = pytest.mark.urls("tests.registers.site")
__all__ = ["office", "town"]
DAY = AT.date()
REASON = "河道划归太师屯镇管"


def hand(actor, row, to="太师屯镇", **changed):
    given = {"version": Record.objects.get(pk=row.pk).version, "from_day": DAY, "reason": REASON} | changed
    return hand_over(actor=actor, app="sample", kind="outfall", record_id=row.pk, to=to, at=AT, **given)


def text(answer):
    return one_line(answer.content.decode())


def test_the_new_unit_has_it_and_the_old_one_no_more(office, town):
    row = create(town, due_on="2020-12-31")
    hand(office, row)
    row.refresh_from_db()
    assert (row.owner.name, row.values["unit"]) == ("太师屯镇", "taishitun-zhen")
    # Where it lies is a fact of its own, and so are its stage and its limit.
    assert (row.town.name, row.stage, row.values["due_on"], row.version) == ("北庄镇", "open", "2020-12-31", 2)
    event = row.events.last()
    assert (event.act, event.step, event.before) == ("handed", "移交", {"unit": "beizhuang-zhen"})
    assert event.reason == f"自 2020-07-10 起移交给太师屯镇：{REASON}"
    told = {one.organisation.name: one.title for one in Notice.objects.filter(key__startswith="record-handed-over/")}
    assert told == {"太师屯镇": "移交来：排污口 M-01", "北庄镇": "已移交：排污口 M-01"}
    new = acting("太师屯镇", "reporter")
    with pytest.raises(NotFound):
        change(town, row, note="还是我的")
    change(new, row, note="已接手")
    row.refresh_from_db()
    assert step(new, row, "ask").stage == "asked"


@pytest.mark.parametrize(
    ("changed", "code", "sentence"),
    [
        ({"to": "北庄镇"}, "same-unit", "本来就是北庄镇的"),
        ({"to": "没有这个镇"}, "unknown-organisation", "请选接手的单位"),
        ({"to": "河南寨镇"}, "ended-unit", "已于 2020-07-01 撤并"),
        ({"from_day": DAY + timedelta(days=1)}, "future-day", "还没有到"),
        ({"reason": "短"}, "reason-missing", "4 至 500 字"),
        ({"reason": "长" * 501}, "reason-missing", "4 至 500 字"),
        ({"version": 9}, "stale", "刚被"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_changes_nothing(office, town, changed, code, sentence):
    Organisation.objects.filter(name="河南寨镇").update(valid_to=date(2020, 7, 1))
    row = create(town)
    with pytest.raises(Refused, match=sentence) as refusal:
        hand(office, row, **changed)
    assert refusal.value.code == code and refusal.value.message.count("。") <= 2
    row.refresh_from_db()
    assert (row.owner.name, row.version, row.events.count()) == ("北庄镇", 1, 1)


def test_a_closed_or_struck_record_is_not_handed_over(office, town):
    row = create(town)
    Record.objects.filter(pk=row.pk).update(stage="closed")
    with pytest.raises(Conflict, match="已经办结") as refusal:
        hand(office, row)
    assert refusal.value.code == "closed"
    Record.objects.filter(pk=row.pk).update(stage="open", struck_at=AT)
    with pytest.raises(Conflict, match="已经撤销"):
        hand(office, row)


def test_only_who_keeps_the_register_hands_over(office, town):
    row = create(town)
    for actor in (town, acting("太师屯镇", "reporter")):
        with pytest.raises((NotAllowed, NotFound)):
            hand(actor, row)


def test_the_page_offers_it_to_the_keeper_and_keeps_what_was_typed(office, town):
    row = create(town)
    keeper, reporter = client_of("区生态环境局", "register_office"), client_of("北庄镇", "reporter", "another")
    address = f"/sample/records/outfall/{row.pk}/"
    assert f'action="{address}hand-over/"' in text(keeper.get(address))
    assert "hand-over" not in text(reporter.get(address))
    typed = {"version": 1, "to": "北庄镇", "from_day": "2020-07-10", "reason": REASON}
    refused = keeper.post(f"{address}hand-over/", typed)
    assert refused.status_code == 422 and "本来就是北庄镇的" in text(refused) and REASON in text(refused)
    done = keeper.post(f"{address}hand-over/", typed | {"to": "太师屯"})
    assert done.status_code == 302 and Record.objects.get(pk=row.pk).owner.name == "太师屯镇"
    assert "移交给太师屯镇" in text(keeper.get(address))
    other = create(town, code="M-02")
    typed = typed | {"to": "太师屯镇"}
    assert reporter.post(f"/sample/records/outfall/{other.pk}/hand-over/", typed).status_code == 403


def test_a_client_hands_over_by_the_same_rules(office, town):
    row = create(town)
    path, body = f"/api/v1/sample/outfall/{row.pk}/hand-over/", {"version": 1, "from_day": "2020-07-10"}

    def send(headers, **more):
        body_of = json.dumps(body | more)
        return Client().post(path, body_of, "application/json", headers=headers)

    keeper = api("区生态环境局", "register_office")
    refused = send(keeper, to="beizhuang-zhen", reason=REASON)
    assert refused.status_code == 422 and refused.json()["code"] == "same-unit"
    assert send(api("北庄镇", "reporter"), to="太师屯镇", reason=REASON).status_code == 403
    done = send(keeper, to="taishitun-zhen", reason=REASON)
    assert done.status_code == 200 and done.json()["owner"]["code"] == "taishitun-zhen"
    assert send(keeper, to="beizhuang-zhen", reason=REASON).status_code == 409
