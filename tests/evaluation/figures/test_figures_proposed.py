"""Figures are proposed by one person of the office and checked by another; what breaks a printed total is refused."""

from datetime import date, datetime, timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from evaluation.enums import BatchState
from evaluation.figures.services.figures import Wanted, check_figures, propose_figures, withdraw_figures
from evaluation.models import Figure, FigureBatch, Scheme
from miyun_kpi.accounts.access import verbs_of
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.inbox.queries import notices_for, unread_number
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.models import Organisation

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 10, tzinfo=timezone.get_default_timezone())


def figure(key: str, track: str = "township") -> Figure:
    return Figure.objects.get(scheme__track=track, key=key)


def propose(actor, *pairs, track="township", page="第12页", reason="对照印发原件"):
    scheme = Scheme.objects.get(track=track)
    wanted = [Wanted(f.pk, f.version, f.value if value is None else value) for f, value in pairs]
    return propose_figures(actor=actor, scheme_id=scheme.pk, wanted=wanted, original_page=page, reason=reason, at=AT)


def check(actor, batch, approve=True, note=""):
    return check_figures(actor=actor, batch_id=batch.pk, approve=approve, note=note, at=AT)


def test_a_figure_keeps_its_value_until_a_second_person_has_checked(first, second):
    nine, ten = figure("weight/9/core"), figure("weight/10/core")
    batch = propose(first, (nine, "10"), (ten, "3"))
    assert figure("weight/9/core").value == "8" and not figure("weight/9/core").confirmed
    check(second, batch)
    after = figure("weight/9/core")
    assert (after.value, after.confirmed, after.version) == ("10", True, nine.version + 1)
    assert figure("weight/10/core").value == "3"


def test_the_proposer_cannot_check_even_in_another_post(first, actor_for):
    batch = propose(first, (figure("weight/9/core"), None))
    with pytest.raises(NotAllowed) as refusal:
        check(first, batch)
    assert refusal.value.code == "second-person"
    with pytest.raises(NotAllowed):
        check(actor_for("zhengfuban1", "evaluator"), batch)
    assert FigureBatch.objects.get(pk=batch.pk).state == BatchState.PROPOSED


def test_a_sum_that_breaks_the_printed_total_is_refused_naming_zone_and_dimension(first):
    with pytest.raises(Refused) as refusal:
        propose(first, (figure("weight/9/core"), "10"))
    assert refusal.value.code == "sums-differ"
    assert (
        "新城核心区绿色发展" in refusal.value.message
        and "27" in refusal.value.message
        and "25" in refusal.value.message
    )


def test_every_broken_sum_is_told_at_once(first):
    with pytest.raises(Refused) as refusal:
        propose(
            first,
            (figure("weight/9/core"), "9"),
            (figure("weight/1/economic"), "3"),
            (figure("share/2/1"), "区环境办:1/3"),
        )
    said = " ".join(error.message for error in refusal.value.errors)
    assert len(refusal.value.errors) == 3
    assert "新城核心区绿色发展" in said and "经济功能区生态保护" in said and "第 2 项" in said and "5/6" in said


def test_sums_are_checked_again_when_the_batch_is_checked(first, second):
    one = propose(first, (figure("weight/9/core"), "10"), (figure("weight/10/core"), "3"))
    two = propose(first, (figure("weight/11/core"), "4"), (figure("weight/12/core"), "2"))
    check(second, one)
    check(second, two)
    assert [figure(f"weight/{n}/core").value for n in (9, 10, 11, 12)] == ["10", "3", "4", "2"]


def test_a_version_seen_too_long_ago_is_refused_with_the_present_value(first, second):
    stale = figure("weight/9/core")
    check(second, propose(first, (stale, "10"), (figure("weight/10/core"), "3")))
    with pytest.raises(Conflict) as refusal:
        propose(first, (stale, "8"))
    assert "财源建设" in refusal.value.message and "10 分" in refusal.value.message


