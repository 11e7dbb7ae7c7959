"""The year of the demonstration: every state has a row in it, told by services, by people in their posts, day by day."""

import inspect
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluation import enums
from evaluation.demo.year.marks import LEFT_TO_VISITORS
from evaluation.demo.year.reviews import CHANGED
from evaluation.demo.year.scheme import scheme
from evaluation.feedback.models.feedback import Feedback
from evaluation.models import (
    Adjustment,
    Bulletin,
    DifferenceNote,
    Mark,
    MarkCondition,
    MarkSheet,
    Period,
    Ranking,
    RecordLine,
    Review,
    SelfReport,
    SiteVisit,
)
from evaluation.ranking.services import compute_official
from evaluation.sheets.queries.methods import proposed_marks
from evaluation.sheets.queries.sheet_facts import held_marks
from evaluation.sheets.services.marks import RowInput, save_marks
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.queries import verify
from miyun_kpi.duties import enums as duty_enums
from miyun_kpi.duties.models import DutyPeriod
from tests.evaluation.conftest import actor_named
from tests.factories.rankings import BACKEND

# The loading takes a minute where the machine is busy.
pytestmark = [pytest.mark.usefixtures("told"), pytest.mark.timeout(600), pytest.mark.once]

NO_FAULT = "演示不给任何单位编造过错"
NO_CONDITION = "与本期记录不符的界限由考评办定，演示只设一个，已经启用"
NO_REFORM = "演示里机构没有撤并、分设"
# What has no row, and why.
REASONS = {
    enums.SchemeState.CLOSED: "没有一个动作结束方案：新方案印发后旧的仍在用",
    enums.DisclosureScope.RANK: "一版通报选一种公开范围，两版通报用了另外两种",
    enums.AdjustmentGround.HARM: NO_FAULT,
    enums.AdjustmentGround.CITY_LAST: NO_FAULT,
    enums.AdjustmentGround.CITY_NEAR_LAST: NO_FAULT,
    enums.VetoState.PROPOSED: NO_FAULT,
    enums.VetoState.CONFIRMED: NO_FAULT,
    enums.VetoState.RETURNED: NO_FAULT,
    enums.VetoState.REVOKED: NO_FAULT,
    enums.BulletinKind.CRITICISM: NO_FAULT,
    enums.SheetEventKind.HANDED_OVER: NO_REFORM,
    **{
        one: NO_CONDITION
        for one in (*enums.ConditionKind, *enums.ConditionState)
        if one not in (enums.ConditionKind.NOTHING, enums.ConditionState.ACTIVE)
    },
    **dict.fromkeys((*enums.UnitChange, *enums.YearUnitKind), NO_REFORM),
    duty_enums.ReportState.EXEMPT: "月跟踪没有书面说明这一步",
    duty_enums.ReportState.OPENING: "演示从第一份月报开始，没有上线以前的期间",
}


def columns(enum: type[models.TextChoices]) -> Iterator[tuple[type[models.Model], str]]:
    """Where members of the enum are stored, by the app that has it."""
    label = "duties" if enum.__module__ == duty_enums.__name__ else "evaluation"
    for model in apps.get_app_config(label).get_models():
        for field in model._meta.concrete_fields:
            if field.choices and list(field.choices) == list(enum.choices):
                yield model, field.name


def rows_of(model: type[models.Model]) -> models.QuerySet:
    """Of duties the lines of 月跟踪: those of other documents belong to their own part of the demonstration."""
    return model.objects.filter(unit__duty__scope="tracked") if model is DutyPeriod else model.objects.all()


def stored_enums() -> list[type[models.TextChoices]]:
    found = [one for _, one in inspect.getmembers(enums, inspect.isclass) if one.__module__ == enums.__name__]
    found = [one for one in found if issubclass(one, models.TextChoices) and any(columns(one))]
    return [*found, duty_enums.ReportState, duty_enums.Course]


def test_every_member_of_every_state_has_a_row_or_a_reason():
    lacking = set()
    walked = stored_enums()
    assert len(walked) > 30
    for enum in walked:
        seen = {
            value
            for model, name in columns(enum)
            for value in rows_of(model).order_by().values_list(name, flat=True).distinct()
        }
        lacking |= {member for member in enum if member not in seen}
    assert {str(one) for one in lacking} == {str(one) for one in REASONS}
    assert lacking == set(REASONS)


