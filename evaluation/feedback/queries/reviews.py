"""复核申请 as pages show them: the list, one with its trail, and the dossier (案卷)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from evaluation.engine.models.ranking import Ranking, RankingRow
from evaluation.engine.queries.frozen import receipts_of
from evaluation.enums import UNDECIDED, ReviewState, SheetState
from evaluation.feedback.models.review import Review
from evaluation.sheets.models.marks import DeductionLine, Mark
from evaluation.sheets.models.trail import SheetEvent
from evaluation.sheets.queries.differences import Difference, filed_differences
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.telling import Teller, read
from miyun_kpi.lib.decimals import plain

_GROUPS = {
    "": (),
    "waiting": (ReviewState.CONSENT, *UNDECIDED),
    "done": (ReviewState.UPHELD, ReviewState.CHANGED, ReviewState.REFUSED, ReviewState.WITHDRAWN),
}


def review_list(reviews: QuerySet[Review], group: str) -> QuerySet[Review]:
    found = (
        reviews.select_related(
            "sheet__indicator", "sheet__evaluator", "sheet__period", "sheet__scheme", "feedback__organisation"
        )
        .defer("feedback__notes")
        .order_by("-filed_at", "-pk")
    )
    states = _GROUPS.get(group, ())
    return found.filter(state__in=states) if states else found


def marks_asked_about(reviews: Iterable[Review]) -> dict[int, Decimal]:
    """By review the mark when it was asked for: a decision upon a later one has renewed `value_before`. One query."""
    found = {one.pk: one.value_before for one in reviews}
    subjects = {f"review:{pk}": pk for pk in found}
    for entry in AuditEntry.objects.filter(subject__in=subjects, action="evaluation.review.asked"):
        if (value := read(entry).get("value")) is not None:
            found[subjects[entry.subject]] = Decimal(value)
    return found


def moved_to(review: Review, asked: Decimal, *, audience: str) -> Decimal | None:
    """What the evaluator has itself made of the mark since it was asked about; None where it is the same.

    A unit reads it only once the decision stands: a mark that no ranking holds yet is not its to see (engine 18).
    """
    if review.decided_at:
        now: Decimal | None = review.value_before
    elif audience == "unit" or review.state not in UNDECIDED:
        return None
    else:
        filed = Mark.objects.filter(sheet=review.sheet_id, sheet__state=SheetState.FILED)
        now = filed.filter(organisation=review.feedback.organisation_id).values_list("value", flat=True).first()
    return None if now == asked else now


def as_asked(reviews: Iterable[Review], *, audience: str) -> None:
    """Of what is not decided a unit's list shows the mark it asked about. Never save them afterwards."""
    waiting = [one for one in reviews if one.proposed_at and not one.decided_at] if audience == "unit" else []
    asked = marks_asked_about(waiting) if waiting else {}
    for one in waiting:
        one.value_before = asked[one.pk]


@dataclass(frozen=True)
class Step:
    word: str
    who: str
    at: datetime | None
    text: str
    due_at: datetime | None = None
    late: bool = False


def trail(review: Review, at: datetime, *, audience: str = "office") -> list[Step]:
    """What has been done, with the one step that is awaited last.

    `audience`: "unit" reads an answer, "evaluator" a proposal of the office, only once the decision stands.
    """
    decided = review.decided_at is not None
    steps = [Step("申请复核", review.filed_by, review.filed_at, review.reason)]
    if review.consented_at:
        word = "单位负责人同意" if review.answer_due_at else "单位负责人不同意"
        steps.append(Step(word, review.consented_by, review.consented_at, review.consent_note))
    if review.answered_at and (decided or audience != "unit"):
        words = _words(review.get_answer_display(), review.answer_value)
        late = bool(review.answer_due_at and review.answered_at >= review.answer_due_at)
        steps.append(
            Step(f"考评部门答复：{words}", review.answered_by, review.answered_at, review.answer_text, late=late)
        )
    if review.proposed_at and (decided or audience == "office"):
        words = _words(review.get_decision_display(), review.decided_value)
        steps.append(Step(f"提出决定：{words}", review.proposed_by, review.proposed_at, review.decision_text))
    if review.check_note and review.state == ReviewState.DECISION and audience == "office":
        steps.append(Step("第二人退回", "", None, review.check_note))
    if review.decided_at:
        steps.append(Step(review.get_state_display(), review.decided_by, review.decided_at, review.check_note))
    elif review.state not in (ReviewState.REFUSED, ReviewState.WITHDRAWN):
        due = review.answer_due_at if review.state == ReviewState.ANSWER else review.decision_due_at
        steps.append(Step(review.get_state_display(), "", None, "", due, bool(due and at >= due)))
    else:
        steps.append(Step(review.get_state_display(), "", None, ""))
    return steps


