"""勘正 of a 审签 that was entered wrongly, also after 通报: the wrong one is void with its reason, the right one stands beside it.

What was signed is the digest, and that does not change; a leader's own act is nobody else's to put right.
"""

from dataclasses import replace
from datetime import datetime

from evaluation.engine.access import rankings_visible_to
from evaluation.engine.models.ranking import Ranking, Signing
from evaluation.enums import SigningTitle
from evaluation.ranking.signing import CLAUSE
from evaluation.scheme.access.office import may_run
from miyun_kpi.acts.acting import locked, record
from miyun_kpi.db.finding import one_of
from miyun_kpi.emendations.columns import Ended
from miyun_kpi.emendations.registry import Facts, Place, Rest
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import FieldError
from miyun_kpi.routes import to

CODE = "signing"


def find(actor: Actor, pk: int) -> Signing:
    row = one_of(Signing.objects.select_related("ranking__scheme", "ranking__period").filter(pk=pk))
    one_of(rankings_visible_to(actor).filter(pk=row.ranking_id))
    return row


def lock(pk: int, wanted: Facts) -> Signing:
    """The ranking first, as whoever signs or publishes takes it."""
    row = one_of(Signing.objects.filter(pk=pk))
    locked(Ranking.objects.all(), row.ranking_id)
    return one_of(Signing.objects.select_related("ranking__scheme").filter(pk=pk))


def check(row: Signing) -> list[FieldError]:
    if row.title not in SigningTitle.values:
        return [FieldError("职务须是区政府办主任或分管区领导。", "bad-title", field="title")]
    if row.signed_on < row.ranking.computed_at.astimezone().date():
        day = f"{row.ranking.computed_at.astimezone():%Y-%m-%d}"
        return [FieldError(f"审签日期不能早于核定日 {day}。", "bad-date", field="signed_on")]
    published = row.ranking.published_at
    if published is not None and row.signed_on > published.astimezone().date():
        day = f"{published.astimezone():%Y-%m-%d}"
        return [FieldError(f"审签日期不能晚于通报日 {day}：通报以前才签。", "bad-date", field="signed_on")]
    others = row.ranking.standing_signings.exclude(pk=row.pk)
    if others.filter(signer=row.signer).exists() or others.filter(title=row.title).exists():
        return [FieldError("两个职务须由两个人审签，各一次。", "same-signer", field="signer")]
    return []


def apply(row: Signing, wanted: Facts, actor: Actor, words: str, at: datetime) -> None:
    row.void_at, row.void_by, row.void_reason = at, actor.label, words
    row.save(update_fields=["void_at", "void_by", "void_reason"])
    right = Signing.objects.create(
        ranking=row.ranking,
        digest=row.digest,
        signer=wanted["signer"],
        title=wanted["title"],
        signed_on=wanted["signed_on"],
        recorded_by=actor.label,
        recorded_by_id=actor.user_id,
        recorded_at=at,
    )
    subject = f"ranking:{row.ranking_id}"
    wrong = {"signer": row.signer, "title": row.title, "reason": words}
    record(actor=actor, action="evaluation.ranking.signing-struck", subject=subject, data=wrong, at=at)
    said = {"signer": right.signer, "title": right.title, "signed_on": wanted["signed_on"], "digest": right.digest}
    record(actor=actor, action="evaluation.ranking.signed", subject=subject, data=said | {"own_act": False}, at=at)


SIGNING = replace(
    Ended(
        model=Signing,
        code=CODE,
        word="审签",
        columns=("signer", "title", "signed_on"),
        action="evaluation.ranking.signed",
        place=lambda row: Place("evaluation", row.ranking.scheme.document_id or "", CLAUSE),
        find=find,
        may=lambda actor, row: may_run(actor, row.ranking.scheme.track) and not row.own_act,
        name=lambda row: f"{row.title}{row.signer}的审签",
        address=lambda row: to("evaluation:ranking", row.ranking_id),
        ended=lambda row: row.void_at is None and row.ranking.published_at is not None,
        rests=lambda row, wanted, today: [Rest("通报和排名", "不变：所签的结果摘要没有变，作废的一条连同理由留着")],
        check=check,
    ).emendable(),
    lock=lock,
    apply=apply,
)
