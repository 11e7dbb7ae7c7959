"""领导审签: bound to what was computed, with the signed paper or as the leader's own act, void when that changes (engine 19)."""

from datetime import date, datetime
from typing import IO

from django.conf import settings
from django.db import IntegrityError

from evaluation.engine.access import rankings_visible_to
from evaluation.engine.models.ranking import SIGNING_SCAN, Ranking, Signing
from evaluation.enums import PeriodKind, RankingKind, RankingState, SigningTitle
from evaluation.feedback.services.unit_checks import require_unit_check
from evaluation.scheme.access.office import office_ids, require_office
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.acting import acting, lock_all, locked, record, refuse_same_hand, require_other_hand, tell
from miyun_kpi.attachments.services import store
from miyun_kpi.db.finding import one_of
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.routes import to

CLAUSE = "四（二）"


def office_ranking(actor: Actor, ranking_id: int, verb: Verb) -> Ranking:
    ranking = one_of(rankings_visible_to(actor).select_related("scheme", "period").filter(pk=ranking_id))
    require_office(actor, verb, track=ranking.scheme.track)
    return ranking


def record_signing(
    *,
    actor: Actor,
    ranking_id: int,
    signer: str,
    title: str,
    signed_on: date,
    at: datetime,
    scan: IO[bytes] | None = None,
    scan_name: str = "",
) -> Signing:
    """Who signed the 呈批件, and when, with its scan: entered by the office. Several people have to sign.

    Refuses before 单位核对 is closed: nobody signs what units may still contest.
    """
    ranking = office_ranking(actor, ranking_id, Verb.COMPUTE_RANKINGS)
    signer, title = signer.strip(), title.strip()
    if not signer or title not in SigningTitle.values:
        raise Refused("signer-missing", "请写明审签人，职务须是区政府办主任或分管区领导，没有登记。")
    if signed_on > at.astimezone().date():
        raise Refused("bad-date", "审签日期不能晚于今天，没有登记。")
    if signed_on < ranking.computed_at.astimezone().date():
        raise Refused("bad-date", f"审签日期不能早于核定日 {ranking.computed_at.astimezone():%Y-%m-%d}，没有登记。")
    if scan is None and settings.SIGNING_SCAN_REQUIRED:
        raise Refused(
            "scan-missing",
            "没有选审签呈批件的扫描件，没有登记。请上传领导签过字的呈批件，或请领导本人登录后点“我已审签”。",
        )
    with acting(actor, at):
        signing = _sign(actor, ranking_id, signer, title, signed_on, at)
        if scan is not None:
            store(actor=actor, kind=SIGNING_SCAN, subject_id=signing.pk, file=scan, name=scan_name, at=at)
    return signing


def sign_oneself(*, actor: Actor, ranking_id: int, title: str, at: datetime) -> Signing:
    """The leader, signed in, on the page of the ranking: the act is its own evidence."""
    ranking = one_of(rankings_visible_to(actor).select_related("scheme", "period").filter(pk=ranking_id))
    if actor.role != Role.LEADER or actor.user_id is None:
        raise NotAllowed("not-a-leader", "“我已审签”由区领导岗位本人点，没有登记。请考评办上传签过字的呈批件登记。")
    if title not in SigningTitle.values:
        raise Refused("signer-missing", "请选您审签的职务：区政府办主任或分管区领导，没有登记。")
    require_other_hand(actor, ranking.computed_by_id, "核定的人不能审签自己的核定，没有登记。", at)
    with acting(actor, at):
        return _sign(actor, ranking_id, actor.label[:60], title, at.astimezone().date(), at, own=True)


def _sign(
    actor: Actor, ranking_id: int, signer: str, title: str, signed_on: date, at: datetime, *, own: bool = False
) -> Signing:
    # Publication takes the same row: a signing is there before it, or is refused after it.
    ranking = locked(Ranking.objects.all(), ranking_id)
    if ranking.kind != RankingKind.OFFICIAL or ranking.state != RankingState.COMPUTED:
        raise Conflict("not-to-be-signed", "审签只登记在正式核定、还没有通报的排名上，没有登记。")
    if ranking.period.kind == PeriodKind.YEAR:
        raise Conflict("not-to-be-signed", "年度结果经结果审议报区委，不在这里审签，没有登记。")
    newer = Ranking.objects.filter(
        scheme=ranking.scheme_id, period=ranking.period_id, kind=ranking.kind, number__gt=ranking.number
    )
    if newer.exists():
        raise Conflict("older-computation", "这一期已经重新正式核定，没有登记。请在新的一次上审签。")
    require_unit_check(ranking, at, "审签")
    if own and ranking.standing_signings.filter(recorded_by_id=actor.user_id).exists():
        raise Conflict("already-signed", "您已经审签过这一次核定，没有重复登记。")
    _require_vacant(ranking, signer, title)
    try:
        with acting(actor, at):
            signing = Signing.objects.create(
                ranking=ranking,
                digest=ranking.digest,
                signer=signer,
                title=title,
                signed_on=signed_on,
                own_act=own,
                recorded_by=actor.label,
                recorded_by_id=actor.user_id,
                recorded_at=at,
            )
    except IntegrityError as error:
        raise Conflict("already-signed", f"{signer}的审签已经登记，没有重复登记。") from error
    data = {
        "signer": signer,
        "title": title,
        "signed_on": signed_on.isoformat(),
        "digest": ranking.digest,
        "own_act": own,
    }
    record(actor=actor, action="evaluation.ranking.signed", subject=f"ranking:{ranking.pk}", data=data, at=at)
    return signing


