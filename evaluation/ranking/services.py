"""Trial, official computation, signing and publication (engine 10, 12, 19)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from evaluation.engine.models.ranking import Ranking, RankingRow
from evaluation.engine.queries.engine_inputs import EngineInputs, engine_inputs
from evaluation.engine.queries.holding import cell_words, difference, revision_of
from evaluation.engine.queries.inputs import beside, rule_version
from evaluation.engine.queries.ranking_documents import Built, build, inputs_hash
from evaluation.engine.queries.sealed import require_ranking, seal_ranking, seal_receipts
from evaluation.engine.rules.documents import canonical, text_digest
from evaluation.engine.services import stands_on
from evaluation.enums import DisclosureScope, PeriodKind, RankingKind, RankingState
from evaluation.feedback.services.unit_checks import announce_bulletin, require_unit_check
from evaluation.periods.models import Period
from evaluation.periods.services import year_moved
from evaluation.ranking.queries.corrections import current_bulletin
from evaluation.ranking.queries.movement import movement_of
from evaluation.ranking.registry import after_publication
from evaluation.ranking.signing import office_ranking, require_signings, void_older_signings
from evaluation.scheme.access.office import require_office
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.acts.acting import acting, locked, record, refuse_same_hand
from miyun_kpi.acts.proof import require_proof
from miyun_kpi.api.enums import ChangeKind
from miyun_kpi.api.feed import announce
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Conflict, FieldError, Refused, listed
from miyun_kpi.lib.periods import in_words

CLAUSE = "四（二）"
# So often inputs that move while they are read are read again.
READINGS = 3
WORDS = {RankingKind.TRIAL: "试算", RankingKind.OFFICIAL: "正式核定"}


def compute_trial(*, actor: Actor, scheme: Scheme, period: Period, at: datetime) -> tuple[Ranking, bool]:
    """A trial is always possible and says what is missing or unconfirmed. Same inputs: the same ranking, not new."""
    if actor is not SYSTEM:
        require_office(actor, Verb.COMPUTE_RANKINGS, track=scheme.track)
    with acting(actor, at):
        scheme = _held(scheme)
        # The marks of a trial that stands: looked up before anything is ranked.
        revision, inputs = revision_of(scheme.pk, period.pk), engine_inputs(scheme, period)
        found = _same(scheme, period, RankingKind.TRIAL, inputs_hash(inputs, kind=RankingKind.TRIAL))
        if found is not None:
            _stands_again(found, revision)
            return found, False
        return _freeze(actor, _read(scheme, period, RankingKind.TRIAL), RankingKind.TRIAL, at)


def compute_official(*, actor: Actor, scheme: Scheme, period: Period, at: datetime) -> tuple[Ranking, bool]:
    """正式核定: refused while anything is missing or unconfirmed; one person computes, another publishes."""
    require_office(actor, Verb.COMPUTE_RANKINGS, track=scheme.track)
    require_proof(actor, at)
    with acting(actor, at):
        read = _read(_held(scheme), period, RankingKind.OFFICIAL)
        _require_settled(read.inputs, read.built)
        return _freeze(actor, read, RankingKind.OFFICIAL, at)


@dataclass(frozen=True)
class Read:
    """Inputs and what follows from them, with the number they stood at before they were read."""

    inputs: EngineInputs
    built: Built
    revision: int


def _held(scheme: Scheme) -> Scheme:
    """One computation of a track at a time, from before its inputs are read: what was read earlier never overtakes what was
    read later, and two presses of the button meet here and find one result."""
    return locked(Scheme.objects.all(), scheme.pk)


def _read(scheme: Scheme, period: Period, kind: RankingKind) -> Read:
    """The two engines read one after the other: where a filing or a decision came between, both read again."""
    for _ in range(READINGS):
        revision, inputs = revision_of(scheme.pk, period.pk), engine_inputs(scheme, period)
        built = build(inputs, kind=kind)
        if revision_of(scheme.pk, period.pk) == revision:
            return Read(inputs, built, revision)
    raise Conflict(
        "inputs-moving",
        f"计算期间打分、方案或决定接连有改动，没有{WORDS[kind]}。已有的结果没有变，请过一会儿再办一次。",
    )


def _require_settled(inputs: EngineInputs, built: Built) -> None:
    unconfirmed = inputs.unconfirmed
    missing = built.missing
    _require_agreement(built)
    if inputs.closing is not None and inputs.closing.problems:
        raise Refused(
            "year-method",
            f"{in_words(inputs.closing.problems[0])}，没有正式核定。",
            clause=inputs.view.scheme.cite("四（三）4"),
            errors=[FieldError(in_words(problem), "year-method") for problem in inputs.closing.problems],
        )
    if unconfirmed:
        raise Refused(
            "unconfirmed",
            f"方案还有 {len(unconfirmed)} 处推定或不可读的数字没有确认，不能正式核定。请先对照印发原件逐处确认。",
            clause=inputs.view.scheme.cite(CLAUSE),
            errors=listed(
                [FieldError(f"{figure.key}：{figure.get_status_display()}", "unconfirmed") for figure in unconfirmed]
            ),
        )
    if missing:
        raise Refused(
            "missing-marks",
            f"还缺 {len(missing)} 格得分（未打或打分表未报送），不能正式核定。请催报，或由区政府办作缺表处理决定。",
            clause=inputs.view.scheme.cite(CLAUSE),
            errors=listed(
                [FieldError(f"第 {m['indicator']['number']} 项缺分", "missing", m["organisation"]) for m in missing]
            ),
        )


def _require_agreement(built: Built) -> None:
    """Two engines, written apart, say the same of every unit, or nothing is settled (engine 24)."""
    differ = set(built.engines.differ)
    if differ:
        names = "、".join(row.organisation.name for row in built.rows if row.organisation.code in differ)
        raise Refused(
            "engines-differ",
            f"两套算法对{names or '单位名单'}的合计算得不一样，没有核定，也没有通报。请勿再改分，并报系统管理员核查。",
        )


def _freeze(actor: Actor, read: Read, kind: RankingKind, at: datetime) -> tuple[Ranking, bool]:
    inputs, built = read.inputs, read.built
    scheme, period = inputs.view.scheme, inputs.period
    found = _same(scheme, period, kind, built.inputs_hash)
    if found is not None:
        _stands_again(found, read.revision)
        return found, False
    number = Ranking.objects.filter(scheme=scheme, period=period, kind=kind).count() + 1
    ranking = Ranking.objects.create(
        scheme=scheme,
        period=period,
        kind=kind,
        number=number,
        rule_version=rule_version(inputs),
        inputs_hash=built.inputs_hash,
        digest=built.digest,
        disclosure_scope=scheme.disclosure_scope,
        document="",
        inputs=canonical(built.inputs),
        engines=canonical(built.engines.as_json()),
        beside=canonical(beside(inputs)),
        computed_at=at,
        computed_by=actor.label,
        computed_by_id=actor.user_id,
    )
    _others(ranking).update(overtaken=True)
    if kind == RankingKind.OFFICIAL:
        void_older_signings(actor=actor, newer=ranking, at=at)
    stands_on(ranking, read.revision)
    _seal(ranking, built)
    record(
        actor=actor,
        action=f"evaluation.ranking.{kind}",
        subject=f"ranking:{ranking.pk}",
        data={
            "track": scheme.track,
            "period": period.code,
            "inputs": built.inputs_hash,
            "digest": built.digest,
            "seal": ranking.seal,
            "missing": len(built.missing),
            "unconfirmed": len(inputs.unconfirmed),
        },
        at=at,
    )
    return ranking, True


def _same(scheme: Scheme, period: Period, kind: str, digest: str) -> Ranking | None:
    """The ranking that has these inputs, while it is the newest of its kind or the bulletin in force.

    A version that has been corrected, or overtaken before it was published, is history: marks that were put back as they
    were make a new one, which can be signed and published.
    """
    same = Ranking.objects.filter(scheme=scheme, period=period, kind=kind, inputs_hash=digest)
    return same.filter(corrected_by__isnull=True, overtaken=False).first()


def _others(ranking: Ranking) -> QuerySet[Ranking]:
    """Of its period and kind, not published and not overtaken yet."""
    found = Ranking.objects.filter(scheme=ranking.scheme_id, period=ranking.period_id, kind=ranking.kind)
    return found.filter(state=RankingState.COMPUTED, overtaken=False).exclude(pk=ranking.pk)


def _stands_again(found: Ranking, revision: int) -> None:
    """What was computed after the bulletin in force is history, now that its inputs are there again."""
    _others(found).update(overtaken=True)
    stands_on(found, revision)


def _seal(ranking: Ranking, built: Built) -> None:
    """Document and rows stored under their seals."""
    rows = [
        RankingRow(
            ranking=ranking,
            organisation=row.organisation,
            position=position,
            total=row.total,
            rank=row.rank,
            receipt=canonical(row.receipt),
        )
        for position, row in enumerate(built.rows, start=1)
    ]
    seal_receipts(rows)
    ranking.document = canonical(_document(ranking, built.document))
    seal_ranking(ranking, rows)
    ranking.save(update_fields=["document", "receipts_digest", "seal", "seal_key"])
    RankingRow.objects.bulk_create(rows)


def _document(ranking: Ranking, content: dict[str, Any]) -> dict[str, Any]:
    """What is sealed: the hashed content with its identity. What is decided later is added when it is served."""
    return {
        "id": ranking.pk,
        "number": ranking.number,
        "digest": ranking.digest,
        "computed_at": ranking.computed_at.astimezone().isoformat(),
        **content,
    }


def publish_ranking(*, actor: Actor, ranking_id: int, at: datetime, scope: str) -> Ranking:
    """通报: a second person of the office; without a recorded signing refused; immutable afterwards (engine 19).

    `scope` is the 公开范围 of this bulletin; it is chosen each time, no setting stands in for it. Of a period already
    published it is a 更正: a new numbered version through the same chain, and the one before stays readable and says by
    what it is corrected.
    """
    seen = office_ranking(actor, ranking_id, Verb.PUBLISH_RANKINGS)
    with acting(actor, at) as act:
        # Of two versions of a period published at the same moment the second meets the first here.
        act.lock(Scheme.objects.all(), seen.scheme_id)
        ranking = act.lock(Ranking.objects.select_related("scheme", "period"), ranking_id)
        _require_publishable(actor, ranking)
        require_proof(actor, at)
        require_unit_check(ranking, at)
        _require_scope(scope)
        corrected = _require_later(ranking)
        require_ranking(ranking)
        require_signings(actor, ranking)
        revision = revision_of(ranking.scheme_id, ranking.period_id)
        _require_unchanged(ranking)
        stands_on(ranking, revision)
        _require_agreement(build(engine_inputs(ranking.scheme, ranking.period), kind=RankingKind.OFFICIAL))
        ranking.state, ranking.published_at = RankingState.PUBLISHED, at
        ranking.published_by, ranking.published_by_id = actor.label, actor.user_id
        ranking.disclosure_scope = scope
        ranking.corrects = corrected
        ranking.movement = canonical(movement_of(ranking))
        if corrected is not None:
            _mark_corrected(corrected, ranking)
        ranking.save()
        data = {
            "digest": ranking.digest,
            "seal": ranking.seal,
            "scope": ranking.disclosure_scope,
            "corrects": ranking.corrects_id,
            "movement": text_digest(ranking.movement),
        }
        action = "evaluation.ranking.corrected" if corrected else "evaluation.ranking.published"
        year_moved(ranking.scheme_id, ranking.scheme.year)
        act.record(action, f"ranking:{ranking.pk}", **data)
        announce_bulletin(ranking, at)
        _announce(ranking, corrected, at)
        for follow in after_publication():
            follow(ranking, at)
    return ranking


def _announce(ranking: Ranking, corrected: Ranking | None, at: datetime) -> None:
    """For clients that keep a copy: which document stands now, and which it takes the place of."""
    data: dict[str, Any] = {
        "ranking": ranking.pk,
        "track": ranking.scheme.track,
        "period": ranking.period.code,
        "number": ranking.number,
        "digest": ranking.digest,
        "disclosure_scope": ranking.disclosure_scope,
    }
    if corrected is not None:
        data |= {"corrects": corrected.pk, "corrected_digest": corrected.digest}
    announce(kind=ChangeKind.CORRECTION if corrected else ChangeKind.PUBLICATION, data=data, at=at)


def require_ready(*, actor: Actor, ranking_id: int, at: datetime) -> Ranking:
    """The ranking as it would go out, or the refusal that 通报 would meet; nothing is done."""
    ranking = office_ranking(actor, ranking_id, Verb.PUBLISH_RANKINGS)
    _require_publishable(actor, ranking)
    require_unit_check(ranking, at)
    _require_later(ranking)
    require_signings(actor, ranking)
    _require_unchanged(ranking)
    return ranking


def _require_unchanged(ranking: Ranking) -> None:
    if cells := difference(ranking):
        raise Conflict(
            "inputs-changed",
            "核定之后打分或方案又有改动，没有通报。请重新核定、审签后再通报。",
            errors=listed([FieldError(words, "changed") for words in cell_words(ranking, cells)]),
        )


def _require_scope(scope: str) -> None:
    if not scope:
        raise Refused("scope-missing", "还没有选公开范围，没有通报。请在三种中选一种。", clause=CLAUSE)
    if scope not in DisclosureScope.values:
        raise Refused("bad-scope", "没有这种公开范围，没有通报。请从列出的三种中选。")


def _require_later(ranking: Ranking) -> Ranking | None:
    """The published version that this one corrects. An older computation never takes the place of a newer version."""
    current = current_bulletin(ranking)
    if current is not None and current.number > ranking.number:
        raise Conflict(
            "older-computation", f"这一期已通报第 {current.number} 版，没有通报。较早的核定不能更正它，请重新核定。"
        )
    return current


def _mark_corrected(corrected: Ranking, by: Ranking) -> None:
    """The version before keeps every figure; only what stands around them says that it has been corrected."""
    corrected.corrected_by = by
    corrected.save(update_fields=["corrected_by"])


def _require_publishable(actor: Actor, ranking: Ranking) -> None:
    if ranking.period.kind == PeriodKind.YEAR:
        raise Refused(
            "goes-to-committee",
            "年度结果不在这里通报，没有执行。它经区政府党组会审议后报区委，作党建统领综合考核评价的全面履职部分。",
            clause=ranking.scheme.cite("四（三）4"),
        )
    if ranking.kind != RankingKind.OFFICIAL:
        raise Refused("trial-only", "试算只供内部试用，不能通报。请先正式核定。", clause=ranking.scheme.cite(CLAUSE))
    if ranking.state == RankingState.PUBLISHED:
        when = f"{ranking.published_at.astimezone():%Y-%m-%d %H:%M}" if ranking.published_at else ""
        raise Conflict("already-published", f"这次排名已于 {when} 由{ranking.published_by}通报，没有再次通报。")
    refuse_same_hand(
        actor, ranking.computed_by_id, "通报要由核定人以外的另一个人办理，没有通报。请考评办的另一位同事办理。"
    )
