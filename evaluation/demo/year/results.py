"""The first quarter to its end: 正式核定, 单位核对, 复核, 审签, 通报, the bulletin, and the 更正 that a 复核 has led to."""

from datetime import datetime, timedelta
from io import BytesIO

from evaluation.bulletin.models import Bulletin
from evaluation.bulletin.rules.bulletin_draft import Options
from evaluation.bulletin.services.bulletins import (
    draft_bulletin,
    finalise_bulletin,
    return_bulletin,
    save_bulletin,
    submit_bulletin,
)
from evaluation.demo.year.agenda import Agenda
from evaluation.demo.year.cast import OFFICE, Cast
from evaluation.demo.year.quarters import FIRST, SECOND
from evaluation.demo.year.scheme import scheme
from evaluation.engine.models.ranking import Ranking
from evaluation.enums import BulletinKind, BulletinState, DisclosureScope, RankingKind, SigningTitle
from evaluation.feedback.models.feedback import Feedback
from evaluation.feedback.queries.deadlines import deadline_lines
from evaluation.feedback.services.deadlines import set_deadlines
from evaluation.feedback.services.unit_checks import confirm_feedback, open_unit_check, sign_feedback
from evaluation.periods.models import Period
from evaluation.ranking.services import compute_official, compute_trial, publish_ranking
from evaluation.ranking.signing import record_signing, sign_oneself
from miyun_kpi.accounts.enums import Role
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.enums import Track

SIGNER = "某某（虚构）"
# An empty page: nobody has signed anything.
PAPER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
ISSUER_MARK = "北京市密云区人民政府办公室（演示）"
# Units by their place in the ranking: those that are not asked by anybody to do more than to confirm.
SILENT = (20,)
# Whose account visitors sign in with: its newest 反馈单 is left to be signed for.
VISITED = "beizhuang-zhen"


def ranking_of(code: PeriodCode) -> Ranking:
    found = Ranking.objects.filter(scheme__track=Track.TOWNSHIP, period__code=str(code), kind=RankingKind.OFFICIAL)
    return found.order_by("-number")[0]


def reporter(cast: Cast, feedback: Feedback) -> Actor:
    return cast.of(feedback.organisation.code, Role.REPORTER)


def feedbacks() -> list[Feedback]:
    """Of the newest computation of the first quarter, by the code of the unit."""
    found = Feedback.objects.filter(check_round__ranking=ranking_of(FIRST)).select_related("organisation")
    return list(found.order_by("organisation__code"))


def plan_results(agenda: Agenda, cast: Cast, contested: tuple[int, ...]) -> None:
    """`contested`: places of the units whose answer is a 复核, by the code of the unit."""
    day = agenda.at
    agenda.plan(day(39, 16), _trial, cast, FIRST)
    agenda.plan(day(38, 10), _compute, cast)
    agenda.plan(day(38, 15), _open_check, cast)
    for place in range(21):
        if place not in (*contested, *SILENT):
            agenda.plan(day(37, 9 + place % 8, place), _confirm, cast, place)
    agenda.plan(day(37, 17, 30), _deadlines, cast)
    agenda.plan(day(32, 10), _sign, cast, SigningTitle.OFFICE_HEAD)
    agenda.plan(day(31, 10), _sign, cast, SigningTitle.LEADER)
    agenda.plan(day(30, 16), _publish, cast, DisclosureScope.DIMENSIONS)
    agenda.plan(day(29, 9), _draft, cast, BulletinKind.REPORT)
    agenda.plan(day(29, 15), _submit, cast)
    agenda.plan(day(28, 9), _give_back, cast)
    agenda.plan(day(28, 11), _submit, cast)
    agenda.plan(day(27, 9), _finish, cast)
    for place in range(19):
        agenda.plan(day(29 - place % 4, 10 + place % 6, place), _receive, cast, place)
    # The 更正: the mark has been decided anew, the computation goes the whole way once more.
    agenda.plan(day(11, 10), _compute, cast)
    agenda.plan(day(11, 15), _open_check, cast)
    agenda.plan(day(10, 10), _confirm_rest, cast)
    agenda.plan(day(8, 10), _sign, cast, SigningTitle.OFFICE_HEAD)
    agenda.plan(day(7, 10), _sign, cast, SigningTitle.LEADER)
    agenda.plan(day(6, 16), _publish, cast, DisclosureScope.TOTAL)
    agenda.plan(day(5, 15), _trial, cast, SECOND)
    agenda.plan(day(4, 9), _draft, cast, BulletinKind.PRAISE)
    agenda.plan(day(4, 11), _submit, cast)
    agenda.plan(day(2, 9), _draft, cast, BulletinKind.REPORT)
    for place in range(14):
        agenda.plan(day(5 - place % 4, 16, place), _receive, cast, place, visited=False)


