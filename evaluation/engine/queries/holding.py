"""Whether what is in force still follows from its inputs: two numbers in a list, the inputs themselves on a page (engine 22)."""

import json
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from evaluation.engine.models.ranking import Holding, Ranking, Signing
from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.engine.queries.inputs import listed_inputs
from evaluation.engine.queries.ranking_documents import value_words
from evaluation.engine.rules.documents import digest_of
from evaluation.engine.rules.inputs import MISSING, Cell, changed_cells, without_adjustments
from evaluation.enums import DeliberationState, FigureKind, RankingKind, RankingState, Standing
from evaluation.periods.models import InputsRevision
from evaluation.scheme.models.scheme import Figure
from evaluation.sheets.models.marks import MarkSheet
from miyun_kpi.organisations.models import Organisation

# Of a period whose inputs have never moved.
FIRST_REVISION = 1


def in_force() -> Q:
    """A bulletin not corrected, the newest official computation once it is signed, a year reported or else deliberated.

    What is older than another of its kind is history, and a trial is in force nowhere, not even one a meeting lay over.
    """
    newer = Ranking.objects.filter(
        scheme=OuterRef("scheme"), period=OuterRef("period"), kind=RankingKind.OFFICIAL, number__gt=OuterRef("number")
    )
    published = Q(state=RankingState.PUBLISHED, corrected_by__isnull=True)
    signed = Q(kind=RankingKind.OFFICIAL, state=RankingState.COMPUTED) & Q(
        Exists(Signing.objects.filter(ranking=OuterRef("pk"))), ~Exists(newer)
    )
    same = Ranking.objects.filter(scheme=OuterRef("scheme"))
    later_report = same.filter(committee_reports__reported_at__gt=OuterRef("committee_reports__reported_at"))
    reported = Q(committee_reports__isnull=False) & Q(~Exists(later_report))
    later_meeting = same.filter(
        deliberations__state=DeliberationState.CONFIRMED, deliberations__number__gt=OuterRef("deliberations__number")
    )
    deliberated = Q(kind=RankingKind.OFFICIAL, deliberations__state=DeliberationState.CONFIRMED) & Q(
        ~Exists(later_meeting), ~Exists(same.filter(committee_reports__isnull=False))
    )
    return published | signed | reported | deliberated


def revision_of(scheme_id: int, period_id: int) -> int:
    found = InputsRevision.objects.filter(scheme=scheme_id, period=period_id).values_list("revision", flat=True)
    return found.first() or FIRST_REVISION


def difference(ranking: Ranking) -> list[Cell]:
    """The inputs of the ranking laid beside those of now; empty where the same follows from them today."""
    now = listed_inputs(engine_inputs(ranking.scheme, ranking.period))
    if digest_of(now) == ranking.inputs_hash:
        return []
    return changed_cells(json.loads(ranking.inputs), now)


def difference_in_force(ranking: Ranking) -> list[Cell]:
    """Of a year that was only deliberated without the 加减分: that very meeting decided them."""
    cells = difference(ranking)
    only = {"deliberations__state": DeliberationState.CONFIRMED, "committee_reports__isnull": True}
    deliberated = Ranking.objects.filter(pk=ranking.pk, **only)
    return without_adjustments(cells) if cells and deliberated.exists() else cells


def standing_of(ranking: Ranking) -> tuple[Standing | None, list[Cell]]:
    """For a page of one ranking: its inputs are compared. None for what is in force nowhere."""
    if ranking.corrected_by_id:
        return Standing.CORRECTED, []
    if not Ranking.objects.filter(in_force(), pk=ranking.pk).exists():
        return None, []
    cells = difference_in_force(ranking)
    return (Standing.CHANGED if cells else Standing.HOLDS), cells


