"""A site in which everything that is sealed or held by the audit is there: one real quarter of the townships to its end."""

from datetime import timedelta

from django.utils import timezone

from evaluation.bulletin.rules.bulletin_draft import Options
from evaluation.bulletin.services import bulletins as services
from evaluation.demo.marks import invented_mark
from evaluation.demo.services import around
from evaluation.enums import SheetState
from evaluation.feedback.services.unit_checks import open_unit_check
from evaluation.models import Bulletin, Figure, Mark, MarkSheet, Period, Ranking
from evaluation.sheets.services.marks import LOOKS_LIKE_POINTS, RowInput, save_marks
from evaluation.sheets.services.periods import open_period
from evaluation.sheets.services.sheets import decide_not_applicable
from evaluation.sheets.services.stating import state_marks
from miyun_kpi.accounts.models import User
from miyun_kpi.audit.services import chain_heads
from miyun_kpi.lib.actors import SYSTEM, Actor
from tests.factories.bulletins import DAY, NUMBER
from tests.factories.rankings import QUARTER, actor_of, computed, person, published, signed

__all__ = ["a_quarter_to_its_end"]


def a_quarter_to_its_end() -> tuple[Ranking, Bulletin]:
    """Marks that the audit holds, a published ranking, a trial, feedback lists, a final bulletin, the hour chained."""
    office = [actor_of(person(f"office{n}", "区政府办公室", "evaluation_office")) for n in (1, 2)]
    person("shenji", "区审计局", "auditor")
    period = _marked()
    ranking = computed("township", period, by=office[0])
    open_unit_check(actor=office[0], ranking_id=ranking.pk, at=timezone.now() - timedelta(days=30))
    signed(ranking, by=office[0])
    published(ranking, by=office[1], scope="total")
    computed("department", period, by=office[0])
    bulletin = _final(ranking, office)
    chain_heads(at=timezone.now())
    return Ranking.objects.get(pk=ranking.pk), bulletin


def _marked() -> Period:
    """Invented marks stated to the audit; on one sheet some saved, one 不适用 proposed and approved, by persons."""
    Figure.objects.update(confirmed=True)
    now = timezone.now()
    window = around(timezone.localdate(now))
    period = open_period(actor=SYSTEM, code=QUARTER, at=now, window=window).period
    marks = list(Mark.objects.filter(sheet__period=period).select_related("sheet__share_figure", "organisation"))
    by_hand = next(m.sheet for m in marks if sum(o.sheet_id == m.sheet_id for o in marks) > 5)
    invented = [mark for mark in marks if mark.sheet_id != by_hand.pk]
    for mark in invented:
        key = mark.sheet.share_figure.key
        organisation = mark.organisation.code
        mark.value = invented_mark(period="site", share_key=key, organisation=organisation, full_mark=mark.full_mark)
        mark.version = 1
    Mark.objects.bulk_update(invented, ["value", "version"], batch_size=500)
    state_marks(actor=SYSTEM, marks=invented, at=now)
    _save_by_hand(by_hand, [mark for mark in marks if mark.sheet_id == by_hand.pk])
    MarkSheet.objects.filter(period=period).update(
        state=SheetState.FILED, filed_at=period.due_at - timedelta(hours=1), filed_by="工厂"
    )
    return period


def _save_by_hand(sheet: MarkSheet, marks: list[Mark]) -> None:
    now, evaluator = timezone.now(), actor_of(person("pingfen", sheet.evaluator.name, "evaluator"))
    first, *others = [mark.organisation.code for mark in marks]
    for value in ("80", "81.5"):
        version = 0 if value == "80" else 1
        rows = [RowInput(organisation=code, version=version, value=value) for code in others]
        save_marks(actor=evaluator, sheet_id=sheet.pk, rows=rows, at=now, confirmed=frozenset({LOOKS_LIKE_POINTS}))
    proposed = RowInput(organisation=first, version=0, not_applicable=True, reason="本期没有这项任务")
    save_marks(actor=evaluator, sheet_id=sheet.pk, rows=[proposed], at=now)
    office = actor_of(User.objects.get(username="office1"))
    decide_not_applicable(actor=office, sheet_id=sheet.pk, organisation=first, version=1, approve=True, note="", at=now)


def _final(ranking: Ranking, office: list[Actor]) -> Bulletin:
    at, options = timezone.now(), Options(first=3)
    made = services.draft_bulletin(actor=office[0], ranking_ids=[ranking.pk], kind="report", options=options, at=at)
    content = {"issuer_mark": "北京市密云区人民政府办公室文件", "copies": "区委办公室"}
    made = services.save_bulletin(actor=office[0], bulletin_id=made.pk, version=made.version, content=content, at=at)
    made = services.submit_bulletin(actor=office[0], bulletin_id=made.pk, version=made.version, at=at)
    return services.finalise_bulletin(
        actor=office[1], bulletin_id=made.pk, version=made.version, number=NUMBER, dated=DAY, at=at
    )