def _trial(cast: Cast, code: PeriodCode, at: datetime) -> None:
    period = Period.objects.get(code=str(code))
    for track in (Track.TOWNSHIP, Track.DEPARTMENT):
        compute_trial(actor=cast.first, scheme=scheme(track), period=period, at=at)


def _compute(cast: Cast, at: datetime) -> None:
    period = Period.objects.get(code=str(FIRST))
    compute_official(actor=cast.first, scheme=scheme(Track.TOWNSHIP), period=period, at=at)


def _open_check(cast: Cast, at: datetime) -> None:
    open_unit_check(actor=cast.first, ranking_id=ranking_of(FIRST).pk, at=at)


def _confirm(cast: Cast, place: int, at: datetime) -> None:
    one = feedbacks()[place]
    confirm_feedback(actor=reporter(cast, one), feedback_id=one.pk, version=one.version, at=at)


def _confirm_rest(cast: Cast, at: datetime) -> None:
    """Only units whose items have changed, or who were silent, are asked again."""
    for one in feedbacks():
        if one.state == "open" and one.organisation.code != VISITED:
            confirm_feedback(actor=reporter(cast, one), feedback_id=one.pk, version=one.version, at=at)


def _deadlines(cast: Cast, at: datetime) -> None:
    """整改时限 for the first findings of each unit, entered by the office."""
    check = ranking_of(FIRST).unit_check
    day, wanted, seen = (at + timedelta(days=45)).date(), {}, set()
    for line in deadline_lines(check, None):
        if line.feedback.pk not in seen:
            wanted[line.feedback.pk, line.figure.pk] = day
        seen.add(line.feedback.pk)
    set_deadlines(actor=cast.first, ranking_id=check.ranking_id, wanted=wanted, at=at)


def _sign(cast: Cast, title: SigningTitle, at: datetime) -> None:
    """区政府办主任 on paper, its scan kept; the leader in charge signs in and does it there."""
    ranking = ranking_of(FIRST)
    if title == SigningTitle.LEADER:
        sign_oneself(actor=cast.of(OFFICE, Role.LEADER), ranking_id=ranking.pk, title=title, at=at)
        return
    record_signing(
        actor=cast.first,
        ranking_id=ranking.pk,
        signer=SIGNER,
        title=title,
        signed_on=at.astimezone().date(),
        at=at,
        scan=BytesIO(PAPER),
        scan_name="（虚构）审签呈批件.pdf",
    )


def _publish(cast: Cast, scope: DisclosureScope, at: datetime) -> None:
    publish_ranking(actor=cast.second, ranking_id=ranking_of(FIRST).pk, at=at, scope=scope)


def _receive(cast: Cast, place: int, at: datetime, *, visited: bool = True) -> None:
    one = feedbacks()[place]
    if visited or one.organisation.code != VISITED:
        sign_feedback(actor=reporter(cast, one), feedback_id=one.pk, at=at)


def _draft(cast: Cast, kind: BulletinKind, at: datetime) -> None:
    options = Options(first=3) if kind == BulletinKind.PRAISE else Options()
    draft_bulletin(actor=cast.first, ranking_ids=[ranking_of(FIRST).pk], kind=kind, options=options, at=at)


def _newest(state: BulletinState) -> Bulletin:
    return Bulletin.objects.filter(state=state).order_by("-pk")[0]


def _submit(cast: Cast, at: datetime) -> None:
    """With the heading that the draft leaves to the office."""
    one = _newest(BulletinState.DRAFT)
    content = {"issuer_mark": ISSUER_MARK}
    one = save_bulletin(actor=cast.first, bulletin_id=one.pk, version=one.version, content=content, at=at)
    submit_bulletin(actor=cast.first, bulletin_id=one.pk, version=one.version, at=at)


def _give_back(cast: Cast, at: datetime) -> None:
    one = _newest(BulletinState.SUBMITTED)
    opinion = "（演示）请再核对附件的单位名称。"
    return_bulletin(actor=cast.second, bulletin_id=one.pk, version=one.version, opinion=opinion, at=at)


def _finish(cast: Cast, at: datetime) -> None:
    one = _newest(BulletinState.SUBMITTED)
    finalise_bulletin(
        actor=cast.second,
        bulletin_id=one.pk,
        version=one.version,
        number="演示〔2020〕1号",
        dated=at.astimezone().date(),
        at=at,
    )
