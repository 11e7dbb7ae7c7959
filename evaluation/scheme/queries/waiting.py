"""Figures that wait in a 确认单: which one holds each, and the sentence that says so. The office's own business."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from evaluation.enums import BatchState
from evaluation.scheme.models.scheme import Figure, FigureBatch, FigureChange, Scheme
from evaluation.scheme.queries.figures import subject_words
from miyun_kpi.web.formats import stamp


def waiting_in(scheme: Scheme, of: Collection[int] | None = None) -> dict[int, FigureBatch]:
    """By key of the figure the 确认单 that holds it, the oldest where there are several, in one query. `of`: among these."""
    held = FigureChange.objects.filter(batch__scheme=scheme, batch__state=BatchState.PROPOSED)
    if of is not None:
        held = held.filter(figure_id__in=of)
    return {one.figure_id: one.batch for one in held.select_related("batch").order_by("-batch_id")}


def mark_waiting(figures: Iterable[Figure], held: dict[int, FigureBatch]) -> None:
    """So that a page can say at each figure where it waits."""
    for figure in figures:
        figure.waits_in = held.get(figure.pk)


def batch_words(batch: FigureBatch) -> str:
    return f"{batch.pk} 号确认单里等复核（{batch.proposed_by} {stamp(batch.proposed_at)} 提出）"


def waiting_words(figure: Figure, batch: FigureBatch) -> str:
    return f"“{subject_words(figure)}”已在 {batch_words(batch)}，不能再提。"


@dataclass(frozen=True)
class Held:
    """Figures that one 确认单 holds."""

    batch: FigureBatch
    figures: Sequence[Figure]


def by_batch(figures: Iterable[Figure]) -> list[Held]:
    """Those marked as waiting, by the 确认单 that holds them."""
    found: dict[int, list[Figure]] = {}
    batches: dict[int, FigureBatch] = {}
    for figure in figures:
        if figure.waits_in is not None:
            batches[figure.waits_in.pk] = figure.waits_in
            found.setdefault(figure.waits_in.pk, []).append(figure)
    return [Held(batches[pk], found[pk]) for pk in sorted(found)]
