"""进站 to 离站 through the services: who may, what is refused, what is never shown."""

import json
import re
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.db.sealed import Sealed, fingerprint, seal
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from postdoc import access
from postdoc.desk import desk_items
from postdoc.models import Person, Stay
from postdoc.services import course, names, stations, stays
from tests.postdoc.conftest import AT, ENTRY, FACTS, STATION, WHO, act, enter


def test_a_station_is_registered_by_the_office_once(station, handler, park, stranger):
    with pytest.raises(Conflict):
        stations.register_station(actor=handler, given=STATION, at=AT)
    with pytest.raises(NotAllowed):
        stations.register_station(actor=park, given=STATION | {"name": "另一站"}, at=AT)
    with pytest.raises(NotFound):
        access.visible_station(stranger, station.pk)
    with pytest.raises(Conflict):
        stations.change_station(actor=handler, station_id=station.pk, version=9, given=STATION, at=AT)


def test_personal_data_is_sealed_in_the_rows_and_masked_in_python(stay):
    with connection.cursor() as cursor:
        cursor.execute("select name, document_number, phone, account, born_on from postdoc_person")
        raw = " ".join(cursor.fetchone())
    assert "赵某某" not in raw and "E12345678" not in raw and "6222" not in raw and "1990" not in raw
    found = Person.objects.get()
    assert (found.masked, str(found.name), found.name.open()) == ("赵**", "＊＊＊", "赵某某")
    with pytest.raises(TypeError):
        found.name = "赵某某"
        found.save()


def test_another_key_refuses_in_one_sentence_and_an_old_key_still_opens(stay):
    person = Person.objects.get()
    with override_settings(PERSONAL_KEYS=["x" * 40]), pytest.raises(Refused, match="解不开"):
        person.name.open()
    with pytest.raises(Refused):
        Sealed("1:spoilt").open()
    from django.conf import settings

    with override_settings(PERSONAL_KEYS=["x" * 40, *settings.PERSONAL_KEYS]):
        assert person.name.open() == "赵某某" and fingerprint("E12345678") == person.fingerprint
        assert seal("新").open() == "新"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"degree_on": date(2017, 9, 14)}, "reason-needed"),
        ({"own_employee": True, "standing": "no-relation"}, "not-eligible"),
        ({"station_mentor_title": "other"}, "not-eligible"),
        ({"ends_on": date(2022, 9, 13)}, "bad-term"),
        ({"entered_on": date(2018, 12, 31), "ends_on": date(2021, 1, 1)}, "before-approval"),
        ({"entered_on": date(2026, 3, 3), "ends_on": date(2028, 3, 3)}, "future-day"),
        ({"station_mentor": " "}, "not-filled"),
    ],
)
def test_an_entry_that_may_not_be(park, station, changed, code):
    with pytest.raises(Refused) as refused:
        enter(park, station, **changed)
    assert refused.value.code == code and "没有保存" in refused.value.message
    assert not Stay.objects.exists() and not Person.objects.exists()


def test_a_soft_condition_passes_with_its_reason(park, station):
    row = enter(park, station, degree_on=date(2017, 9, 14), exception="国家重大科技项目急需")
    assert [one["level"] for one in row.checks if one["code"] == "degree"] == ["soft"]


def test_the_same_document_is_the_same_person_who_cannot_be_in_two_stations(park, station, stay):
    second = {"entered_on": date(2023, 1, 10), "ends_on": date(2025, 1, 9)}
    with pytest.raises(Refused, match="还在站"):
        enter(park, station, **second)
    with pytest.raises(Refused) as refused:
        enter(park, station, who=WHO | {"name": "钱某某"}, **second)
    assert refused.value.code == "name-differs" and "赵" not in refused.value.message
    act(course.leave, park, stay, left_on=date(2022, 9, 14))
    with pytest.raises(Refused, match="重叠"):
        enter(park, station, **(second | {"entered_on": date(2022, 9, 14)}))
    row = enter(park, station, degree_on=date(2015, 1, 1), **second)
    assert row.person_id == stay.person_id and row.again and Person.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Stay.objects.filter(pk=stay.pk).update(left_on=None, leaving="")