def test_a_batch_overtaken_by_another_act_is_refused_as_a_whole(first, second):
    late = propose(first, (figure("weight/9/core"), None), (figure("weight/11/core"), None))
    Figure.objects.filter(pk=figure("weight/9/core").pk).update(version=F("version") + 1)  # as a 修订 does
    with pytest.raises(Conflict) as refusal:
        check(second, late)
    assert refusal.value.code == "stale" and "财源建设" in refusal.value.errors[0].message
    assert not figure("weight/11/core").confirmed
    check(second, late, approve=False, note="已被另一单改过")
    assert FigureBatch.objects.get(pk=late.pk).state == BatchState.RETURNED


# ── a figure waits in one 确认单, which whoever proposed it may take back ─────────────────────────


def withdraw(actor, batch, reason="页码写错了，重新提"):
    return withdraw_figures(actor=actor, batch_id=batch.pk, reason=reason, at=AT)


def test_a_figure_that_waits_cannot_be_proposed_again(first, second):
    nine, ten, eleven = (figure(f"weight/{n}/core") for n in (9, 10, 11))
    waiting = propose(first, (nine, "10"), (ten, "3"))
    for actor in (first, second):
        with pytest.raises(Conflict) as refusal:
            propose(actor, (nine, None), (eleven, None))
        assert refusal.value.code == "waiting" and refusal.value.errors[0].field == nine.key
        said = f"财源建设 · 新城核心区分值”已在 {waiting.pk} 号确认单里等复核（{waiting.proposed_by} "
        assert said in refusal.value.message and "不能再提" in refusal.value.message
    with pytest.raises(Conflict) as refusal:
        propose(first, (nine, None), (ten, None))
    assert refusal.value.message == f"有 2 个数字已在 {waiting.pk} 号确认单里等复核，不能再提，整批没有提交。"
    assert FigureBatch.objects.count() == 1
    propose(first, (eleven, None))


@pytest.mark.parametrize("end", ["returned", "withdrawn", "checked"])
def test_a_figure_is_free_again_when_its_batch_has_come_to_an_end(first, second, end):
    batch = propose(first, (figure("weight/9/core"), None))
    if end == "withdrawn":
        withdraw(first, batch)
    else:
        check(second, batch, approve=end == "checked", note="页码不对")
    assert propose(first, (figure("weight/9/core"), None)).is_open


def test_who_proposed_a_batch_takes_it_back_with_a_reason(first, second):
    batch = propose(first, (figure("weight/9/core"), "10"), (figure("weight/10/core"), "3"))
    with pytest.raises(Refused) as refusal:
        withdraw(first, batch, "  错 ")
    assert refusal.value.code == "reason-missing"
    with pytest.raises(NotAllowed) as refusal:
        withdraw(second, batch)
    assert refusal.value.code == "not-yours" and FigureBatch.objects.get().is_open
    withdraw(first, batch)
    found = FigureBatch.objects.get()
    assert (found.state, found.withdrawn_by, found.withdrawn_at) == (BatchState.WITHDRAWN, first.label, AT)
    assert not figure("weight/9/core").confirmed
    entry = AuditEntry.objects.get(action="evaluation.figures.withdrawn")
    assert entry.subject == f"figure-batch:{batch.pk}" and "页码写错了" in entry.data
    for again in (lambda: check(second, batch), lambda: withdraw(first, batch)):
        with pytest.raises(Conflict) as refusal:
            again()
        assert f"已撤回（{first.label}）" in refusal.value.message
    assert not figure("weight/9/core").confirmed


def test_who_holds_the_post_now_takes_back_what_a_predecessor_left(first, second, actor_for):
    batch = propose(first, (figure("weight/9/core"), None))
    office = Post.objects.filter(user=first.user_id, role=Role.EVALUATION_OFFICE)
    office.update(starts_on=AT.date() - timedelta(days=30), ends_on=AT.date() - timedelta(days=1))
    with pytest.raises(NotAllowed):
        withdraw(actor_for("shuiwu"), batch)
    FigureBatch.objects.update(proposed_at=AT - timedelta(days=3))
    assert withdraw(second, batch).withdrawn_by == second.label


