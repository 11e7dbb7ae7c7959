"""The whole story: who plays, and the parts in any order; the agenda puts their acts one after the other."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from evaluation.demo.months import PAST_MONTHS, PRESENT_MONTH
from evaluation.demo.year.agenda import Agenda, moment
from evaluation.demo.year.cast import OFFICE, Cast
from evaluation.demo.year.closing import plan_closing
from evaluation.demo.year.filing import MISSING, plan_filing
from evaluation.demo.year.months import plan_open_month, plan_past_month, plan_unopened
from evaluation.demo.year.own_rule import plan_own_rule
from evaluation.demo.year.quarters import FIRST, SECOND, plan_open_quarter, plan_past_quarter
from evaluation.demo.year.results import plan_results
from evaluation.demo.year.reviews import CONTESTED, plan_reviews
from evaluation.demo.year.scheme import plan_scheme
from evaluation.demo.year.work import plan_work
from evaluation.periods.rules.calendar import SHANGHAI, Window
from evaluation.scheme.models.scheme import Figure, Scheme
from miyun_kpi.accounts.enums import Role
from miyun_kpi.inbox.services import mark_all_read
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation

# The first working day of anybody in the story, counted back from the loading.
BEGINS = 140
# Whoever signs in has read what came before this.
READ_UNTIL = 7
# When the sheets of the year are to be filed: days ahead.
YEAR_AHEAD = 20
VISITORS = (
    ("shuiwu", Role.EVALUATOR),
    ("weijian", Role.EVALUATOR),
    ("zhengfuban1", Role.EVALUATION_OFFICE),
    ("zhengfuban2", Role.EVALUATION_OFFICE),
    ("beizhuang", Role.REPORTER),
    ("lingdao", Role.LEADER),
)


def tell(at: datetime, now: Window) -> None:
    """`now`: the window of what is under way. The accounts exist, in posts since the first day."""
    agenda = Agenda(at)
    cast = Cast(since=agenda.at(BEGINS, 8), first_day=agenda.date(BEGINS))
    leaders = _hire(cast)
    plan_scheme(agenda, cast)
    plan_own_rule(agenda, cast)
    plan_past_quarter(agenda, cast, FIRST, agenda.window(95, 84, 82, 79), {})
    plan_past_quarter(agenda, cast, SECOND, agenda.window(44, 33, 31, 28), MISSING)
    plan_open_quarter(agenda, cast, now)
    plan_filing(agenda, cast)
    for code, window, read in zip(
        PAST_MONTHS, (agenda.window(56, 53, 51, 49), agenda.window(34, 31, 29, 27)), (True, False), strict=True
    ):
        plan_past_month(agenda, cast, code, window, read_whole=read)
    plan_open_month(agenda, cast, PRESENT_MONTH, now)
    plan_unopened(agenda, cast)
    plan_results(agenda, cast, CONTESTED)
    plan_reviews(agenda, cast)
    plan_work(agenda, cast)
    plan_closing(agenda, cast, leaders, year_window(at))
    for place, (username, role) in enumerate(VISITORS):
        actor = cast.named(username, role)
        agenda.plan(agenda.at(READ_UNTIL, 17, place), _read, actor)
    agenda.run()


def _read(actor: Actor, at: datetime) -> None:
    mark_all_read(actor=actor, at=at)


def year_window(at: datetime) -> Window:
    """专项考评 begins after the visitors have gone; until then its sheets wait."""
    first = workdays.on_or_after(at.astimezone(SHANGHAI).date() + timedelta(days=YEAR_AHEAD))
    due = workdays.add_working_days(first, 20)
    late, lock = workdays.add_working_days(due, 3), workdays.add_working_days(due, 6)
    return Window(moment(first, 0), moment(due, 18), moment(late, 18), moment(lock, 0))


def _hire(cast: Cast) -> list[Actor]:
    shares = Figure.objects.filter(kind="share", scheme__in=Scheme.objects.filter(year=2020))
    evaluators = Organisation.objects.filter(pk__in=shares.values("organisation_id")).order_by("code")
    cast.hire(evaluators, Role.EVALUATOR)
    cast.hire(_of(("guizi-fenju", "toucu-zhongxin", "sifa-ju", "renshebao-ju")), Role.CERTIFIER)
    for track in Track.values:
        cast.hire(Organisation.objects.of_track(track).order_by("code"), Role.REPORTER)
    cast.hire(Organisation.objects.of_track(Track.TOWNSHIP).order_by("code"), Role.UNIT_HEAD)
    return cast.hire_leaders(Organisation.objects.get(code=OFFICE))


def _of(codes: Iterable[str]) -> Iterable[Organisation]:
    return Organisation.objects.filter(code__in=codes).order_by("code")