@pytest.mark.parametrize(("left_on", "said"), [("2022-06-13", "21 个月"), ("2024-09-15", "最长")])
def test_leaving_too_early_or_too_late_is_refused(park, stay, left_on, said):
    with pytest.raises(Refused, match=said):
        act(course.leave, park, stay, left_on=date.fromisoformat(left_on))


def test_a_person_decides_that_an_early_leaving_is_full(park, handler, stay):
    act(course.leave, park, stay, left_on=date(2022, 6, 14))
    stay.refresh_from_db()
    assert stay.leaving == "early"
    with pytest.raises(NotAllowed):
        act(course.decide_completed, park, stay, reason="项目提前完成")
    act(course.decide_completed, handler, stay, reason="项目提前完成")
    act(course.undo_leaving, handler, stay, reason="登记有误")
    stay.refresh_from_db()
    assert (stay.left_on, stay.leaving, stay.as_completed) == (None, "", False)


WITHDRAWAL = {"left_on": date(2021, 5, 10), "notice": "told", "noticed_on": date(2021, 5, 6), "explanation": "长期治疗"}


def test_a_withdrawal_needs_a_ground_and_its_notice(park, stay):
    with pytest.raises(Refused, match="十二项"):
        act(course.withdraw, park, stay, **(WITHDRAWAL | {"ground": "13"}))
    with pytest.raises(Refused, match="告知"):
        act(course.withdraw, park, stay, **(WITHDRAWAL | {"ground": "11", "noticed_on": date(2021, 5, 11)}))
    with pytest.raises(Refused, match="什么原因"):
        act(course.withdraw, park, stay, **(WITHDRAWAL | {"ground": "12", "explanation": ""}))


def test_illness_is_known_to_the_office_alone(client, park, stay):
    from tests.factories.rankings import BACKEND, person

    act(course.withdraw, park, stay, ground="04", **WITHDRAWAL)
    stay.refresh_from_db()
    assert stay.ground == "" and "长期治疗" in stay.ground_sealed.open()
    seen = {}
    for name, unit, role in (
        ("yq", "中关村密云园", "reporter"),
        ("rs", "区人社保局", "register_office"),
        ("cz", "区财政局", "register_office"),
        ("ld", "区政府办公室", "leader"),
    ):
        client.force_login(person(name, unit, role), backend=BACKEND)
        seen[name] = client.get(f"/postdoc/stays/{stay.pk}/").content.decode()
    assert "因患病" in seen["rs"]
    assert all("因患病" not in text and "情形由区人社局掌握" in text for name, text in seen.items() if name != "rs")
    assert not AuditEntry.objects.filter(data__icontains="治疗").exists()


def test_thirty_days_abroad_are_no_ground_and_thirty_one_are(park, stay):
    act(course.record_trip, park, stay, purpose="合作研究", out_on=date(2021, 1, 1), return_by=date(2021, 3, 1))
    given = {"ground": "05", "notice": "public", "noticed_on": date(2021, 3, 20), "explanation": ""}
    with pytest.raises(Refused, match="逾期 30 天"):
        act(course.withdraw, park, stay, left_on=date(2021, 3, 31), **given)
    act(course.withdraw, park, stay, left_on=date(2021, 4, 1), **given)
    stay.refresh_from_db()
    assert (stay.leaving, stay.ground) == ("withdrawn", "05")


def test_what_is_due_stands_on_the_desk_of_the_station(park, stranger, stay):
    titles = [item.title for item in desk_items(park, AT)]
    assert any("开题报告" in title for title in titles) and not any("赵" in title for title in titles)
    assert desk_items(stranger, AT) == []
    act(course.record_milestone, park, stay, code="proposal", done_on=date(2020, 12, 1), result="passed")
    with pytest.raises(Conflict):
        act(course.record_milestone, park, stay, code="proposal", done_on=date(2020, 12, 2), result="passed")
    assert not any("开题报告" in item.title for item in desk_items(park, AT))