def test_a_rejection_changes_nothing_and_needs_a_reason(first, second):
    batch = propose(first, (figure("weight/9/core"), None))
    with pytest.raises(Refused):
        check(second, batch, approve=False, note="  ")
    check(second, batch, approve=False, note="页码不对")
    assert not figure("weight/9/core").confirmed


def told_of_batches():
    return list(Notice.objects.filter(key__startswith="figure-batch/"))


@pytest.mark.parametrize(("approve", "word", "what"), [(True, "已通过", "已取新值"), (False, "已退回", "可以重新提出")])
def test_the_office_of_the_proposer_is_told_what_became_of_it(first, second, approve, word, what):
    batch = propose(first, (figure("weight/9/core"), None))
    assert not told_of_batches(), "what waits stands on the desk"
    check(second, batch, approve=approve, note="页码不对，再看一遍")
    (told,) = told_of_batches()
    assert told in notices_for(first) and told not in notices_for(second), "nobody is told of his own decision"
    assert unread_number(first) == 1 + unread_number(second)
    assert told.title == f"{batch.pk} 号方案数字确认单{word}" and told.url == f"/evaluation/batches/{batch.pk}/"
    assert what in told.body and "意见：页码不对，再看一遍" in told.body and second.label in told.body


def test_one_that_is_withdrawn_goes_from_the_desk_and_nobody_is_told(first, second):
    batch = propose(first, (figure("weight/9/core"), None))
    withdraw(first, batch)
    assert not told_of_batches()


def test_the_office_is_told_after_the_proposer_has_left_it(first, second):
    batch = propose(first, (figure("weight/9/core"), None))
    Post.objects.filter(user=first.user_id).update(ends_on=(AT - timedelta(days=1)).date(), starts_on=date(2020, 1, 1))
    FigureBatch.objects.update(proposed_at=AT - timedelta(days=2))
    check(second, batch)
    (told,) = told_of_batches()
    assert told.organisation_id == first.organisation_id


def test_a_batch_is_decided_once(first, second):
    batch = propose(first, (figure("weight/9/core"), None))
    check(second, batch)
    with pytest.raises(Conflict) as refusal:
        check(second, batch)
    assert refusal.value.code == "already-checked"
    assert figure("weight/9/core").version == 2


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("weight/9/core", "8.0001", "too-many-decimals"),
        ("weight/9/core", "0", "bad-weight"),
        ("weight/9/core", "-8", "negative"),
        ("weight/9/core", "NaN", "not-a-number"),
        ("weight/9/core", "", "blank"),
        ("share/2/1", "区环境办:0", "bad-share"),
        ("share/2/1", "区环境办:3/0", "bad-share"),
        ("share/2/1", "区环境办:半", "bad-share"),
        ("share/2/1", "没有的局:1/2", "unknown-organisation"),
        ("share/2/1", "1/2", "unknown-organisation"),
        ("scope/1", "monthly", "bad-choice"),
        ("full-mark", "10", "bad-choice"),
        ("carried/3/gulou", "也许", "bad-carried"),
    ],
)
def test_what_a_figure_cannot_be_is_refused(first, key, value, code):
    found = (
        Figure.objects.filter(scheme__track="township", key=key).first()
        or Figure.objects.filter(scheme__track="township", kind="carried").first()
    )
    with pytest.raises(Refused) as refusal:
        propose(first, (found, value))
    assert refusal.value.errors[0].code == code
    assert not FigureBatch.objects.exists()


def test_full_width_digits_and_aliases_are_read(first, second):
    check(second, propose(first, (figure("weight/9/core"), "８"), (figure("share/2/1"), "区环境办:１／２")))
    assert figure("weight/9/core").value == "8" and figure("share/2/1").value.endswith(":1/2")
    batch = propose(first, (figure("share/20/1"), "区人社局:1"))
    assert batch.changes.get().new_value == figure("share/20/1").value


