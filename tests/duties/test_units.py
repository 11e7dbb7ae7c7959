import pytest

from miyun_kpi.duties.models import DutyPeriod, DutyPhrase, DutyUnit
from miyun_kpi.duties.services.units import end_unit, extend_list, hand_over
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.organisations.services import Seen, merge_organisations
from tests.duties.conftest import AT, acting, duty, period_of

KEY = "14/三（六）/1/1"


def open_phrase(key: str) -> DutyPhrase:
    return DutyPhrase.objects.get(duty__key=key, kind="open")


def extend(actor, key, *names, version=1, reason="2020年6月会议明确"):
    codes = [resolve(name).code for name in names]
    return extend_list(actor=actor, phrase_id=open_phrase(key).pk, version=version, codes=codes, reason=reason, at=AT)


def test_the_lead_unit_names_whom_an_open_phrase_means(office):
    made = extend(office, KEY, "区教委", "区财政局")
    assert [unit.organisation.name for unit in made] == [resolve("区教委").name, resolve("区财政局").name]
    assert all(unit.role == "responsible" and unit.added_by for unit in made)
    assert duty(KEY).version == 2


def test_where_no_lead_is_printed_the_safety_office_extends(gazette):
    key = "15/二（三）5"
    with pytest.raises(NotAllowed, match="区安委会办公室"):
        # The first-named unit is never taken for 牵头.
        extend(acting("区应急管理局", "register_office"), key, "区教委")
    assert extend(acting("区安委会办公室", "register_office"), key, "区教委")


def test_the_office_does_not_extend_what_another_unit_leads(office):
    with pytest.raises(NotAllowed, match="区发展改革委"):
        extend(office, "14/二（一）/3", "区教委")


@pytest.mark.parametrize(
    ("names", "reason", "match"),
    [((), "会议明确", "没有选中"), (("区教委",), "短", "理由"), (("北庄镇",), "会议明确的", "已在这项任务的名单里")],
)
def test_odd_extensions_are_refused_whole(office, names, reason, match):
    before = DutyUnit.objects.count()
    with pytest.raises(Refused, match=match):
        extend(office, KEY, *names, reason=reason)
    assert DutyUnit.objects.count() == before


def test_a_stale_extension_is_refused(office):
    extend(office, KEY, "区教委")
    with pytest.raises(Conflict):
        extend(office, KEY, "区财政局", version=1)


def test_a_closed_list_is_not_extended(office):
    phrase = DutyPhrase.objects.get(duty__key=KEY, text="各镇街、地区")
    with pytest.raises(Refused, match="不能增补"):
        extend_list(actor=office, phrase_id=phrase.pk, version=1, codes=["jiao-wei"], reason="会议明确的", at=AT)


def test_an_added_unit_leaves_again_but_a_printed_one_does_not(office):
    (unit,) = extend(office, KEY, "区教委")
    assert not end_unit(actor=office, unit_id=unit.pk, version=2, reason="增补有误", at=AT).active
    printed = DutyUnit.objects.get(duty__key=KEY, organisation=resolve("北庄镇"))
    with pytest.raises(Refused, match="原文所列"):
        end_unit(actor=office, unit_id=printed.pk, version=3, reason="不再要求", at=AT)


def test_a_hand_over_takes_along_what_nobody_has_reported(opened, office):
    old = period_of(KEY, "北庄镇", "2020Q2")
    DutyPeriod.objects.filter(pk=old.pk).update(state="filed")
    target = hand_over(
        actor=office, unit_id=old.unit_id, version=1, to_code=resolve("区教委").code, reason="职能划转决定", at=AT
    )
    assert set(DutyPeriod.objects.filter(unit=target).values_list("period", flat=True)) == {"2020Q3"}
    assert DutyPeriod.objects.get(pk=old.pk).unit.organisation == resolve("北庄镇")
    assert not DutyUnit.objects.get(pk=old.unit_id).active


def test_a_merge_moves_what_is_owed_and_nothing_that_was_reported(opened):
    source, target = resolve("区公路分局"), resolve("区交通局")
    admin = acting("区政府办公室", "system_admin")
    before = DutyUnit.objects.filter(organisation=source, active=True).count()
    assert before > 3
    merge_organisations(
        number="密编〔2020〕1号",
        actor=admin,
        merged=[Seen(source.code, source.version)],
        into=Seen(target.code, target.version),
        on=AT.date(),
        at=AT,
    )
    assert not DutyUnit.objects.filter(organisation=source, active=True).exists()
    assert DutyUnit.objects.filter(organisation=source, active=False, ended_reason__contains="并入").count() == before
    # Where both were named it is one place now, and never a second one.
    both = DutyUnit.objects.filter(organisation=target, active=True).values_list("duty_id", flat=True)
    assert len(both) == len(set(both))
    assert Organisation.objects.get(pk=source.pk).valid_to is not None
