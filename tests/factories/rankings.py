"""A real (not demonstration) quarter with everything confirmed and filed, its official ranking, and people to act on it."""

import io
from datetime import date, timedelta

from django.utils import timezone

from evaluation.demo.marks import invented_mark
from evaluation.enums import SheetState
from evaluation.feedback.services.unit_checks import open_unit_check
from evaluation.models import Figure, Mark, MarkSheet, Period, Ranking, Scheme
from evaluation.periods.rules.calendar import default_window
from evaluation.ranking.services import compute_official, publish_ranking
from evaluation.ranking.signing import record_signing
from evaluation.sheets.services.periods import open_period
from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation

QUARTER = PeriodCode(2020, quarter=2)
# As far as the product looks into a file: enough of a PDF to be one.
PAPER = b"%PDF-1.4\n% the signed paper\n%%EOF\n"
BACKEND = "miyun_kpi.accounts.authentication.PeopleBackend"


def person(username: str, organisation: str, role: str) -> User:
    """A user in one post since 2020, not of the demonstration."""
    user = User.objects.create_user(username, "rank-test-password", display_name=username, created_at=timezone.now())
    Post.objects.create(
        user=user,
        organisation=Organisation.objects.get(name=organisation),
        role=role,
        title="",
        starts_on=date(2020, 1, 1),
    )
    return user


def actor_of(user: User) -> Actor:
    return actor_in_post(user, Post.objects.select_related("organisation").get(user=user))


def filed_quarter(code: PeriodCode = QUARTER) -> Period:
    """Every figure confirmed, every sheet of the quarter filled with invented marks and filed."""
    Figure.objects.update(confirmed=True)
    return filled(open_period(actor=SYSTEM, code=code, at=timezone.now(), window=default_window(code)).period)


def filled(period: Period) -> Period:
    """Every mark of the quarter invented anew, its sheets filed."""
    marks = list(Mark.objects.filter(sheet__period=period).select_related("sheet__share_figure", "organisation"))
    for mark in marks:
        mark.value, mark.not_applicable = (
            invented_mark(
                period=f"real {period.code}",
                share_key=mark.sheet.share_figure.key,
                organisation=mark.organisation.code,
                full_mark=mark.full_mark,
            ),
            "",
        )
    Mark.objects.bulk_update(marks, ["value", "not_applicable"], batch_size=500)
    MarkSheet.objects.filter(period=period).update(
        state=SheetState.FILED, filed_at=period.due_at - timedelta(hours=1), filed_by="工厂"
    )
    return period


def official(track: str, period: Period, *, by: Actor) -> Ranking:
    """Computed, with a 单位核对 that has run out unanswered, so that it can be signed and published."""
    ranking = computed(track, period, by=by)
    open_unit_check(actor=by, ranking_id=ranking.pk, at=timezone.now() - timedelta(days=30))
    return ranking


def computed(track: str, period: Period, *, by: Actor) -> Ranking:
    scheme = Scheme.objects.get(track=track, year=period.period_code.year)
    return compute_official(actor=by, scheme=scheme, period=period, at=timezone.now())[0]


def signed(ranking: Ranking, *, by: Actor) -> Ranking:
    now = timezone.now()
    for signer, title in (("王主任", "区政府办主任"), ("李区长", "分管区领导")):
        record_signing(
            actor=by,
            ranking_id=ranking.pk,
            signer=signer,
            title=title,
            signed_on=timezone.localdate(now),
            at=now,
            scan=io.BytesIO(PAPER),
            scan_name="呈批件.pdf",
        )
    return ranking


def published(ranking: Ranking, *, by: Actor, scope: str = "") -> Ranking:
    """With the 公开范围 of the scheme where the test names none."""
    chosen = scope or ranking.scheme.disclosure_scope
    return publish_ranking(actor=by, ranking_id=ranking.pk, at=timezone.now(), scope=chosen)