def test_what_was_entered_by_mistake_is_taken_back_by_the_office(park, handler, stay):
    act(course.record_trip, park, stay, purpose="交流", out_on=date(2021, 1, 1), return_by=date(2021, 3, 1))
    made = act(course.record_milestone, park, stay, code="proposal", done_on=date(2020, 12, 1), result="failed")
    with pytest.raises(NotAllowed):
        act(course.take_back, park, stay, what=f"milestone-{made.pk}", reason="结果填错")
    act(course.take_back, handler, stay, what=f"milestone-{made.pk}", reason="结果填错")
    with pytest.raises(Conflict):
        act(course.take_back, handler, stay, what=f"milestone-{made.pk}", reason="结果填错")
    for wrong in ("stay-1", "trip-x", "x"):
        with pytest.raises(Refused):
            act(course.take_back, handler, stay, what=wrong, reason="结果填错")
    assert stay.trips.count() == 1 and not stay.milestones.exists()


def test_a_wrong_document_is_corrected_unless_it_is_somebody_elses(park, station, stay):
    enter(park, station, who=WHO | {"document_number": "E99999999", "name": "吴某某"})
    given = {"actor": park, "stay_id": stay.pk, "name": "", "phone": "", "account": "", "at": AT}
    with pytest.raises(Conflict) as refused:
        stays.correct_person(version=1, document_number="e9999 9999", **given)
    assert "9999" not in refused.value.message
    row = stays.correct_person(version=1, document_number="E12345679", born_on=date(1991, 2, 3), **given)
    assert (row.document_number.open(), row.born_on.open()) == ("E12345679", "1991-02-03")
    assert "1991" not in str(AuditEntry.objects.get(action="postdoc.person.corrected").data)
    data = json.loads(AuditEntry.objects.get(action="postdoc.person.corrected").data)
    told = {one["fields"]: one["now"] for one in data["sealed"]}
    assert set(told) == {"document_number", "born_on"}
    assert all(re.fullmatch("已改 [0-9a-f]{16}", one) for one in told.values())


def test_a_stale_change_and_a_foreign_one(park, stranger, stay):
    with pytest.raises(Conflict):
        stays.change_stay(actor=park, stay_id=stay.pk, version=7, given=FACTS, at=AT)
    with pytest.raises(NotFound):
        stays.change_stay(actor=stranger, stay_id=stay.pk, version=1, given=FACTS, at=AT)
    changed = stays.change_stay(actor=park, stay_id=stay.pk, version=1, given=FACTS | {"project": "新课题"}, at=AT)
    assert (changed.project, changed.version, changed.entered_on) == ("新课题", 2, ENTRY)


def test_with_a_foreign_key_pages_stand_opening_is_refused_and_nobody_new_is_sealed(client, park, station, stay):
    from tests.factories.rankings import BACKEND, person

    client.force_login(person("rs", "区人社保局", "register_office"), backend=BACKEND)
    with override_settings(PERSONAL_KEYS=["y" * 40]):
        assert client.get(f"/postdoc/stays/{stay.pk}/").status_code == 200
        answer = client.post(f"/postdoc/stays/{stay.pk}/reveal/", {"reason": "核对拨付账号"})
        assert answer.status_code == 422 and "解不开" in answer.content.decode()
        with pytest.raises(Refused, match="解不开"):
            enter(park, station, who=WHO | {"document_number": "E99999999"})
    assert not AuditEntry.objects.filter(action="postdoc.person.shown").exists()


def test_opening_needs_the_office_and_a_reason_without_a_name(park, handler, treasury, stay):
    for other in (treasury,):
        with pytest.raises(NotAllowed):
            names.reveal(actor=other, stay_id=stay.pk, reason="核对拨付账号", at=AT)
    with pytest.raises(Refused, match="理由"):
        names.reveal(actor=handler, stay_id=stay.pk, reason="看", at=AT)
    with pytest.raises(Refused, match="不写个人信息"):
        names.reveal(actor=handler, stay_id=stay.pk, reason="核对赵某某账号", at=AT)
    shown = names.reveal(actor=handler, stay_id=stay.pk, reason="核对拨付账号", at=AT)
    assert ("银行账号", "6222000011112222") in shown.rows and "6222" not in repr(shown)
    assert "核对拨付账号" in str(AuditEntry.objects.get(action="postdoc.person.shown").data)