@pytest.mark.parametrize(
    ("page", "reason", "code"),
    [
        ("", "因", "page-missing"),
        (" ", "因", "page-missing"),
        ("字" * 61, "因", "page-missing"),
        ("3", " ", "reason-missing"),
    ],
)
def test_page_of_the_original_and_reason_are_asked_for(first, page, reason, code):
    with pytest.raises(Refused) as refusal:
        propose(first, (figure("weight/9/core"), None), page=page, reason=reason)
    assert refusal.value.code == code


def test_nothing_chosen_a_foreign_figure_and_one_chosen_twice_are_refused(first):
    with pytest.raises(Refused) as refusal:
        propose(first)
    assert refusal.value.code == "nothing-chosen"
    with pytest.raises(NotFound):
        propose(first, (figure("weight/1/all", "department"), None))
    with pytest.raises(Refused) as refusal:
        propose(first, (figure("weight/9/core"), None), (figure("weight/9/core"), None))
    assert refusal.value.code == "chosen-twice"


@pytest.mark.parametrize("who", ["guanliyuan", "anquan", "shenji", "shuiwu", "beizhuang", "lingdao"])
def test_nobody_but_the_office_proposes_or_checks(actor_for, first, who):
    batch = propose(first, (figure("weight/9/core"), None))
    with pytest.raises(NotAllowed):
        propose(actor_for(who), (figure("weight/10/core"), None))
    with pytest.raises(NotAllowed):
        check(actor_for(who), batch)


def test_the_co_office_confirms_townships_but_not_the_departments_it_is_ranked_among(demo, first):
    fagai = Organisation.objects.get(code="fagai-wei")
    actor = Actor(
        "区发改委",
        user_id=9_999,
        organisation_id=fagai.pk,
        role="evaluation_office",
        verbs=verbs_of("evaluation_office"),
    )
    assert propose(actor, (figure("weight/9/core"), None)).pk
    with pytest.raises(NotAllowed) as refusal:
        propose(actor, (figure("weight/1/all", "department"), None), track="department")
    assert refusal.value.code == "ranked-itself"
    batch = propose(first, (figure("weight/1/all", "department"), None), track="department")
    with pytest.raises(NotAllowed):
        check(actor, batch)


def test_the_system_itself_confirms_nothing(demo):
    with pytest.raises(NotAllowed):
        propose(SYSTEM, (figure("weight/9/core"), None))


def test_every_cell_of_a_checked_batch_stands_in_the_audit(first, second):
    batch = propose(
        first, (figure("weight/9/core"), "10"), (figure("weight/10/core"), "3"), (figure("weight/11/core"), None)
    )
    check(second, batch, note="核对无误")
    entry = AuditEntry.objects.get(action="evaluation.figures.checked")
    assert entry.subject == f"figure-batch:{batch.pk}" and "第12页" in entry.data
    for key, old, new in (("weight/9/core", "8", "10"), ("weight/10/core", "5", "3"), ("weight/11/core", "3", "3")):
        assert f'"key":"{key}","new":"{new}","old":"{old}"' in entry.data.replace(" ", "")


def test_confirming_everything_leaves_nothing_unsettled(first, second):
    open_ = list(Figure.objects.unconfirmed().filter(scheme__track="department"))
    assert len(open_) == 917
    check(second, propose(first, *((f, None) for f in open_), track="department"))
    assert not Figure.objects.unconfirmed().filter(scheme__track="department").exists()


def test_one_evaluator_has_one_share_of_an_item_unless_the_parts_differ(first):
    with pytest.raises(Refused) as refusal:
        propose(first, (figure("share/2/1"), "区城管委:1/2"))
    assert "第 2 项里同一考评部门出现了两次" in refusal.value.message
    assert propose(first, (figure("share/13/1", "department"), "区发改委:3/7"), track="department").pk
