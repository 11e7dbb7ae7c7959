"""效果评价: opened by the office, one sealed form a leader, closed; then only sums are read (13号 四（三）3).

A form is added to the sums and nowhere kept: no role, file, log or backup holds a single one.
"""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError
from django.db.models import F

from evaluation.enums import SurveyState
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access.year_close import require_closing, require_leader
from evaluation.year.models.year_close import LeaderParticipation, LeaderSurvey, LeaderTally
from evaluation.year.queries.leader_survey import items_of, units_of
from evaluation.year.rules.effect import CLAUSE, read_form, read_items
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post
from miyun_kpi.acts.acting import Act, acting, locked, require_version, tell
from miyun_kpi.db.finding import one_of
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import citing
from miyun_kpi.lib.errors import Conflict, FieldError, NotFound, Refused
from miyun_kpi.routes import to

NAME = "效果评价"


def open_survey(*, actor: Actor, scheme_id: int, items: str, basis: str, due_on: date, at: datetime) -> LeaderSurvey:
    """Ask the leaders. Items stand once opened: forms of different items do not add up."""
    scheme = one_of(Scheme.objects.issued().filter(pk=scheme_id))
    require_closing(actor, scheme)
    basis = basis.strip()
    problems = []
    if not 4 <= len(basis) <= 200 or "\x00" in basis:
        problems.append(FieldError("请写依据（4 至 200 字）。", "bad-basis", field="basis"))
    if due_on < at.astimezone().date():
        problems.append(FieldError("填写截止须在今天或以后。", "bad-date", field="due_on"))
    try:
        found = read_items(items)
    except Refused as refusal:
        problems += refusal.errors
    if problems:
        raise Refused(
            "bad-survey",
            f"有 {len(problems)} 处要改，没有开启。请按提示改正。",
            clause=scheme.cite(CLAUSE),
            errors=problems,
        )
    try:
        with acting(actor, at) as act:
            survey = LeaderSurvey.objects.create(
                scheme=scheme,
                items=[{"name": one.name, "full": one.full} for one in found],
                basis=basis,
                due_on=due_on,
                opened_by=actor.label,
                opened_at=at,
            )
            LeaderTally.objects.bulk_create(
                LeaderTally(survey=survey, organisation=unit, item=number)
                for unit in units_of(scheme)
                for number in range(len(found))
            )
            _record(act, "opened", survey, {"items": survey.items, "basis": basis, "due": due_on.isoformat()})
            _tell_leaders(survey, at)
    except IntegrityError:
        raise Conflict("already-open", "本年度的效果评价已经开启，没有再开。请刷新。") from None
    return survey


def fill_form(*, actor: Actor, survey_id: int, typed: Mapping[tuple[int, int], str], at: datetime) -> None:
    """One leader's form, sealed at once: added to the sums. The audit knows who and when, not what."""
    require_leader(actor)
    assert actor.user_id is not None
    with acting(actor, at) as act:
        survey = locked(LeaderSurvey.objects.all(), survey_id)
        if survey.state != SurveyState.OPEN:
            raise Conflict("closed", "效果评价已经截止，没有提交。")
        if survey.participations.filter(user_id=actor.user_id).exists():
            raise Conflict("already-filled", "您已经提交过，已封存，没有再计一次。")
        items = items_of(survey)
        tallies = {(t.organisation_id, t.item): t.pk for t in survey.tallies.all()}
        if not set(typed) <= set(tallies):
            raise NotFound
        with citing(survey.scheme.document_id):
            marks = read_form(items, typed)
        LeaderParticipation.objects.create(
            survey=survey, user_id=actor.user_id, person=actor.label, filled_on=at.astimezone().date()
        )
        for key, thousandths in marks.items():
            LeaderTally.objects.filter(pk=tallies[key]).update(
                total_thousandths=F("total_thousandths") + thousandths, forms=F("forms") + 1
            )
        _record(act, "filled", survey, {})


def close_survey(*, actor: Actor, survey_id: int, version: int, at: datetime) -> LeaderSurvey:
    """No form after this; the sums may be read where enough forms are in."""
    with acting(actor, at) as act:
        survey = locked(LeaderSurvey.objects.all(), survey_id)
        require_closing(actor, survey.scheme)
        require_version(survey, version)
        act.require_state(survey, (SurveyState.OPEN,), "截止")
        survey.state = SurveyState.CLOSED
        act.sign(survey, "closed")
        act.save(survey)
        _record(act, "closed", survey, {"forms": survey.participations.count()})
    return survey


def _record(act: Act, what: str, survey: LeaderSurvey, data: dict[str, object]) -> None:
    act.record(f"evaluation.leader-survey.{what}", f"leader-survey:{survey.pk}", **data)


def _tell_leaders(survey: LeaderSurvey, at: datetime) -> None:
    scheme = survey.scheme
    today = at.astimezone().date()
    posts = Post.objects.filter(role=Role.LEADER, starts_on__lte=today)
    tell(
        [
            Message(
                key=f"leader-survey/{survey.pk}/{organisation_id}",
                organisation_id=organisation_id,
                role=Role.LEADER,
                title=f"请填写{scheme.year}年{scheme.get_track_display()}效果评价",
                body=f"{survey.due_on:%m月%d日}截止。提交后即封存，任何岗位都读不到单份评价。",
                url=to("evaluation:effect", scheme.year, scheme.track),
                clause=scheme.cite(CLAUSE),
            )
            for organisation_id in sorted(set(posts.values_list("organisation_id", flat=True)))
        ],
        at=at,
    )