def standings_by_number(rankings: Iterable[Ranking]) -> dict[int, Standing]:
    """For lists, in three queries for any number: two integers are compared and nothing is computed."""
    found = list(rankings)
    alive = set(Ranking.objects.filter(in_force(), pk__in=[one.pk for one in found]).values_list("pk", flat=True))
    held = dict(Holding.objects.filter(pk__in=alive).values_list("pk", "revision"))
    numbers = {
        (scheme, period): revision
        for scheme, period, revision in InputsRevision.objects.values_list("scheme_id", "period_id", "revision")
    }
    told = {}
    for one in found:
        if one.corrected_by_id:
            told[one.pk] = Standing.CORRECTED
        elif one.pk in alive:
            now = numbers.get((one.scheme_id, one.period_id), FIRST_REVISION)
            told[one.pk] = Standing.HOLDS if held.get(one.pk, now) == now else Standing.CHANGED
    return told


def held_rankings() -> QuerySet[Ranking]:
    """Whatever is in force, with the list of inputs it stands on."""
    found = Ranking.objects.filter(in_force()).distinct()
    return found.select_related("scheme", "period").defer("document", "beside")


def cell_words(ranking: Ranking, cells: Sequence[Cell]) -> list[str]:
    """Each as people say it: 第 4 项 河长制 · 区水务局 · 北庄镇：91 → 12.5."""
    if not cells:
        return []
    names = {o.code: o.name for o in Organisation.objects.all()}
    names |= json.loads(ranking.beside)["names"] if ranking.beside else json.loads(ranking.inputs).get("names", {})
    shares = {
        sheet.share_figure.key: sheet
        for sheet in MarkSheet.objects.filter(scheme=ranking.scheme_id, period=ranking.period_id).select_related(
            "share_figure", "evaluator", "indicator"
        )
    }
    keys = [cell.key for cell in cells if cell.kind == "figure"]
    figures = {
        figure.key: figure
        for figure in Figure.objects.filter(scheme=ranking.scheme_id, key__in=keys).select_related(
            "indicator", "organisation"
        )
    }
    return [f"{_what(cell, names, shares, figures)}：{_from_to(cell, figures)}" for cell in cells]


def _what(cell: Cell, names: Mapping[str, str], shares: Mapping[str, MarkSheet], figures: Mapping[str, Figure]) -> str:
    key, _, code = cell.key.partition("@")
    unit = names.get(code or key, code or key)
    if cell.kind in ("mark", "left-out"):
        sheet = shares.get(key)
        about = f"第 {key.split('/')[1]} 项"
        if sheet is not None:
            evaluator = sheet.evaluator_name or sheet.evaluator.name
            about = f"第 {sheet.indicator.number} 项 {sheet.indicator.short_name} · {evaluator}"
        return f"{about} · {unit}" if cell.kind == "mark" else f"缺表处理 · {about}"
    if cell.kind == "figure" and (figure := figures.get(key)) is not None:
        words = [
            figure.indicator.short_name if figure.indicator else "",
            figure.get_zone_display() if figure.zone else "",
        ]
        words.append(figure.organisation.name if figure.organisation and figure.kind == FigureKind.CARRIED else "")
        return " · ".join(word for word in ("方案数字", *words, figure.get_kind_display()) if word)
    labels = {
        "unit": "考评对象",
        "adjustment": "加减分",
        "weight": "年度权重",
        "quarter": "季度得分",
        "precision": "名次精度",
    }
    label = labels.get(cell.kind, "全年考评的处理" if cell.kind == "year-unit" else "方案数字")
    return f"{label} · {key} {unit}" if cell.kind == "quarter" else f"{label} · {unit}" if unit else label


def _from_to(cell: Cell, figures: Mapping[str, Figure]) -> str:
    figure = figures.get(cell.key) if cell.kind == "figure" else None

    def word(value: str) -> str:
        if value == MISSING and cell.kind == "mark":
            return "不计"  # the sheet was given back, or the unit no longer carries the item
        return value_words(figure.kind, value) if figure is not None and value != MISSING else value

    return f"{word(cell.before)} → {word(cell.after)}"