def _words(word: str, value: Any) -> str:
    return word if value is None else f"{word}，{plain(value)}"


@dataclass(frozen=True)
class Version:
    """One ranking of the period: what it gave the unit for the item."""

    ranking: Ranking
    item: dict[str, Any]
    total: str | None


@dataclass(frozen=True)
class Entry:
    seq: int
    at: datetime
    who: str
    what: str


@dataclass(frozen=True)
class Dossier:
    mark: Mark | None
    deductions: list[DeductionLine]
    differences: list[tuple[SheetEvent, list[Difference]]]
    versions: list[Version]
    entries: list[Entry]
    steps: list[Step]
    asked: Decimal
    moved: Decimal | None


def dossier_of(review: Review, at: datetime, *, audience: str) -> Dossier:
    """Everything about one reviewed mark: the mark now, what each computation took, every act on the row and the request."""
    organisation = review.feedback.organisation
    mark = (
        Mark.objects.filter(sheet=review.sheet_id, organisation=organisation)
        .prefetch_related("deductions__line")
        .first()
    )
    deductions = list(mark.deductions.all()) if mark else []
    asked = marks_asked_about([review])[review.pk]
    return Dossier(
        mark,
        deductions,
        filed_differences(review.sheet_id, organisation.code) if audience != "unit" else [],
        _versions(review),
        _entries(review, audience),
        trail(review, at, audience=audience),
        asked,
        moved_to(review, asked, audience=audience),
    )


def _versions(review: Review) -> list[Version]:
    rows = (
        RankingRow.objects.filter(
            organisation=review.feedback.organisation_id,
            ranking__scheme=review.sheet.scheme_id,
            ranking__period=review.sheet.period_id,
            ranking__kind="official",
        )
        .select_related("ranking__scheme", "ranking__period", "organisation")
        .defer("ranking__document", "ranking__inputs")
        .order_by("ranking__number")
    )
    versions = []
    for row in rows:
        receipt = receipts_of(row.ranking, [row])[0]
        item = next(i for i in receipt["items"] if i["indicator"]["number"] == review.sheet.indicator.number)
        versions.append(Version(row.ranking, item, receipt["total"]))
    return versions


def _entries(review: Review, audience: str) -> list[Entry]:
    """Audit entries of the sheet that touch the unit's row or the whole sheet, and of the request itself."""
    subjects = [f"mark-sheet:{review.sheet_id}"]
    if audience == "office" or review.decided_at:
        subjects.append(f"review:{review.pk}")
    code = review.feedback.organisation.code
    found = []
    for entry in AuditEntry.objects.filter(subject__in=subjects).order_by("seq"):
        data = read(entry)
        if "rows" in data:
            if not (rows := [row for row in data["rows"] if _organisation(row) == code]):
                continue
            data = {**data, "rows": rows}  # of the others the unit hears nothing
        elif data.get("organisation", code) != code:
            continue
        found.append((entry, {key: value for key, value in data.items() if key in _TOLD}))
    teller = Teller([entry for entry, _ in found], told=[data for _, data in found])
    return [
        Entry(entry.seq, entry.at, one.who, one.act) for (entry, _), one in zip(found, teller.sentences(), strict=True)
    ]


# What the page tells of an act on the sheet: its checks before filing, for one, name other units.
_TOLD = {
    *("rows", "organisation", "words", "value", "reason", "note", "receipt", "until", "approved", "paper_number"),
    *("old", "new", "decision", "answer", "before", "file", "kind", "signer", "signed_on", "review", "text"),
}


def _organisation(row: Any) -> str:
    """Rows of marks say more than the unit, those of a workbook nothing else."""
    return str(row.get("organisation") if isinstance(row, dict) else row)