# Told like real work ------------------------------------------------------------------------------------------------
def test_every_act_is_of_a_person_in_a_post_that_had_begun_and_the_days_follow_one_another(told):
    entries = list(AuditEntry.objects.filter(action__startswith="evaluation.").exclude(subject="demo").order_by("seq"))
    assert len(entries) > 500
    began: dict[int, Any] = {}
    for user, day in Post.objects.order_by("-starts_on").values_list("user_id", "starts_on"):
        began[user] = day
    assert all(entry.actor_user_id in began for entry in entries)
    assert all(began[entry.actor_user_id] <= entry.at.astimezone().date() for entry in entries)
    moments = [entry.at for entry in entries]
    assert moments == sorted(moments) and moments[-1] <= told
    assert (told - moments[0]).days > 120
    assert verify().intact


def test_whoever_was_invented_for_the_story_cannot_sign_in():
    invented = User.objects.filter(username__contains="-")
    assert invented.count() > 90 and not any(user.has_usable_password() for user in invented)
    assert User.objects.get(username="shuiwu").has_usable_password()


NOT_TYPED = re.compile(
    r"document|inputs|receipt|digest|hash|key|code|period|label|rule_version|number|file_name|notes|track|clause|kind"
    r"|facts|short_name|indicator|state|basis|purpose|zone|findings|words"
    r"|beside|evaluator_name"
)
CHINESE = re.compile(r"[一-鿿].*[一-鿿].*[一-鿿].*[一-鿿]")


def test_whatever_was_typed_says_that_it_is_invented(told):
    """Texts of people in the tables of the evaluation; what the product writes itself names the act it comes from."""
    own = re.compile(r"演示|虚构|复核决定 \d+ 号|^区政府办主任$|^分管区领导$")
    of_the_scheme = re.compile(
        r"^evaluation_(scheme|figure|indicator|dimension|subindicator|printedevaluator|dimensiontotal|periodunit)$"
    )
    wrong = []
    for model in apps.get_app_config("evaluation").get_models():
        if of_the_scheme.match(model._meta.db_table):
            continue
        texts = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField)
            and not field.choices
            and not NOT_TYPED.search(field.name)
        ]
        for row in model.objects.values(*texts) if texts else ():
            wrong += [
                (model.__name__, name, text)
                for name, text in row.items()
                if text and CHINESE.search(text) and not own.search(text)
            ]
    assert not wrong, wrong[:10]


# What it shows ------------------------------------------------------------------------------------------------------
def test_the_first_quarter_was_published_and_corrected_after_one_review():
    first, second = Ranking.objects.filter(period__code="2020Q1", kind="official").order_by("number")
    assert (first.state, second.state) == ("published", "published")
    assert second.corrects_id == first.pk and first.corrected_by_id == second.pk
    assert first.signings.count() == second.signings.count() == 2
    changed = Review.objects.get(state="changed")
    unit = changed.feedback.organisation
    totals = [dict(one.rows.values_list("organisation__code", "total")) for one in (first, second)]
    # 中关村密云园 takes the average of what it does not carry, and so moves with the others.
    moved = {code for code, total in totals[0].items() if totals[1][code] != total}
    assert moved == {unit.code, "miyun-yuan"}
    assert totals[1][unit.code] > totals[0][unit.code]
    assert unit.code == sorted(totals[0])[CHANGED]
    assert Mark.objects.get(sheet=changed.sheet, organisation=unit).value == changed.decided_value
    final = Bulletin.objects.get(state="final")
    assert final.number.startswith("演示〔") and final.sources.get().ranking_id == first.pk
    assert Feedback.objects.filter(check_round__ranking=first, signed_at__isnull=False).count() >= 15


def test_the_second_quarter_waits_for_its_official_computation(told):
    period = Period.objects.get(code="2020Q2")
    left_out = MarkSheet.objects.filter(period=period).exclude(state="filed")
    assert [one.decisions.get(state="confirmed").kind for one in left_out] == ["leave_out"]
    ranking, new = compute_official(
        actor=actor_named("zhengfuban1"), scheme=scheme("township"), period=period, at=timezone.now()
    )
    assert new and ranking.rows.filter(total__isnull=True).count() == 0
    assert json.loads(ranking.document)["missing"] == []