def _require_vacant(ranking: Ranking, signer: str, title: str) -> None:
    """One signing of each office, by two people: a second one would hide who has signed, one name for both is one person."""
    for one in ranking.standing_signings:
        if one.title == title:
            raise Conflict(
                "already-signed",
                f"{title}{one.signer}的审签已经登记，没有重复登记。登记错了的，请先撤回再登记。",
            )
        if one.signer == signer:
            raise Conflict(
                "same-signer",
                f"{signer}已作为{one.title}审签，没有登记。两个职务须由两个人审签；登记错了的，请先撤回。",
            )


def withdraw_signing(*, actor: Actor, signing_id: int, reason: str, at: datetime) -> Signing:
    """A signing recorded wrongly: taken back with a reason before publication, by the office or by the leader that signed."""
    found = Signing.objects.select_related("ranking").filter(pk=signing_id).first()
    if found is None or not rankings_visible_to(actor).filter(pk=found.ranking_id).exists():
        raise NotFound
    if not (found.own_act and found.recorded_by_id == actor.user_id):
        office_ranking(actor, found.ranking_id, Verb.COMPUTE_RANKINGS)
    reason = read_reason(reason, "撤回审签要写理由", most=300)
    with acting(actor, at) as act:
        ranking = locked(Ranking.objects.all(), found.ranking_id)
        if ranking.state != RankingState.COMPUTED:
            raise Conflict("already-published", "这次排名已经通报，审签不能撤回。有错请重新核定、更正通报。")
        done = Signing.objects.filter(pk=signing_id, void_at__isnull=True).update(
            void_at=at, void_by=actor.label, void_reason=f"撤回：{reason}"
        )
        if not done:
            raise Conflict("already-void", "这条审签已经作废，没有重复撤回。")
        found.refresh_from_db()
        data = {"signer": found.signer, "title": found.title, "reason": reason}
        action = "evaluation.ranking.signing-withdrawn"
        act.record(action, f"ranking:{ranking.pk}", **data)
        _tell(found, at)
    return found


def void_older_signings(*, actor: Actor, newer: Ranking, at: datetime) -> None:
    """A new official computation: what was signed of an older one, not published yet, is void. Who signed is told by name."""
    older = Signing.objects.select_related("ranking__period", "ranking__scheme").filter(
        ranking__scheme=newer.scheme_id,
        ranking__period=newer.period_id,
        ranking__kind=RankingKind.OFFICIAL,
        ranking__state=RankingState.COMPUTED,
        ranking__number__lt=newer.number,
        void_at__isnull=True,
    )
    for signing in lock_all(older):
        signing.void_at, signing.void_by = at, actor.label
        signing.void_reason = f"{actor.label}重新正式核定第 {newer.number} 次，签的是第 {signing.ranking.number} 次"
        signing.save(update_fields=["void_at", "void_by", "void_reason"])
        data = {"signer": signing.signer, "title": signing.title, "reason": signing.void_reason}
        action = "evaluation.ranking.signing-struck"
        record(actor=actor, action=action, subject=f"ranking:{signing.ranking_id}", data=data, at=at)
        _tell(signing, at)


def _tell(signing: Signing, at: datetime) -> None:
    """The office, and the leaders among whom the signer is: who signed, when, why it no longer stands."""
    ranking = signing.ranking
    messages = [
        Message(
            key=f"signing-void/{signing.pk}/{office}/{role}",
            organisation_id=office,
            role=role,
            title=f"{signing.title}{signing.signer}的审签作废：{ranking.period.label}"[:120],
            body=f"{signing.signed_on:%Y-%m-%d} 审签的第 {ranking.number} 次正式核定。{signing.void_reason}。",
            url=to("evaluation:ranking", ranking.pk),
            clause=ranking.scheme.cite(CLAUSE),
        )
        for office in office_ids(ranking.scheme.track)
        for role in (Role.EVALUATION_OFFICE, Role.LEADER)
    ]
    tell(messages, at=at)


def require_signings(actor: Actor, ranking: Ranking) -> None:
    """Both have signed exactly this result, and whoever entered a signing does not publish."""
    standing = list(ranking.standing_signings.filter(digest=ranking.digest))
    lacking = [title for title in SigningTitle.values if title not in {one.title for one in standing}]
    if lacking:
        raise Refused("signing-missing", f"还没有登记{'、'.join(lacking)}的领导审签，不能通报。请先登记。")
    said = "通报要由登记审签以外的另一个人办理，没有通报。请考评办里没有登记过审签的同事办理。"
    refuse_same_hand(actor, [one.recorded_by_id for one in standing], said)
