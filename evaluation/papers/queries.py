"""A printed paper found again by its 核验码: what is stored, as far as the asker may see it (engine 18, 23)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from evaluation.bulletin.access import bulletins_visible_to
from evaluation.bulletin.models import Bulletin
from evaluation.bulletin.queries import newest_version, paper, snapshot
from evaluation.engine.access import held_for, may_see_receipt, rankings_visible_to, scope_of
from evaluation.engine.models.ranking import Ranking, RankingRow
from evaluation.engine.queries.codes import checks_of_paper
from evaluation.engine.queries.frozen import WHOLE, document_of, receipts_of
from evaluation.engine.queries.sealed import words_of
from evaluation.engine.rules.codes import Code, Paper, read
from evaluation.engine.rules.documents import limited_document, limited_row
from evaluation.enums import BulletinState, PeriodKind, RankingKind, RankingState
from evaluation.feedback.access import feedbacks_visible_to
from evaluation.feedback.queries.feedback import feedback_page
from evaluation.papers.rules import Stored
from evaluation.scheme.access.office import is_ranked_co_office
from evaluation.year.models.year_end import CommitteeReport
from evaluation.year.queries.year_document import year_document
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.documents.reading import lines_of
from miyun_kpi.documents.write import write_official
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.enums import Track

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """`rankings` are what its figures come from; `rows` what the asker may see of them; `lines` the words of the .docx it is."""

    paper: Paper
    words: str
    rankings: Sequence[Ranking]
    rows: Sequence[Stored]
    lines: Sequence[str] = ()
    state: str = ""

    @property
    def corrected(self) -> Sequence[Ranking]:
        return [one.corrected_by for one in self.rankings if one.corrected_by is not None]

    @property
    def takes_workbook(self) -> bool:
        return self.paper == Paper.RANKING

    @property
    def takes_document(self) -> bool:
        return bool(self.lines)


def find(actor: Actor, typed: str) -> Found | None:
    """None for what is no code of ours and for what the asker may not see alike. Refused (503) where a seal is broken."""
    code = read(typed)
    if code is None:
        return None
    looks = {
        Paper.RANKING: _ranking,
        Paper.RECEIPT: _receipt,
        Paper.FEEDBACK: _feedback,
        Paper.BULLETIN: _bulletin,
        Paper.YEAR: _year,
    }
    found = looks[code.paper](actor, code)
    return replace(found, state=found.state or _state(actor, found.rankings)) if found else None


def _state(actor: Actor, rankings: Sequence[Ranking]) -> str:
    """How things stand with what the paper rests on, as its own page tells this asker; the least firm of several."""
    said = []
    for ranking in rankings:
        held = held_for(actor, ranking)
        if ranking.kind == RankingKind.TRIAL:
            said.append("试算，不得引用")
        elif held.changed:
            said.append(str(held.standing.label) if held.standing else "")
        elif ranking.state != RankingState.PUBLISHED and ranking.period.kind != PeriodKind.YEAR:
            said.append("已核定，未通报")
    return next(iter(said), "现行")


def _is(code: Code, seal: str) -> bool:
    return bool(seal) and code.check in checks_of_paper(code.paper, code.number, seal)


def _visible(actor: Actor) -> Any:
    return rankings_visible_to(actor).select_related("scheme", "period", "corrected_by")


def _ranking(actor: Actor, code: Code) -> Found | None:
    ranking = _visible(actor).filter(pk=code.number).first()
    if ranking is None or not _is(code, ranking.seal):
        return None
    return Found(code.paper, words_of(ranking), [ranking], _rows(actor, ranking))


def _rows(actor: Actor, ranking: Ranking) -> list[Stored]:
    document = document_of(ranking)
    scope, own = scope_of(actor, ranking)
    if scope != WHOLE:
        document = limited_document(document, scope=scope, own=own)
    return _stored(document["rows"])


def _stored(rows: Iterable[Json]) -> list[Stored]:
    return [Stored(row["organisation"], row["name"], row["total"], row["rank"]) for row in rows]


def _receipt(actor: Actor, code: Code) -> Found | None:
    row = RankingRow.objects.filter(pk=code.number).select_related("organisation").first()
    if row is None or not _is(code, row.seal):
        return None
    ranking = _visible(actor).filter(pk=row.ranking_id).first()
    if ranking is None:
        return None
    receipt: Json = receipts_of(ranking, [row])[0]
    if not may_see_receipt(actor, ranking, row.organisation):
        receipt = limited_row(receipt, scope_of(actor, ranking)[0])
    return Found(code.paper, f"{words_of(ranking)} 得分明细 {receipt['name']}", [ranking], _stored([receipt]))


def _feedback(actor: Actor, code: Code) -> Found | None:
    feedback = feedbacks_visible_to(actor).filter(pk=code.number).first()
    if feedback is None or not _is(code, feedback.seal):
        return None
    ranking = feedback.check_round.ranking
    receipt = feedback_page(feedback).receipt
    # A 反馈单 prints a unit's own score and no place.
    stored = Stored(receipt["organisation"], receipt["name"], receipt["total"], None)
    return Found(code.paper, f"{words_of(ranking)} 反馈单 {receipt['name']}", [ranking], [stored])


def _bulletin(actor: Actor, code: Code) -> Found | None:
    bulletin = bulletins_visible_to(actor).filter(pk=code.number, state=BulletinState.FINAL).first()
    if bulletin is None or not _is(code, bulletin.seal):
        return None
    snap = snapshot(bulletin)
    rows = [one for ranking in snap.rankings for one in _rows(actor, ranking)]
    return Found(code.paper, f"通报 {bulletin.number}", snap.rankings, rows, bulletin_lines(bulletin))


def bulletin_lines(bulletin: Bulletin) -> list[str]:
    """The words of a final bulletin, set anew from what is sealed."""
    content = newest_version(bulletin).content
    return lines_of(write_official(paper(bulletin, content, snapshot(bulletin)), at=_moment(bulletin.finalised_at)))


def _year(actor: Actor, code: Code) -> Found | None:
    report = CommitteeReport.objects.select_related("ranking__scheme", "ranking__period").filter(pk=code.number).first()
    if report is None or not _is(code, report.seal) or not actor.may(Verb.READ_UNPUBLISHED):
        return None
    ranking = report.ranking
    if ranking.scheme.track == Track.DEPARTMENT and is_ranked_co_office(actor):
        return None
    lines = lines_of(write_official(year_document(ranking.scheme, ranking, report), at=report.reported_at))
    later = CommitteeReport.objects.filter(
        ranking__scheme=ranking.scheme_id, reported_at__gt=report.reported_at
    ).first()
    state = f"已更正报区委，见 {later.number}" if later else ""
    return Found(code.paper, f"报区委稿 {report.number}", [ranking], _rows(actor, ranking), lines, state)


def _moment(at: datetime | None) -> datetime:
    assert at is not None
    return at