def test_the_third_quarter_is_half_filed_and_the_visitors_sheets_are_theirs(told):
    sheets = MarkSheet.objects.filter(period__code="2020Q3")
    assert 15 < sheets.filter(state="filed").count() < 30
    begun = sheets.filter(marks__value__isnull=False, state="open").distinct()
    assert begun.count() > 4 and begun.filter(marks__value__isnull=True).exists()
    for code in LEFT_TO_VISITORS:
        own = sheets.filter(evaluator__code=code)
        assert own.exists() and set(own.values_list("state", flat=True)) == {"open"}
        assert not Mark.objects.filter(sheet__in=own, version__gt=0).exists()
    own = sheets.get(share_figure__key="share/4/1", scheme__track="township")
    unit = own.marks.select_related("organisation").first().organisation.code
    save_marks(actor=actor_named("shuiwu"), sheet_id=own.pk, rows=[RowInput(unit, 0, value="88")], at=timezone.now())
    assert Mark.objects.get(sheet=own, organisation__code=unit).value == Decimal(88)


def test_one_evaluator_marks_by_its_own_rule_and_explains_one_mark():
    sheet = MarkSheet.objects.get(scheme__track="township", period__code="2020Q3", indicator__number=14)
    marks = held_marks(sheet)
    given = proposed_marks(sheet, marks)
    assert sheet.state == "open" and all(given[one.organisation_id].value is not None for one in marks)
    taken = [one for one in marks if one.deductions.filter(accepted=True).exists()]
    assert len(taken) == 10 and all(one.value == given[one.organisation_id].value for one in taken)
    assert len({one.value for one in taken}) > 4 and sum(one.value is None for one in marks) > 2
    (other,) = [one for one in marks if one.value is not None and one not in taken]
    assert other.value != given[other.organisation_id].value and other.reason.startswith("（演示）")
    condition = MarkCondition.objects.get()
    assert (condition.kind, condition.state, condition.trial["period"]) == ("nothing", "active", "2020Q2")
    assert condition.trial["looked"] > 20
    note = DifferenceNote.objects.get()
    assert note.mark in taken and note.condition == condition and "得分率 52%，不高于 60%" in note.words
    assert RecordLine.objects.filter(share_figure=sheet.share_figure).count() == 1


def test_no_adjustment_takes_points_and_late_is_the_worst_that_is_said_of_a_unit():
    assert Adjustment.objects.count() == 8 and not Adjustment.objects.filter(points__lt=0).exists()
    assert DutyPeriod.objects.filter(unit__duty__scope="tracked", late=True).exists()


PAGES = {
    "zhengfuban1": (
        *("", "sheets/", "periods/", "periods/year/2020/", "filing/", "rankings/", "bulletins/", "schemes/"),
        *("feedback/", "reviews/", "tracking/heat-map/", "rectifications/", "supervision/", "data-tables/", "tasks/"),
        *("visits/", "self-reports/", "adjustments/", "year-end/"),
    ),
    "lingdao": ("", "rankings/", "tracking/heat-map/", "supervision/", "year-end/", "self-reports/"),
    "shuiwu": ("", "sheets/", "rulebooks/", "tracking/review/", "data-tables/", "tasks/", "visits/", "reviews/"),
    "beizhuang": ("", "feedback/", "reviews/", "rankings/", "tracking/beizhuang-zhen/2020-08/", "adjustments/"),
}


@pytest.mark.parametrize("username", PAGES)
def test_the_pages_of_the_year_show_it(username):
    client = Client()
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    assert client.get("/").status_code == 200
    for page in PAGES[username]:
        answer = client.get(f"/evaluation/{page}", follow=True)
        assert answer.status_code == 200, page


def test_each_thing_of_the_story_opens():
    client = Client()
    client.force_login(User.objects.get(username="zhengfuban1"), backend=BACKEND)
    things = {
        "evaluation:ranking": Ranking.objects.all(),
        "evaluation:bulletin": Bulletin.objects.all(),
        "evaluation:review": Review.objects.all(),
        "evaluation:adjustment": Adjustment.objects.all(),
        "evaluation:visit": SiteVisit.objects.all(),
        "evaluation:sheet": MarkSheet.objects.filter(period__code="2020Q3").exclude(state="open"),
    }
    for name, rows in things.items():
        assert rows.exists()
        for pk in rows.values_list("pk", flat=True):
            assert client.get(reverse(name, args=[pk])).status_code == 200, (name, pk)
    corrected = Ranking.objects.get(corrects__isnull=False)
    assert "高岭镇" in client.get(reverse("evaluation:ranking-changes", args=[corrected.pk])).content.decode()
    assert SelfReport.objects.values("state").distinct().count() == 5
