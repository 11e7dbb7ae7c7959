"""通报: drawn from a frozen ranking, edited by the office, sent for review, made final by a second person (engine 18, 19)."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import IntegrityError

from evaluation.bulletin.access import citable_rankings, require_work_on, visible_bulletin
from evaluation.bulletin.models import Bulletin, BulletinSource, BulletinVersion
from evaluation.bulletin.queries import (
    Snapshot,
    basis_of,
    newest_version,
    paper,
    problems_now,
    read,
    seal_bulletin,
    snapshot,
    snapshot_of,
)
from evaluation.bulletin.rules.bulletin_draft import (
    ADDRESSEES,
    CLAUSE,
    FIELDS,
    ISSUER,
    Options,
    draft_text,
    empty_content,
    require_allowed,
    require_unmixed,
    title_of,
)
from evaluation.engine.models.ranking import Ranking
from evaluation.enums import BulletinKind, BulletinState, Openness, RankingState
from miyun_kpi.acts.acting import Act, acting, lock_all, locked, require_other_hand
from miyun_kpi.documents.check import check_layout
from miyun_kpi.documents.write import write_official
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import citing
from miyun_kpi.lib.errors import Conflict, FieldError, NotFound, Refused, listed
from miyun_kpi.site import tag

NUMBER = re.compile(r"[\u4e00-\u9fff]{2,12}〔[0-9]{4}〕[1-9][0-9]{0,3}号")
REQUIRED = ("issuer_mark", "title", "addressee", "text", "signatory", "openness", "printer")


def draft_bulletin(
    *, actor: Actor, ranking_ids: Sequence[int], kind: str, options: Options, at: datetime, mixed: bool = False
) -> Bulletin:
    """A first draft with every figure from the snapshot, of one ranking or of both tracks of one period.

    `mixed`: it was accepted that a trial beside an official ranking makes the whole paper a trial.
    """
    rankings = _rankings(actor, ranking_ids)
    snap = snapshot_of(rankings)
    require_work_on(actor, snap.tracks)
    with citing(rankings[0].scheme.document_id):
        require_allowed(options, snap.scopes)
        require_unmixed([ranking.kind for ranking in rankings], accepted=mixed)
    period = rankings[0].period
    problems = problems_now(rankings) if options.problems else []
    content = empty_content() | {
        "title": title_of(kind, period.label, [ranking.scheme.track for ranking in rankings]),
        "addressee": ADDRESSEES,
        "text": draft_text(
            kind,
            period=period.label,
            basis=basis_of(rankings),
            documents=snap.documents,
            facts=snap.facts,
            options=options,
            problems=bool(problems),
        ),
        "signatory": ISSUER,
        "printer": ISSUER,
        "openness": Openness.ON_REQUEST,
    }
    with acting(actor, at) as act:
        bulletin = Bulletin.objects.create(
            period=period,
            kind=BulletinKind(kind),
            options=options.as_json(),
            problems=problems,
            drafted_by=actor.label,
            drafted_by_id=actor.user_id,
            drafted_at=at,
        )
        for order, ranking in enumerate(rankings):
            BulletinSource.objects.create(bulletin=bulletin, ranking=ranking, order=order, digest=ranking.digest)
        _version(bulletin, "起草", content, actor, at)
        data = {"rankings": [ranking.pk for ranking in rankings], "kind": kind, "options": options.as_json()}
        _record(act, "evaluation.bulletin.drafted", bulletin, data)
    return bulletin


def _rankings(actor: Actor, ids: Sequence[int]) -> list[Ranking]:
    found = list(citable_rankings(actor).filter(pk__in=ids).defer("inputs"))
    if len(found) != len(set(ids)) or not found:
        raise NotFound
    corrected = next((ranking for ranking in found if ranking.corrected_by_id), None)
    if corrected is not None:
        words = f"{corrected.scheme.get_track_display()}第 {corrected.number} 次正式核定"
        raise Refused("corrected", f"所引{words}已被更正，没有起草。请引用更正后的排名。")
    if len({ranking.period_id for ranking in found}) > 1:
        raise Refused("two-periods", "一份通报只写一期，没有起草。请选同一期的镇街排名和部门排名。")
    if len({ranking.scheme.track for ranking in found}) < len(found):
        raise Refused("same-track", "同一类别只能引用一次排名，没有起草。请镇街、部门各选一个。")
    return sorted(found, key=lambda ranking: ranking.scheme.track, reverse=True)


def save_bulletin(
    *, actor: Actor, bulletin_id: int, version: int, content: Mapping[str, str], at: datetime
) -> Bulletin:
    """A new version with who and when; the same content again is no new version."""
    with acting(actor, at) as act:
        bulletin, _ = _locked(actor, bulletin_id)
        _require_state(bulletin, BulletinState.DRAFT, "已经送审，不能再改。请先退回。")
        old = newest_version(bulletin).content
        new = old | {name: content[name].replace("\r\n", "\n").strip() for name, _ in FIELDS if name in content}
        if new == old:
            return bulletin
        _require_version(bulletin, version)
        _require_number(new["number"], bulletin, needed=False)
        _version(bulletin, "修改", new, actor, at)
        _step(bulletin)
        _record(
            act,
            "evaluation.bulletin.edited",
            bulletin,
            {"changed": [name for name, _ in FIELDS if new[name] != old[name]]},
        )
    return bulletin


def submit_bulletin(*, actor: Actor, bulletin_id: int, version: int, at: datetime) -> Bulletin:
    """送审. A trial may go this far: what is read then is marked 试算件."""
    with acting(actor, at) as act:
        bulletin, _ = _locked(actor, bulletin_id)
        _require_state(bulletin, BulletinState.DRAFT, "已经送审，没有再次送审。")
        _require_version(bulletin, version)
        bulletin.state, bulletin.opinion = BulletinState.SUBMITTED, ""
        bulletin.submitted_by, bulletin.submitted_by_id, bulletin.submitted_at = actor.label, actor.user_id, at
        _step(bulletin)
        _record(act, "evaluation.bulletin.submitted", bulletin, {"version": newest_version(bulletin).number})
    return bulletin


def return_bulletin(*, actor: Actor, bulletin_id: int, version: int, opinion: str, at: datetime) -> Bulletin:
    """Back to the draft with what is to be changed; who has sent it may take it back so."""
    opinion = opinion.strip()
    if not opinion:
        raise Refused("reason-missing", "请写明退回意见，没有退回。")
    with acting(actor, at) as act:
        bulletin, _ = _locked(actor, bulletin_id)
        _require_state(bulletin, BulletinState.SUBMITTED, "不是送审稿，没有退回。")
        _require_version(bulletin, version)
        bulletin.state, bulletin.opinion = BulletinState.DRAFT, opinion
        _step(bulletin)
        _record(act, "evaluation.bulletin.returned", bulletin, {"opinion": opinion})
    return bulletin


def finalise_bulletin(
    *, actor: Actor, bulletin_id: int, version: int, number: str, dated: date, at: datetime
) -> Bulletin:
    """定稿 with its number and date, by another than who wrote and sent it; a stale figure is refused by name."""
    try:
        with acting(actor, at) as act:
            bulletin, snap = _locked(actor, bulletin_id, with_rankings=True)
            _require_state(bulletin, BulletinState.SUBMITTED, "不是送审稿，没有定稿。请先送审。")
            _require_version(bulletin, version)
            last = newest_version(bulletin)
            said = "定稿要由写稿人、送审人以外的另一个人办理，没有定稿。请考评办的另一位同事办理。"
            require_other_hand(actor, (bulletin.submitted_by_id, last.saved_by_id), said, at)
            content = last.content | {"number": number.strip(), "dated": dated.isoformat()}
            content["printed_on"] = content["printed_on"] or content["dated"]
            _require_final(bulletin, snap, content)
            bulletin.state, bulletin.number = BulletinState.FINAL, content["number"]
            bulletin.finalised_by, bulletin.finalised_by_id, bulletin.finalised_at = actor.label, actor.user_id, at
            _require_layout(bulletin, content, snap, at)
            _version(bulletin, "定稿", content, actor, at)
            seal_bulletin(bulletin)
            _step(bulletin)
            data = {
                "number": bulletin.number,
                "digests": [ranking.digest for ranking in snap.rankings],
                "seal": bulletin.seal,
            }
            _record(act, "evaluation.bulletin.finalised", bulletin, data)
    except IntegrityError as error:
        raise Conflict("number-taken", f"发文字号“{number}”已经用过，没有定稿。请核对后改一个。") from error
    return bulletin


def _require_final(bulletin: Bulletin, snap: Snapshot, content: Mapping[str, str]) -> None:
    if snap.trial:
        raise Refused(
            "trial-only",
            "所引排名是试算，只能到送审稿，不能定稿。请正式核定、通报后另行起草。",
            clause=snap.rankings[0].scheme.cite(CLAUSE),
        )
    for ranking in snap.rankings:
        if ranking.state != RankingState.PUBLISHED:
            words = f"{ranking.scheme.get_track_display()}第 {ranking.number} 次正式核定"
            raise Refused(
                "not-published",
                f"所引{words}还没有通报排名，不能定稿。请先在排名页通报。",
                clause=snap.rankings[0].scheme.cite(CLAUSE),
            )
    taken = {source.ranking_id: source.digest for source in bulletin.sources.all()}
    changed = [ranking for ranking in snap.rankings if taken[ranking.pk] != ranking.digest]
    if changed:
        raise Refused("stale-figure", f"所引第 {changed[0].number} 次核定的结果与起草时不同，不能定稿。请另行起草。")
    with citing(snap.rankings[0].scheme.document_id):
        require_allowed(Options(**bulletin.options), snap.scopes)
    lacking = [label for name, label in FIELDS if name in REQUIRED and not content[name]]
    if lacking:
        raise Refused("incomplete", f"还没有填写{'、'.join(lacking)}，不能定稿。请退回补全。")
    _require_number(content["number"], bulletin, needed=True)
    found = read(bulletin, content["text"], snap).findings
    if found:
        # A stale figure is the gravest and gives the refusal its name.
        first = next((one for one in found if one.code == "stale-figure"), found[0])
        raise Refused(
            first.code,
            f"正文有 {len(found)} 处数字或出处不对，不能定稿：{first.words}请退回改正。",
            clause=snap.rankings[0].scheme.cite(CLAUSE),
            errors=listed([FieldError(one.words, one.code) for one in found]),
        )


def _require_layout(bulletin: Bulletin, content: Mapping[str, str], snap: Snapshot, at: datetime) -> None:
    """The document is written, read back and measured before it becomes final."""
    wrong = check_layout(write_official(paper(bulletin, content, snap), at=at))
    if wrong:
        raise Refused(
            "layout",
            f"生成的公文有 {len(wrong)} 处不合 GB/T 9704-2012 的版式，没有定稿。请把下列各处告诉系统管理员。",
            errors=listed([FieldError(one.words, one.code) for one in wrong]),
        )


def _require_number(number: str, bulletin: Bulletin, *, needed: bool) -> None:
    if not number and not needed:
        return
    if (word := tag()) and not number.startswith(f"{word}〔"):
        raise Refused(
            "bad-number", f"{word}站的发文字号“{number[:30]}”没有办理：请写成“{word}〔2020〕20号”的样子，免得当真。"
        )
    if not NUMBER.fullmatch(number):
        raise Refused(
            "bad-number",
            f"发文字号“{number[:30]}”写法不对，没有办理。请写成“密政办字〔2020〕20号”的样子，年份用六角括号。",
        )
    if Bulletin.objects.filter(number=number).exclude(pk=bulletin.pk).exists():
        raise Conflict("number-taken", f"发文字号“{number}”已经用过，没有办理。请核对后改一个。")


def _locked(actor: Actor, bulletin_id: int, *, with_rankings: bool = False) -> tuple[Bulletin, Snapshot]:
    seen = visible_bulletin(actor, bulletin_id)
    if with_rankings:
        # A correction published meanwhile waits, or is seen. What a bulletin cites is fixed when it is begun.
        lock_all(Ranking.objects.filter(pk__in=seen.sources.values("ranking_id")).only("pk"))
    bulletin = locked(Bulletin.objects.select_related("period"), bulletin_id)
    snap = snapshot(bulletin)
    require_work_on(actor, snap.tracks)
    return bulletin, snap


def _require_state(bulletin: Bulletin, state: str, otherwise: str) -> None:
    if bulletin.state != state:
        raise Conflict("wrong-state", f"这份通报是{bulletin.get_state_display()}，{otherwise}")


def _require_version(bulletin: Bulletin, version: int) -> None:
    if bulletin.version != version:
        last = newest_version(bulletin)
        when = f"{last.saved_at.astimezone():%m月%d日 %H:%M}"
        raise Conflict("stale", f"您打开之后{last.saved_by}又改过（{when}），没有办理。请刷新看过改动，再接着办。")


def _version(bulletin: Bulletin, act: str, content: Mapping[str, str], actor: Actor, at: datetime) -> None:
    BulletinVersion.objects.create(
        bulletin=bulletin,
        number=bulletin.versions.count() + 1,
        act=act,
        content=dict(content),
        saved_by=actor.label,
        saved_by_id=actor.user_id,
        saved_at=at,
    )


def _step(bulletin: Bulletin) -> None:
    bulletin.version += 1
    bulletin.save()


def _record(act: Act, action: str, bulletin: Bulletin, data: Mapping[str, object]) -> None:
    act.record(action, f"bulletin:{bulletin.pk}", **(dict(data)))
